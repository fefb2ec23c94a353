"""What is written down when a report leaves the house."""

from __future__ import annotations

from datetime import datetime

from people.audit import record
from people.models import Person


def note_export(*, actor: Person, report: str, rows: int, now: datetime) -> None:
    """Note who took which report as a file, and how many rows it had."""
    record(actor=actor, verb="read.learning_report", after={"report": report, "rows": rows}, now=now)
