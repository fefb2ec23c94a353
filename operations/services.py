"""Running what is due: each piece once, whoever asks, and none held up by another's failure."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from foundation.schedule import Work, WorkFailed, all_work, find_work
from operations.models import ScheduledRun
from operations.queries import is_due, last_run

log = logging.getLogger(__name__)
Outcome = ScheduledRun.Outcome

DONE_KEPT = timedelta(days=2)
TROUBLE_KEPT = timedelta(days=90)


class NoSuchWork(Exception):
    """There is no periodic work of that name."""


class _NotDue(Exception):
    """Somebody else has just done it."""


def run_due(*, clock: Callable[[], datetime]) -> list[ScheduledRun]:
    """Run what is due, one after the other; the runs with their outcomes. Two machines at once run each piece once."""
    runs = [_run(work, clock, due_or_not=False) for work in all_work()]
    return [run for run in runs if run is not None]


def begin_run(*, name: str, at_most: timedelta, now: datetime) -> ScheduledRun | None:
    """Begin a run of work that somebody asked for, which no schedule knows; None while one of that name is under way.

    One that began more than `at_most` ago is given up. Whoever begins it ends it with `end_run`.
    """
    _give_up(name, at_most, now)
    try:
        with transaction.atomic():
            return ScheduledRun.objects.create(name=name, started_at=now, host=socket.gethostname()[:100])
    except IntegrityError:
        return None


def tell_progress(*, run: ScheduledRun, summary: str) -> None:
    """Say how far it is, unless the run was given up meanwhile."""
    ScheduledRun.objects.filter(pk=run.pk, outcome=Outcome.RUNNING).update(summary=summary[:300])


def end_run(*, run: ScheduledRun, done: bool, now: datetime, summary: str = "", error: str = "") -> None:
    """Note how it went, unless the run was given up meanwhile."""
    _end(run, Outcome.DONE if done else Outcome.FAILED, now, summary=summary, error=error)


def run_one(*, name: str, clock: Callable[[], datetime]) -> ScheduledRun | None:
    """Run one piece of work, due or not; None where it runs already. Raises NoSuchWork."""
    work = find_work(name)
    if work is None:
        raise NoSuchWork(name)
    return _run(work, clock, due_or_not=True)


def _run(work: Work, clock: Callable[[], datetime], *, due_or_not: bool) -> ScheduledRun | None:
    run = _claim(work, clock(), due_or_not=due_or_not)
    if run is None:
        return None
    try:
        summary = import_string(work.run)(clock())
    except WorkFailed as error:
        _end(run, Outcome.FAILED, clock(), error=str(error))
    except Exception as error:
        log.exception("Scheduled work %s failed", work.name)
        # Not the exception's own words: they may quote what a customer wrote.
        words = _("Something unexpected happened (%(kind)s). The server’s log has the details.")
        _end(run, Outcome.FAILED, clock(), error=words % {"kind": type(error).__name__})
    except BaseException:
        _end(run, Outcome.STOPPED, clock())
        raise
    else:
        _end(run, Outcome.DONE, clock(), summary=summary)
    return run


def _claim(work: Work, now: datetime, *, due_or_not: bool) -> ScheduledRun | None:
    """Begin a run; None where it is not due or somebody else runs it. The row of a running one is unique by its name."""
    # Looked up first without a lock: nearly always there is nothing to do.
    if not due_or_not and not is_due(work, last_run(work.name), now):
        return None
    _give_up(work.name, work.at_most, now)
    try:
        with transaction.atomic():
            run = ScheduledRun.objects.create(name=work.name, started_at=now, host=socket.gethostname()[:100])
            # From here on nobody else can begin it; somebody may have done it since we looked.
            if not due_or_not and not is_due(work, last_run(work.name), now):
                raise _NotDue
    except (IntegrityError, _NotDue):
        return None
    return run


def _give_up(name: str, at_most: timedelta, now: datetime) -> None:
    lost = ScheduledRun.objects.filter(name=name, outcome=Outcome.RUNNING, started_at__lte=now - at_most)
    lost.update(outcome=Outcome.LOST, ended_at=now)


def _end(run: ScheduledRun, outcome: ScheduledRun.Outcome, at: datetime, *, summary: str = "", error: str = "") -> None:
    """Note the end, unless the run was given up meanwhile."""
    run.outcome, run.ended_at, run.summary, run.error = outcome, max(at, run.started_at), summary[:300], error[:500]
    fields = {"outcome": outcome, "ended_at": run.ended_at, "summary": run.summary, "error": run.error}
    ScheduledRun.objects.filter(pk=run.pk, outcome=Outcome.RUNNING).update(**fields)


def forget_old_runs(*, now: datetime) -> int:
    """Remove runs that went well two days ago, and the others after ninety; each piece of work keeps its newest."""
    newest = [run.pk for work in all_work() if (run := last_run(work.name)) is not None]
    old = ScheduledRun.objects.exclude(pk__in=newest)
    well, _parts = old.filter(outcome=Outcome.DONE, ended_at__lt=now - DONE_KEPT).delete()
    badly, _parts = old.exclude(outcome__in=[Outcome.DONE, Outcome.RUNNING]).filter(ended_at__lt=now - TROUBLE_KEPT).delete()
    return well + badly
