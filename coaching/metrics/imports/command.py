"""The common part of `import_interactions`, `import_messages` and `import_surveys`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from coaching.interactions.importing.mapping import load_mapping
from coaching.interactions.services import ImportRefused, run_import
from coaching.metrics.recount import recount_changed_days

FORMATS = ["auto", "generic"]


class ImportCommand(BaseCommand):
    """Reads FILE after a mapping. Exit code 0 also with rejected rows, 2 where the file cannot be read at all."""

    kind = ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="CSV (any delimiter and encoding), gzip of it, or XLSX")
        parser.add_argument("--format", choices=FORMATS, default="auto", help="auto and generic both read after --mapping")
        parser.add_argument("--mapping", help="TOML file that says what the columns mean; see docs/guides/importing.md")
        parser.add_argument("--timezone", default="", help="zone of times without an offset, for example Europe/Berlin")
        parser.add_argument("--dry-run", action="store_true", help="count exactly, write nothing")
        parser.add_argument("--errors", help="CSV file for the rejected rows: line, field, value, reason, remedy")
        parser.add_argument("--json", action="store_true", help="print the counts as one JSON object in the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if not options["mapping"]:
                raise ImportRefused(
                    "No mapping was given, so nobody knows what the columns mean. Write one (docs/guides/importing.md "
                    "shows how) and name it: --mapping FILE.toml"
                )
            result = run_import(
                actor=None,
                kind=self.kind,
                path=Path(options["file"]),
                mapping=load_mapping(Path(options["mapping"])),
                timezone=options["timezone"],
                now=timezone.now(),
                dry_run=options["dry_run"],
                errors_path=Path(options["errors"]) if options["errors"] else None,
            )
        except ImportRefused as refused:
            self.stderr.write(self.style.ERROR(str(refused)))
            sys.exit(2)
        if not options["dry_run"]:
            recount_changed_days(now=timezone.now())
        self._tell(result.counts(), result.notes, [str(problem) for problem in result.samples], options)

    def _tell(self, counts: dict[str, int], notes: list[str], problems: list[str], options: dict[str, Any]) -> None:
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was written.")
        for note in notes:
            self.stdout.write(f"Note: {note}")
        for problem in problems[:10]:
            self.stdout.write(problem)
        if counts["rejected"] > 10:
            where = (
                f"all of them stand in {options['errors']}"
                if options["errors"]
                else "write them to a file with --errors FILE.csv"
            )
            self.stdout.write(f"… {counts['rejected']} rows were rejected; {where}.")
        self.stdout.write(
            json.dumps(counts) if options["json"] else ", ".join(f"{name} {value:,}" for name, value in counts.items())
        )
