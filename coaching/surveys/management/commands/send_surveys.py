"""Ask customers: queue who is to be asked now, send what is due, forget what is old."""

import argparse
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from coaching.surveys import services


class Command(BaseCommand):
    help = "Ask customers by the rules of the active surveys. Run it every few minutes; running it twice asks nobody twice."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--as-of", metavar="TIME", help="act as if it were this day (00:00) or ISO time, UTC without offset")
        parser.add_argument("--queue-only", action="store_true", help="queue, but send nothing")

    def handle(self, *args: Any, as_of: str | None, queue_only: bool, **options: Any) -> None:
        moment = self.moment(as_of) if as_of else None

        def clock() -> datetime:
            return moment or timezone.now()

        credited = services.credit_waiting_answers()
        queued = services.queue_invitations(now=clock())
        done = services.Delivered() if queue_only else services.deliver_invitations(clock=clock)
        forgotten = services.forget(now=clock())
        self.stdout.write(
            f"{queued} queued, {done.sent} sent, {done.put_off} put off, {done.cancelled} no longer wanted, "
            f"{done.given_up} given up; {credited} answers credited, {forgotten} customers forgotten"
        )

    def moment(self, text: str) -> datetime:
        try:
            day = parse_date(text)
            found = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else parse_datetime(text)
        except ValueError as error:
            raise CommandError(f"--as-of: {text} is no day or time: {error}") from error
        if found is None:
            raise CommandError(f"--as-of: write a day (2026-06-15) or an ISO time, not {text}")
        return found if found.tzinfo else found.replace(tzinfo=UTC)
