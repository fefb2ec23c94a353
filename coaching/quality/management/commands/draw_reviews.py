"""Draw conversations for the reviewers' queues: each rep's last seven days, at random."""

import secrets
from argparse import ArgumentParser
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from coaching.quality.services import QualityError, draw_reviews
from people.models import Person, Role


class Command(BaseCommand):
    help = "Draw conversations of the last seven days for review; running it again in the same week adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, help="The day to draw on (YYYY-MM-DD); today by default.")
        parser.add_argument("--per-person", type=int, default=2, help="How many per rep and week.")
        parser.add_argument(
            "--seed", default="", help="Draw the same lots again; by default a fresh one, noted in the audit log."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        day = options["as_of"] or timezone.localdate(now)
        if options["as_of"]:
            now = timezone.make_aware(datetime.combine(day, time(6)))
        try:
            draws = draw_reviews(
                actor=None,
                reviewers=Person.objects.active().with_role(Role.REVIEWER),
                people=Person.objects.active().with_role(Role.REP),
                per_person=options["per_person"],
                since=day - timedelta(days=7),
                until=day - timedelta(days=1),
                seed=options["seed"] or secrets.token_hex(8),
                now=now,
            )
        except QualityError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(draws)} conversations drawn for {len({d.reviewee_id for d in draws})} people.")
