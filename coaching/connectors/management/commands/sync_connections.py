"""Ask every connected helpdesk that is due for what is new."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from coaching.connectors import queries
from coaching.connectors.models import SyncRun
from coaching.connectors.syncing import sync


class Command(BaseCommand):
    help = "Fetch what is new from every connection that is due, or from one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--connection", type=int, metavar="ID", help="only this one, due or not (default: all that are due)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 0 where all went well, 1 where one failed: the others have run all the same."""
        chosen = queries.to_run(timezone.now(), options["connection"])
        if options["connection"] and not chosen:
            raise CommandError(f"There is no connection {options['connection']} that is switched on.", returncode=2)
        failed = 0
        for connection in chosen:
            run = sync(connection_pk=connection.pk)
            if run is None:
                self.stdout.write(f"{connection}: another worker runs it just now.")
                continue
            counts = f"new {run.created:,} · changed {run.updated:,} · as before {run.unchanged:,} · rejected {run.rejected:,}"
            self.stdout.write(f"{connection}: {run.get_state_display()} · fetched {run.fetched:,} · {counts}")
            if run.error:
                self.stderr.write(f"{connection}: {run.error}")
            failed += run.state == SyncRun.State.FAILED
        if failed:
            raise CommandError(f"{failed} of {len(chosen)} connections failed.", returncode=1)
