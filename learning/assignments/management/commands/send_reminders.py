"""Remind of what is due soon or overdue, and send the leads their week; run_schedule does it by itself."""

import argparse
import json
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from learning.assignments.reminders.services import send_reminders


def a_moment(text: str) -> datetime:
    try:
        found = parse_datetime(text) or parse_datetime(f"{text}T12:00:00")
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no day or time: {error}") from error
    if found is None:
        raise argparse.ArgumentTypeError(f"write a day (2026-06-15) or an ISO time, not {text}")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


class Command(BaseCommand):
    help = "Remind of modules due in a week, tomorrow, or overdue; each once, outside of everybody's quiet hours."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--as-of", type=a_moment, metavar="TIME", help="act as if it were this day (12:00) or ISO time, UTC")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON on the last line")

    def handle(self, *args: Any, as_of: datetime | None, **options: Any) -> None:
        done = send_reminders(now=as_of or timezone.now())
        self.stdout.write(f"{done.made} reminders noted, {done.people} people and {done.leads} leads written to.")
        if options["json"]:
            self.stdout.write(json.dumps({"made": done.made, "people": done.people, "leads": done.leads}))
