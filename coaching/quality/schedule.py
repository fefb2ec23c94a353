"""What quality does by itself: drawing what the sampling plans have due, releasing what was held, reminding of what is overdue."""

from __future__ import annotations

from datetime import datetime

from coaching.quality.plans.services import run_plans
from coaching.quality.release.services import release_reviews, remind_to_acknowledge
from foundation.schedule import WorkFailed


def draw(now: datetime) -> str:
    """The cycles of all plans that have not been drawn yet, and what was taken out of them since."""
    ran = run_plans(now=now)
    done = f"{len(ran.draws)} conversations drawn for {ran.people} people"
    if ran.problems:
        raise WorkFailed("; ".join([*ran.problems, done]))
    return done


def release(now: datetime) -> str:
    """Held reviews whose day has come."""
    return f"{release_reviews(now=now)} held reviews released"


def remind(now: datetime) -> str:
    """One mail to everybody whose reviews became overdue."""
    return f"{remind_to_acknowledge(now=now)} overdue reviews reminded of"
