"""Bring in the reviews, disputes and scorecards of another quality system."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from coaching.interactions.importing.problems import ImportRefused
from coaching.quality.exchange.importing.running import ReviewImportResult, import_reviews
from coaching.quality.exchange.models import System


class Command(BaseCommand):
    """Exit 0 also with rejected rows; 2 where nothing can be read."""

    help = "Import reviews, disputes and scorecards of another quality system. Importing twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="JSON or one object a line; a zip or folder of such files")
        parser.add_argument("--format", choices=System.values, default=System.ZENDESK_QA.value, help="which system exported it")
        parser.add_argument(
            "--source", default="", metavar="KEY", help="whose conversations were reviewed (default: as the file says)"
        )
        parser.add_argument(
            "--scale", default="", metavar="SCALE", help="how ratings are meant: percent, or 1-5; default: found out"
        )
        parser.add_argument("--drafts", action="store_true", help="make a draft of each scorecard to go on with")
        parser.add_argument("--dry-run", action="store_true", help="count and check everything, write nothing")
        parser.add_argument("--errors", type=Path, metavar="FILE.csv", help="where to list the rejected rows")
        parser.add_argument("--json", action="store_true", help="print the counts as one JSON object on the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = import_reviews(
                actor=None,
                path=options["file"],
                system=System(options["format"]),
                source=options["source"],
                scale=options["scale"],
                drafts=options["drafts"],
                now=timezone.now(),
                dry_run=options["dry_run"],
                errors_path=options["errors"],
            )
        except ImportRefused as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        self._report(result, options)

    def _report(self, result: ReviewImportResult, options: dict[str, Any]) -> None:
        for note in result.notes:
            self.stderr.write(f"Warning: {note}")
        if result.rejected:
            for problem in result.samples[:5]:
                self.stderr.write(str(problem))
            more = f"See {options['errors']}." if options["errors"] else "Name a file with --errors to list them all."
            self.stderr.write(f"{result.rejected:,} rows were rejected. {more}")
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was written.")
        self.stdout.write(
            f"{result.reviews:,} reviews, {result.disputes:,} disputes, {result.versions:,} new versions of scorecards."
        )
        if result.mean is not None:
            self.stdout.write(f"Mean of the reviews' own scores: {result.mean:.2f} (n = {result.scored:,}).")
        summary = result.summary()
        self.stdout.write(" · ".join(f"{name} {count:,}" for name, count in summary.items()))
        if options["json"]:
            self.stdout.write(json.dumps(summary))
