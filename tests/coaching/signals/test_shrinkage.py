"""Shrunken shares against the reference's numbers, scipy's own beta, and known truths."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from coaching.signals.shrinkage import (
    Prior,
    half_reliable_at,
    is_comparable,
    learn_prior,
    months,
    reliability,
    shrink,
)


@pytest.mark.parametrize(("sd", "k", "at_70", "at_80"), [(0.05, 59, 138, 236), (0.03, 164, 383, 656)])
def test_published_reliability(sd, k, at_70, at_80):
    found = half_reliable_at(0.82, sd)
    assert round(found) == k
    assert round(0.7 / 0.3 * found) == at_70
    assert round(0.8 / 0.2 * found) == at_80
    assert reliability(at_80, found) == pytest.approx(0.8, abs=0.001)
    assert is_comparable(at_70, found)
    assert not is_comparable(at_70 - 2, found)


@given(n=st.integers(0, 600), share=st.floats(0, 1), mu=st.floats(0.02, 0.98), strength=st.floats(0.2, 5000))
def test_estimate_and_interval_are_those_of_the_beta(n, share, mu, strength):
    good = round(n * share)
    found = shrink(np.array([good]), np.array([n]), Prior(mu, strength))
    a, b = good + strength * mu, n - good + strength * (1 - mu)
    assert found.estimate[0] == pytest.approx((good + strength * mu) / (n + strength))
    assert found.low[0] == pytest.approx(beta.ppf(0.05, a, b), abs=1e-9)
    assert found.high[0] == pytest.approx(beta.ppf(0.95, a, b), abs=1e-9)
    assert found.low[0] <= found.high[0]


def test_moments_by_hand():
    good, n = np.array([40, 30, 45, 20]), np.array([50, 50, 50, 25])
    mu = 135 / 175
    between = sum(m * (x / m - mu) ** 2 for x, m in zip(good, n, strict=True))
    rho = (between - mu * (1 - mu) * 3) / (mu * (1 - mu) * (175 - (3 * 2500 + 625) / 175 - 3))
    prior = learn_prior(good, n)
    assert prior.mu == pytest.approx(mu)
    assert prior.strength == pytest.approx(1 / rho - 1)


def test_the_prior_is_found_again():
    rng = np.random.default_rng(7)
    truth = rng.beta(40 * 0.82, 40 * 0.18, 5000)
    n = rng.integers(5, 200, 5000)
    prior = learn_prior(rng.binomial(n, truth), n)
    assert prior.mu == pytest.approx(0.82, abs=0.01)
    assert prior.strength == pytest.approx(40, rel=0.1)
    assert prior.true_sd == pytest.approx(0.06, abs=0.005)


def test_the_ends_of_rho_are_clipped():
    alike = learn_prior(np.array([40] * 50), np.array([50] * 50))
    assert alike.strength == pytest.approx(1 / 1e-4 - 1)
    apart = learn_prior(np.array([50, 0] * 20), np.array([50] * 40))
    assert apart.strength == pytest.approx(1 / 0.9 - 1)
    with pytest.raises(ValueError, match="two units"):
        learn_prior(np.array([4, 0]), np.array([5, 0]))


def test_months_are_whole_blocks_of_four_weeks_from_the_newest_back():
    counts = np.arange(10).reshape(1, 10)
    assert months(counts).tolist() == [2 + 3 + 4 + 5, 6 + 7 + 8 + 9]
