"""`manage.py prepare`: tables, cache table and static files, and only what is missing.

The front door calls it at every start, so it must be quick where nothing changed. At the first start
the static files are collected beside the making of the tables, in a process of their own.
"""

import gc
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = "Bring the database tables, the cache table and the static files up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--then", default="", help="a command to run afterwards, for example: seed_demo --size small")

    def handle(self, *args: Any, **options: Any) -> None:
        # Making tables makes and drops ten thousand model classes: looking for unused objects less often saves a fifth of it.
        gc.freeze()
        gc.set_threshold(100_000, 20, 20)
        Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
        collecting = self._collect_static()
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Making the database tables …")
            call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        if collecting:
            if collecting.wait():
                raise CommandError("The static files could not be collected; the message stands above.")
            self._stamp.touch()
        if options["then"]:
            name, *arguments = options["then"].split()
            call_command(name, *arguments, stdout=self.stdout)

    @property
    def _stamp(self) -> Path:
        return Path(settings.STATIC_ROOT) / ".collected"

    def _collect_static(self) -> "subprocess.Popen[bytes] | None":
        """Begin collecting where a source file or a lock is newer than the last collection."""
        base = Path(settings.BASE_DIR)
        sources = [*(base / "static").rglob("*"), base / "package-lock.json", base / "requirements.lock"]
        if self._stamp.exists() and all(source.stat().st_mtime <= self._stamp.stat().st_mtime for source in sources):
            return None
        self.stdout.write("Collecting the static files …")
        command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--clear", "--verbosity", "0"]
        return subprocess.Popen(command, cwd=base)  # noqa: S603 - our own command
