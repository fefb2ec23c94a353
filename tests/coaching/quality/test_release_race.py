"""Two people at the same moment about one review on its way: one of them wins, the other is told, and one state is left.

The locks are row locks, so this needs PostgreSQL; on SQLite writers queue up anyway. Each race has a control that sees the
fault once the lock is taken away.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection

from coaching.quality import services
from coaching.quality.events import ReviewPublished
from coaching.quality.models import AcknowledgementReminder, ReleaseStep, Review, ScorecardVersion
from coaching.quality.release import services as release
from coaching.quality.services import reviews
from foundation import events
from tests.coaching.quality.test_dispute_race import at_once, unlocked_review
from tests.factories.quality import make_complete

pytestmark = pytest.mark.django_db(transaction=True)
DONE_ONCE, BOTH = ["done", "refused"], ["done", "done"]


@pytest.fixture
def ready(cast, now):
    if connection.vendor != "postgresql":
        pytest.skip("row locks exist on PostgreSQL only; run with DATABASE_URL set to one")
    return make_complete(cast.vera, cast.rita, now=now)


@pytest.fixture
def heard(monkeypatch):
    """The reviews whose publishing was announced."""
    found = []
    monkeypatch.setitem(events._listeners, ReviewPublished, [lambda event: found.append(event.review_id)])
    return found


@pytest.fixture
def submitted(cast, now, ready):
    ScorecardVersion.objects.update(approval="all")
    return services.publish_review(actor=cast.vera, review=ready, now=now)


@pytest.fixture
def held(cast, now, ready):
    ScorecardVersion.objects.update(hold="days", hold_days=2)
    return services.publish_review(actor=cast.vera, review=ready, now=now)


def meet(monkeypatch, read=None):
    """Both have read the review before either goes on, if they can; `read` takes the lock's place."""
    meeting, read = threading.Barrier(2), read or reviews.locked_review

    def read_and_wait(wanted):
        found = read(wanted)
        with suppress(threading.BrokenBarrierError):  # a lock keeps the second one away: then nobody comes
            meeting.wait(timeout=1.0)
        return found

    monkeypatch.setattr(release, "locked_review", read_and_wait)
    monkeypatch.setattr(reviews, "locked_review", read_and_wait)


def steps(kind):
    return ReleaseStep.objects.filter(kind=kind).count()


@pytest.mark.parametrize(("read", "outcomes", "n"), [(None, DONE_ONCE, 1), (unlocked_review, BOTH, 2)])
def test_of_two_clicks_one_hands_it_in(monkeypatch, cast, now, ready, read, outcomes, n):
    ScorecardVersion.objects.update(approval="all")
    meet(monkeypatch, read)
    assert at_once(*[lambda: services.publish_review(actor=cast.vera, review=ready, now=now)] * 2) == outcomes
    assert steps("submitted") == n


@pytest.mark.parametrize(("read", "outcomes", "n"), [(None, DONE_ONCE, 1), (unlocked_review, BOTH, 2)])
def test_of_two_approvals_one_counts(monkeypatch, cast, now, submitted, heard, read, outcomes, n):
    meet(monkeypatch, read)
    found = at_once(
        lambda: release.approve_review(actor=cast.viktor, review=submitted, now=now),
        lambda: release.approve_review(actor=cast.hana, review=submitted, now=now),
    )
    assert found == outcomes
    assert (steps("approved"), len(heard)) == (n, n)


@pytest.mark.parametrize(("read", "outcomes"), [(None, DONE_ONCE), (unlocked_review, BOTH)])
def test_approved_or_sent_back_never_both(monkeypatch, cast, now, submitted, heard, read, outcomes):
    meet(monkeypatch, read)
    found = at_once(
        lambda: release.approve_review(actor=cast.viktor, review=submitted, now=now),
        lambda: release.return_review(actor=cast.hana, review=submitted, reason="Quote it.", now=now),
    )
    assert found == outcomes
    if read is None:
        state = Review.objects.get().state
        assert (state, steps("approved"), steps("returned"), len(heard)) in {("published", 1, 0, 1), ("draft", 0, 1, 0)}


@pytest.mark.parametrize(("read", "outcomes"), [(None, DONE_ONCE), (unlocked_review, BOTH)])
def test_released_or_taken_back_never_both(monkeypatch, cast, now, held, heard, read, outcomes):
    meet(monkeypatch, read)
    found = at_once(
        lambda: release.release_review(actor=cast.hana, review=held, now=now),
        lambda: release.take_back_review(actor=cast.vera, review=held, now=now),
    )
    assert found == outcomes
    if read is None:
        assert (Review.objects.get().state, len(heard)) in {("published", 1), ("draft", 0)}


def test_released_while_it_is_withdrawn(monkeypatch, cast, now, held, heard):
    """Either nothing was there to withdraw yet, and it is out; or it was out, and is withdrawn. Announced once in any case."""
    meet(monkeypatch)
    found = at_once(
        lambda: release.release_review(actor=cast.hana, review=held, now=now),
        lambda: services.withdraw_review(actor=cast.vera, review=held, reason="Wrong case.", now=now),
    )
    assert (found, Review.objects.get().state) in [(DONE_ONCE, "published"), (BOTH, "withdrawn")]
    assert len(heard) == 1


@pytest.mark.parametrize(("read", "n"), [(None, 1), (unlocked_review, 2)])
def test_two_schedules_release_it_once(monkeypatch, now, held, heard, read, n):
    meet(monkeypatch, read)
    at_once(*[lambda: release.release_reviews(now=now + timedelta(days=2))] * 2)
    assert (steps("released"), len(heard)) == (n, n)


def test_two_schedules_remind_once(now, held):
    release.release_reviews(now=now + timedelta(days=2))
    at_once(*[lambda: release.remind_to_acknowledge(now=now + timedelta(days=30))] * 2)
    assert AcknowledgementReminder.objects.count() == 1
