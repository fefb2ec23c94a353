"""Days, weeks, pairs of weeks and months in which a plan draws once. Pure.

A cycle is named after its first day: "2026-06-15" (a day), "2026-W25" (a week or two that begin in it), "2026-06" (a month that
begins in it), so that the name of a weekly plan is that of the calendar week. Draws carry it as their period.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

DAY = timedelta(days=1)
A_MONDAY = date(2024, 1, 1)  # pairs of weeks are counted from it, so that a year of 53 weeks does not shift them
LAST_START_DAY = 28  # every month has it
DAYS_PER_MONTH = 365.25 / 12


class Rhythm(TextChoices):
    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every week")
    TWO_WEEKLY = "two_weekly", _("Every two weeks")
    MONTHLY = "monthly", _("Every month")


@dataclass(frozen=True)
class Cycle:
    """From `first` to `last`, both included."""

    name: str
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def cycle_on(day: date, rhythm: str, start: int = 0) -> Cycle:
    """The cycle that holds this day. `start`: the weekday it begins on (0 Monday to 6), for a month the day of the month (1 to 28)."""
    if rhythm == Rhythm.DAILY:
        return Cycle(day.isoformat(), day, day)
    if rhythm == Rhythm.MONTHLY:
        first = day.replace(day=start or 1)
        if first > day:
            first = (first.replace(day=1) - DAY).replace(day=start or 1)
        after = (first.replace(day=1) + 31 * DAY).replace(day=start or 1)
        return Cycle(f"{first:%Y-%m}", first, after - DAY)
    length = 14 if rhythm == Rhythm.TWO_WEEKLY else 7
    first = day - timedelta(days=(day - A_MONDAY - start * DAY).days % length)
    year, week, _weekday = first.isocalendar()
    return Cycle(f"{year}-W{week:02d}", first, first + (length - 1) * DAY)


def cycle_before(cycle: Cycle, rhythm: str, start: int = 0) -> Cycle:
    return cycle_on(cycle.first - DAY, rhythm, start)


def cycles_per_month(rhythm: str) -> float:
    days = {Rhythm.DAILY: 1.0, Rhythm.WEEKLY: 7.0, Rhythm.TWO_WEEKLY: 14.0, Rhythm.MONTHLY: DAYS_PER_MONTH}
    return DAYS_PER_MONTH / days[Rhythm(rhythm)]
