"""How far people's rates really differ: beta-binomial shrinkage, in whole arrays. The one place of these formulas.

A person's true rate is drawn from Beta(M·μ, M·(1−μ)) around the rate μ of the people they are compared with. M says how
alike people are (large: very). It is learned from half a year, never from the month that is judged: with 5 to 15 ratings a
month's own M covers 69 % instead of 90 %. Who has the weeks apart learns from four-week blocks (`months`), because a
person's month differs from the group by lasting skill and by passing spells, and one sum of 26 weeks knows only the first:
on the simulated floor 90 % intervals then cover 89 to 90 % at every size, against 87 to 89 % with one sum.

Source: reference/metrics.md, section 4; Robinson, "Introduction to Empirical Bayes", 2017; moments after Kleinman 1973
(JASA 68:46).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from django.utils.functional import SimpleLazyObject
from numpy.typing import ArrayLike, NDArray

# scipy takes longer to load than all of our own code: only who asks for an interval waits for it.
_special: Any = SimpleLazyObject(lambda: import_module("scipy.special"))

INTERVAL = 0.90
LEAST_RHO, MOST_RHO = 1e-4, 0.9
LEARNING_WEEKS = 26
MARGIN = 0.03  # a difference smaller than three points is none that anybody would act on
SURE = 0.9
RELIABLE = 0.7  # below this nobody is compared with anybody

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Prior:
    """What is known before looking at a person: mean μ (0 < μ < 1) and strength M, in cases."""

    mean: float
    strength: float

    @property
    def alpha(self) -> float:
        return self.strength * self.mean

    @property
    def beta(self) -> float:
        return self.strength * (1 - self.mean)

    @property
    def true_sd(self) -> float:
        """SD of the true rates between people."""
        return float(np.sqrt(self.mean * (1 - self.mean) / (self.strength + 1)))

    @property
    def half_reliable_at(self) -> float:
        """k: how many cases make a raw rate half person and half noise."""
        return half_reliable_at(self.mean, self.true_sd)


@dataclass(frozen=True)
class Shrunk:
    """People's rates as they are best estimated, with the ends of their intervals: arrays of one shape."""

    estimate: Numbers
    low: Numbers
    high: Numbers


def months(counts: Counts, weeks: int = 4) -> Counts:
    """Counts of people by weeks as one row of person-months: the newest whole blocks of four weeks."""
    blocks = counts.shape[1] // weeks
    newest = counts[:, counts.shape[1] - blocks * weeks :]
    return np.asarray(newest.reshape(len(counts), blocks, weeks).sum(axis=2).ravel(), dtype=np.int64)


def learn_prior(part: ArrayLike, whole: ArrayLike) -> Prior | None:
    """The prior of units (people, or their months of half a year) with these counts, by moments.

    ρ = [Σn(y−μ)² − μ(1−μ)(R−1)] / {μ(1−μ)[N − Σn²/N − (R−1)]}, clipped to [0.0001, 0.9]; M = 1/ρ − 1. R = units, N = Σn.
    None where nothing can be learned: fewer than two units with a case, or a rate of exactly 0 or 1.
    """
    part, whole = _counts(part), _counts(whole)
    known = whole > 0
    x, n = part[known], whole[known]
    units, total = len(n), float(n.sum())
    if units < 2:
        return None
    mean = float(x.sum() / total)
    variance = mean * (1 - mean)
    if variance <= 0:
        return None
    room = total - float((n**2).sum()) / total - (units - 1)
    between = float((n * (x / n - mean) ** 2).sum()) - variance * (units - 1)
    rho = between / (variance * room) if room > 0 else LEAST_RHO
    return Prior(mean, 1 / min(MOST_RHO, max(LEAST_RHO, rho)) - 1)


def shrink(part: ArrayLike, whole: ArrayLike, prior: Prior, interval: float = INTERVAL) -> Shrunk:
    """(x + M·μ) / (n + M), with the middle of Beta(x + M·μ, n − x + M·(1−μ)): 90 % of it where nothing else is said."""
    a, b = _posterior(part, whole, prior)
    tail = (1 - interval) / 2
    return Shrunk(a / (a + b), _special.betaincinv(a, b, tail), _special.betaincinv(a, b, 1 - tail))


def probability_below(part: ArrayLike, whole: ArrayLike, prior: Prior, threshold: float) -> Numbers:
    """How sure we are that each true rate lies below the threshold."""
    a, b = _posterior(part, whole, prior)
    return np.asarray(_special.betainc(a, b, min(1.0, max(0.0, threshold))), dtype=float)


def differs(part: ArrayLike, whole: ArrayLike, prior: Prior, margin: float = MARGIN) -> Counts:
    """−1: surely (9 in 10) lower than the mean by the margin or more; 1: surely higher; 0: as expected."""
    lower = probability_below(part, whole, prior, prior.mean - margin) > SURE
    higher = 1 - probability_below(part, whole, prior, prior.mean + margin) > SURE
    return np.where(lower, -1, np.where(higher, 1, 0))


def half_reliable_at(mean: float, true_sd: float) -> float:
    """k = μ(1−μ)/σ²: how many cases make a raw rate half person and half noise."""
    return mean * (1 - mean) / true_sd**2


def reliability(n: float, k: float) -> float:
    """n/(n+k): how much of the differences between raw rates of n cases is real."""
    return n / (n + k)


def is_comparable(n: float, k: float) -> bool:
    """May people be compared by their raw rates?"""
    return reliability(n, k) >= RELIABLE


def _counts(numbers: ArrayLike) -> Numbers:
    return np.asarray(numbers, dtype=float)


def _posterior(part: ArrayLike, whole: ArrayLike, prior: Prior) -> tuple[Numbers, Numbers]:
    x, n = _counts(part), _counts(whole)
    return x + prior.alpha, n - x + prior.beta
