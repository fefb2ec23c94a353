"""Working days, the lot, which reviews need an approval, and the day of a release: formulas against slow references."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.quality.models import ScorecardVersion
from coaching.quality.release.rules import cause_of_approval, due_day, lot_of, release_day
from coaching.quality.release.working_days import (
    add_working_days,
    is_working_day,
    last_day_overdue,
    next_weekday,
    working_days_between,
)

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 6, 12) + timedelta(days=n) for n in range(4))


@given(first=DAYS, length=st.integers(-5, 400))
def test_working_days_are_counted_as_one_by_one(first, length):
    last = first + timedelta(days=length)
    slow = sum(is_working_day(first + timedelta(days=n)) for n in range(1, length + 1))
    assert working_days_between(first, last) == slow


@given(day=DAYS, number=st.integers(1, 60))
def test_the_last_day_in_time_and_the_first_too_late(day, number):
    due = add_working_days(day, number)
    assert working_days_between(day, due) == number
    assert is_working_day(due)
    # Released on this day, it is overdue; a day later, not yet. The list filter rests on this.
    cut = last_day_overdue(day, number)
    assert add_working_days(cut, number) < day
    assert working_days_between(cut, day) > number
    assert working_days_between(cut + timedelta(days=1), day) <= number


@pytest.mark.parametrize(
    ("released", "due"), [(FRIDAY, date(2026, 6, 19)), (SATURDAY, date(2026, 6, 19)), (MONDAY, date(2026, 6, 22))]
)
def test_five_working_days(released, due):
    assert due_day(released, ScorecardVersion()) == due


@given(day=DAYS, weekday=st.integers(0, 6))
def test_the_next_weekday_is_within_a_week_and_never_today(day, weekday):
    found = next_weekday(day, weekday)
    assert found.weekday() == weekday
    assert 1 <= (found - day).days <= 7


def test_the_lot_is_fair_and_always_the_same():
    lots = [lot_of("written-conversation", number) for number in range(20_000)]
    assert lots == [lot_of("written-conversation", number) for number in range(20_000)]
    assert all(0 <= lot < 100 for lot in lots)
    assert 0.19 < sum(lot < 20 for lot in lots) / len(lots) < 0.21
    # Whether one is drawn says nothing about the next, and another scorecard draws others.
    both = sum(a < 20 and b < 20 for a, b in pairwise(lots)) / len(lots)
    assert 0.03 < both < 0.05
    assert sum(lot < 20 and lot_of("calls", n) < 20 for n, lot in enumerate(lots)) / len(lots) < 0.05


@pytest.mark.parametrize(
    ("rule", "facts", "cause"),
    [
        ({"approval": "none"}, {"submitted_before": True, "critical_failed": ["a"]}, ""),
        ({"approval": "all"}, {}, "all"),
        ({"approval": "share", "approval_percent": 20}, {"lot": 19.99}, "share"),
        ({"approval": "share", "approval_percent": 20}, {"lot": 20}, ""),
        ({"approval": "share", "approval_percent": 100}, {"lot": 99.99}, "share"),
        ({"approval": "low", "approval_below": 70}, {"score_shown": 69.9}, "low"),
        ({"approval": "low", "approval_below": 70}, {"score_shown": 70}, ""),
        ({"approval": "low"}, {"score_shown": 100, "critical_failed": ["a"]}, "critical"),
        ({"approval": "low"}, {"score_shown": None}, ""),
        # What was handed in once is handed in again, whatever its score is now.
        ({"approval": "low"}, {"score_shown": 100, "submitted_before": True}, "again"),
    ],
)
def test_which_reviews_somebody_else_approves(rule, facts, cause):
    usual = {"lot": 50.0, "score_shown": 90.0, "critical_failed": [], "submitted_before": False}
    assert cause_of_approval(ScorecardVersion(**rule), **(usual | facts)) == cause


@pytest.mark.parametrize(
    ("rule", "chosen", "day"),
    [
        ({"hold": "none"}, MONDAY, None),
        ({"hold": "days", "hold_days": 3}, None, MONDAY),
        ({"hold": "weekday", "hold_weekday": 0}, None, MONDAY),
        ({"hold": "weekday", "hold_weekday": 4}, None, FRIDAY + timedelta(days=7)),
        ({"hold": "chosen"}, None, None),
        ({"hold": "chosen"}, SUNDAY, SUNDAY),
        ({"hold": "chosen"}, FRIDAY + timedelta(days=90), FRIDAY + timedelta(days=45)),
    ],
)
def test_the_day_of_the_release(rule, chosen, day):
    assert release_day(ScorecardVersion(**rule), ready_on=FRIDAY, chosen=chosen) == day
