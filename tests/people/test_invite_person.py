"""An invitation: sent by an administrator, used once, gone after seven days."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from people import services
from people.invitations import invitation_token, person_for_invitation
from people.models import AuditEntry

NEW = {"password": "seven small blue boats", "display_name": "Rita Rep", "locale": "en", "time_zone": "Asia/Manila"}


@pytest.fixture
def invited(cast, now):
    services.invite_person(actor=cast.adam, person=cast.rita, now=now)
    return cast.rita


@pytest.fixture(autouse=True)
def _today(now):
    with time_machine.travel(now, tick=False):
        yield


def link(person) -> str:
    return f"/people/invitation/{invitation_token(person)}/"


def test_the_mail_holds_a_link_that_works(cast, sign_in, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(cast.adam).post(f"/people/{cast.rita.pk}/invite/")
    (message,) = mail.outbox
    assert message.to == ["rita@example.com"]
    assert message.subject == "Your invitation to Uncommon"
    path = re.search(r"http://localhost:8000(/people/invitation/\S+/)", message.body).group(1)
    assert path in message.alternatives[0].content
    page = Client().get(path)
    assert "Welcome, Rita" in page.content.decode()


def test_choosing_a_password_signs_in_and_kills_the_link(invited):
    client = Client()
    address = link(invited)
    response = client.post(address, NEW)
    assert response.status_code == 302, response.context["form"].errors
    invited.refresh_from_db()
    assert invited.check_password(NEW["password"])
    assert (invited.display_name, invited.locale, invited.time_zone) == ("Rita Rep", "en", "Asia/Manila")
    assert client.get("/people/me/").status_code == 200
    assert AuditEntry.objects.filter(verb="invitation.accept", subject=invited).count() == 1
    again = Client().post(address, NEW | {"password": "another phrase entirely"})
    assert again.status_code == 410
    invited.refresh_from_db()
    assert invited.check_password(NEW["password"])


def test_a_weak_password_is_refused(invited):
    response = Client().post(link(invited), NEW | {"password": "rita@example.com"})
    assert response.status_code == 200
    invited.refresh_from_db()
    assert not invited.has_usable_password()


def test_a_newer_invitation_kills_the_older(invited, cast, now):
    old = link(invited)
    services.invite_person(actor=cast.adam, person=invited, now=now + timedelta(minutes=1))
    assert Client().get(old).status_code == 410
    assert Client().get(link(invited)).status_code == 200


def test_after_seven_days_it_is_dead(invited, now):
    token = invitation_token(invited)
    assert person_for_invitation(token, now + timedelta(days=7)) == invited
    assert person_for_invitation(token, now + timedelta(days=7, seconds=1)) is None


def test_a_forged_link_is_dead(invited, cast):
    token = invitation_token(invited)
    assert Client().get(f"/people/invitation/{token[:-1]}x/").status_code == 410
    assert Client().get("/people/invitation/x/").status_code == 410
    # A link for one person is none for another.
    assert person_for_invitation(token, invited.invited_at).pk != cast.ravi.pk


def test_who_is_switched_off_cannot_use_it(invited, cast, now):
    services.deactivate_person(actor=cast.adam, person=invited, now=now)
    assert Client().get(link(invited)).status_code == 410


def test_who_has_a_password_is_not_invited(cast, sign_in):
    cast.rita.set_password("seven small blue boats")
    cast.rita.save()
    page = sign_in(cast.adam).post(f"/people/{cast.rita.pk}/invite/", follow=True)
    assert "has already chosen a password" in page.content.decode()
    assert mail.outbox == []


def test_used_in_the_meantime_no_mail_leaves(cast, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        services.invite_person(actor=cast.adam, person=cast.rita, now=now)
    cast.rita.set_password("seven small blue boats")
    cast.rita.save()
    for callback in callbacks:
        callback()
    assert mail.outbox == []
