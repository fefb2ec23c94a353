"""Scores, means and survival: published vectors, and slow ways of saying the same."""

from math import isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.metrics.figures import MEDIAN_RELATIVE_ERROR, bin_of, bins_of, figure
from coaching.metrics.models import MetricDefinition
from coaching.metrics.scores import (
    design_effect,
    mean_of,
    mean_score,
    net_promoter,
    on_scale,
    wilson_of_repeat_customers,
)
from coaching.metrics.survival import by_time, interval_of, survival, time_until
from foundation.statistics import mean_interval, wilson


def test_net_promoter_vector_of_the_reference():
    score, span = net_promoter(8, 6, 20)
    assert (score, round(span.low, 1), round(span.high, 1)) == (10, -24.7, 42.1)


def test_a_whole_group_that_answered_has_no_interval():
    _score, span = net_promoter(8, 6, 20, of=20)
    assert span.low == span.high


def test_effort_vector_of_the_reference():
    mean, low, high = mean_score({5000: 2, 6000: 3, 7000: 4, 3000: 1})
    assert (round(mean, 2), round(low, 2), round(high, 2)) == (5.90, 4.98, 6.82)


@given(st.lists(st.integers(0, 5000), min_size=2, max_size=60))
def test_means_from_sums_are_means_of_values(values):
    shown = mean_of(sum(values), sum(v * v for v in values), len(values), lowest=0, highest=None)
    plain = mean_interval([float(v) for v in values], lowest=0, highest=10**9)
    assert all(isclose(a, b, rel_tol=1e-6, abs_tol=1e-3) for a, b in zip(shown, plain, strict=True))


def test_scales_are_converted_and_turned_round():
    assert [on_scale(raw * 1000, 1000, 5000, (1, 7)) for raw in (1, 3, 5)] == [1000, 4000, 7000]
    assert on_scale(2000, 7000, 1000, (1, 7)) == 6000
    assert on_scale(9000, 0, 10000, (0, 10)) == 9000


def test_design_effect_of_customers_who_repeat_themselves():
    assert design_effect([(1, 1), (0, 1)] * 20) == pytest.approx(40 / 39)
    assert design_effect([(4, 4), (0, 4)] * 20) == pytest.approx(4 * 40 / 39)
    assert design_effect([(3, 3)]) == design_effect([(1, 1), (2, 2)]) == 1.0
    same, wider = wilson(80, 100), wilson_of_repeat_customers(80, 100, 1.28)
    assert wider.high - wider.low > same.high - same.low
    assert wilson_of_repeat_customers(80, 100, 1.0) == same


def test_survival_vector_of_the_reference():
    curve = survival(*by_time([1, 2, 3, 4, 10, 10], [True, True, True, False, False, False]))
    assert curve.share.round(4).tolist() == [0.8333, 0.6667, 0.5]
    assert time_until(curve, 0.5) == 3
    assert interval_of(curve, 0.5) == (1, None)


def test_survival_of_the_leukaemia_trial():
    # Freireich et al. 1963, 6-MP arm, as in Kalbfleisch and Prentice 2002: median 23 weeks, S(10) = 0.753.
    times = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    done = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    curve = survival(*by_time(times, [bool(d) for d in done]))
    assert list(zip(curve.time.tolist(), curve.share.round(3).tolist(), strict=True)) == [
        (6, 0.857), (7, 0.807), (10, 0.753), (13, 0.690), (16, 0.627), (22, 0.538), (23, 0.448)]  # fmt: skip
    assert time_until(curve, 0.5) == 23
    assert interval_of(curve, 0.5) == (13, None)


def slow_share(times, done, until):
    """The product limit, read off its definition."""
    share = 1.0
    for time in sorted({t for t, d in zip(times, done, strict=True) if d and t <= until}):
        at_risk = sum(t >= time for t in times)
        share *= 1 - sum(t == time and d for t, d in zip(times, done, strict=True)) / at_risk
    return share


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=50))
def test_survival_is_the_product_limit(cases):
    times, done = zip(*cases, strict=True)
    curve = survival(*by_time(times, done))
    for time, share, low, high in zip(curve.time, curve.share, curve.low, curve.high, strict=True):
        assert isclose(share, slow_share(times, done, time), abs_tol=1e-9)
        assert low <= share + 1e-9 <= high + 2e-9
    if all(done):
        rank = sorted(times)[-(-len(times) // 2) - 1]
        assert time_until(curve, 0.5) == rank


def test_nothing_known_has_no_curve():
    assert time_until(survival({}, {}), 0.5) is None
    assert interval_of(survival({}, {3: 2}), 0.5) == (None, None)


def definition(**fields):
    values = {
        "unit": "seconds",
        "direction": "down",
        "interval_method": "kaplan_meier",
        "minimum_to_show": 3,
        "recipe": "resolution_survival",
    }
    return MetricDefinition(**(values | fields))


def test_a_figure_counts_open_cases_for_as_long_as_they_have_waited():
    hour = 3600
    resolved, waiting = {bin_of(hour * h): 1 for h in (1, 2, 3)}, {bin_of(4 * hour): 1, bin_of(10 * hour): 2}
    shown = figure(definition(), 6 * hour, 6, resolved, waiting=waiting)
    assert abs(shown.value / (3 * hour) - 1) <= MEDIAN_RELATIVE_ERROR
    assert (shown.n, shown.waiting, shown.p90) == (6, 3, None)
    assert shown.low is not None
    assert shown.high is None
    few = figure(definition(minimum_to_show=4), 6 * hour, 6, resolved, waiting=waiting)
    assert few.value is None
    stuck = figure(definition(), 6 * hour, 30, resolved, waiting={bin_of(10 * hour): 27})
    assert stuck.value is None


def test_scores_become_figures():
    nps = definition(unit="score", interval_method="adjusted_wald", recipe="recommend", minimum_to_show=20)
    shown = figure(nps, 0, 20, {10000: 8, 7000: 6, 3000: 6})
    assert (shown.value, round(shown.low, 1), round(shown.high, 1)) == (10, -24.7, 42.1)
    assert figure(nps, 0, 19, {10000: 19}).value is None
    mean = definition(interval_method="student_t", recipe="handle_time")
    shown = figure(mean, 60, 3, {0: 10**2 + 20**2 + 30**2})
    assert (shown.value, shown.n) == (20, 3)
    assert shown.low == 0


def test_more_ratings_than_cases_have_no_interval():
    shown = figure(definition(unit="percent", interval_method="wilson", recipe="response"), 12, 10)
    assert (shown.value, shown.low) == (1.2, None)


@given(st.lists(st.integers(0, 10**8), min_size=1, max_size=50))
def test_bins_at_once_are_bins_one_by_one(seconds):
    assert bins_of(np.array(seconds)).tolist() == [bin_of(s) for s in seconds]
