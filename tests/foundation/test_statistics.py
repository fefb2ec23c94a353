"""Wilson's interval and the t-interval: published vectors, properties, and a slow reference to agree with."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.statistics import Z95, mean_interval, t_quantile_95, wilson


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(4, 5, 0.38, 0.96), (9, 10, 0.60, 0.98), (27, 30, 0.74, 0.97), (18, 20, 0.699, 0.972)],
)
def test_published_vectors(successes, n, low, high):
    interval = wilson(successes, n)
    digits = 3 if n == 20 else 2
    assert (round(interval.low, digits), round(interval.high, digits)) == (low, high)


def test_an_interval_holds_its_share_to_the_last_bit():
    for n in range(1, 150):
        for successes in range(n + 1):
            interval = wilson(successes, n)
            assert interval.low <= successes / n <= interval.high, (successes, n)


def slow_wilson(successes: int, n: int) -> tuple[float, float]:
    """The definition itself: all shares p whose score test does not reject, found by bisection."""

    def rejected(p: float) -> bool:
        deviation = sqrt(p * (1 - p) / n)
        return deviation == 0 or abs(successes / n - p) / deviation > Z95

    def edge(outside: float) -> float:
        inside = successes / n
        for _ in range(200):
            middle = (outside + inside) / 2
            outside, inside = (middle, inside) if rejected(middle) else (outside, middle)
        return inside

    return edge(0.0), edge(1.0)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_agrees_with_inverting_the_score_test(case):
    successes, n = case
    interval = wilson(successes, n)
    low, high = slow_wilson(successes, n)
    assert interval.low == pytest.approx(low, abs=1e-9)
    assert interval.high == pytest.approx(high, abs=1e-9)


def test_nothing_known_is_no_interval():
    assert wilson(0, 0) is None


@pytest.mark.parametrize(("successes", "n"), [(3, 2), (-1, 5), (0, -1)])
def test_impossible_counts_are_refused(successes, n):
    with pytest.raises(ValueError, match=r"0\.\.n"):
        wilson(successes, n)


# --- The t-interval, against the printed tables --------------------------------------------------


@pytest.mark.parametrize(
    ("df", "t"),
    [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (10, 2.228), (29, 2.045), (30, 2.042), (100, 1.984)],
)
def test_the_quantile_is_that_of_the_tables(df, t):
    assert t_quantile_95(df) == pytest.approx(t, abs=0.0006)


def test_one_value_has_a_mean_and_no_interval():
    assert mean_interval([80]) == (80, None, None)


def test_equal_values_have_no_spread():
    assert mean_interval([80, 80, 80]) == (80, 80, 80)
