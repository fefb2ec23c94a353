"""What is due, what is late, and how the last runs went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, QuerySet

from foundation.schedule import Work, all_work
from operations.models import ScheduledRun

Outcome = ScheduledRun.Outcome
RETRY = timedelta(minutes=15)  # what failed is tried again after that, or when it is due anyway
LATE = timedelta(minutes=15)  # and two turns: so long overdue work is nobody's worry


def last_run(name: str) -> ScheduledRun | None:
    """The newest run of that name that has ended."""
    return ScheduledRun.objects.filter(name=name).exclude(outcome=Outcome.RUNNING).first()


def due_at(work: Work, last: ScheduledRun | None) -> datetime | None:
    """When it is due after its last run; None for at once. What failed or was cut off is done again sooner."""
    if last is None or last.ended_at is None:
        return None
    if last.outcome in (Outcome.STOPPED, Outcome.LOST):
        return last.ended_at
    regular = work.due_after(last.started_at)
    return min(regular, last.ended_at + RETRY) if last.outcome == Outcome.FAILED else regular


def is_due(work: Work, last: ScheduledRun | None, now: datetime) -> bool:
    at = due_at(work, last)
    return at is None or at <= now


@dataclass(frozen=True)
class Standing:
    """One piece of work on the page: its last run, whether it runs now, when it is due."""

    work: Work
    last: ScheduledRun | None
    running: ScheduledRun | None
    due: datetime | None  # None: at once
    late: bool


def standings(now: datetime) -> list[Standing]:
    """Every registered piece of work and how it does; two queries."""
    newest = _by_name(ScheduledRun.objects.exclude(outcome=Outcome.RUNNING))
    running = _by_name(ScheduledRun.objects.filter(outcome=Outcome.RUNNING))
    found = []
    for work in all_work():
        last = newest.get(work.name)
        due = due_at(work, last)
        late = due is not None and work.name not in running and now > due + max(LATE, 2 * (work.every or timedelta()))
        found.append(Standing(work, last, running.get(work.name), due, late))
    return found


def late_work(now: datetime) -> list[str]:
    """Names of the work that should have run by now; what never ran is not late."""
    return [standing.work.name for standing in standings(now) if standing.late]


def troubles() -> QuerySet[ScheduledRun]:
    """Runs that did not end well, newest first."""
    return ScheduledRun.objects.exclude(outcome__in=[Outcome.DONE, Outcome.RUNNING])


def _by_name(runs: QuerySet[ScheduledRun]) -> dict[str, ScheduledRun]:
    newest = runs.order_by().values("name").annotate(newest=Max("pk")).values("newest")
    return {run.name: run for run in ScheduledRun.objects.filter(pk__in=newest)}
