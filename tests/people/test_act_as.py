"""An administrator sees the site as somebody else: to look, announced, on record, for half an hour."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from people import services
from people.models import AuditEntry, Role


@pytest.fixture
def adam_as_rita(cast, sign_in, now):
    with time_machine.travel(now, tick=False):
        client = sign_in(cast.adam)
        assert client.post(f"/people/{cast.rita.pk}/see-as/").status_code == 302
        yield client


def verbs() -> list[tuple[str, str]]:
    entries = AuditEntry.objects.filter(verb__startswith="acting_as").order_by("pk")
    return [(entry.verb, entry.after.get("reason", "")) for entry in entries]


def test_the_page_is_hers_and_says_so(adam_as_rita, cast):
    page = adam_as_rita.get("/people/me/").content.decode()
    assert "rita@example.com" in page
    assert "You see the site as <strong>Rita Example</strong>" in page
    entry = AuditEntry.objects.get(verb="acting_as.start")
    assert (entry.actor, entry.subject) == (cast.adam, cast.rita)


def test_nothing_can_be_changed(adam_as_rita, cast):
    response = adam_as_rita.post("/people/me/", {"display_name": "Hacked", "locale": "en", "time_zone": "UTC", "theme": "auto"})
    assert response.status_code == 403
    assert "You can look, not change" in response.content.decode()
    for address in ("/accounts/logout/", "/accounts/password/change/", f"/people/{cast.otto.pk}/see-as/", "/nowhere/"):
        assert adam_as_rita.post(address).status_code == 403
    cast.rita.refresh_from_db()
    assert cast.rita.display_name == "Rita Example"


def test_her_rights_apply_not_his(adam_as_rita):
    assert adam_as_rita.get("/people/").status_code == 403
    assert adam_as_rita.get("/people/audit/").status_code == 403


def test_stopping_makes_him_himself_again(adam_as_rita, cast):
    response = adam_as_rita.post("/people/see-as/stop/")
    assert response["Location"] == f"/people/{cast.rita.pk}/"
    assert adam_as_rita.get("/people/").status_code == 200
    assert verbs() == [("acting_as.start", ""), ("acting_as.stop", "stopped")]


def test_it_ends_after_half_an_hour(adam_as_rita, now):
    with time_machine.travel(now + timedelta(minutes=29, seconds=59), tick=False):
        assert adam_as_rita.get("/people/").status_code == 403
    with time_machine.travel(now + timedelta(minutes=30), tick=False):
        assert adam_as_rita.get("/people/").status_code == 200
    assert verbs() == [("acting_as.start", ""), ("acting_as.stop", "expired")]


def test_it_ends_when_he_is_no_administrator_any_more(adam_as_rita, cast, now):
    services.grant_role(actor=None, person=cast.hana, role=Role.ADMIN, now=now)
    services.revoke_role(actor=cast.hana, person=cast.adam, role=Role.ADMIN, now=now)
    assert "adam@example.com" in adam_as_rita.get("/people/me/").content.decode()
    assert verbs()[-1] == ("acting_as.stop", "no longer allowed")


def test_it_ends_when_he_is_switched_off(adam_as_rita, cast, now):
    services.grant_role(actor=None, person=cast.hana, role=Role.ADMIN, now=now)
    services.deactivate_person(actor=cast.hana, person=cast.adam, now=now)
    assert adam_as_rita.get("/people/me/").status_code == 302


def test_it_ends_when_she_becomes_an_administrator(adam_as_rita, cast, now):
    services.grant_role(actor=None, person=cast.rita, role=Role.ADMIN, now=now)
    assert "adam@example.com" in adam_as_rita.get("/people/me/").content.decode()


def test_never_as_another_administrator_or_as_oneself(cast, sign_in, now):
    services.grant_role(actor=None, person=cast.hana, role=Role.ADMIN, now=now)
    client = sign_in(cast.adam)
    for person in (cast.hana, cast.adam):
        assert client.post(f"/people/{person.pk}/see-as/").status_code == 403
    assert verbs() == []


def test_nobody_else_may(cast, sign_in):
    for person in (cast.lena, cast.hana, cast.rita):
        assert sign_in(person).post(f"/people/{cast.otto.pk}/see-as/").status_code == 403
    assert verbs() == []


def test_who_is_asked_may_say_no_in_fitting_words(cast, sign_in):
    page = sign_in(cast.adam).get(f"/people/{cast.rita.pk}/see-as/").content.decode()
    assert f'<a class="btn btn-outline-secondary" href="/people/{cast.rita.pk}/">No, stay myself</a>' in page
    assert "Keep it as it is" not in page
    ending = sign_in(cast.adam).get(f"/people/{cast.rita.pk}/deactivate/").content.decode()
    assert "Keep it as it is" in ending
