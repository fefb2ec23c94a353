"""Make the guide's page tree and the editors' rights; with --starter, publish the starter content."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cms import services


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--starter", action="store_true", help="publish the starter standards, credos and guideline modules")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        guide = services.ensure_site(now=now)
        self.stdout.write(f"The guide “{guide.title}” is at /guide/.")
        if options["starter"]:
            result = services.publish_starter_content(actor=None, now=now)
            self.stdout.write(
                f"Published: {result.vision} vision, {result.standards} standards, {result.credos} credos, "
                f"{result.modules} guideline modules. What was there already stayed as it is."
            )
