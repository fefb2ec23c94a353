"""Intervals for small counts. Every rate and every mean on screen carries its n and one of these."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import atan, cos, fsum, pi, sin, sqrt

Z95 = 1.959963984540054


@dataclass(frozen=True)
class Interval:
    low: float
    high: float


def wilson(successes: float, n: float, z: float = Z95) -> Interval | None:
    """Wilson score interval of a share, each end in [0, 1]; None where n is 0.

    Source: Brown, Cai and DasGupta 2001, "Interval estimation for a binomial proportion".
    Raises ValueError where successes lies outside 0..n.
    """
    if n < 0 or successes < 0 or successes > n:
        raise ValueError(f"successes must lie in 0..n, got {successes} of {n}")
    if n == 0:
        return None
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    # At 0 and n an end is the share itself; rounding alone would put it a hair beside it.
    return Interval(max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half)))


def t_probability(t: float, df: int) -> float:
    """P(|T| <= t) for Student's t with a whole number of degrees of freedom.

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
    """
    theta = atan(t / sqrt(df))
    c = cos(theta)
    if df % 2:
        term, total = c, c if df > 1 else 0.0
        for k in range(3, df - 1, 2):
            term *= c * c * (k - 1) / k
            total += term
        return 2 / pi * (theta + sin(theta) * total)
    term, total = 1.0, 1.0
    for k in range(2, df - 1, 2):
        term *= c * c * (k - 1) / k
        total += term
    return sin(theta) * total


@lru_cache(maxsize=512)
def t_quantile_95(df: int) -> float:
    """The t within which 95 % lie, both sides together. Raises ValueError below one degree of freedom."""
    if df < 1:
        raise ValueError("at least one degree of freedom is needed")
    low, high = 1.9, 13.0
    for _step in range(60):
        middle = (low + high) / 2
        if t_probability(middle, df) < 0.95:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def mean_interval(
    values: Sequence[float], *, lowest: float = 0, highest: float = 100
) -> tuple[float, float | None, float | None]:
    """(mean, low, high) at 95 %, the ends kept inside the scale; no ends with fewer than two values."""
    n = len(values)
    mean = fsum(values) / n
    if n < 2:
        return mean, None, None
    deviation = sqrt(fsum((v - mean) ** 2 for v in values) / (n - 1))
    half = t_quantile_95(n - 1) * deviation / sqrt(n)
    return mean, max(lowest, mean - half), min(highest, mean + half)
