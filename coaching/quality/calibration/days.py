"""Months and quarters of the organisation's calendar. Pure."""

from __future__ import annotations

from datetime import date


def months_before(day: date, months: int) -> date:
    """The first day of the month so many months before that of `day`."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def quarter_of(day: date) -> date:
    """The first day of the quarter that `day` is in."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def next_quarter(quarter: date) -> date:
    return months_before(quarter, -3)


def quarters_up_to(day: date, count: int) -> list[date]:
    """The last so many quarters, that of `day` first."""
    return [months_before(quarter_of(day), 3 * back) for back in range(count)]
