"""Working days: Monday to Friday. Public holidays are kept with the metrics, which this room must not know.

So a holiday counts as a day to acknowledge in. That errs on the side of the organisation's promise; raise the number of days
of the scorecard where it matters.
"""

from __future__ import annotations

from datetime import date, timedelta

DAY = timedelta(days=1)
FRIDAY = 4


def is_working_day(day: date) -> bool:
    return day.weekday() <= FRIDAY


def working_days_between(first: date, last: date) -> int:
    """How many working days lie after `first`, up to and including `last`; 0 where `last` is not later.

    Whole weeks have five each; only what is left of a week is counted day by day.
    """
    if last <= first:
        return 0
    weeks, rest = divmod((last - first).days, 7)
    return 5 * weeks + sum(is_working_day(last - n * DAY) for n in range(rest))


def add_working_days(day: date, number: int) -> date:
    """The `number`-th working day after `day`; `day` itself for 0."""
    while number > 0:
        day += DAY
        number -= is_working_day(day)
    return day


def last_day_overdue(today: date, number: int) -> date:
    """The latest day from which more than `number` working days have gone by until `today`, `today` counted."""
    day, missing = today + DAY, number + 1
    while missing > 0:
        day -= DAY
        missing -= is_working_day(day)
    return day - DAY


def next_weekday(day: date, weekday: int) -> date:
    """The first day of this weekday (Monday is 0) that is later than `day`."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)
