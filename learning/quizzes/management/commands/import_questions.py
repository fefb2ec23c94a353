"""Import questions into the bank from a GIFT or Moodle XML file."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from learning.quizzes.bank.services import import_questions
from learning.quizzes.exchange.found import UnreadableFile
from learning.quizzes.exchange.reading import Format, read
from people.error_file import error_file


class Command(BaseCommand):
    """Exit 0 also with questions left out; 2 where the file cannot be read at all."""

    help = "Import questions into the question bank. Importing twice changes nothing; a changed question is a new version."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--format", choices=Format.values, required=True, help="how the file is written")
        parser.add_argument("--errors", type=Path, metavar="FILE.csv", help="where to list what was left out")
        parser.add_argument("--json", action="store_true", help="print the counts as one JSON object on the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            reading = read(options["file"].read_bytes(), options["format"])
        except (UnreadableFile, OSError) as error:
            raise CommandError(str(error), returncode=2) from error
        result = import_questions(actor=None, reading=reading, source=options["format"], now=timezone.now())
        for warning in result.warnings:
            self.stderr.write(f"warning: {warning}")
        for problem in result.problems:
            self.stderr.write(str(problem))
        if options["errors"]:
            options["errors"].write_text(error_file(result.problems), encoding="utf-8")
        summary = result.summary()
        self.stdout.write(", ".join(f"{name} {count}" for name, count in summary.items()))
        if options["json"]:
            self.stdout.write(json.dumps(summary))
