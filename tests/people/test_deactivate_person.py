"""Switching an account off ends everything with the next request; the last administrator stays."""

from __future__ import annotations

import pytest
from django.test import Client

from people import services
from people.models import AuditEntry, Person, Role


def test_the_open_session_ends_with_the_next_request(cast, sign_in):
    rita = sign_in(cast.rita)
    assert rita.get("/people/me/").status_code == 200
    adam = sign_in(cast.adam)
    page = adam.get(f"/people/{cast.rita.pk}/deactivate/").content.decode()
    assert "Switch off the account of Rita Example?" in page
    cast.rita.refresh_from_db()
    assert cast.rita.is_active  # asking is not doing
    adam.post(f"/people/{cast.rita.pk}/deactivate/")
    assert rita.get("/people/me/").status_code == 302
    assert AuditEntry.objects.filter(verb="person.deactivate", actor=cast.adam, subject=cast.rita).count() == 1


def test_switched_on_again_the_old_session_stays_ended(cast, sign_in, now):
    rita = sign_in(cast.rita)
    services.deactivate_person(actor=cast.adam, person=cast.rita, now=now)
    sign_in(cast.adam).post(f"/people/{cast.rita.pk}/reactivate/")
    cast.rita.refresh_from_db()
    assert cast.rita.is_active
    assert rita.get("/people/me/").status_code == 302


def test_a_person_switched_off_cannot_sign_in(cast, now):
    cast.rita.set_password("seven small blue boats")
    cast.rita.save()
    services.deactivate_person(actor=cast.adam, person=cast.rita, now=now)
    client = Client()
    response = client.post("/accounts/login/", {"login": cast.rita.email, "password": "seven small blue boats"}, follow=True)
    assert "This account is switched off" in response.content.decode()
    assert client.get("/people/me/").status_code == 302


def test_the_last_administrator_stays(cast, sign_in):
    page = sign_in(cast.adam).post(f"/people/{cast.adam.pk}/deactivate/", follow=True).content.decode()
    assert "is the last active administrator" in page
    page = sign_in(cast.adam).post(f"/people/{cast.adam.pk}/roles/admin/revoke/", follow=True).content.decode()
    assert "is the last active administrator" in page
    cast.adam.refresh_from_db()
    assert cast.adam.is_active
    assert cast.adam.has_role(Role.ADMIN)


def test_an_administrator_switched_off_does_not_count(cast, now):
    services.grant_role(actor=cast.adam, person=cast.hana, role=Role.ADMIN, now=now)
    services.deactivate_person(actor=cast.adam, person=cast.hana, now=now)
    with pytest.raises(services.PeopleError, match="last active administrator"):
        services.revoke_role(actor=cast.adam, person=cast.adam, role=Role.ADMIN, now=now)


def test_with_two_administrators_one_may_go(cast, now):
    services.grant_role(actor=cast.adam, person=cast.hana, role=Role.ADMIN, now=now)
    services.deactivate_person(actor=cast.hana, person=cast.adam, now=now)
    assert not cast.adam.is_active


def test_a_form_saved_meanwhile_does_not_bring_old_sessions_back(cast, now):
    """Adam has Rita's page open; she is switched off and on; then Adam saves what he had read before."""
    stale = Person.objects.get(pk=cast.rita.pk)
    services.deactivate_person(actor=cast.adam, person=cast.rita, now=now)
    services.reactivate_person(actor=cast.adam, person=cast.rita, now=now)
    known = ("email", "time_zone", "locale", "joined_on")
    same = {name: getattr(stale, name) for name in known}
    services.update_person(actor=cast.adam, person=stale, display_name="Rita Renamed", pronouns="", now=now, **same)
    cast.rita.refresh_from_db()
    assert (cast.rita.display_name, cast.rita.session_epoch) == ("Rita Renamed", 1)
