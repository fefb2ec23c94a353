"""Keep a package (SCORM or H5P) from a file."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from learning.packages.archive import PIECE
from learning.packages.faults import PackageRefused
from learning.packages.services import import_package


class Command(BaseCommand):
    help = "Keep a package: SCORM 1.2 or 2004 (.zip), or H5P (.h5p). Importing the same file twice changes nothing. A refused file leaves nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the package as the authoring tool exported it")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON on the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        counts: dict[str, Any] = {"read": 1, "created": 0, "updated": 0, "unchanged": 0, "rejected": 0, "warnings": 0}
        try:
            imported = import_package(actor=None, pieces=_pieces(path), file_name=path.name, now=timezone.now())
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror or error}", returncode=2) from error
        except PackageRefused as error:
            if options["json"]:
                self.stdout.write(json.dumps({**counts, "rejected": 1, "fault": error.fault, "reason": str(error)}))
            raise CommandError(f"{path.name} is refused ({error.fault}): {error}", returncode=2) from error
        package = imported.package
        counts["created" if imported.created else "unchanged"] = 1
        counts["warnings"] = len(package.warnings)
        for warning in package.warnings:
            self.stderr.write(f"warning: {warning}")
        self.stdout.write(
            f"“{package.title}”, {package.get_kind_display()}, {len(package.parts)} parts, opens with {package.launch}"
        )
        if options["json"]:
            about = {"title": package.title, "launch": package.launch, "kind": package.kind, "sha256": package.sha256}
            self.stdout.write(json.dumps({**counts, **about}))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
