"""How long a certificate is good for: plain functions over days, without a database.

A window opens before it expires. Who renews within the window loses no day: the new certificate runs from the end of the
old one. On a fixed day of the year a certificate expires on the one nearest to its months, so that nobody who learnt in
November is asked again in January.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

ANNIVERSARY = "anniversary"
FIXED_DATE = "fixed_date"


@dataclass(frozen=True)
class Rule:
    """What a template promises. `months` None: never expires; `fixed` is (day, month) for the fixed day of the year."""

    months: int | None
    renewal: str
    window_days: int
    fixed: tuple[int, int] | None = None


@dataclass(frozen=True)
class Span:
    """The last day it is good for, and the day from which it counts as expiring; None where it never expires."""

    valid_until: date | None
    expiring_from: date | None


def span_of(rule: Rule, completed_on: date, previous: Span | None = None) -> Span:
    """The span of a certificate earned on that day. `previous` is that of the one it renews, where there is one."""
    if rule.months is None:
        return Span(None, None)
    until = add_months(_base(rule, completed_on, previous), rule.months)
    if rule.renewal == FIXED_DATE and rule.fixed is not None:
        until = nearest_fixed_day(until, *rule.fixed)
    return Span(until, until - timedelta(days=rule.window_days))


def _base(rule: Rule, completed_on: date, previous: Span | None) -> date:
    """The day the months count from: the end of the old one where it was renewed within its window."""
    if rule.renewal != ANNIVERSARY or previous is None or previous.valid_until is None or previous.expiring_from is None:
        return completed_on
    return previous.valid_until if previous.expiring_from <= completed_on <= previous.valid_until else completed_on


def add_months(day: date, months: int) -> date:
    """The same day that many months later; the month's last where it has no such day (31 January + 1 → 28 February)."""
    years, month = divmod(day.month - 1 + months, 12)
    return _clamped(day.year + years, month + 1, day.day)


def nearest_fixed_day(day: date, fixed_day: int, fixed_month: int) -> date:
    """That day of the year nearest to `day`; of two equally near ones the later."""
    found = [_clamped(year, fixed_month, fixed_day) for year in (day.year + 1, day.year, day.year - 1)]
    return min(found, key=lambda candidate: abs((candidate - day).days))


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))
