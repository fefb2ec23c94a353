"""How long it is good for, by day: vectors worked out by hand."""

from datetime import date

import pytest

from learning.certificates.validity import Rule, Span, add_months, nearest_fixed_day, span_of

YEARLY = Rule(12, "anniversary", 30)
JANUARY = Rule(12, "fixed_date", 60, (31, 1))


def test_without_months_it_never_expires():
    assert span_of(Rule(None, "none", 30), date(2026, 6, 15)) == Span(None, None)


@pytest.mark.parametrize(
    ("completed", "previous", "until"),
    [
        (date(2026, 6, 15), None, date(2027, 6, 15)),
        (date(2024, 2, 29), None, date(2025, 2, 28)),
        # Renewed within the window: no day is lost.
        (date(2027, 5, 20), Span(date(2027, 6, 15), date(2027, 5, 16)), date(2028, 6, 15)),
        (date(2027, 6, 15), Span(date(2027, 6, 15), date(2027, 5, 16)), date(2028, 6, 15)),
        # Too early, or too late: it counts from the day itself.
        (date(2027, 5, 15), Span(date(2027, 6, 15), date(2027, 5, 16)), date(2028, 5, 15)),
        (date(2027, 6, 16), Span(date(2027, 6, 15), date(2027, 5, 16)), date(2028, 6, 16)),
        (date(2027, 6, 16), Span(None, None), date(2028, 6, 16)),
    ],
)
def test_anniversary(completed, previous, until):
    assert span_of(YEARLY, completed, previous).valid_until == until


@pytest.mark.parametrize(
    ("completed", "until"),
    [
        (date(2026, 11, 20), date(2028, 1, 31)),  # not asked again ten weeks later
        (date(2026, 3, 1), date(2027, 1, 31)),
        (date(2027, 1, 15), date(2028, 1, 31)),  # within the window before
        (date(2027, 2, 5), date(2028, 1, 31)),  # a few days late
        (date(2026, 7, 31), date(2027, 1, 31)),  # 181 days to the one, 184 to the other
        (date(2026, 8, 1), date(2027, 1, 31)),
        (date(2026, 8, 2), date(2028, 1, 31)),
    ],
)
def test_fixed_day(completed, until):
    span = span_of(JANUARY, completed)
    assert span.valid_until == until
    assert (span.valid_until - span.expiring_from).days == 60


def test_days_that_a_month_does_not_have():
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert nearest_fixed_day(date(2027, 5, 1), 29, 2) == date(2027, 2, 28)
    assert nearest_fixed_day(date(2028, 5, 1), 29, 2) == date(2028, 2, 29)
