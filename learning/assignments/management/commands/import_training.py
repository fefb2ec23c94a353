"""Import past training from a CSV or XLSX file."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from learning.assignments.training.importing import read_training_table
from learning.assignments.training.services import import_training
from people.error_file import error_file
from people.importing import UnreadableFile


class Command(BaseCommand):
    help = "Import past training: e-mail, training, completed on, provider, minutes or hours, reference, module. Twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV or XLSX file; the first line names the columns")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen; change nothing")
        parser.add_argument("--errors", type=Path, metavar="FILE.csv", help="write the rejected rows there")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON on the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            table = read_training_table(options["file"].read_bytes())
        except (UnreadableFile, OSError) as error:
            raise CommandError(str(error), returncode=2) from error
        now = timezone.now()
        result = import_training(actor=None, table=table, dry_run=options["dry_run"], today=timezone.localdate(now), now=now)
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
