"""Scores and rates: published vectors, and a slow count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.metrics.scores import net_promoter
from coaching.surveys.figures import Rate, score_of
from coaching.surveys.scales import SCALES, scale_of


def test_nps_vector():
    """reference: 8 × 10, 6 × 7, 6 × 3 → 10 (−24.7 to 42.1)."""
    _score, ends = net_promoter(8, 6, 20)
    assert (round(ends.low, 1), round(ends.high, 1)) == (-24.7, 42.1)
    assert score_of("nps", scale_of("nps", 10), {10: 24, 7: 18, 3: 18}).value == pytest.approx(10)


def test_ces_vector():
    """reference: 5,6,7,7,6,3,7,5,6,7 → mean 5.90 (4.98 to 6.82); twice over to reach the minimum, so narrower."""
    once = {5: 2, 6: 3, 7: 4, 3: 1}
    assert score_of("ces", scale_of("ces", 7), once).value is None
    score = score_of("ces", scale_of("ces", 7), {key: 2 * n for key, n in once.items()})
    assert score.value == pytest.approx(5.9)
    assert score.low is not None
    assert 4.98 < score.low < 5.9


def test_csat_vector():
    """Wilson 18 of 20: .699 to .972."""
    score = score_of("csat", scale_of("csat", 5), {5: 10, 4: 8, 3: 1, 1: 1})
    assert score.value == pytest.approx(0.9)
    assert (round(score.low or 0, 3), round(score.high or 0, 3)) == (0.699, 0.972)


@pytest.mark.parametrize("kind", list(SCALES))
def test_every_score_has_a_polarity_and_no_other(kind):
    for scale in SCALES[kind]:
        found = [scale.polarity(score) for score in scale.scores]
        assert found == sorted(found)
        assert set(found) == {-1, 0, 1}
        for wrong in (scale.low - 1, scale.high + 1):
            with pytest.raises(ValueError, match="not between"):
                scale.polarity(wrong)


@given(st.lists(st.integers(1, 5), min_size=10, max_size=80))
def test_csat_equals_a_slow_count(scores):
    counts = {score: scores.count(score) for score in set(scores)}
    score = score_of("csat", scale_of("csat", 5), counts)
    assert score.n == len(scores)
    assert score.value == pytest.approx(sum(s >= 4 for s in scores) / len(scores))
    assert score.low <= score.value <= score.high


def test_a_low_rate_is_marked():
    assert Rate(9, 100).is_low
    assert not Rate(10, 100).is_low
    assert not Rate(0, 0).is_low
    assert Rate(0, 0).value is None
