"""Two people, or two tabs, at the same moment: verbs that run in connections of their own and meet where they have looked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections

from learning.assignments import services as assignments
from learning.assignments.models import Assignment
from learning.assignments.training import services as training
from learning.quizzes import papers
from learning.quizzes.errors import QuizError
from learning.quizzes.marks import services as marks

needs_row_locks = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="row locks exist on PostgreSQL only; run with DATABASE_URL set to one"
)


def at_once(*verbs: Callable[[], object]) -> list[str]:
    """Run the verbs from connections of their own; what came of each, in no order."""
    outcomes = []

    def run(verb: Callable[[], object]) -> None:
        try:
            verb()
            outcomes.append("done")
        except (QuizError, assignments.AssignmentError):
            outcomes.append("refused")
        except IntegrityError:
            outcomes.append("broken")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[verb]) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(outcomes)


ROOMS = (assignments, papers, marks, training)


def meet(monkeypatch: Any, *places: tuple[Any, str, str], locks: bool) -> None:
    """Each waits for the other, once, "before" or "after" one of the places (a room, a name in it), if they can.

    A place lies behind the look on which a verb decides, and before it writes. `locks` False takes the assignment's lock
    away: the control.
    """
    meeting, been = threading.Barrier(2), set()
    patience = 1.0 if locks else 15  # with the lock the second one cannot come; without it both do, however busy it is here

    def unlocked(assignment: Assignment) -> Assignment:
        return Assignment.objects.select_related("person", "module").get(pk=assignment.pk)

    def wait() -> None:
        if threading.get_ident() in been:
            return
        been.add(threading.get_ident())
        with suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=patience)

    def waiting(call: Callable[..., Any], when: str) -> Callable[..., Any]:
        def called(*args: Any, **wish: Any) -> Any:
            if when == "before":
                wait()
            found = call(*args, **wish)
            if when == "after":
                wait()
            return found

        return called

    if not locks:
        for room in ROOMS:
            monkeypatch.setattr(room, "lock_assignment", unlocked)
    for room, name, when in places:
        monkeypatch.setattr(room, name, waiting(getattr(room, name), when))
