"""Find who has slipped beyond chance, as of one day. Belongs into the nightly schedule; twice changes nothing."""

import argparse
import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from coaching.signals.raising import raise_signals


def a_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2026-06-15") from error


class Command(BaseCommand):
    help = "Raise signals for people and teams that run below their own normal, as of a day (default: today)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--as-of", type=a_day, help="the day to judge, as 2026-06-15; default: today")
        parser.add_argument("--json", action="store_true", help="print the counts as one JSON object, as the last line")

    def handle(self, *args: Any, as_of: date | None, **options: Any) -> None:
        now = timezone.now()
        today = timezone.localdate(now)
        if as_of is not None and as_of > today:
            raise CommandError(f"{as_of} lies in the future: nothing can be judged yet.")
        run = raise_signals(actor=None, as_of=as_of or today, now=now)
        wrong = run.expected_false_share
        self.stdout.write(
            f"{run.as_of}: {run.suggested} suggested, {run.watched} to watch; judged {run.people} people and {run.teams} teams"
        )
        if wrong is not None:
            self.stdout.write(f"Of the suggestions of the last seven days we expect {wrong:.0%} to be wrong.")
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "as_of": run.as_of.isoformat(),
                        "suggested": run.suggested,
                        "watched": run.watched,
                        "people": run.people,
                        "teams": run.teams,
                        "expected_false_share": wrong,
                    }
                )
            )
