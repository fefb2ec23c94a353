"""How long a review waits to be read, what is overdue, and the one mail about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.urls import reverse

from coaching.quality import services
from coaching.quality.models import AcknowledgementReminder, Review, ScorecardVersion
from coaching.quality.release.queries import overdue_reviews, waiting_of
from coaching.quality.release.tasks import mail_overdue_reviews
from coaching.quality.schedule import remind
from tests.factories.quality import make_published

# Published on Monday 15 June with five working days: Monday 22 June is the last day in time.
LAST_DAY = datetime(2026, 6, 22, 16, 0, tzinfo=UTC)
TOO_LATE = datetime(2026, 6, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def review(cast, now, time_machine):
    time_machine.move_to(now, tick=False)
    return make_published(cast.vera, cast.rita, now=now)


def overdue(moment):
    return list(overdue_reviews(Review.objects.all(), moment.date()))


def shown(client, person, name, query=""):
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.get(reverse(name) + query).content.decode()


def test_it_waits_and_is_overdue_in_working_days(client, cast, now, review, time_machine):
    waiting = waiting_of(review, LAST_DAY.date())
    assert (waiting.days, waiting.due_on.isoformat(), waiting.is_overdue) == (5, "2026-06-22", False)
    assert overdue(LAST_DAY) == []
    assert overdue(TOO_LATE) == [review]
    ScorecardVersion.objects.update(acknowledge_days=6)
    assert overdue(TOO_LATE) == []
    ScorecardVersion.objects.update(acknowledge_days=5)

    time_machine.move_to(datetime(2026, 6, 18, 9, 0, tzinfo=UTC), tick=False)
    for person, name in ((cast.rita, "my_reviews"), (cast.lena, "review_list")):
        page = shown(client, person, name)
        assert "waiting for 3 working days; due by 22 Jun" in page
        assert "Overdue by" not in page
    time_machine.move_to(TOO_LATE, tick=False)
    for person, name, query in ((cast.rita, "my_reviews", "?show=overdue"), (cast.lena, "review_list", "?read=overdue")):
        page = shown(client, person, name, query)
        assert "Overdue by 1 working day" in page
        assert "is-overdue" in page
    assert "One review is overdue to be acknowledged" in shown(client, cast.lena, "review_list")
    assert "overdue to be acknowledged" not in shown(client, cast.lars, "review_list")

    services.acknowledge_review(actor=cast.rita, review=review, now=TOO_LATE)
    assert overdue(TOO_LATE) == []
    assert "Nothing fits these filters" in shown(client, cast.lena, "review_list", "?read=overdue")
    assert "Nothing waits for you" in shown(client, cast.rita, "my_reviews", "?show=overdue")


def test_where_nothing_is_asked_nothing_waits(cast, review):
    ScorecardVersion.objects.update(acknowledgement="none")
    review = Review.objects.get()
    assert waiting_of(review, TOO_LATE.date()) is None
    assert overdue(TOO_LATE) == []


def test_a_correction_waits_since_it_was_corrected(cast, now, review):
    services.withdraw_review(actor=cast.vera, review=review, reason="Again.", again=True, now=now)
    new = services.start_review(actor=cast.vera, draw=review.draw, now=now)
    Review.objects.filter(pk=new.pk).update(state="published", published_at=now, corrects=review, corrected_at=TOO_LATE)
    new.refresh_from_db()
    assert waiting_of(new, TOO_LATE.date()).days == 0
    assert overdue(TOO_LATE) == []
    assert overdue(TOO_LATE + timedelta(days=8)) == [new]


def test_one_mail_for_each_person_and_none_again(cast, now, review, django_capture_on_commit_callbacks):
    make_published(cast.vera, cast.rita, number=2, now=now)
    make_published(cast.vera, cast.otto, number=3, now=now)
    later = make_published(cast.vera, cast.rita, number=4, now=now + timedelta(days=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert remind(LAST_DAY) == "0 overdue reviews reminded of"
        assert remind(TOO_LATE) == "3 overdue reviews reminded of"
    assert sorted(message.to[0] for message in mail.outbox) == sorted([cast.otto.email, cast.rita.email])
    to_rita = next(message for message in mail.outbox if message.to == [cast.rita.email])
    assert to_rita.subject == "2 reviews wait for you to read them"
    assert "/quality/reviews/mine/?show=overdue" in to_rita.body
    assert "Late parcel" not in to_rita.body
    # The same run again, the task again: silence. The next overdue one is told of by itself.
    with django_capture_on_commit_callbacks(execute=True):
        assert remind(TOO_LATE) == "0 overdue reviews reminded of"
        mail_overdue_reviews.call(cast.rita.pk)
        assert len(mail.outbox) == 2
        assert remind(TOO_LATE + timedelta(days=1)) == "1 overdue reviews reminded of"
    assert mail.outbox[2].subject == "A review waits for you to read it"
    assert AcknowledgementReminder.objects.filter(review=later, mailed_at__isnull=False).exists()


def test_who_has_read_it_or_left_gets_no_mail(cast, now, review, django_capture_on_commit_callbacks):
    make_published(cast.vera, cast.otto, number=3, now=now)
    type(cast.otto).objects.filter(pk=cast.otto.pk).update(is_active=False)
    with django_capture_on_commit_callbacks(execute=False) as waiting:
        assert remind(TOO_LATE) == "1 overdue reviews reminded of"
    services.acknowledge_review(actor=cast.rita, review=review, now=TOO_LATE)
    for callback in waiting:
        callback()
    assert mail.outbox == []
