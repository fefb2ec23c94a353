"""Two clicks on "Publish" at the same moment: one publishes, the other is told.

The lock is a row lock, so this needs PostgreSQL; on SQLite writers queue up anyway.
"""

import threading
from contextlib import suppress

import pytest
from django.db import connection, connections

from coaching.quality import services
from coaching.quality.events import ReviewPublished
from coaching.quality.models import Review
from coaching.quality.services import QualityError, reviews
from foundation import events
from people.models import AuditEntry
from tests.factories.quality import answers, make_draft

pytestmark = pytest.mark.django_db(transaction=True)


def publish_at_once(monkeypatch, cast, review, now, read):
    """Publish from two connections that both have read the review before either goes on, if they can."""
    meeting = threading.Barrier(2)
    patience = 1.5 if read is reviews.locked_review else 15  # without a lock both come, however busy the machine is
    outcomes, heard = [], []
    monkeypatch.setitem(events._listeners, ReviewPublished, [heard.append])

    def read_and_wait(wanted):
        found = read(wanted)
        with suppress(threading.BrokenBarrierError):  # a lock keeps the second one away: then nobody comes
            meeting.wait(timeout=patience)
        return found

    monkeypatch.setattr(reviews, "locked_review", read_and_wait)

    def publish():
        try:
            services.publish_review(actor=cast.vera, review=review, now=now)
            outcomes.append("published")
        except QualityError:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=publish) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return sorted(outcomes), len(heard), AuditEntry.objects.filter(verb="review.publish").count()


@pytest.fixture
def ready(cast, now):
    if connection.vendor != "postgresql":
        pytest.skip("row locks exist on PostgreSQL only; run with DATABASE_URL set to one")
    review = make_draft(cast.vera, cast.rita, now=now)
    services.save_draft(actor=cast.vera, review=review, ratings=answers(review), comment="", now=now)
    return review


def test_of_two_clicks_one_publishes(monkeypatch, cast, ready, now):
    assert publish_at_once(monkeypatch, cast, ready, now, reviews.locked_review) == (["published", "refused"], 1, 1)


def test_without_the_lock_both_would(monkeypatch, cast, ready, now):
    """The control: the same test sees the fault once the lock is taken away."""

    def unlocked(review):
        return Review.objects.select_related("scorecard_version", "draw", "reviewee").get(pk=review.pk)

    assert publish_at_once(monkeypatch, cast, ready, now, unlocked) == (["published", "published"], 2, 2)
