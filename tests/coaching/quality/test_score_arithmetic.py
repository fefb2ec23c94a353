"""Weighted means and shares, what is borrowed, who separates, two shares compared: vectors, a slow reference, and what never changes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import sqrt
from statistics import variance

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.quality.sampling import Reviewed, weighted_score
from coaching.quality.scores.arithmetic import (
    Cell,
    Counted,
    Drawn,
    Estimate,
    Share,
    Spreads,
    apart_from_others,
    cells_of,
    difference,
    estimate,
    estimate_of_team,
    prior,
    share,
    shrink,
    spreads,
    weigh,
)
from foundation.statistics import mean_interval, wilson

TWELVE = Spreads({-1: 144.0}, 500)


def cell(values, *, person=1, period="2026-W20", stratum=0, cases=None, periods=1):
    values = [float(value) for value in values]
    squares = sum(value * value for value in values)
    return Cell(person, period, stratum, cases, len(values), sum(values), squares, len(values), periods)


@st.composite
def weeks(draw):
    """Weeks of one person, each with up to three parts by risk and one to four reviews of each."""
    found = []
    for week in range(draw(st.integers(1, 5))):
        for stratum in range(draw(st.integers(1, 3))):
            values = draw(st.lists(st.integers(0, 100), min_size=1, max_size=4))
            found.append(cell(values, period=f"W{week}", stratum=stratum, cases=draw(st.integers(len(values), 300))))
    return found


# --- Means --------------------------------------------------------------------------------
@given(weeks())
def test_a_mean_is_that_of_all_cases_with_each_review_repeated(cells):
    # Slow reference: every review written out, each as many times as it stands for cases, exactly.
    whole = sum(Fraction(one.cases) for one in cells)
    exact = sum(Fraction(one.cases) * Fraction(one.total) / one.n for one in cells) / whole
    found = estimate(cells)
    assert found.mean == pytest.approx(float(exact))
    assert found.n == sum(one.n for one in cells)
    if found.interval:
        assert 0 <= found.interval.low <= found.mean + 1e-9
        assert found.mean - 1e-9 <= found.interval.high <= 100


@given(weeks(), st.randoms(use_true_random=False))
def test_order_never_matters(cells, random):
    mixed = random.sample(cells, len(cells))
    one, other = estimate(cells, spread=TWELVE), estimate(mixed, spread=TWELVE)
    assert (one.mean, one.variance) == pytest.approx((other.mean, other.variance))


@given(st.lists(st.integers(0, 100), min_size=1, max_size=5), st.integers(5, 100), weeks())
def test_a_part_split_evenly_changes_nothing(values, half, others):
    others = [replace(one, period=f"other {one.period}") for one in others]
    whole = estimate([cell(values * 2, cases=2 * half), *others], spread=TWELVE)
    split = [cell(values, stratum=7, cases=half), cell(values, stratum=8, cases=half)]
    again = estimate([*split, *others], spread=TWELVE)
    assert (whole.mean, whole.variance, whole.n) == pytest.approx((again.mean, again.variance, again.n))


@given(weeks(), st.integers(0, 100))
def test_equal_scores_give_that_score(cells, value):
    same = [replace(one, total=float(value * one.n), squares=float(value * value * one.n)) for one in cells]
    found = estimate(same)
    assert found.mean == pytest.approx(value)
    if found.interval:
        assert found.interval.low == pytest.approx(value, abs=1e-4)


@given(st.lists(st.lists(st.integers(0, 100), min_size=1, max_size=6), min_size=1, max_size=5))
def test_every_case_reviewed_is_the_plain_mean_and_no_surer_than_as_many_of_more(groups):
    # π = 1 throughout: five conversations are five, however few there were.
    cells = [cell(values, period=f"W{n}", cases=len(values)) for n, values in enumerate(groups)]
    plain = [value for values in groups for value in values]
    found = estimate(cells, spread=TWELVE)
    assert found.mean == pytest.approx(sum(plain) / len(plain))
    assert found.variance == pytest.approx(144 / len(plain))


@given(st.lists(st.integers(0, 100), min_size=2, max_size=20))
def test_draws_of_unknown_size_are_the_plain_mean_with_its_t_interval(values):
    found = estimate([cell(values, period="", stratum=None, periods=3)])
    mean, low, high = mean_interval(values)
    assert (found.mean, found.interval.low, found.interval.high) == pytest.approx((mean, low, high), abs=1e-5)


def test_two_of_one_part_and_one_of_another_agree_with_the_single_cycle():
    reviews = [Reviewed(90, 0, 180), Reviewed(80, 0, 180), Reviewed(70, 1, 90), Reviewed(50, 2, 30), Reviewed(60, 2, 30)]
    cells = [cell([90, 80], stratum=0, cases=180), cell([70], stratum=1, cases=90), cell([50, 60], stratum=2, cases=30)]
    before, now = weighted_score(reviews), estimate(cells)
    assert now.mean == pytest.approx(before.mean)
    assert (now.interval.low, now.interval.high) == pytest.approx((before.interval.low, before.interval.high))


def test_fifteen_reviews_are_six_points_either_way():
    # Reference, section 3.3: the standard deviation between cases is 12.
    found = estimate([cell([85] * 15)], spread=TWELVE)
    assert found.interval.high - found.mean == pytest.approx(6.07, abs=0.01)


def test_where_nothing_of_a_part_is_reviewed_yet_its_neighbour_stands_for_it():
    cells = [cell([90], stratum=0, cases=60), cell([60], stratum=1, cases=30)]
    drawn = [Drawn(1, "2026-W20", 0, 60), Drawn(1, "2026-W20", 1, 30), Drawn(1, "2026-W20", 2, 10)]
    assert [cases for _cell, cases in weigh(cells, drawn)] == [60, 40]
    # A period of which nothing is reviewed says nothing, and neither does another person's.
    assert [cases for _cell, cases in weigh(cells, [Drawn(1, "2026-W21", 0, 500), Drawn(2, "2026-W20", 2, 500)])] == [60, 30]
    # The riskier of two as near.
    outer = [cell([90], stratum=0, cases=60), cell([60], stratum=2, cases=10)]
    assert [cases for _cell, cases in weigh(outer, [Drawn(1, "2026-W20", 1, 30)])] == [60, 40]


def test_earlier_draws_without_sizes_count_as_average_periods():
    known = [cell([80], period="W1", cases=60), cell([80], period="W2", cases=100)]
    early = cell([50, 50, 50], period="", stratum=None, periods=3)
    assert {one.period: cases for one, cases in weigh([*known, early])} == {"W1": 60, "W2": 100, "": 240}
    # Where the person has none, those of the others; where nobody has any, each review counts once.
    assert weigh([replace(known[0], person=2), early])[1][1] == 180
    assert [cases for _cell, cases in weigh([early])] == [3]


def test_the_spread_is_that_within_people_and_parts():
    cells = [cell([70, 90], period="W1"), cell([80], period="W2"), cell([20, 30], person=2), cell([99], person=3)]
    found = spreads(cells)
    expected = (2 * variance([70, 90, 80]) + variance([20, 30])) / 3
    assert (found.of(0), found.of(5), found.degrees) == (pytest.approx(expected), pytest.approx(expected), 3)
    assert spreads([cell([1]), cell([2], person=2)]) is None
    assert estimate([cell([70])]).interval is None
    assert estimate([]) is None


# --- Teams --------------------------------------------------------------------------------
def test_a_team_of_which_everybody_was_reviewed_has_only_the_luck_of_the_draw():
    cells = [cell([80, 90], person=1, cases=100), cell([40, 50], person=2, cases=100)]
    everybody = estimate_of_team(weigh(cells), people=2, spread=TWELVE)
    assert everybody.mean == 65
    assert everybody.variance == pytest.approx(2 * 0.25 * 144 / 2)
    half = estimate_of_team(weigh(cells), people=4, spread=TWELVE)
    between = 2 * ((0.5 * 20) ** 2 + (0.5 * -20) ** 2)  # k/(k-1) Σ e²
    assert half.variance == pytest.approx(0.5 * between + 0.5 * everybody.variance)
    assert half.interval.high - half.interval.low > everybody.interval.high - everybody.interval.low
    assert estimate_of_team(weigh(cells[:1]), people=5, spread=TWELVE).interval is None
    assert estimate_of_team([], people=5) is None


# --- Shares -------------------------------------------------------------------------------
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=6))
def test_an_even_draw_is_counted_and_has_wilsons_interval(rows):
    counted = [Counted(person, 20.0, part, part + rest) for person, part, rest in rows]
    part, n = sum(one.part for one in counted), sum(one.n for one in counted)
    found = share(counted)
    assert found is None if n == 0 else (found.rate, found.effective, found.interval) == (part / n, n, wilson(part, n))


def test_a_weighted_share_by_hand():
    # 2 of 2 easy cases standing for 90 each, 0 of 2 difficult ones standing for 5 each.
    found = share([Counted(1, 90, 2, 2), Counted(1, 5, 0, 2)])
    assert (found.part, found.n) == (2, 4)
    assert found.rate == pytest.approx(180 / 190)
    assert found.effective == pytest.approx(190**2 / (2 * 8100 + 2 * 25))
    assert found.interval == wilson(found.rate * found.effective, found.effective)


def test_people_who_differ_leave_a_share_less_sure():
    rows = [Counted(1, 1.0, 10, 10), Counted(2, 1.0, 0, 10), Counted(3, 1.0, 5, 10)]
    v = 3 / 2 * (5**2 + 5**2) / 30**2
    assert share(rows, clustered=True).effective == pytest.approx(0.25 / v)
    assert share(rows).effective == 30
    assert share([Counted(1, 1.0, 3, 3), Counted(2, 1.0, 3, 3)], clustered=True).effective == 6


# --- Borrowing ----------------------------------------------------------------------------
def test_how_people_differ_is_found_and_a_figure_is_drawn_towards_the_team():
    rng = np.random.default_rng(7)
    truth = rng.normal(80, 5, 400)
    noise = 144 / 15
    seen = truth + rng.normal(0, sqrt(noise), 400)
    known = prior([(n % 4, float(y), noise) for n, y in enumerate(seen)])
    assert sqrt(known.between) == pytest.approx(5, abs=0.6)
    shrunk = [shrink(Estimate(float(y), 15, noise), known, n % 4) for n, y in enumerate(seen)]
    assert shrunk[0].borrowed == pytest.approx(noise / (noise + known.between), rel=0.02)
    assert np.mean((np.array([one.mean for one in shrunk]) - truth) ** 2) < 0.8 * np.mean((seen - truth) ** 2)
    inside = [one.interval.low <= t <= one.interval.high for one, t in zip(shrunk, truth, strict=True)]
    assert 0.92 < np.mean(inside) < 0.98


def test_small_teams_borrow_from_the_company_and_a_handful_of_people_from_nobody():
    people = [(1, 80.0 + n, 9.0) for n in range(6)] + [(2, 60.0, 9.0), (2, 62.0, 9.0)]
    known = prior(people)
    assert known.group_of(1) == 1
    assert known.group_of(2) is None
    assert known.groups[1].mean == pytest.approx(82.5)
    assert prior(people[:4]) is None
    assert shrink(Estimate(80, 1), known, 1) is None


def test_where_people_do_not_differ_nearly_all_is_borrowed_and_never_more_than_all():
    known = prior([(None, 80.0, 9.0)] * 40)
    assert known.between == 0
    found = shrink(Estimate(95, 15, 9.0), known, None)
    assert found.borrowed == pytest.approx(37 / 39)
    assert 80 < found.mean < 81


# --- Who separates ------------------------------------------------------------------------
def test_who_separates_after_allowing_for_how_many_are_compared():
    people = {n: Estimate(80.0, 15, 9.0, None, 100.0) for n in range(10)}
    # Alone 2.2 standard errors would be "significant"; of ten people it is not.
    close = {**people, 1: Estimate(87.0, 15, 9.0, None, 100.0)}
    assert apart_from_others(close) == {}
    far = {**people, 1: Estimate(92.0, 15, 9.0, None, 100.0), 2: Estimate(66.0, 15, 9.0, None, 100.0)}
    assert apart_from_others(far) == {1: 1, 2: -1}
    assert apart_from_others({1: people[1]}) == {}
    assert apart_from_others({1: Estimate(10, 1), 2: Estimate(90, 1)}) == {}


def test_luck_alone_rarely_separates_anybody():
    rng = np.random.default_rng(3)
    wrong = sum(
        bool(apart_from_others({n: Estimate(float(y), 15, 9.0, None, 1.0) for n, y in enumerate(rng.normal(80, 3, 12))}))
        for _team in range(600)
    )
    assert wrong / 600 < 0.07


# --- Two shares ---------------------------------------------------------------------------
def plain(part, n):
    return Share(part, n, part / n, float(n), wilson(part, n))


def test_newcombes_example():
    # Newcombe 1998, table II, method 10: 56/70 against 48/80.
    found = difference(plain(56, 70), plain(48, 80))
    assert found.difference == pytest.approx(0.2)
    assert (found.interval.low, found.interval.high) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))
    assert found.wide.low == pytest.approx(found.interval.low)
    assert found.holds
    assert found.alone


def test_many_comparisons_widen_the_range():
    found = difference(plain(56, 70), plain(48, 80), compared=24)
    assert found.wide.low < 0 < found.interval.low
    assert found.alone
    assert not found.holds
    edge = difference(plain(10, 10), plain(0, 10))
    assert (edge.difference, edge.interval.high) == (1, 1)


def test_cells_are_added_up_from_reviews():
    empty = Cell(1, "W1", 0, 50, 0, 0, 0)
    found = cells_of([(empty, 80.0, "W1"), (empty, None, "W1"), (replace(empty, stratum=1), 60.0, "W1")])
    assert [(one.stratum, one.n, one.reviews, one.total, one.squares) for one in found] == [
        (0, 1, 2, 80, 6400),
        (1, 1, 1, 60, 3600),
    ]
