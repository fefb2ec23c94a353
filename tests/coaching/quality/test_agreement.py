"""Agreement of reviewers: published vectors, a slow reference written another way, properties."""

from __future__ import annotations

from itertools import permutations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.quality.agreement import Level, agreement, alignment, closeness, cohen_kappa, count_answers

X = None
# Four observers, twelve units: Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability".
TEXTBOOK = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, X, X, X],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, X, 3],
    [X, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, X],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, X],
]
UNITS = [[value for value in unit if value is not X] for unit in zip(*TEXTBOOK, strict=True)]


@pytest.mark.parametrize(("level", "alpha"), [(Level.NOMINAL, 0.743), (Level.ORDINAL, 0.815), (Level.INTERVAL, 0.849)])
def test_alpha_of_the_textbook(level, alpha):
    found = agreement(UNITS, [1, 2, 3, 4, 5], level)
    assert round(found.alpha.value, 3) == alpha
    assert found.doubles == 11


def two_reviewers(both_pass, both_fail, pass_fail, fail_pass):
    return [(1, 1)] * both_pass + [(0, 0)] * both_fail + [(1, 0)] * pass_fail + [(0, 1)] * fail_pass


@pytest.mark.parametrize(
    ("table", "kappa", "alpha", "ac"),
    [((91, 1, 4, 4), 0.16, 0.16, 0.91), ((46, 46, 4, 4), 0.84, 0.84, 0.84)],
)
def test_where_nearly_all_pass_alpha_collapses_and_ac_does_not(table, kappa, alpha, ac):
    pairs = two_reviewers(*table)
    found = agreement(pairs, [0, 1])
    assert found.percent.value == pytest.approx(0.92)
    assert round(cohen_kappa(pairs), 2) == kappa
    assert round(found.alpha.value, 2) == alpha
    assert round(found.ac.value, 2) == ac


def test_alignment_is_not_the_difference_of_totals():
    """10 against 7 of 15 points is 80 %; it weighs 15 of an 80-point card."""
    assert alignment({"tone": 10 / 15}, {"tone": 7 / 15}, {"tone": 15}) == pytest.approx(0.8)
    card = {"tone": 15, "rest": 65}
    assert alignment({"tone": 10 / 15, "rest": 1}, {"tone": 7 / 15, "rest": 1}, card) == pytest.approx((15 * 0.8 + 65) / 80)
    assert alignment({"a": 1, "b": 0}, {"a": 0, "b": 1}, {"a": 1, "b": 1}) == 0


def test_what_only_one_of_two_found_to_apply_is_apart():
    weights = {"a": 1, "b": 1, "c": 5}
    assert alignment({"a": 1, "b": 1}, {"a": 1}, weights) == 0.5
    assert alignment({}, {}, weights) is None


@pytest.mark.parametrize("level", list(Level))
def test_closeness_runs_from_one_to_nothing(level):
    near = closeness([0, 0.25, 1], level)
    assert near.diagonal().tolist() == [1, 1, 1]
    assert near[0, 2] == 0
    assert (near == near.T).all()


def test_an_answer_beside_the_scale_is_refused():
    with pytest.raises(ValueError, match=r"0\.4 is not an answer of the scale \[0, 1\]"):
        count_answers([[1, 0.4]], [0, 1])
    with pytest.raises(ValueError, match="at least two answers"):
        count_answers([[1]], [1])


def test_nothing_doubled_says_nothing():
    found = agreement([[1], [0], []], [0, 1])
    assert (found.doubles, found.percent.value, found.ac.value, found.alpha.value) == (0, None, None, None)
    assert agreement([], [0, 1]).ac.value is None


def test_all_the_same_answer_leaves_alpha_open():
    found = agreement([[1, 1]] * 60, [0, 1])
    assert (found.percent.value, found.ac.value, found.alpha.value) == (1, 1, None)
    assert found.enough


def test_fifty_doubles_before_anything_is_judged():
    assert not agreement([[1, 1]] * 49 + [[1]] * 9, [0, 1]).enough
    assert agreement([[1, 1]] * 50, [0, 1]).enough


def test_more_cases_narrow_the_interval():
    few, many = (agreement(two_reviewers(n, n, n // 10, n // 10), [0, 1]).ac.interval for n in (20, 400))
    assert many.high - many.low < (few.high - few.low) / 3


def test_the_interval_covers_as_often_as_it_says():
    """Reviewers who agree in 8 of 10 cases by construction: 90 % intervals of 100 cases hold the truth about 90 times in 100."""
    rng = np.random.default_rng(7)
    truth, held = 0.8, 0
    for trial in range(200):
        first = rng.integers(0, 2, 100)
        second = np.where(rng.random(100) < truth, first, 1 - first)
        interval = agreement(list(zip(first, second, strict=True)), [0, 1], resamples=400, seed=trial).percent.interval
        held += interval.low <= truth <= interval.high
    assert 166 <= held <= 192


# --- A slow reference, pair by pair.


def slow_weight(scale, level, k, m):
    values = sorted(scale)
    if level == Level.NOMINAL:
        return float(k == m)
    if level == Level.INTERVAL:
        return 1 - (values[k] - values[m]) ** 2 / (values[-1] - values[0]) ** 2
    return 1 - (comb(abs(k - m) + 1, 2) / comb(len(values), 2) if k != m else 0)


def slow_ac(cases, scale, level):
    values = sorted(scale)
    q = len(values)
    doubled = [[values.index(v) for v in case] for case in cases if len(case) >= 2]
    near = [np.mean([slow_weight(scale, level, a, b) for a, b in permutations(case, 2)]) for case in doubled]
    rated = [case for case in cases if case]
    shares = [np.mean([case.count(v) / len(case) for case in rated]) for v in values]
    total = sum(slow_weight(scale, level, k, m) for k in range(q) for m in range(q))
    chance = total / (q * (q - 1)) * sum(share * (1 - share) for share in shares)
    return (np.mean(near) - chance) / (1 - chance)


def slow_alpha(cases, scale, level):
    values = sorted(scale)
    doubled = [case for case in cases if len(case) >= 2]
    pool = [v for case in doubled for v in case]

    def apart(a, b):
        if level == Level.NOMINAL:
            return float(a != b)
        if level == Level.INTERVAL:
            return (a - b) ** 2
        low, high = sorted((values.index(a), values.index(b)))
        between = sum(pool.count(v) for v in values[low : high + 1])
        return (between - (pool.count(a) + pool.count(b)) / 2) ** 2 if a != b else 0.0

    seen = sum(apart(a, b) / (len(case) - 1) for case in doubled for a, b in permutations(case, 2)) / len(pool)
    expected = sum(apart(a, b) for a, b in permutations(pool, 2)) / (len(pool) * (len(pool) - 1))
    return None if not expected else 1 - seen / expected


SCALES = st.sampled_from([[0.0, 1.0], [0.0, 0.5, 1.0], [0.0, 0.2, 0.3, 1.0]])


@st.composite
def rated_cases(draw):
    scale = draw(SCALES)
    cases = draw(st.lists(st.lists(st.sampled_from(scale), min_size=0, max_size=4), min_size=1, max_size=8))
    return scale, [*cases, [scale[0], scale[-1]]]


@given(rated_cases(), st.sampled_from(list(Level)))
def test_as_the_slow_count(given_cases, level):
    scale, cases = given_cases
    found = agreement(cases, scale, level, resamples=5)
    assert found.ac.value == pytest.approx(slow_ac(cases, scale, level))
    assert found.alpha.value == pytest.approx(slow_alpha(cases, scale, level))


@given(rated_cases(), st.sampled_from(list(Level)), st.randoms())
def test_the_order_of_cases_and_reviewers_never_matters(given_cases, level, random):
    scale, cases = given_cases
    mixed = [random.sample(case, len(case)) for case in random.sample(cases, len(cases))]
    first, second = (agreement(given_now, scale, level, resamples=1) for given_now in (cases, mixed))
    for name in ("percent", "ac", "alpha"):
        assert getattr(first, name).value == pytest.approx(getattr(second, name).value)


@given(rated_cases(), st.sampled_from(list(Level)))
def test_an_interval_holds_its_value(given_cases, level):
    scale, cases = given_cases
    for measure in vars(agreement(cases, scale, level, resamples=30)).values():
        if not isinstance(measure, int) and measure.interval:
            assert measure.interval.low <= measure.value <= measure.interval.high <= 1 + 1e-9


def test_whole_conversations_are_drawn_where_answers_belong_to_one():
    """Twelve answers of one conversation that rise and fall together are no twelve conversations."""
    agree, differ = [[1, 1]] * 12, [[1, 0]] * 12
    cases = [case for conversation in [agree, agree, agree, differ] * 5 for case in conversation]
    belongs = [number for number in range(20) for _case in range(12)]
    alone, together = agreement(cases, [0, 1]), agreement(cases, [0, 1], clusters=belongs)
    assert (alone.doubles, together.doubles) == (240, 20)
    assert together.percent.value == alone.percent.value == 0.75
    assert together.percent.interval.high - together.percent.interval.low > 2.5 * (
        alone.percent.interval.high - alone.percent.interval.low
    )
    # Each case by itself is the same as without.
    assert agreement(cases, [0, 1], clusters=range(240)) == alone
