"""A customer does not want to be asked again, or takes that back."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from coaching.surveys import services
from coaching.surveys.models import DoNotAsk, Invitation
from tests.factories import surveys as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(cast, now):
    survey = make.survey(now, not_again_days=0)
    return make.sent(survey, make.case(cast.rita, now), now)


def stop(invitation) -> str:
    return reverse("survey_stop", args=[make.token(invitation)])


def test_opening_the_page_stops_nothing(asked, client):
    assert "Shall we stop asking?" in client.get(stop(asked)).content.decode()
    assert not DoNotAsk.objects.exists()


def test_the_mail_programs_button_stops_it(asked, cast, now):
    """RFC 8058: one POST, no cookies, no page before it."""
    (message,) = mail.outbox
    headers = message.extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = headers["List-Unsubscribe"].strip("<>")
    client = Client(enforce_csrf_checks=True)
    assert client.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    make.case(cast.rita, now, customer="KIM@customer.example")  # however it is written
    assert services.queue_invitations(now=now) == 0


def test_who_said_no_meanwhile_gets_no_waiting_mail(asked, client, cast, now):
    make.case(cast.rita, now)
    assert services.queue_invitations(now=now) == 1
    client.post(stop(asked))
    assert services.deliver_invitations(clock=lambda: now).sent == 0
    assert len(mail.outbox) == 1
    waiting = Invitation.objects.exclude(pk=asked.pk).get()
    assert (waiting.state, waiting.address) == ("cancelled", "")


def test_the_refusal_holds_only_a_keyed_hash(asked, client):
    client.post(stop(asked))
    row = DoNotAsk.objects.get()
    assert len(row.customer_hash) == 64
    assert "kim" not in str(vars(row))


def test_taking_it_back(asked, client, cast, now):
    page = client.post(stop(asked)).content.decode()
    assert "Take that back" in page
    client.post(stop(asked), {"undo": "1"})
    make.case(cast.rita, now)
    assert services.queue_invitations(now=now) == 1
