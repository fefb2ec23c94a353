"""Intervals for small counts. Every rate on screen carries its n and one of these."""

from dataclasses import dataclass
from math import sqrt

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
    return Interval(max(0.0, centre - half), min(1.0, centre + half))
