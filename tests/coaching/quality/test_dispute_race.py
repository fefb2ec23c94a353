"""Two people at the same moment: one of them wins, the other gets a clear error, and one state is left.

The locks are row locks, so this needs PostgreSQL; on SQLite writers queue up anyway. Each race has a control that sees the fault once the lock is
taken away.
"""

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import IntegrityError, connection, connections

from coaching.quality import services
from coaching.quality.disputes import services as disputes
from coaching.quality.disputes.services import OutcomeInput, PointInput
from coaching.quality.models import Answer, Criterion, Dispute, Review
from coaching.quality.services import QualityError
from tests.factories.quality import make_published

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def review(cast, now):
    if connection.vendor != "postgresql":
        pytest.skip("row locks exist on PostgreSQL only; run with DATABASE_URL set to one")
    return make_published(cast.vera, cast.rita, now=now, warm_greeting=0)


@pytest.fixture
def greeting(review):
    return Criterion.objects.get(section__version=review.scorecard_version, key="warm-greeting")


def at_once(*verbs: Callable[[], object]) -> list[str]:
    """Run the verbs from connections of their own; what came of each, in no order."""
    outcomes = []

    def run(verb: Callable[[], object]) -> None:
        try:
            verb()
            outcomes.append("done")
        except QualityError:
            outcomes.append("refused")
        except IntegrityError:
            outcomes.append("broken")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[verb]) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return sorted(outcomes)


def meet_after(monkeypatch, name, read):
    """Both have read what `disputes.services.<name>` reads before either goes on, if they can."""
    meeting = threading.Barrier(2)

    def read_and_wait(wanted):
        found = read(wanted)
        with suppress(threading.BrokenBarrierError):  # a lock keeps the second one away: then nobody comes
            meeting.wait(timeout=1.5)
        return found

    monkeypatch.setattr(disputes, name, read_and_wait)


def unlocked_review(review):
    return Review.objects.select_related("scorecard_version", "draw", "reviewee").get(pk=review.pk)


def unlocked_dispute(dispute):
    return Dispute.objects.select_related("review__scorecard_version", "raised_by").get(pk=dispute.pk)


def raise_it(cast, review, greeting, now):
    return disputes.raise_dispute(
        actor=cast.rita, review=review, points=[PointInput(criterion_id=greeting.pk, reason="I greeted.")], now=now
    )


@pytest.mark.parametrize(("read", "outcomes"), [(None, ["done", "refused"]), (unlocked_review, ["broken", "done"])])
def test_of_two_disputes_one_is_raised(monkeypatch, cast, review, greeting, now, read, outcomes):
    meet_after(monkeypatch, "locked_review", read or disputes.locked_review)
    again = [lambda: raise_it(cast, review, greeting, now)] * 2
    assert at_once(*again) == outcomes
    assert Dispute.objects.count() == 1


def decide(actor, dispute, greeting, now):
    answer = Answer.objects.get(criterion=greeting, value=1)
    wish = [OutcomeInput(criterion_id=greeting.pk, accepted=True, answer_id=answer.pk)]
    return disputes.decide_dispute(actor=actor, dispute=dispute, outcomes=wish, comment="Yes.", grader_error=True, now=now)


@pytest.mark.parametrize(("read", "outcomes"), [(None, ["done", "refused"]), (unlocked_dispute, ["broken", "done"])])
def test_of_two_decisions_one_stands(monkeypatch, cast, review, greeting, now, read, outcomes):
    dispute = raise_it(cast, review, greeting, now)
    disputes.forward_dispute(actor=cast.lena, dispute=dispute, decider=cast.viktor, now=now)
    meet_after(monkeypatch, "_locked", read or disputes._locked)
    found = at_once(lambda: decide(cast.viktor, dispute, greeting, now), lambda: decide(cast.hana, dispute, greeting, now))
    assert found == outcomes
    assert Review.objects.filter(state="published").count() == 1
    assert Review.objects.filter(corrects=review).count() == 1


def withdraw(cast, review, now):
    return services.withdraw_review(actor=cast.vera, review=review, reason="She is right.", now=now)


def test_a_decision_while_the_review_is_withdrawn(monkeypatch, cast, review, greeting, now):
    """Whichever comes first: either the corrected review stands and nothing is left to withdraw, or nothing stands and nothing is open."""
    dispute = raise_it(cast, review, greeting, now)
    meet_after(monkeypatch, "_locked", disputes._locked)
    found = at_once(lambda: decide(cast.hana, dispute, greeting, now), lambda: withdraw(cast, review, now))
    assert found == ["done", "refused"]
    dispute.refresh_from_db()
    assert not dispute.is_undecided
    standing = Review.objects.filter(state="published").count()
    assert standing == (1 if dispute.state == Dispute.State.ACCEPTED else 0)
