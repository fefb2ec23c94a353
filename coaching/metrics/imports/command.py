"""The three import commands: one set of options, one way of answering."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from coaching.interactions.importing.formats import NAMES
from coaching.interactions.importing.mapping import load_mapping
from coaching.interactions.importing.problems import ReaderEnded
from coaching.interactions.services import ImportRefused, ImportResult
from coaching.metrics.imports.jobs import finish_import


class ImportCommand(BaseCommand):
    """Subclasses name the service. Exit 0 also with rejected rows; 2 where the file cannot be read at all."""

    verb: Callable[..., ImportResult]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, metavar="FILE", help="CSV (any delimiter and encoding), XLSX, JSON or NDJSON; .gz too"
        )
        parser.add_argument("--format", choices=NAMES, default="auto", help="what kind of export it is (default: auto)")
        parser.add_argument(
            "--mapping", type=Path, metavar="FILE.toml", help="what the columns mean; see docs/guides/importing.md"
        )
        parser.add_argument("--timezone", default="", metavar="TZ", help="zone of times without an offset, e.g. Europe/Berlin")
        parser.add_argument(
            "--date-order",
            choices=("day-first", "month-first"),
            default="",
            help="how dates like 03/04/2026 are meant, where the file itself does not tell",
        )
        parser.add_argument("--source", default="", metavar="KEY", help="key of the exporting system (default: the mapping's)")
        parser.add_argument("--dry-run", action="store_true", help="count and check everything, write nothing")
        parser.add_argument("--errors", type=Path, metavar="FILE.csv", help="where to list the rejected rows")
        parser.add_argument(
            "--count-later",
            action="store_true",
            help="leave the figures to the next import or the schedule: quicker where several files follow each other",
        )
        parser.add_argument("--json", action="store_true", help="print the counts as one JSON object on the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            given = load_mapping(options["mapping"]) if options["mapping"] else None
            result = type(self).verb(
                actor=None,
                path=options["file"],
                source=options["source"],
                mapping=given,
                format=options["format"],
                date_order=options["date_order"],
                timezone=_zone(options["timezone"]),
                now=now,
                dry_run=options["dry_run"],
                errors_path=options["errors"],
            )
        except ImportRefused as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        except ReaderEnded as ended:
            raise CommandError(str(ended)) from ended
        if not options["dry_run"] and not options["count_later"]:
            finish_import(now=now)
        self._report(result, options)

    def _report(self, result: ImportResult, options: dict[str, Any]) -> None:
        for note in result.notes:
            self.stderr.write(f"Warning: {note}")
        if result.rejected:
            for problem in result.samples[:5]:
                self.stderr.write(str(problem))
            more = f"See {options['errors']}." if options["errors"] else "Name a file with --errors to list them all."
            self.stderr.write(f"{result.rejected:,} rows were rejected. {more}")
        if result.skipped:
            self.stdout.write(f"{result.skipped:,} rows hold no answer and were passed over.")
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was written.")
        summary = result.summary()
        self.stdout.write(" · ".join(f"{name} {count:,}" for name, count in summary.items()))
        if options["json"]:
            self.stdout.write(json.dumps(summary))


def _zone(name: str) -> str:
    if name and name not in available_timezones():
        raise ImportRefused(f"“{name}” is not a time zone. Write one like Europe/Berlin.")
    return name
