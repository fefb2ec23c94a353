"""The same export brought in twice at the same moment: each review is stored once, and both runs end well.

The lock is a row lock, so this needs PostgreSQL; the control sees the fault once it is taken away.
"""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from django.db import IntegrityError, connection, connections

from coaching.interactions.models import Source
from coaching.quality.exchange.importing.reviews import ReviewWriter
from coaching.quality.exchange.importing.running import import_reviews
from coaching.quality.models import Dispute, Review, ScorecardVersion
from tests.factories import review_export as given

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("locked", "outcomes"), [(True, [0, 3]), (False, ["broken", 3])])
def test_of_two_imports_one_stores_and_one_finds(monkeypatch, tmp_path, cast, now, locked, outcomes):
    if connection.vendor != "postgresql":
        pytest.skip("row locks exist on PostgreSQL only; run with DATABASE_URL set to one")
    Source.objects.create(key="zendesk", name="Zendesk", system="zendesk")
    reviews = [given.review(n, 100, [given.rating(1, 100)]) for n in (1, 2)]
    everything = given.page(given.conversation(1, *reviews)) | given.USERS | {"disputes": [given.dispute(5, 1)]}
    path = given.write(tmp_path / "r.json", everything)
    meeting, read = threading.Barrier(2), ReviewWriter._stored

    def read_and_wait(writer, chunk):
        found = read(writer, chunk)
        with suppress(threading.BrokenBarrierError):  # the lock keeps the second one away: then nobody comes
            meeting.wait(timeout=1.5 if locked else 15)
        return found

    monkeypatch.setattr(ReviewWriter, "_stored", read_and_wait)
    if not locked:
        monkeypatch.setattr(ReviewWriter, "_hold", lambda writer, chunk: None)
    found = []

    def run():
        try:
            found.append(import_reviews(actor=None, path=path, now=now).created)
        except IntegrityError:
            found.append("broken")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(found, key=str) == sorted(outcomes, key=str)
    assert (Review.objects.count(), Dispute.objects.count(), ScorecardVersion.objects.count()) == (2, 1, 1)
