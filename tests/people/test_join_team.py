"""Joining a team: history counts for the team of that day."""

import threading
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import connection, connections
from django.db.models.signals import pre_save
from django.urls import reverse

from people import services
from people.access import people_visible_to
from people.models import ExternalId, Membership, Role
from people.services import accounts, teams


def test_moving_keeps_the_past(cast, now):
    services.join_team(actor=cast.adam, person=cast.rita, team=cast.meadow, starts_on=date(2026, 3, 1), now=now)
    assert Membership.objects.on(date(2026, 2, 28)).get(person=cast.rita).team == cast.harbour
    assert Membership.objects.on(date(2026, 3, 1)).get(person=cast.rita).team == cast.meadow


def test_joining_before_a_recorded_start_is_refused(cast, now):
    with pytest.raises(services.PeopleError, match="later start date"):
        services.join_team(actor=cast.adam, person=cast.rita, team=cast.meadow, starts_on=date(2024, 1, 1), now=now)


def test_lead_sees_own_team_only(cast):
    seen = people_visible_to(cast.lena, date(2026, 6, 15))
    assert set(seen) == {cast.lena, cast.rita, cast.ravi}


def test_leading_a_team_brings_the_role_that_sees_it(cast, now):
    services.join_team(actor=cast.adam, person=cast.ravi, team=cast.meadow, kind="lead", starts_on=date(2026, 3, 1), now=now)
    assert cast.ravi.has_role(Role.LEAD)
    assert cast.otto in people_visible_to(cast.ravi, date(2026, 6, 15))


@contextmanager
def a_rival(model, **fields):
    """Somebody else inserts this row after we have looked and before we insert ours."""

    def first(sender, **kwargs):
        model.objects.bulk_create([model(**fields)])

    pre_save.connect(first, sender=model)
    try:
        yield
    finally:
        pre_save.disconnect(first, sender=model)


def test_two_moves_at_once_give_a_clear_text(cast, now, sign_in):
    day = date(2026, 3, 1)
    wish = {"team": cast.meadow.pk, "kind": "member", "starts_on": day.isoformat()}
    with a_rival(Membership, person=cast.edda, team=cast.harbour, starts_on=day):
        page = sign_in(cast.adam).post(reverse("team_join", args=[cast.edda.pk]), wish, follow=True)
    assert page.status_code == 200
    assert "Somebody else moved Edda Example at the same moment" in page.content.decode()


@pytest.mark.parametrize(("rival", "told"), [("otto", "desk:77 already belongs to Otto Example"), ("rita", "Saved")])
def test_an_external_id_given_twice_at_once(cast, now, sign_in, monkeypatch, rival, told):
    look, looked = accounts._has_external_id, []

    def too_early(person, source, value):
        """The first look comes just before the other one's row."""
        found = look(person, source, value)
        if not looked:
            looked.append(ExternalId.objects.create(person=getattr(cast, rival), source=source, value=value))
        return found

    monkeypatch.setattr(accounts, "_has_external_id", too_early)
    address = reverse("external_id_add", args=[cast.rita.pk])
    page = sign_in(cast.adam).post(address, {"source": "desk", "value": "77"}, follow=True)
    assert page.status_code == 200
    assert told in page.content.decode()
    assert not ExternalId.objects.exclude(pk=looked[0].pk).exists()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="one writer at a time there anyway; runs on PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_two_wishes_at_once_make_one_lead(cast, now, monkeypatch):
    """No constraint would notice a second row here: only the lock on the person does."""
    in_the_middle, go_on, grant = threading.Event(), threading.Event(), teams.grant_role

    def slow(**wanted):
        in_the_middle.set()
        go_on.wait(timeout=20)
        grant(**wanted)

    def join():
        try:
            services.join_team(actor=None, person=cast.edda, team=cast.meadow, kind="lead", starts_on=date(2026, 3, 1), now=now)
        finally:
            connections.close_all()

    monkeypatch.setattr(teams, "grant_role", slow)
    threads = [threading.Thread(target=join) for _n in range(2)]
    threads[0].start()
    assert in_the_middle.wait(timeout=20)
    threads[1].start()
    threads[1].join(timeout=1.5)
    go_on.set()
    for thread in threads:
        thread.join(timeout=20)
    assert Membership.objects.filter(person=cast.edda, kind="lead").count() == 1
