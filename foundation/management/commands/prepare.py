"""`manage.py prepare`: tables, cache table and static files in one process, and only what is missing.

The front door calls it at every start, so it must be quick where nothing changed.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = "Bring the database tables, the cache table and the static files up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--then", default="", help="a command to run afterwards, for example: seed_demo --size small")

    def handle(self, *args: Any, **options: Any) -> None:
        Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Making the database tables …")
            call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        self._collect_static()
        if options["then"]:
            name, *arguments = options["then"].split()
            call_command(name, *arguments, stdout=self.stdout)

    def _collect_static(self) -> None:
        """Collect where a source file or a lock is newer than the last collection."""
        base = Path(settings.BASE_DIR)
        stamp = Path(settings.STATIC_ROOT) / ".collected"
        sources = [*(base / "static").rglob("*"), base / "package-lock.json", base / "requirements.lock"]
        if stamp.exists() and all(source.stat().st_mtime <= stamp.stat().st_mtime for source in sources):
            return
        self.stdout.write("Collecting the static files …")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.touch()
