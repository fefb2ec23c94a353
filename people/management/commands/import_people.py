"""Import people from a CSV or XLSX file."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from people.error_file import error_file
from people.importing import UnreadableFile, read_table
from people.services.people_import import import_people


class Command(BaseCommand):
    help = "Import people: e-mail, name, team path, role, lead, start date, time zone, external ids. Importing twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV or XLSX file; the first line names the columns")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen; change nothing")
        parser.add_argument("--errors", type=Path, metavar="FILE.csv", help="write the rejected rows there")
        parser.add_argument("--invite", action="store_true", help="invite the people without a password by e-mail")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON on the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            table = read_table(options["file"].read_bytes())
        except (UnreadableFile, OSError) as error:
            raise CommandError(str(error), returncode=2) from error
        now = timezone.now()
        result = import_people(
            actor=None,
            table=table,
            invite=options["invite"],
            dry_run=options["dry_run"],
            today=timezone.localdate(now),
            now=now,
        )
        for warning in result.warnings:
            self.stderr.write(f"warning: {warning}")
        for problem in result.problems:
            self.stderr.write(f"line {problem.line}: {problem.field} “{problem.value}”: {problem.reason} {problem.remedy}")
        if options["errors"]:
            options["errors"].write_text(error_file(result.problems), encoding="utf-8")
        counts = result.counts()
        self.stdout.write(", ".join(f"{name} {count}" for name, count in counts.items()))
        if options["json"]:
            self.stdout.write(json.dumps(counts))
