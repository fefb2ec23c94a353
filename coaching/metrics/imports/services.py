"""What follows an import, and the verbs of the import pages."""

from __future__ import annotations

from datetime import datetime

from coaching.metrics.recount import recount_changed_days


def finish_import(*, now: datetime) -> None:
    """Count the changed days again. Called once, after any import by command or page."""
    recount_changed_days(now=now)
