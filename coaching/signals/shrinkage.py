"""Which people really differ: shares drawn towards the group's, with an honest interval.

Source: `reference/metrics.md` section 4. θ ~ Beta(Mμ, M(1−μ)); M is learned from half a year, never from the
month that is looked at: from its whole four-week blocks (`months`), because a person's month differs from the group
by lasting skill and by passing spells, and the sum of 26 weeks knows only the first. On the simulated floor 90 %
intervals then cover 89 to 90 % at every size, against 87 to 89 % with sums of 26 weeks. The only module that needs scipy; nothing that starts with the site imports more of it
than `scipy.special`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

INTERVAL = 0.90
RHO_RANGE = (1e-4, 0.9)
RELIABLE = 0.7  # below this nobody is compared with anybody

Counts = NDArray[np.int64]
Shares = NDArray[np.float64]


@dataclass(frozen=True)
class Prior:
    """A group's mean share and how many ratings its knowledge of a person is worth."""

    mu: float
    strength: float  # M

    @property
    def true_sd(self) -> float:
        """SD of the true shares between people."""
        return float(np.sqrt(self.mu * (1 - self.mu) / (self.strength + 1)))


@dataclass(frozen=True)
class Shrunken:
    estimate: Shares
    low: Shares
    high: Shares


def months(counts: Counts, weeks: int = 4) -> Counts:
    """Counts of people by weeks as one row of person-months: the newest whole blocks of four weeks."""
    blocks = counts.shape[1] // weeks
    newest = counts[:, counts.shape[1] - blocks * weeks :]
    return np.asarray(newest.reshape(len(counts), blocks, weeks).sum(axis=2).ravel(), dtype=np.int64)


def learn_prior(good: Counts, n: Counts) -> Prior:
    """Moment estimator over units: people, or (better) their months of half a year.

    ρ = [Σn(y−μ)² − μ(1−μ)(R−1)] / {μ(1−μ)[N − Σn²/N − (R−1)]}, clipped to [1e-4, .9]; M = 1/ρ − 1.
    R = units, N = Σn. Raises ValueError for fewer than two units with ratings.
    """
    rated = np.asarray(n) > 0
    n, good = np.asarray(n, dtype=float)[rated], np.asarray(good, dtype=float)[rated]
    units, total = len(n), float(n.sum())
    if units < 2:
        raise ValueError("a group needs two units with ratings")
    mu = float(good.sum() / total)
    variance = mu * (1 - mu)
    room = variance * (total - float((n**2).sum()) / total - (units - 1))
    excess = float((n * (good / n - mu) ** 2).sum()) - variance * (units - 1)
    rho = float(np.clip(excess / room if room > 0 else 0.0, *RHO_RANGE))
    return Prior(mu, 1 / rho - 1)


def shrink(good: Counts, n: Counts, prior: Prior, interval: float = INTERVAL) -> Shrunken:
    """(x+Mμ)/(n+M) with the equal-tailed interval of Beta(x+Mμ, n−x+M(1−μ)); 90 % where nothing else is said."""
    good, n = np.asarray(good, dtype=float), np.asarray(n, dtype=float)
    a = good + prior.strength * prior.mu
    b = n - good + prior.strength * (1 - prior.mu)
    tail = (1 - interval) / 2
    return Shrunken(a / (a + b), betaincinv(a, b, tail), betaincinv(a, b, 1 - tail))


def half_reliable_at(mu: float, true_sd: float) -> float:
    """k: the number of ratings at which a raw share is half person and half noise; μ(1−μ)/σ²_true."""
    return mu * (1 - mu) / true_sd**2


def reliability(n: float, k: float) -> float:
    """n/(n+k): how much of the differences between raw shares is real."""
    return n / (n + k)


def is_comparable(n: float, k: float) -> bool:
    """May people be compared by their raw shares?"""
    return reliability(n, k) >= RELIABLE
