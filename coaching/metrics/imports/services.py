"""What follows an import, and the verbs of the import pages."""

from __future__ import annotations

from datetime import datetime


def finish_import(*, now: datetime) -> None:
    """Count the changed days again. Called once, after any import by command or page."""
    # coaching.metrics.services.recount_changed_days(now=now) is called here once the rollups are in.
