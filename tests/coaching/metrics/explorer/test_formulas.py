"""The explorer's formulas: published vectors, slow references, and what must hold for any counts."""

from __future__ import annotations

from math import isclose, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coaching.metrics.explorer import balance, casemix, drivers, funnel
from foundation.statistics import wilson

COUNT = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
COUNTS = st.dictionaries(st.sampled_from("abcdefgh"), COUNT, min_size=1, max_size=8)


# --- Kitagawa -------------------------------------------------------------------------------------


def test_the_published_vector_eight_points_from_harder_cases():
    """n 80, 20 → 60, 40; satisfied 72, 10 → 54, 20 (reference/metrics.md, section 2)."""
    found = drivers.decompose({"easy": (72, 80), "hard": (10, 20)}, {"easy": (54, 60), "hard": (20, 40)})
    assert found.change == pytest.approx(-0.08)
    assert [part.mix for part in found.parts] == pytest.approx([-0.024, -0.056])
    assert (found.mix, found.rate) == pytest.approx((-0.08, 0.0), abs=1e-12)


@given(before=COUNTS, after=COUNTS)
def test_the_parts_sum_to_the_change(before, after):
    found = drivers.decompose(before, after)
    assert isclose(found.mix + found.rate, found.change, abs_tol=1e-12)
    swapped = drivers.decompose(after, before)
    assert isclose(swapped.mix, -found.mix, abs_tol=1e-12)
    assert isclose(swapped.rate, -found.rate, abs_tol=1e-12)


@given(before=COUNTS)
def test_the_same_mix_and_rates_change_nothing(before):
    doubled = {kind: (2 * x, 2 * n) for kind, (x, n) in before.items()}
    found = drivers.decompose(before, doubled)
    assert all(abs(part.mix) < 1e-12 and abs(part.rate) < 1e-12 for part in found.parts)


def test_a_new_kind_is_mix_only():
    found = drivers.decompose({"a": (8, 10)}, {"a": (8, 10), "b": (0, 10)})
    assert found.rate == pytest.approx(0)
    assert found.mix == pytest.approx(-0.4)
    assert drivers.decompose({}, {"a": (1, 2)}) is None


# --- Pareto ---------------------------------------------------------------------------------------


def test_the_costliest_driver_is_volume_times_what_went_wrong():
    found = drivers.pareto({"a": 100, "b": 1000, "c": 5, "d": 7}, {"a": (30, 60), "b": (10, 100), "c": (0, 5)})
    assert [cost.kind for cost in found] == ["b", "a", "c"]
    assert [cost.expected for cost in found] == pytest.approx([100, 50, 0])
    assert [cost.cumulated for cost in found] == pytest.approx([2 / 3, 1, 1])
    assert (found[1].low, found[1].high) == pytest.approx((100 * wilson(30, 60).low, 100 * wilson(30, 60).high))


# --- Case mix -------------------------------------------------------------------------------------


def slow_adjusted(person, floor_counts):
    """Case by case, as the reference says it."""
    cases = [(kind, 1) for kind, (x, n) in floor_counts.items() for _ in range(x)]
    cases += [(kind, 0) for kind, (x, n) in floor_counts.items() for _ in range(n - x)]
    m = sum(won for _kind, won in cases) / len(cases)

    def rate(kind):
        own = [won for k, won in cases if k == kind]
        return (sum(own) + 20 * m) / (len(own) + 20)

    mine = [(kind, i < x) for kind, (x, n) in person.items() for i in range(n)]
    return m + sum(won for _k, won in mine) / len(mine) - sum(rate(kind) for kind, _w in mine) / len(mine)


SMALL = st.dictionaries(
    st.sampled_from("abcd"), st.integers(1, 12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1
)


@settings(max_examples=60)
@given(person=SMALL, others=SMALL)
def test_adjusted_equals_the_slow_reference(person, others):
    everybody = {
        kind: tuple(map(sum, zip(person.get(kind, (0, 0)), others.get(kind, (0, 0)), strict=True))) for kind in {*person, *others}
    }
    floor = casemix.floor_of(everybody)
    found = casemix.adjust(person, floor)
    assert found.adjusted == pytest.approx(min(1, max(0, slow_adjusted(person, everybody))))


def test_who_has_the_hard_cases_is_lifted():
    floor = casemix.floor_of({"easy": (900, 1000), "hard": (500, 1000)})
    easy, hard = casemix.adjust({"easy": (90, 100)}, floor), casemix.adjust({"hard": (50, 100)}, floor)
    assert easy.observed - hard.observed == pytest.approx(0.4)
    assert abs(easy.adjusted - hard.adjusted) < 0.01
    assert hard.mix == pytest.approx(-0.2, abs=0.01)
    assert casemix.floor_of({}) is None
    assert casemix.adjust({}, floor) is None


# --- Funnel ---------------------------------------------------------------------------------------


@given(mean=st.floats(0.05, 0.95), n=st.integers(1, 5000), tau2=st.floats(0, 0.02))
def test_limits_hold_the_mean_and_narrow_with_n(mean, n, tau2):
    near, far = funnel.limits(mean, n, funnel.Z95), funnel.limits(mean, n, funnel.Z_WIDE)
    assert 0 <= far.low <= near.low <= mean <= near.high <= far.high <= 1
    wider = funnel.limits(mean, n, funnel.Z95, tau2)
    assert wider.low <= near.low
    assert wider.high >= near.high
    more = funnel.limits(mean, n + 1, funnel.Z95)
    assert more.low >= near.low


def test_limits_by_hand():
    found = funnel.limits(0.8, 100, funnel.Z95)
    assert (found.low, found.high) == pytest.approx((0.8 - 1.959964 * 0.04, 0.8 + 1.959964 * 0.04))
    with pytest.raises(ValueError, match="at least one case"):
        funnel.limits(0.8, 0, 1.96)


def test_over_dispersion_is_none_by_chance_and_found_where_it_is():
    rng = np.random.default_rng(3)
    alike = [(int(rng.binomial(200, 0.8)), 200) for _ in range(300)]
    assert funnel.over_dispersion(alike, 0.8) < 0.0003
    apart = [(int(rng.binomial(200, min(1, max(0, rng.normal(0.8, 0.06))))), 200) for _ in range(300)]
    assert sqrt(funnel.over_dispersion(apart, 0.8)) == pytest.approx(0.06, abs=0.015)
    assert funnel.over_dispersion([(1, 2)], 0.5) == 0
    assert funnel.over_dispersion([(2, 2)] * 5, 1.0) == 0


# --- Balance --------------------------------------------------------------------------------------


def test_an_even_share_goes_by_days():
    found = {share.who: share for share in balance.shares({"a": 100, "b": 50, "c": 350}, {"a": 20, "b": 10, "c": 20})}
    assert sum(share.share for share in found.values()) == pytest.approx(1)
    assert (found["a"].even, found["b"].even) == pytest.approx((0.4, 0.2))
    assert [found[who].differs for who in "abc"] == [-1, -1, 1]
    assert balance.shares({}, {}) == []
    assert balance.shares({"a": 5, "b": 0}, {"a": 1}) == [balance.Share("a", 5, 1, 1.0, wilson(5, 5).low, 1.0, 1.0)]
