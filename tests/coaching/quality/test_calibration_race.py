"""Submitting at the same moment as somebody else: one outcome, and nothing between two states.

The locks are row locks, so this needs PostgreSQL; on SQLite writers queue up anyway. Each race has a control that sees the fault once the
lock is taken away.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import connection, connections

from coaching.quality.calibration.services import end_session_scoring, save_scoring, scoring, sessions, submit_scoring
from coaching.quality.models import BlindRating, BlindScoring, CalibrationSession
from coaching.quality.services import QualityError
from people.models import AuditEntry
from tests.factories.calibration import fill, make_session, scoring_of
from tests.factories.quality import answers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(cast, now):
    if connection.vendor != "postgresql":
        pytest.skip("row locks exist on PostgreSQL only; run with DATABASE_URL set to one")
    session = make_session(cast.hana, [cast.vera, cast.viktor], rep=cast.rita, now=now)
    for person in (cast.vera, cast.viktor):
        fill(scoring_of(session, person), now=now, submit=False)
    return session


def at_once(*verbs: Callable[[], object]) -> list[str]:
    """Run the verbs from connections of their own; what came of each, in no order."""
    outcomes = []

    def run(verb: Callable[[], object]) -> None:
        try:
            verb()
            outcomes.append("done")
        except QualityError:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[verb]) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return sorted(outcomes)


def meet(monkeypatch, *, locked, both_look=True):
    """Both have read the session before either goes on, if they can. Without the lock, neither row of the two is held.

    `both_look`: whether both come to look who is missing, at the same time. Two who write one row do not, nor does who ends scoring.
    """
    meeting = threading.Barrier(2)
    with_lock = sessions.locked_session

    def read(pk):
        found = with_lock(pk) if locked else CalibrationSession.objects.select_related("scorecard_version").get(pk=pk)
        with suppress(threading.BrokenBarrierError):  # a lock keeps the second one away: then nobody comes
            meeting.wait(timeout=1.5 if locked else 15)
        return found

    monkeypatch.setattr(sessions, "locked_session", read)
    monkeypatch.setattr(scoring, "locked_session", read)
    if not locked:
        # Neither looks before both have written, and neither commits before both have looked.
        both_wrote, both_looked, patience = threading.Barrier(2), threading.Barrier(2), 5 if both_look else 0.3

        def missing(of):
            with suppress(threading.BrokenBarrierError):
                both_wrote.wait(timeout=patience)
            found = sessions.missing_scorings(of)
            len(found)  # asks the database now
            with suppress(threading.BrokenBarrierError):
                both_looked.wait(timeout=patience)
            return found

        monkeypatch.setattr(scoring, "missing_scorings", missing)
        monkeypatch.setattr(BlindScoring.objects, "select_for_update", lambda **_of: BlindScoring.objects.all(), raising=False)


def submit(person, session, now):
    return submit_scoring(actor=person, scoring=scoring_of(session, person), now=now)


@pytest.mark.parametrize(("locked", "ends"), [(True, 1), (False, 0)])
def test_the_last_two_submit_together(monkeypatch, cast, session, now, locked, ends):
    """With the lock the second sees that nobody is missing, and scoring ends once. Without it each waits for the other for ever."""
    meet(monkeypatch, locked=locked)
    assert at_once(lambda: submit(cast.vera, session, now), lambda: submit(cast.viktor, session, now)) == ["done", "done"]
    assert BlindScoring.objects.filter(state="submitted").count() == 2
    assert AuditEntry.objects.filter(verb="calibration.end").count() == ends
    session.refresh_from_db()
    assert session.state == ("review" if ends else "scoring")


@pytest.mark.parametrize(("locked", "outcomes"), [(True, ["done", "refused"]), (False, ["done", "done"])])
def test_submitted_twice_counts_once(monkeypatch, cast, session, now, locked, outcomes):
    meet(monkeypatch, locked=locked, both_look=False)
    found = at_once(*[lambda: submit(cast.vera, session, now)] * 2)
    assert found == outcomes
    assert AuditEntry.objects.filter(verb="scoring.submit").count() == outcomes.count("done")


def test_submitting_while_the_facilitator_ends_scoring(monkeypatch, cast, session, now):
    """Whichever comes first: either it was submitted and counts, or it is left out and was refused."""
    submit(cast.viktor, session, now)
    meet(monkeypatch, locked=True)
    found = at_once(
        lambda: submit(cast.vera, session, now),
        lambda: end_session_scoring(actor=cast.hana, session=session, now=now),
    )
    assert found == ["done", "refused"]
    session.refresh_from_db()
    assert session.state == "review"
    submitted = scoring_of(session, cast.vera).is_submitted
    assert submitted == (session.ended_by_id is None)
    assert AuditEntry.objects.filter(verb="calibration.end").count() == 1


def test_without_the_lock_an_answer_is_handed_in_after_the_end(monkeypatch, cast, session, now):
    """The control of the test above: both go through, and the session says that it waited for nobody."""
    submit(cast.viktor, session, now)
    meet(monkeypatch, locked=False, both_look=False)
    found = at_once(
        lambda: submit(cast.vera, session, now),
        lambda: end_session_scoring(actor=cast.hana, session=session, now=now),
    )
    assert found == ["done", "done"]
    assert AuditEntry.objects.filter(verb="calibration.end").count() == 2


def test_saving_while_submitting_never_changes_what_was_submitted(monkeypatch, cast, session, now):
    own = scoring_of(session, cast.vera)
    meet(monkeypatch, locked=True)
    worse = answers(own, warm_greeting=0)
    found = at_once(
        lambda: submit(cast.vera, session, now),
        lambda: save_scoring(actor=cast.vera, scoring=own, ratings=worse, comment="", now=now),
    )
    assert found in (["done", "done"], ["done", "refused"])  # saved before, or refused after
    own.refresh_from_db()
    assert own.is_submitted
    value = BlindRating.objects.get(scoring=own, criterion__key="warm-greeting").answer.value
    assert value == (0 if found == ["done", "done"] else 1)
