"""Draw conversations for the reviewers' queues: each rep's last seven days, at random."""

from argparse import ArgumentParser
from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from coaching.quality.schedule import PER_PERSON, draw_the_week
from coaching.quality.services import QualityError


class Command(BaseCommand):
    help = "Draw conversations of the last seven days for review; running it again in the same week adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, help="The day to draw on (YYYY-MM-DD); today by default.")
        parser.add_argument("--per-person", type=int, default=PER_PERSON, help="How many per rep and week.")
        parser.add_argument(
            "--seed", default="", help="Draw the same lots again; by default a fresh one, noted in the audit log."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        day = options["as_of"] or timezone.localdate(now)
        if options["as_of"]:
            now = timezone.make_aware(datetime.combine(day, time(6)))
        try:
            draws = draw_the_week(day=day, now=now, per_person=options["per_person"], seed=options["seed"])
        except QualityError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(draws)} conversations drawn for {len({d.reviewee_id for d in draws})} people.")
