"""Which module first: mapping × need × effect, the effect drawn by lot from what is known of it. Pure.

Source: reference "Learning", section 9 ("Recommend the module"). An effect is in points of the figure the module is meant for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import sqrt
from random import Random

from foundation.statistics import Z95
from learning.modules.effects import MeasuredEffect

PRIOR_MEAN, PRIOR_SD = 1.0, 1.5  # what is expected of a module before anything is measured


@dataclass(frozen=True)
class Belief:
    """What is believed of a module's effect: normal, with this mean and standard deviation."""

    mean: float
    sd: float

    @property
    def low(self) -> float:
        return self.mean - Z95 * self.sd

    @property
    def high(self) -> float:
        return self.mean + Z95 * self.sd


PRIOR = Belief(PRIOR_MEAN, PRIOR_SD)


def believe(effect: MeasuredEffect | None) -> Belief:
    """m̂ = (τ/se² + μ₀/τ₀²) / (1/se² + 1/τ₀²), variance 1 / (1/se² + 1/τ₀²); the prior where nothing is measured."""
    if effect is None:
        return PRIOR
    own, prior = 1 / effect.error**2, 1 / PRIOR_SD**2
    return Belief((effect.points * own + PRIOR_MEAN * prior) / (own + prior), sqrt(1 / (own + prior)))


def drawn(belief: Belief, *, person_id: int, module_id: int, day: date) -> float:
    """One draw of the effect (Thompson): the same all day, whatever else is on the list."""
    rng = Random(f"{person_id}:{module_id}:{day.isoformat()}")  # noqa: S311 - not a secret, a lot
    return rng.gauss(belief.mean, belief.sd)


def value(needs: Iterable[tuple[int, float]], effect: float) -> float:
    """(weight, need) of every criterion the module is for, and its drawn effect."""
    return sum(weight * need for weight, need in needs) * effect
