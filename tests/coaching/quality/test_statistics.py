"""The t-quantile against the printed tables."""

import pytest

from coaching.quality.statistics import mean_interval, t_quantile_95


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
