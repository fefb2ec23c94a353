"""Funnel limits for people's rates: how far chance alone takes a rate of n cases. Pure functions.

Source: Spiegelhalter, "Funnel plots for comparing institutional performance", Stat Med 2005;24:1185, with the additive
over-dispersion of its section 4 (limits μ ± z·√(μ(1−μ)/n + τ²), τ² by moments from z-scores winsorised at 10 %).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, sqrt

from foundation.statistics import Z95

Z_WIDE = 3.09  # 998 in 1,000
WINSORISED = 0.1


@dataclass(frozen=True)
class Limits:
    """The rate's limits at one n, both ends inside 0..1."""

    low: float
    high: float


def limits(mean: float, n: float, z: float, tau2: float = 0.0) -> Limits:
    """μ ± z·√(μ(1−μ)/n + τ²). Raises ValueError for n that is not above 0."""
    if n <= 0:
        raise ValueError("a limit needs at least one case")
    half = z * sqrt(mean * (1 - mean) / n + tau2)
    return Limits(max(0.0, mean - half), min(1.0, mean + half))


def over_dispersion(counts: Sequence[tuple[int, int]], mean: float) -> float:
    """τ², the variance between people beyond chance; 0 where there is none, or too few people to say.

    φ = mean of the squared, winsorised z-scores; τ² = (I·φ − (I − 1)) / (Σw − Σw²/Σw), w = n / (μ(1−μ)).
    """
    known = [(part, whole) for part, whole in counts if whole > 0]
    variance = mean * (1 - mean)
    if len(known) < 3 or variance <= 0:
        return 0.0
    scores = sorted((part / whole - mean) / sqrt(variance / whole) for part, whole in known)
    lowest = scores[floor(WINSORISED * (len(scores) - 1))]
    highest = scores[ceil((1 - WINSORISED) * (len(scores) - 1))]
    squared = sum(min(highest, max(lowest, score)) ** 2 for score in scores)
    weights = [whole / variance for _part, whole in known]
    total = sum(weights)
    freedom = total - sum(weight * weight for weight in weights) / total
    return max(0.0, (squared - (len(known) - 1)) / freedom) if freedom > 0 else 0.0


__all__ = ["Z95", "Z_WIDE", "Limits", "limits", "over_dispersion"]
