"""Values and intervals: published vectors, bounds, and the binomial the interval rests on."""

import json
from itertools import cycle
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.metrics.figures import (
    LAST_BIN,
    MEDIAN_RELATIVE_ERROR,
    TOP_EDGE,
    bin_edges,
    bin_of,
    figure,
    merge,
    merge_texts,
    quantile,
    quantile_interval,
    quantile_ranks,
)
from coaching.metrics.models import MetricDefinition


def definition(**fields):
    values = {
        "unit": MetricDefinition.Unit.PERCENT,
        "direction": MetricDefinition.Direction.UP,
        "minimum_to_show": 10,
        "minimum_to_compare": 20,
    }
    return MetricDefinition(**(values | fields))


def test_share_has_the_wilson_interval_of_the_reference():
    shown = figure(definition(), 18, 20)
    assert (round(shown.value, 3), round(shown.low, 3), round(shown.high, 3), shown.n) == (0.9, 0.699, 0.972, 20)


@pytest.mark.parametrize(("successes", "n", "low", "high"), [(4, 5, 0.38, 0.96), (9, 10, 0.60, 0.98), (27, 30, 0.74, 0.97)])
def test_wilson_vectors_of_the_quality_reference(successes, n, low, high):
    shown = figure(definition(minimum_to_show=1), successes, n)
    assert (round(shown.low, 2), round(shown.high, 2)) == (low, high)


def test_below_the_minimum_there_is_no_value():
    shown = figure(definition(), 9, 9)
    assert shown.value is None
    assert not shown.is_enough
    assert shown.n == 9


def test_nothing_is_compared_below_the_minimum_to_compare():
    assert not figure(definition(), 0, 19).is_worse_than(0.9)
    assert figure(definition(), 0, 20).is_worse_than(0.9)


def test_direction_decides_which_side_is_wrong():
    low = figure(definition(), 2, 40)
    assert low.is_worse_than(0.5)
    assert not low.is_better_than(0.5)
    low_is_good = figure(definition(direction=MetricDefinition.Direction.DOWN), 2, 40)
    assert low_is_good.is_better_than(0.5)
    assert not low_is_good.is_worse_than(0.5)
    neither = figure(definition(direction=MetricDefinition.Direction.NONE), 2, 40)
    assert not neither.is_worse_than(0.5)
    assert not neither.is_better_than(0.5)


def test_an_interval_that_touches_the_reference_says_nothing():
    shown = figure(definition(), 15, 20)
    assert shown.low < 0.8 < shown.high
    assert not shown.is_worse_than(0.8)


@given(st.integers(min_value=0, max_value=2 * TOP_EDGE))
def test_each_time_lies_in_its_bin(seconds):
    number = bin_of(seconds)
    lower, upper = bin_edges(number)
    if number == LAST_BIN:
        assert seconds >= TOP_EDGE
    else:
        assert lower * (1 - 1e-8) <= seconds < upper * (1 + 1e-8)


@given(st.lists(st.integers(min_value=10, max_value=TOP_EDGE - 1), min_size=1, max_size=200), st.sampled_from([0.5, 0.9]))
def test_quantiles_are_as_exact_as_promised(times, share):
    histogram = {}
    for seconds in times:
        histogram[bin_of(seconds)] = histogram.get(bin_of(seconds), 0) + 1
    rank = max(1, -(-int(share * 10) * len(times) // 10))
    exact = sorted(times)[rank - 1]
    assert abs(quantile(histogram, share) / exact - 1) <= MEDIAN_RELATIVE_ERROR + 1e-7


def test_merging_adds_bins_and_reads_json_keys():
    assert merge([{"3": 2, "5": 1}, {}, {3: 1}]) == {3: 3, 5: 1}


@pytest.mark.parametrize("n", [6, 7, 10, 25, 50, 100, 299, 300])
def test_median_ranks_cover_95_in_100_and_are_tight(n):
    low, high = quantile_ranks(n)
    covered = sum(comb(n, k) for k in range(low, high)) / 2**n
    assert covered >= 0.95
    assert sum(comb(n, k) for k in range(low + 1, high - 1)) / 2**n < 0.95


def test_median_ranks_published_table():
    # Conover 1999, n = 10: ranks 2 and 9; n = 25: 8 and 18.
    assert quantile_ranks(10) == (2, 9)
    assert quantile_ranks(25) == (8, 18)


def test_exact_and_approximate_ranks_meet():
    exact, beyond = quantile_ranks(300), quantile_ranks(301)
    assert abs(exact[0] - beyond[0]) <= 1
    assert abs(exact[1] - beyond[1]) <= 2


def test_five_times_have_no_interval():
    assert quantile_interval({40: 5}) is None
    assert quantile_interval({40: 6}) == bin_edges(40)


def test_ranks_of_nothing_are_refused():
    with pytest.raises(ValueError, match="empty sample"):
        quantile_ranks(0)


def test_a_time_figure_has_median_and_ninetieth_percentile():
    times = [3600] * 30 + [86400] * 10
    histogram = {}
    for seconds in times:
        histogram[bin_of(seconds)] = histogram.get(bin_of(seconds), 0) + 1
    shown = figure(definition(unit=MetricDefinition.Unit.SECONDS), sum(times), len(times), histogram)
    assert abs(shown.value / 3600 - 1) < 0.045
    assert abs(shown.p90 / 86400 - 1) < 0.045
    assert shown.low <= 3600 <= shown.high
    assert shown.n == 40


@given(st.lists(st.dictionaries(st.integers(0, 177), st.integers(1, 10**9), min_size=1), min_size=1))
def test_histograms_as_text_add_up_like_parsed_ones(histograms):
    texts = [
        json.dumps(histogram, separators=separators)
        for histogram, separators in zip(histograms, cycle([(",", ":"), (", ", ": ")]))
    ]
    assert merge_texts(texts) == merge(histograms)
