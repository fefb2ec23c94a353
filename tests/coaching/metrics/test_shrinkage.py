"""Shrunken rates against the reference's numbers, a slow integral, scipy's own beta, and known truths."""

from __future__ import annotations

from math import lgamma

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from coaching.metrics.shrinkage import (
    Prior,
    differs,
    half_reliable_at,
    is_comparable,
    learn_prior,
    months,
    probability_below,
    reliability,
    shrink,
)

COUNT = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def beta_cdf(x, a, b, steps=200_000):
    """By the sum of small rectangles; slow and simple."""
    at = (np.arange(steps) + 0.5) / steps * x
    log_density = lgamma(a + b) - lgamma(a) - lgamma(b) + (a - 1) * np.log(at) + (b - 1) * np.log1p(-at)
    return float(np.exp(log_density).sum() * x / steps)


def test_the_slow_integral_itself():
    """The whole density is 1, and half of a symmetric one lies below the middle."""
    assert beta_cdf(1 - 1e-9, 3, 4) == pytest.approx(1, abs=1e-4)
    assert beta_cdf(0.5, 3, 3) == pytest.approx(0.5, abs=1e-4)


# --- Estimates and intervals ----------------------------------------------------------------------


@given(n=st.integers(0, 600), share=st.floats(0, 1), mean=st.floats(0.02, 0.98), strength=st.floats(0.2, 5000))
def test_estimate_and_interval_are_those_of_the_beta(n, share, mean, strength):
    part = round(n * share)
    found = shrink([part], [n], Prior(mean, strength))
    a, b = part + strength * mean, n - part + strength * (1 - mean)
    assert found.estimate[0] == pytest.approx((part + strength * mean) / (n + strength))
    assert found.low[0] == pytest.approx(beta.ppf(0.05, a, b), abs=1e-9)
    assert found.high[0] == pytest.approx(beta.ppf(0.95, a, b), abs=1e-9)
    assert found.low[0] <= found.high[0]


@given(count=COUNT, mean=st.floats(0.05, 0.95), strength=st.floats(1, 500))
def test_an_estimate_lies_between_own_rate_and_the_mean(count, mean, strength):
    found = shrink(*count, Prior(mean, strength))
    own = count[0] / count[1]
    assert min(own, mean) - 1e-9 <= found.estimate <= max(own, mean) + 1e-9
    assert found.low < found.estimate < found.high


@given(counts=st.lists(COUNT, min_size=1, max_size=8), mean=st.floats(0.05, 0.95), strength=st.floats(1, 500))
def test_many_at_once_are_as_one_by_one(counts, mean, strength):
    prior, (parts, wholes) = Prior(mean, strength), zip(*counts, strict=True)
    together = shrink(parts, wholes, prior)
    alone = [shrink(*count, prior) for count in counts]
    assert together.estimate.tolist() == [one.estimate for one in alone]
    assert together.low.tolist() == [one.low for one in alone]
    assert together.high.tolist() == [one.high for one in alone]
    assert differs(parts, wholes, prior).tolist() == [int(differs(*count, prior)) for count in counts]


def test_another_interval_is_wider():
    wide = shrink([8], [10], Prior(0.8, 20), interval=0.99)
    usual = shrink([8], [10], Prior(0.8, 20))
    assert wide.low[0] < usual.low[0]
    assert usual.high[0] < wide.high[0]


def test_intervals_cover_nine_in_ten():
    rng = np.random.default_rng(2)
    prior = Prior(0.82, 59)
    true, n = rng.beta(prior.alpha, prior.beta, 1500), rng.integers(5, 60, 1500)
    found = shrink(rng.binomial(n, true), n, prior)
    assert 0.88 <= ((found.low <= true) & (true <= found.high)).mean() <= 0.92


# --- What is learned ------------------------------------------------------------------------------


def test_moments_by_hand():
    part, n = [40, 30, 45, 20], [50, 50, 50, 25]
    mean = 135 / 175
    between = sum(m * (x / m - mean) ** 2 for x, m in zip(part, n, strict=True))
    rho = (between - mean * (1 - mean) * 3) / (mean * (1 - mean) * (175 - (3 * 2500 + 625) / 175 - 3))
    prior = learn_prior(part, n)
    assert prior.mean == pytest.approx(mean)
    assert prior.strength == pytest.approx(1 / rho - 1)


@pytest.mark.parametrize(("mean", "strength", "least", "most"), [(0.82, 59, 100, 400), (0.6, 20, 100, 400), (0.82, 40, 5, 200)])
def test_the_prior_is_found_again(mean, strength, least, most):
    """People drawn from Beta(M·μ, M·(1−μ)) give M back, within what 5,000 of them allow."""
    rng = np.random.default_rng(7)
    true = rng.beta(strength * mean, strength * (1 - mean), 5000)
    n = rng.integers(least, most, 5000)
    prior = learn_prior(rng.binomial(n, true), n)
    assert prior.mean == pytest.approx(mean, abs=0.01)
    assert prior.strength == pytest.approx(strength, rel=0.1)
    assert prior.true_sd == pytest.approx((mean * (1 - mean) / (strength + 1)) ** 0.5, abs=0.005)


def test_the_ends_of_rho_are_clipped():
    assert learn_prior([40] * 50, [50] * 50).strength == pytest.approx(1 / 1e-4 - 1)
    assert learn_prior([1, 0], [1, 1]).strength == pytest.approx(1 / 1e-4 - 1)
    assert learn_prior([50, 0] * 20, [50] * 40).strength == pytest.approx(1 / 0.9 - 1)


def test_too_little_to_learn_from():
    assert learn_prior([], []) is None
    assert learn_prior([3], [10]) is None
    assert learn_prior([4, 0], [5, 0]) is None
    assert learn_prior([10, 20], [10, 20]) is None
    assert learn_prior([0, 0], [10, 20]) is None


def test_units_without_a_case_teach_nothing():
    assert learn_prior([40, 0, 30, 0], [50, 0, 50, 0]) == learn_prior([40, 30], [50, 50])


def test_months_are_whole_blocks_of_four_weeks_from_the_newest_back():
    counts = np.arange(10).reshape(1, 10)
    assert months(counts).tolist() == [2 + 3 + 4 + 5, 6 + 7 + 8 + 9]


# --- Reliability ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("sd", "k", "at_70", "at_80"), [(0.05, 59, 138, 236), (0.03, 164, 383, 656)])
def test_published_reliability(sd, k, at_70, at_80):
    found = half_reliable_at(0.82, sd)
    assert round(found) == k
    assert round(0.7 / 0.3 * found) == at_70
    assert round(0.8 / 0.2 * found) == at_80
    assert reliability(at_80, found) == pytest.approx(0.8, abs=0.001)
    assert is_comparable(at_70, found)
    assert not is_comparable(at_70 - 2, found)


@given(mean=st.floats(0.05, 0.95), strength=st.floats(1, 5000))
def test_a_prior_knows_its_own_k(mean, strength):
    """k = μ(1−μ)/σ² of the true rates it stands for."""
    prior = Prior(mean, strength)
    spread = beta.std(prior.alpha, prior.beta)
    assert prior.true_sd == pytest.approx(spread)
    assert prior.half_reliable_at == pytest.approx(half_reliable_at(mean, spread))


# --- Verdicts -------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(count=COUNT, mean=st.floats(0.1, 0.9), strength=st.floats(5, 300), threshold=st.floats(0.05, 0.95))
def test_probability_below_equals_the_slow_integral(count, mean, strength, threshold):
    prior = Prior(mean, strength)
    a, b = count[0] + prior.alpha, count[1] - count[0] + prior.beta
    if min(a, b) < 1:
        return  # the density has a pole there, which rectangles miss
    assert probability_below(*count, prior, threshold) == pytest.approx(beta_cdf(threshold, a, b), abs=2e-4)


def test_only_clear_differences_are_told():
    prior = Prior(0.82, 59)
    # 30 % of ten ratings is not enough to say.
    assert differs([3, 120, 198, 164], [10, 200, 200, 200], prior).tolist() == [0, -1, 1, 0]
    assert probability_below(1, 2, prior, -0.1) == 0
    assert probability_below(1, 2, prior, 1.0) == 1
