"""Run whatever periodic work is due; belongs into cron every minute, or goes on by itself with --every."""

import argparse
import json
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from foundation.schedule import all_work
from operations import services
from operations.models import ScheduledRun

log = logging.getLogger(__name__)


def a_moment(text: str) -> datetime:
    try:
        day = parse_date(text)
        found = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else parse_datetime(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no day or time: {error}") from error
    if found is None:
        raise argparse.ArgumentTypeError(f"write a day (2026-06-15) or an ISO time, not {text}")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@contextmanager
def ending_in_order() -> Iterator[None]:
    """Told to end, a run writes down that it was stopped; so the next start does it again at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(_number: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class Command(BaseCommand):
    help = "Run the periodic work that is due. Two at once run each piece once; a failing one does not stop the others."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--only", metavar="NAME", help="only this piece of work, due or not")
        parser.add_argument(
            "--as-of", type=a_moment, metavar="TIME", help="act as if it were this day (00:00) or ISO time, UTC without offset"
        )
        parser.add_argument("--json", action="store_true", help="print the runs as one JSON object, as the last line")
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on, with a look every so many seconds")

    def handle(self, *args: Any, only: str | None, as_of: datetime | None, every: int | None, **options: Any) -> None:
        """Exit 0 where all that ran went well, 1 where something failed, 2 for a name that is none."""
        if every is not None and (only or as_of or every < 1):
            raise CommandError("--every takes a number of seconds, and goes neither with --only nor with --as-of.", returncode=2)

        def clock() -> datetime:
            return as_of or timezone.now()

        with ending_in_order():
            if every is not None:
                self.go_on(every, clock)
            runs = self.once(only, clock)
        for run in runs:
            self.stdout.write(f"{run.name}: {run.get_outcome_display().lower()}. {run.summary or run.error}".rstrip())
        if not runs:
            self.stdout.write("Nothing was due.")
        failed = [run for run in runs if run.outcome == ScheduledRun.Outcome.FAILED]
        if options["json"]:
            told = [{"name": r.name, "outcome": r.outcome, "summary": r.summary, "error": r.error} for r in runs]
            self.stdout.write(json.dumps({"ran": told, "failed": len(failed)}))
        if failed:
            raise CommandError(f"{len(failed)} of {len(runs)} failed.", returncode=1)

    def once(self, only: str | None, clock: Callable[[], datetime]) -> list[ScheduledRun]:
        if not only:
            return services.run_due(clock=clock)
        try:
            run = services.run_one(name=only, clock=clock)
        except services.NoSuchWork as error:
            known = ", ".join(work.name for work in all_work())
            raise CommandError(f"There is no periodic work called {only}. There is: {known}.", returncode=2) from error
        return [run] if run else []

    def go_on(self, every: int, clock: Callable[[], datetime]) -> None:
        """Until told to end. Waits first: at a start the pages come before the sweeping."""
        while True:
            time.sleep(every)
            close_old_connections()
            try:
                services.run_due(clock=clock)
            except DatabaseError:
                log.exception("The schedule could not be read; the next look is in %s seconds", every)
