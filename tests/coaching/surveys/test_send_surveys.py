"""`manage.py send_surveys`: who is asked, when, and what happens when the mail server does not want to."""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from coaching.interactions.models import Interaction
from coaching.surveys import services
from coaching.surveys.models import Invitation
from coaching.surveys.tasks import send_surveys
from tests.factories import interactions
from tests.factories import surveys as make

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("send_surveys", *arguments, stdout=out)
    return out.getvalue()


def test_a_case_is_asked_about_once(cast, now):
    make.survey(now)
    make.case(cast.rita, now)
    assert run().startswith("1 queued, 1 sent")
    assert run().startswith("0 queued, 0 sent")
    (message,) = mail.outbox
    assert message.to == ["kim@customer.example"]
    assert message.subject == "How did we do?"
    html = str(message.alternatives[0][0])
    assert html.count("/survey/") == 6
    assert "<img" not in html
    assert "kim" not in message.body + html


def test_the_address_is_forgotten_when_the_mail_is_out(cast, now):
    make.survey(now)
    make.case(cast.rita, now)
    run("--queue-only")
    assert Invitation.objects.get().address == "kim@customer.example"
    run()
    invitation = Invitation.objects.get()
    assert (invitation.state, invitation.address) == ("sent", "")
    assert invitation.expires_at == now + timedelta(days=14)


@pytest.mark.parametrize(
    "change",
    [
        {"channel": Interaction.Channel.PHONE},
        {"hours": 1.9},  # too fresh
        {"hours": 72.1},  # too old
        {"customer": "Kim Doe"},
        {"customer": "kim@"},
        {"customer": ""},
        {"handler": None},
        {"status": Interaction.Status.OPEN},
    ],
    ids=str,
)
def test_other_cases_are_not_asked_about(cast, now, change):
    make.survey(now)
    make.case(cast.rita, now, **change)
    assert services.queue_invitations(now=now) == 0


def test_the_address_may_stand_in_a_column_of_its_own(cast, now):
    make.survey(now, languages=("en", "de"))
    make.case(cast.rita, now, customer="4711", extra={"Requester Email": "Lou@Customer.example", "Language": "de-AT"})
    run()
    assert mail.outbox[0].to == ["lou@customer.example"]
    assert mail.outbox[0].subject == "Wie war unsere Hilfe?"


def test_a_rated_case_is_not_asked_about(cast, now):
    make.survey(now)
    interactions.rating(cast.rita, now.date(), case=make.case(cast.rita, now))
    assert services.queue_invitations(now=now) == 0


def test_a_customer_is_not_asked_twice_in_thirty_days_whatever_the_survey(cast, now):
    make.survey(now)
    make.survey(now, name="Another", kind="nps", high=10)
    for hours in (5, 6, 7):
        make.case(cast.rita, now, hours=hours)
    assert services.queue_invitations(now=now) == 1
    services.deliver_invitations(clock=lambda: now)
    later = now + timedelta(days=30)
    make.case(cast.rita, later)
    assert services.queue_invitations(now=later - timedelta(seconds=1)) == 0
    assert services.queue_invitations(now=later) == 1


def test_a_paused_survey_asks_nobody(cast, now):
    survey = make.survey(now)
    make.case(cast.rita, now)
    services.queue_invitations(now=now)
    services.pause_survey(actor=cast.hana, survey=survey, now=now)
    assert services.deliver_invitations(clock=lambda: now).sent == 0
    assert services.queue_invitations(now=now) == 0
    services.start_survey(actor=cast.hana, survey=survey, now=now)
    assert services.deliver_invitations(clock=lambda: now).sent == 1


def test_no_mail_in_the_customers_night(cast, now):
    """09:00 in UTC is 02:00 in Los Angeles: the mail waits until 08:00 there."""
    make.survey(now, quiet_from="20:00", quiet_until="08:00", time_zone="Europe/Berlin")
    make.case(cast.rita, now, extra={"customer_time_zone": "America/Los_Angeles"})
    make.case(cast.rita, now, customer="lou@customer.example")
    services.queue_invitations(now=now)
    assert services.deliver_invitations(clock=lambda: now).sent == 1
    assert mail.outbox[0].to == ["lou@customer.example"]
    waiting = Invitation.objects.get(state="queued")
    assert waiting.next_try_at == datetime(2026, 6, 15, 15, 0, tzinfo=UTC)
    assert services.deliver_invitations(clock=lambda: waiting.next_try_at).sent == 1


class MailServer:
    """Refuses as often as it is told to."""

    def __init__(self, *refusals: Exception | None) -> None:
        self.refusals, self.taken = list(refusals), 0

    def send(self, message) -> None:
        refusal = self.refusals.pop(0) if self.refusals else None
        if refusal is not None:
            raise refusal
        self.taken += 1


def test_a_refusal_is_tried_again_later(cast, now):
    make.survey(now)
    make.case(cast.rita, now)
    services.queue_invitations(now=now)
    server = MailServer(OSError("no route"), smtplib.SMTPServerDisconnected("gone"))
    assert services.deliver_invitations(clock=lambda: now, send=server.send).put_off == 1
    assert services.deliver_invitations(clock=lambda: now, send=server.send).put_off == 0
    later = now + timedelta(minutes=5)
    assert services.deliver_invitations(clock=lambda: later, send=server.send).put_off == 1
    later += timedelta(minutes=30)
    assert services.deliver_invitations(clock=lambda: later, send=server.send).sent == 1
    assert server.taken == 1


def test_it_is_given_up_after_five_refusals_and_the_address_dropped(cast, now):
    make.survey(now)
    make.case(cast.rita, now)
    services.queue_invitations(now=now)
    server = MailServer(*[OSError("no route")] * 9)
    outcomes = []
    for hours in range(24):
        done = services.deliver_invitations(clock=lambda hours=hours: now + timedelta(hours=hours), send=server.send)
        outcomes += ["put off"] * done.put_off + ["given up"] * done.given_up
    assert outcomes == ["put off"] * 4 + ["given up"]
    assert (Invitation.objects.get().state, Invitation.objects.get().address) == ("failed", "")


def test_an_unknown_recipient_is_given_up_at_once(cast, now):
    make.survey(now)
    make.case(cast.rita, now)
    services.queue_invitations(now=now)
    refusal = smtplib.SMTPRecipientsRefused({"kim@customer.example": (550, b"unknown")})
    assert services.deliver_invitations(clock=lambda: now, send=MailServer(refusal).send).given_up == 1


def test_a_process_killed_while_sending_never_sends_twice(cast, now):
    make.survey(now)
    make.case(cast.rita, now)
    services.queue_invitations(now=now)
    sent = []

    def killed(message) -> None:
        sent.append(message)
        raise KeyboardInterrupt  # after the server took it, before it is noted

    with pytest.raises(KeyboardInterrupt):
        services.deliver_invitations(clock=lambda: now, send=killed)
    for minutes in (1, 14, 16, 60, 24 * 60):
        services.deliver_invitations(clock=lambda minutes=minutes: now + timedelta(minutes=minutes), send=sent.append)
    assert len(sent) == 1
    invitation = Invitation.objects.get()
    assert (invitation.state, invitation.address) == ("failed", "")
    assert invitation.expires_at is not None, "if the mail did arrive, its links work"


def test_what_waits_for_a_week_is_forgotten(cast, now):
    survey = make.survey(now)
    make.case(cast.rita, now)
    services.queue_invitations(now=now)
    services.pause_survey(actor=None, survey=survey, now=now)
    services.deliver_invitations(clock=lambda: now + timedelta(days=7, seconds=1))
    assert Invitation.objects.get().address == ""


def test_hashes_are_dropped_after_400_days(cast, now):
    survey = make.survey(now)
    make.sent(survey, make.case(cast.rita, now), now)
    assert services.forget(now=now + timedelta(days=400)) == 0
    assert services.forget(now=now + timedelta(days=401)) == 1
    assert Invitation.objects.get().customer_hash == ""


def test_as_of(cast, now):
    make.survey(now)
    make.case(cast.rita, now)
    assert run("--as-of", "2026-06-20").startswith("0 queued")
    assert run("--as-of", "2026-06-16").startswith("1 queued, 1 sent")
    assert Invitation.objects.get().sent_at == datetime(2026, 6, 16, tzinfo=UTC)
    for wrong in ("2026-13-40", "tomorrow"):
        with pytest.raises(CommandError, match="--as-of"):
            run("--as-of", wrong)


def test_the_task_does_the_same(cast, now):
    make.survey(now)
    make.case(cast.rita, now)
    send_surveys.enqueue()
    assert len(mail.outbox) == 1


def test_a_share_of_cases_is_drawn_and_stays_drawn(cast, now):
    make.survey(now, sample_percent=30, not_again_days=0)
    for number in range(60):
        make.case(cast.rita, now, customer=f"c{number}@customer.example", marked=False)
    first = services.queue_invitations(now=now)
    assert 5 < first < 31
    assert services.queue_invitations(now=now) == 0
