"""Kaplan–Meier: how long cases take when those still open are counted for as long as they have waited.

Counting resolved cases only flatters a growing backlog: the slow ones are not in yet. Here every case is
at risk of being resolved until it is, or until its age today. Source: Kaplan and Meier 1958; interval of
a quantile by log(−log S) and Greenwood's variance: Brookmeyer and Crowley 1982, Kalbfleisch and Prentice
2002, section 1.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, inf, log, sqrt

from foundation.statistics import Z95

Times = Mapping[int, int] | Mapping[float, int]

TINY = 1e-12  # so that one half reached by a long product counts as reached


@dataclass(frozen=True)
class Step:
    """The share still open just after `time`, with its 95 % band (`high` is 1 where the curve has ended at 0)."""

    time: float
    share: float
    low: float
    high: float


def survival(resolved: Times, waiting: Times) -> list[Step]:
    """The curve's steps. Both map a time (or the number of its bin) to how many: resolved after it, open since it.

    An open case is at risk at its own age, as the convention has it.
    """
    ended = {float(time): n for time, n in resolved.items()}
    left = {float(time): n for time, n in waiting.items()}
    at_risk, share, variance = sum(ended.values()) + sum(left.values()), 1.0, 0.0
    steps = []
    for time in sorted({*ended, *left}):
        now = ended.get(time, 0)
        if now:
            share *= 1 - now / at_risk
            variance += now / (at_risk * (at_risk - now)) if now < at_risk else inf
            steps.append(Step(time, share, *_band(share, variance)))
        at_risk -= now + left.get(time, 0)
    return steps


def _band(share: float, variance: float) -> tuple[float, float]:
    if share <= TINY:
        return 0.0, 1.0
    if share >= 1:
        return 1.0, 1.0
    spread = Z95 * sqrt(variance) / abs(log(share))
    return share ** exp(spread), share ** exp(-spread)


def time_until(steps: Iterable[Step], share: float) -> float | None:
    """The first time by which that share is resolved (S(t) ≤ 1 − share); None where the curve does not get there."""
    return next((step.time for step in steps if step.share <= 1 - share + TINY), None)


def interval_of(steps: list[Step], share: float) -> tuple[float | None, float | None]:
    """The 95 % interval of that time; an end is None where the curve's band does not get there."""
    low = next((step.time for step in steps if step.low <= 1 - share + TINY), None)
    high = next((step.time for step in steps if step.high <= 1 - share + TINY), None)
    return low, high


def by_time(times: Iterable[float], resolved: Iterable[bool]) -> tuple[dict[float, int], dict[float, int]]:
    """(resolved, waiting) as `survival` takes them, from one time per case."""
    counts: tuple[dict[float, int], dict[float, int]] = ({}, {})
    for time, done in zip(times, resolved, strict=True):
        which = counts[0] if done else counts[1]
        which[time] = which.get(time, 0) + 1
    return counts
