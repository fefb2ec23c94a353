"""Draw conversations for the reviewers' queues: what the sampling plans have due."""

from argparse import ArgumentParser
from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from coaching.quality.plans.services import run_plans


class Command(BaseCommand):
    help = "Draw the present cycle of every sampling plan that is on; running it again in the same cycle adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, help="The day to draw on (YYYY-MM-DD); today by default.")
        parser.add_argument("--seed", default="", help="Draw the same lots again; by default fresh ones, noted in the audit log.")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["as_of"]:
            now = timezone.make_aware(datetime.combine(options["as_of"], time(6)))
        ran = run_plans(now=now, seed=options["seed"])
        self.stdout.write(f"{len(ran.draws)} conversations drawn for {ran.people} people.")
        if ran.problems:
            raise CommandError("\n".join(ran.problems))
