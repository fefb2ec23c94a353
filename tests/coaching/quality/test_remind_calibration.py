"""Reminders of calibration: two days before, once more when it has passed, each once, and only to who has not submitted."""

from __future__ import annotations

from datetime import timedelta

from coaching.quality.calibration.schedule import remind
from coaching.quality.calibration.tasks import mail_calibration_reminder
from coaching.quality.models import CalibrationParticipant
from tests.factories.calibration import fill, make_session, scoring_of


def run(now, capture):
    with capture(execute=True):
        return remind(now)


def test_two_reminders_each_once(cast, now, mailoutbox, django_capture_on_commit_callbacks):
    capture = django_capture_on_commit_callbacks
    session = make_session(cast.hana, [cast.vera, cast.viktor], rep=cast.rita, cases=2, now=now)  # due on the 22nd
    fill(scoring_of(session, cast.vera, 1), now=now)
    fill(scoring_of(session, cast.vera, 2), now=now)
    assert run(now + timedelta(days=4), capture) == "0 reminders"
    assert run(now + timedelta(days=5), capture) == "1 reminders"
    assert run(now + timedelta(days=5, hours=3), capture) == "0 reminders"
    assert run(now + timedelta(days=7), capture) == "0 reminders"  # the day itself is not late
    assert run(now + timedelta(days=8), capture) == "1 reminders"
    assert run(now + timedelta(days=30), capture) == "0 reminders"
    assert [mail.to for mail in mailoutbox] == [[cast.viktor.email]] * 2
    soon, late = mailoutbox
    assert "is due in a few days" in soon.subject
    assert "2 conversations are left for you." in soon.body
    assert "was to be scored by 22 June 2026" in late.body
    # Nothing about the case or the rep leaves the house by mail.
    assert not any(word in mail.body + str(mail.alternatives) for mail in mailoutbox for word in ("Rita", "parcel", "Kim"))


def test_no_mail_where_it_is_no_longer_due(cast, now, mailoutbox):
    session = make_session(cast.hana, [cast.vera, cast.viktor], rep=cast.rita, now=now)
    viktor = CalibrationParticipant.objects.get(person=cast.viktor)
    fill(scoring_of(session, cast.vera), now=now)
    fill(scoring_of(session, cast.viktor), now=now)
    mail_calibration_reminder.func(viktor.pk, False)
    assert mailoutbox == []
