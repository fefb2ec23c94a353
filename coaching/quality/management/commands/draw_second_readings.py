"""Draw reviews for a second reading: a few of each reviewer's last month, at random."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from coaching.quality.calibration.services import draw_grader_reviews
from coaching.quality.calibration.services.grading import PER_REVIEWER
from coaching.quality.services import QualityError


class Command(BaseCommand):
    help = "Draw reviews of the last month for a second, blind reading; running it again in the same month adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--per-reviewer", type=int, default=PER_REVIEWER, help="How many of each reviewer and month.")
        parser.add_argument(
            "--seed", default="", help="Draw the same lots again; by default a fresh one, noted in the audit log."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            drawn = draw_grader_reviews(
                actor=None,
                per_reviewer=options["per_reviewer"],
                seed=options["seed"] or secrets.token_hex(8),
                now=timezone.now(),
            )
        except QualityError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(drawn)} reviews drawn for a second reading.")
