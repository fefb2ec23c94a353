"""Uneven draws that stay fair: strata, weights, intervals, and how many reviews a margin needs."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.quality.sampling import (
    LEAST,
    Reviewed,
    Stratum,
    draw,
    hajek,
    margin_of,
    plan,
    reviews_for,
    strata,
    weighted_score,
)


def lot(case):
    return (case * 7919) % 104729


def test_sixty_thirty_ten_with_two_one_two():
    parts = strata({case: case for case in range(300)}, 5, lot)
    assert [(len(part.cases), part.wanted) for part in parts] == [(180, 2), (90, 1), (30, 2)]
    assert min(parts[2].cases) > max(parts[0].cases)


@pytest.mark.parametrize("wanted", [0, 1, 2])
def test_too_few_reviews_are_drawn_evenly(wanted):
    assert strata({case: case for case in range(50)}, wanted, lot) == [Stratum(tuple(range(50)), wanted)]


def test_nobodys_cases():
    assert strata({}, 5, lot) == []
    assert draw([], lot) == {}
    assert weighted_score([]) is None
    assert hajek([]) is None


@given(st.dictionaries(st.integers(0, 10_000), st.sampled_from([0.0, 0.5, 1.0, 2.0]), max_size=120), st.integers(0, 40))
def test_every_case_can_be_drawn_and_no_more_than_wanted_are(risk, wanted):
    parts = strata(risk, wanted, lot)
    assert sorted(case for part in parts for case in part.cases) == sorted(risk)
    chosen = draw(parts, lot)
    assert len(chosen) == min(wanted, len(risk))
    if chosen:
        even = len(chosen) / len(risk)
        for part in parts:
            assert LEAST * even <= part.probability <= 1
            assert all(chosen[case] == part.probability for case in part.cases if case in chosen)


@given(st.lists(st.floats(0, 100), min_size=4, max_size=6), st.integers(1, 3))
def test_on_average_over_all_possible_draws_the_score_is_that_of_all_cases(scores, first):
    """Every way to draw two of one part and one of the other, each as likely: their mean is the mean of everything."""
    first = min(first + 1, len(scores) - 1)
    easy, hard = scores[:first], scores[first:]
    estimates = [
        weighted_score([Reviewed(easy[i], "easy", len(easy)) for i in picked] + [Reviewed(hard[j], "hard", len(hard))]).mean
        for picked, j in product(combinations(range(len(easy)), 2), range(len(hard)))
    ]
    assert np.mean(estimates) == pytest.approx(np.mean(scores))


def test_a_plain_mean_of_the_same_reviews_would_be_off():
    reviews = [Reviewed(90, 0, 180), Reviewed(88, 0, 180), Reviewed(80, 1, 90), Reviewed(50, 2, 30), Reviewed(60, 2, 30)]
    found = weighted_score(reviews)
    assert found.mean == pytest.approx(0.6 * 89 + 0.3 * 80 + 0.1 * 55)
    assert found.n == 5
    assert found.mean - np.mean([review.score for review in reviews]) > 9


def test_a_lone_review_borrows_the_spread_of_the_others():
    """Part 0 varies by 2, part 2 by 50, pooled 26."""
    reviews = [
        Reviewed(90, 0, 18000),
        Reviewed(88, 0, 18000),
        Reviewed(80, 1, 9000),
        Reviewed(50, 2, 3000),
        Reviewed(60, 2, 3000),
    ]
    found = weighted_score(reviews)
    variance = 0.6**2 * 2 / 2 + 0.3**2 * 26 + 0.1**2 * 50 / 2
    assert found.interval.high - found.mean == pytest.approx(4.3027 * variance**0.5, rel=1e-3)


def test_one_review_has_no_interval_without_a_known_spread():
    assert weighted_score([Reviewed(80, 0, 40)]).interval is None
    known = weighted_score([Reviewed(50, 0, 100_000)], spread=12)
    assert known.interval.high == pytest.approx(50 + 1.96 * 12, rel=1e-3)


def test_three_reviews_are_no_surer_because_there_were_only_three_cases():
    few, many = (weighted_score([Reviewed(score, 0, cases) for score in (60, 80, 100)]) for cases in (3, 300))
    assert few == many
    assert few.interval.low == pytest.approx(80 - 4.3027 * 20 / 3**0.5, rel=1e-4)


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="3 cases and 4"):
        weighted_score([Reviewed(1, 0, 3), Reviewed(2, 0, 4)])
    with pytest.raises(ValueError, match="2 reviews of 1 cases"):
        weighted_score([Reviewed(1, 0, 1), Reviewed(2, 0, 1)])
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        hajek([(80, 0)])
    with pytest.raises(ValueError, match="above 0"):
        reviews_for(0, case_sd=12)


def test_intervals_hold_the_truth_as_often_as_they_say():
    """Skewed scores of 300 cases, five reviews in strata: between 92 and 98 of 100 intervals hold the mean of all."""
    rng = np.random.default_rng(5)
    held, trials = 0, 600
    for _trial in range(trials):
        quality = np.clip(rng.normal(85, 12, 300), 0, 100)
        risk = {case: float(-0.5 * (quality[case] - 85) / 12 + rng.normal(0, 0.87)) for case in range(300)}
        by_lot = rng.permutation(300)
        parts = strata(risk, 5, lambda case, by_lot=by_lot: int(by_lot[case]))
        sizes = {case: (number, len(part.cases)) for number, part in enumerate(parts) for case in part.cases}
        chosen = draw(parts, lambda case, by_lot=by_lot: int(by_lot[case]))
        found = weighted_score([Reviewed(float(quality[case]), *sizes[case]) for case in chosen])
        held += found.interval.low <= quality.mean() <= found.interval.high
    assert 0.90 * trials <= held <= 0.99 * trials


def test_equal_probabilities_make_an_ordinary_mean():
    scores = [50.0, 70.0, 60.0, 75.0]
    found = hajek([(score, 0.1) for score in scores])
    assert found.mean == pytest.approx(np.mean(scores))
    assert found.interval.high - found.mean == pytest.approx(3.1824 * np.std(scores, ddof=1) / 2, rel=1e-3)
    assert hajek([(70.0, 0.1)]).interval is None


# reviews: margin with severity corrected, with one uncorrected reviewer, reliability; as published with case 12, reviewer 5, rep 5.
PUBLISHED = [(4, 11.8, 15.3, 0.41), (5, 10.5, 14.4, 0.46), (10, 7.4, 12.3, 0.63), (20, 5.3, 11.1, 0.78), (30, 4.3, 10.7, 0.84)]


@pytest.mark.parametrize(("reviews", "corrected", "uncorrected", "reliability"), PUBLISHED)
def test_the_published_margins(reviews, corrected, uncorrected, reliability):
    found = plan(reviews, case_sd=12, reviewer_sd=5, rep_sd=5)
    assert found.margin == pytest.approx(corrected, abs=0.051)
    assert found.margin_uncorrected == pytest.approx(uncorrected, abs=0.051)
    assert found.reliability == pytest.approx(reliability, abs=0.0051)


@given(st.floats(0.5, 40), st.floats(1, 30), st.floats(0, 10), st.integers(1, 8))
def test_the_fewest_reviews_reach_the_margin_and_one_less_does_not(margin, case_sd, reviewer_sd, reviewers):
    needed = reviews_for(margin, case_sd=case_sd, reviewer_sd=reviewer_sd, reviewers=reviewers)
    if needed is None:
        assert margin_of(10**9, case_sd, reviewer_sd, reviewers) >= margin * (1 - 1e-6)
        return
    assert margin_of(needed, case_sd, reviewer_sd, reviewers) <= margin * (1 + 1e-6)
    assert needed == 1 or margin_of(needed - 1, case_sd, reviewer_sd, reviewers) > margin * (1 - 1e-9)
