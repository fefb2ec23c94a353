"""Import customer accounts: key, name, segment, yearly value, currency, since, left on."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from coaching.interactions.services import ImportRefused
from coaching.metrics.accounts.reading import load_account_mapping
from coaching.metrics.accounts.services import import_accounts


class Command(BaseCommand):
    help = "Import customer accounts from a file. Importing twice changes nothing. Exit 2 where the file cannot be read at all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="CSV (any delimiter and encoding), CSV.gz or XLSX")
        parser.add_argument(
            "--mapping", type=Path, metavar="FILE.toml", help="what the columns mean; see docs/guides/importing.md"
        )
        parser.add_argument("--source", default="", metavar="KEY", help="key of the system whose cases name these accounts")
        parser.add_argument("--dry-run", action="store_true", help="count and check everything, write nothing")
        parser.add_argument("--errors", type=Path, metavar="FILE.csv", help="where to list the rejected rows")
        parser.add_argument("--json", action="store_true", help="print the counts as one JSON object on the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["file"].is_file():
            raise CommandError(f"There is no file {options['file']}.", returncode=2)
        try:
            result = import_accounts(
                actor=None,
                path=options["file"],
                mapping=load_account_mapping(options["mapping"]) if options["mapping"] else None,
                source=options["source"],
                now=timezone.now(),
                dry_run=options["dry_run"],
                errors_path=options["errors"],
            )
        except ImportRefused as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        for note in result.notes:
            self.stderr.write(f"Warning: {note}")
        for problem in result.samples[:5]:
            self.stderr.write(str(problem))
        if result.rejected:
            more = f"See {options['errors']}." if options["errors"] else "Name a file with --errors to list them all."
            self.stderr.write(f"{result.rejected:,} rows were rejected. {more}")
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was written.")
        self.stdout.write(" · ".join(f"{name} {count:,}" for name, count in result.summary().items()))
        if options["json"]:
            self.stdout.write(json.dumps(result.summary()))
