"""Which reviews somebody else approves, and on which day they are released. Reads what it is given; writes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import date, timedelta
from typing import TypedDict

from coaching.quality.release.models import MOST_DAYS_HELD, ReleaseSettings, ReleaseStep
from coaching.quality.release.working_days import add_working_days, next_weekday, working_days_between

RELEASE_SETTINGS = (
    "approval",
    "approval_percent",
    "approval_below",
    "hold",
    "hold_days",
    "hold_weekday",
    "acknowledge_days",
)


class ReleaseRules(TypedDict, total=False):
    """The settings of a version by name; what is missing keeps its value."""

    approval: str
    approval_percent: int
    approval_below: int
    hold: str
    hold_days: int
    hold_weekday: int
    acknowledge_days: int


def lot_of(scorecard_key: str, draw_id: int) -> float:
    """From 0 up to but not 100, as if drawn at random, and always the same for the same draw.

    A digest, so nothing is stored and the lot can be checked by anybody later. The scorecard's key is in it, or the same
    draws would be approved whichever scorecard is used.
    """
    digest = hashlib.sha256(f"second approval|{scorecard_key}|{draw_id}".encode()).digest()
    return 100 * int.from_bytes(digest[:8], "big") / 2**64


def cause_of_approval(
    version: ReleaseSettings,
    *,
    lot: float,
    score_shown: float | None,
    critical_failed: Collection[str],
    submitted_before: bool,
) -> str:
    """Why this review needs a second person, as a ReleaseStep.Cause; empty where it needs none.

    Once handed in for approval, always: else a low score would be raised after it was sent back, and nobody would look.
    """
    approval, cause = ReleaseSettings.Approval, ReleaseStep.Cause
    if version.approval == approval.NONE:
        return ""
    if version.approval == approval.ALL:
        return cause.ALL
    if version.approval == approval.LOW:
        if critical_failed:
            return cause.CRITICAL
        if score_shown is not None and score_shown < version.approval_below:
            return cause.LOW
    elif lot < version.approval_percent:
        return cause.SHARE
    return cause.AGAIN if submitted_before else ""


def release_day(version: ReleaseSettings, *, ready_on: date, chosen: date | None) -> date | None:
    """The day on which a review that is ready is released, at most 45 days later; None or a day gone by: at once."""
    hold = ReleaseSettings.Hold
    if version.hold == hold.DAYS:
        return ready_on + timedelta(days=version.hold_days)
    if version.hold == hold.WEEKDAY:
        return next_weekday(ready_on, version.hold_weekday)
    if version.hold == hold.CHOSEN and chosen is not None:
        return min(chosen, last_day_to_hold(ready_on))
    return None


def last_day_to_hold(ready_on: date) -> date:
    return ready_on + timedelta(days=MOST_DAYS_HELD)


def due_day(released_on: date, version: ReleaseSettings) -> date:
    """The last working day on which acknowledging is in time."""
    return add_working_days(released_on, version.acknowledge_days)


def days_waited(released_on: date, today: date) -> int:
    """Working days since the release."""
    return working_days_between(released_on, today)
