"""What quality does by itself: drawing what the sampling plans have due."""

from __future__ import annotations

from datetime import datetime

from coaching.quality.plans.services import run_plans
from foundation.schedule import WorkFailed


def draw(now: datetime) -> str:
    """The cycles of all plans that have not been drawn yet, and what was taken out of them since."""
    ran = run_plans(now=now)
    done = f"{len(ran.draws)} conversations drawn for {ran.people} people"
    if ran.problems:
        raise WorkFailed("; ".join([*ran.problems, done]))
    return done
