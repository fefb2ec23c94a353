"""What calibration does by itself."""

from __future__ import annotations

from datetime import datetime

from coaching.quality.calibration.counting import count_all
from coaching.quality.calibration.services import remind_participants


def remind(now: datetime) -> str:
    """Reminders of sessions that are due soon, or were."""
    return f"{remind_participants(now=now)} reminders"


def count(now: datetime) -> str:
    """How far reviewers agree and how strict each is, as of now."""
    return count_all(now)
