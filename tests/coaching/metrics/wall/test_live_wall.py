"""The live wall: today's sums of a team, on a screen that nobody signed in at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from coaching.interactions.models import Interaction
from coaching.metrics import services as metrics
from coaching.metrics.wall import access, services
from coaching.metrics.wall.models import WallLink
from coaching.metrics.wall.queries import wall_of
from people import services as people
from people.models import AuditEntry, Membership, Role
from tests.factories import interactions as make


def case(person, opened, *, replied=None, resolved=None, **fields):
    """Times in minutes before now (09:00 UTC, 11:00 in Berlin)."""
    now = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)

    def at(minutes):
        return None if minutes is None else now - timedelta(minutes=minutes)

    return make.interaction(
        person, at(opened).date(), seconds=None, opened_at=at(opened), first_reply_at=at(replied), resolved_at=at(resolved),
        resolved_on=at(resolved).date() if resolved is not None else None, status="open" if resolved is None else "resolved", **fields,
    )  # fmt: skip


@pytest.fixture
def desk(cast, now, time_machine):
    time_machine.move_to(now, tick=False)
    metrics.ensure_default_metrics(now=now)
    return cast


@pytest.fixture
def busy(desk, now):
    case(desk.rita, 30, subject="Canary subject", customer="Canary customer")  # waits since 30 minutes
    case(desk.ravi, 95, replied=85)  # open, answered
    case(desk.ravi, 120, replied=100, resolved=10)
    case(desk.rita, 3 * 24 * 60)  # waits since three days
    case(desk.rita, 26 * 60, replied=25 * 60, resolved=70)  # yesterday's, resolved today
    case(desk.otto, 5)  # another team's
    for polarity in (1, 1, -1):
        make.rating(desk.rita, now.date(), polarity=polarity, responded_at=now - timedelta(minutes=20))
    return desk


def test_the_figures_are_todays_of_the_team(busy, now):
    wall = wall_of(busy.harbour, now)
    assert (wall.waiting, wall.open, wall.oldest_seconds) == (2, 3, 3 * 86400)
    assert (wall.taken, wall.resolved) == (3, 2)
    assert {(hour.hour, hour.taken, hour.resolved) for hour in wall.hours if hour.taken or hour.resolved} == {
        (9, 2, 1),
        (10, 1, 1),
    }
    assert (wall.replied, wall.first_reply_seconds) == (2, 15 * 60)
    assert (wall.satisfied, wall.rated, wall.satisfied_share) == (2, 3, None)
    assert wall.zone == "Europe/Berlin"
    assert wall_of(busy.care, now).waiting == 3


def test_a_case_with_nobody_counts_in_the_queue_of_the_teams_name(busy, now):
    loose = case(None, 45, queue="HARBOUR")
    other = case(None, 45, queue="Elsewhere")
    Interaction.objects.filter(pk__in=[loose.pk, other.pk]).update(handler=None)
    wall = wall_of(busy.harbour, now)
    assert (wall.waiting, wall.unassigned, wall.taken) == (3, 1, 4)


def test_today_begins_at_the_teams_midnight(desk, now):
    case(desk.rita, 11 * 60 + 1)  # 23:59 in Berlin, yesterday
    case(desk.rita, 11 * 60)  # midnight
    assert wall_of(desk.harbour, now).taken == 1


def test_enough_ratings_make_a_share(desk, now):
    for number in range(12):
        make.rating(desk.rita, now.date(), polarity=1 if number else -1, responded_at=now - timedelta(minutes=20))
    wall = wall_of(desk.harbour, now)
    assert wall.satisfied_share == 11 / 12
    assert wall.satisfied_interval.low < 11 / 12 < wall.satisfied_interval.high


def test_the_screen_shows_sums_and_nobody(busy, sign_in):
    for text in (
        sign_in(busy.lena).get(f"/metrics/wall/{busy.harbour.pk}/").content.decode(),
        Client().get(f"/metrics/wall/show/{token(busy)}/").content.decode(),
    ):
        assert "Waiting for a first reply" in text
        assert "2 of 3" in text
        assert "Figures as of" in text
        assert not any(word in text for word in ("Rita", "Ravi", "Lena", "Canary", "example.com"))


def token(cast, actor=None, team=None, now=datetime(2026, 6, 15, 9, 0, tzinfo=UTC)):
    return access.token_of(services.create_link(actor=actor or cast.lena, team=team or cast.harbour, place="", now=now))


def test_a_link_needs_no_sign_in_and_is_not_kept_or_passed_on(busy):
    response = Client().get(f"/metrics/wall/show/{token(busy)}/")
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"]


def test_a_poll_gets_the_figures_alone(busy):
    text = Client().get(f"/metrics/wall/show/{token(busy)}/", headers={"HX-Request": "true"}).content.decode()
    assert "wall__grid" in text
    assert "<html" not in text


def test_without_javascript_the_page_loads_itself_again(busy):
    text = Client().get(f"/metrics/wall/show/{token(busy)}/").content.decode()
    assert '<noscript><meta http-equiv="refresh" content="60"></noscript>' in text


def test_a_link_is_made_shown_and_revoked(busy, sign_in):
    client = sign_in(busy.lena)
    client.post("/metrics/wall/", {"team": busy.harbour.pk, "place": "Kitchen"})
    link = WallLink.objects.get()
    address = f"/metrics/wall/show/{access.token_of(link)}/"
    assert address in client.get("/metrics/wall/").content.decode()
    assert Client().get(address).status_code == 200
    assert "goes dark" in client.post(f"/metrics/wall/links/{link.pk}/revoke/", follow=True).content.decode()
    assert Client().get(address).status_code == 404
    assert "revoked" in client.get("/metrics/wall/").content.decode()
    assert list(AuditEntry.objects.filter(verb__startswith="wall.").order_by("pk").values_list("verb", "actor")) == [
        ("wall.create_link", busy.lena.pk),
        ("wall.revoke_link", busy.lena.pk),
    ]


def test_a_lead_links_only_their_own_teams(busy, sign_in):
    sign_in(busy.lena).post("/metrics/wall/", {"team": busy.meadow.pk})
    assert not WallLink.objects.exists()
    services.create_link(actor=busy.lars, team=busy.meadow, place="Canary place", now=datetime(2026, 6, 15, tzinfo=UTC))
    assert "Canary place" not in sign_in(busy.lena).get("/metrics/wall/").content.decode()


def test_a_forged_or_old_link_is_a_plain_404(busy, time_machine, now):
    good = token(busy)
    number, signature = good.split(".")
    for forged in (f"{int(number) + 1}.{signature}", f"{number}.", "x.y", f"{number}.{signature[:-1]}A"):
        assert Client().get(f"/metrics/wall/show/{forged}/").status_code == 404
    time_machine.move_to(now + timedelta(days=366), tick=False)
    assert Client().get(f"/metrics/wall/show/{good}/").status_code == 404


@pytest.mark.parametrize("what", ["role", "team", "account"])
def test_a_link_falls_with_its_makers_right(busy, now, what):
    address = f"/metrics/wall/show/{token(busy)}/"
    assert Client().get(address).status_code == 200
    if what == "role":
        people.revoke_role(actor=busy.adam, person=busy.lena, role=Role.LEAD, now=now)
    elif what == "account":
        people.deactivate_person(actor=busy.adam, person=busy.lena, now=now)
    else:
        Membership.objects.filter(person=busy.lena).update(ends_on=now.date())
    assert Client().get(address).status_code == 404


def test_old_data_are_said_so(desk, now):
    assert "Nothing has come in yet" in Client().get(f"/metrics/wall/show/{token(desk)}/").content.decode()
    old = case(desk.rita, 90)
    assert wall_of(desk.harbour, now).is_stale
    assert "Nothing new has come in since 15 Jun, 07:30" in Client().get(f"/metrics/wall/show/{token(desk)}/").content.decode()
    Interaction.objects.filter(pk=old.pk).update(first_reply_at=now - timedelta(minutes=5))
    assert not wall_of(desk.harbour, now).is_stale


def test_a_poll_costs_few_queries(busy, django_assert_max_num_queries):
    address = f"/metrics/wall/show/{token(busy)}/"
    Client().get(address)
    with django_assert_max_num_queries(18):
        Client().get(address)
