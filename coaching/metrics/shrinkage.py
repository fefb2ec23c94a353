"""How far people's rates really differ: beta-binomial shrinkage. The one place of these formulas.

A person's true rate is drawn from Beta(M·μ, M·(1−μ)) around the rate μ of the people they are compared with. M says how
alike people are (large: very); it is learned from half a year, never from the month that is judged: with 5 to 15
ratings a month's own M covers 69 % instead of 90 % (reference/metrics.md, section 4).

Source: Robinson, "Introduction to Empirical Bayes", 2017; moments after Kleinman 1973 (JASA 68:46).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.utils.functional import SimpleLazyObject

# scipy takes longer to load than all of our own code: only who asks for an interval waits for it.
_special: Any = SimpleLazyObject(lambda: import_module("scipy.special"))

LEAST_RHO, MOST_RHO = 1e-4, 0.9
LEARNING_WEEKS = 26
MARGIN = 0.03  # a difference smaller than three points is none that anybody would act on
SURE = 0.9


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


@dataclass(frozen=True)
class Shrunk:
    """A person's rate as it is best estimated, with its 90 % interval."""

    estimate: float
    low: float
    high: float


def learn_prior(counts: Iterable[tuple[int, int]]) -> Prior | None:
    """The prior of people with these (part, whole) counts, by moments; None where nothing can be learned.

    ρ = [Σn(y−μ)² − μ(1−μ)(R−1)] / {μ(1−μ)[N − Σn²/N − (R−1)]}, clipped to [0.0001, 0.9]; M = 1/ρ − 1. Fewer than two
    people, or a rate of exactly 0 or 1, teach nothing.
    """
    known = [(part, whole) for part, whole in counts if whole > 0]
    people, total = len(known), sum(whole for _part, whole in known)
    if people < 2:
        return None
    mean = sum(part for part, _whole in known) / total
    variance = mean * (1 - mean)
    freedom = total - sum(whole * whole for _part, whole in known) / total - (people - 1)
    if variance <= 0:
        return None
    between = sum(whole * (part / whole - mean) ** 2 for part, whole in known) - variance * (people - 1)
    rho = between / (variance * freedom) if freedom > 0 else LEAST_RHO
    rho = min(MOST_RHO, max(LEAST_RHO, rho))
    return Prior(mean, 1 / rho - 1)


def shrunk(part: float, whole: float, prior: Prior) -> Shrunk:
    """(x + M·μ) / (n + M), with the middle 90 % of Beta(x + M·μ, n − x + M·(1−μ))."""
    a, b = part + prior.alpha, whole - part + prior.beta
    return Shrunk(a / (a + b), float(_special.betaincinv(a, b, 0.05)), float(_special.betaincinv(a, b, 0.95)))


def probability_below(part: float, whole: float, prior: Prior, threshold: float) -> float:
    """How sure we are that the person's true rate lies below the threshold."""
    if threshold <= 0:
        return 0.0
    if threshold >= 1:
        return 1.0
    return float(_special.betainc(part + prior.alpha, whole - part + prior.beta, threshold))


def reliability(whole: float, prior: Prior) -> float:
    """Share of the differences between raw rates of n cases that is real: n / (n + M)."""
    return whole / (whole + prior.strength)


def differs(part: float, whole: float, prior: Prior, margin: float = MARGIN) -> int:
    """−1: surely (9 in 10) lower than the mean by the margin or more; 1: surely higher; 0: as expected."""
    if probability_below(part, whole, prior, prior.mean - margin) > SURE:
        return -1
    if 1 - probability_below(part, whole, prior, prior.mean + margin) > SURE:
        return 1
    return 0
