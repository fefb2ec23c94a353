"""Two runs of a plan at the same moment draw once; one draw replaced and another given away do not wait for each other.

The lock is a row lock, so this needs PostgreSQL; on SQLite writers queue up anyway. The control sees the fault once the lock is
taken away.
"""

import threading
from contextlib import suppress
from datetime import date

import pytest
from django.db import IntegrityError, OperationalError, connection, connections

from coaching.quality.models import PlanCycle, ReviewDraw, SamplingPlan
from coaching.quality.plans import drawing
from coaching.quality.plans import services as plans
from coaching.quality.services import draws, reassign_draw
from tests.factories.plans import make_cases, make_plan

pytestmark = pytest.mark.django_db(transaction=True)


def unlocked(plan):
    return SamplingPlan.objects.get(pk=plan.pk)


@pytest.mark.parametrize(("read", "outcomes"), [(None, [0, 2]), (unlocked, ["broken", 2])])
def test_of_two_runs_one_draws(monkeypatch, cast, now, read, outcomes):
    if connection.vendor != "postgresql":
        pytest.skip("row locks exist on PostgreSQL only; run with DATABASE_URL set to one")
    make_cases(cast.rita, date(2026, 6, 8), 7)
    plan = make_plan(now=now, number=2)
    meeting = threading.Barrier(2)
    read = read or drawing.locked_plan

    def read_and_wait(wanted):
        found = read(wanted)
        with suppress(threading.BrokenBarrierError):  # a lock keeps the second one away: then nobody comes
            meeting.wait(timeout=15 if read is unlocked else 1.5)
        return found

    monkeypatch.setattr(drawing, "locked_plan", read_and_wait)
    found: list[object] = []

    def run() -> None:
        try:
            found.append(len(drawing.draw_plan(actor=None, plan=plan, now=now).draws))
        except IntegrityError:
            found.append("broken")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _run in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(found, key=str) == sorted(outcomes, key=str)
    assert (ReviewDraw.objects.count(), PlanCycle.objects.count()) == (2, 1)


def locked_against_all(plan):
    return SamplingPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)


@pytest.mark.parametrize(("lock", "outcomes"), [(None, ["given", "replaced"]), (locked_against_all, ["deadlock", "one"])])
def test_replacing_one_and_giving_another_away_both_happen(monkeypatch, cast, now, lock, outcomes):
    if connection.vendor != "postgresql":
        pytest.skip("row locks exist on PostgreSQL only; run with DATABASE_URL set to one")
    make_cases(cast.rita, date(2026, 6, 8), 7)
    plan = make_plan(now=now, number=2, reviewers=(cast.vera.pk,))
    first, second = drawing.draw_plan(actor=None, plan=plan, now=now).draws
    meeting = threading.Barrier(2)
    lock, give = lock or plans.locked_plan, draws._give

    def lock_and_meet(wanted):
        locked = lock(wanted)
        meeting.wait(timeout=10)
        return locked

    def meet_and_give(draw):
        meeting.wait(timeout=10)
        return give(draw)

    monkeypatch.setattr(plans, "locked_plan", lock_and_meet)
    monkeypatch.setattr(draws, "_give", meet_and_give)
    found: list[str] = []

    def run(name, verb) -> None:
        try:
            verb()
            found.append(name)
        except OperationalError:
            found.append("deadlock")
        finally:
            connections.close_all()

    threads = [
        threading.Thread(
            target=run, args=["replaced", lambda: plans.replace_draw(actor=cast.vera, draw=first, reason="A test.", now=now)]
        ),
        threading.Thread(
            target=run, args=["given", lambda: reassign_draw(actor=cast.lena, draw=second, reviewer=cast.viktor, now=now)]
        ),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    if "one" in outcomes:  # the database ends one of the two, whichever it likes
        found = ["one" if name != "deadlock" else name for name in found]
    assert sorted(found) == outcomes
