"""Case mix: what a person's rate would be with everybody's mix of cases. Pure functions.

The expected rate of a kind of case (topic × channel) is its rate on the floor, drawn towards the floor's own mean with
20 pseudo-cases: (x + 20·m) / (n + 20). A person's adjusted rate is floor + (observed − expected): reference/metrics.md §3.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

PSEUDO_CASES = 20

Counts = Mapping[Hashable, tuple[int, int]]  # kind → (part, whole)


@dataclass(frozen=True)
class Floor:
    """The floor's mean and the expected rate of each kind."""

    mean: float
    rates: Mapping[Hashable, float]

    def rate(self, kind: Hashable) -> float:
        return self.rates.get(kind, self.mean)


@dataclass(frozen=True)
class Adjusted:
    """A rate beside what this mix of cases would have brought anybody."""

    observed: float
    expected: float
    adjusted: float
    n: int

    @property
    def mix(self) -> float:
        """How much of the rate is the mix of cases: positive where the cases were easier than usual."""
        return self.observed - self.adjusted


def floor_of(counts: Counts) -> Floor | None:
    """The floor from its counts by kind; None where it has no cases."""
    whole = sum(n for _x, n in counts.values())
    if whole == 0:
        return None
    mean = sum(x for x, _n in counts.values()) / whole
    rates = {kind: (x + PSEUDO_CASES * mean) / (n + PSEUDO_CASES) for kind, (x, n) in counts.items()}
    return Floor(mean, rates)


def adjust(counts: Counts, floor: Floor) -> Adjusted | None:
    """One person's counts by kind against the floor; None without a case. The adjusted rate stays within 0..1."""
    n = sum(whole for _part, whole in counts.values())
    if n == 0:
        return None
    observed = sum(part for part, _whole in counts.values()) / n
    expected = sum(whole * floor.rate(kind) for kind, (_part, whole) in counts.items()) / n
    return Adjusted(observed, expected, min(1.0, max(0.0, floor.mean + observed - expected)), n)
