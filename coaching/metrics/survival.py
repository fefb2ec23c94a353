"""Kaplan–Meier: how long cases take when those still open are counted for as long as they have waited.

Counting resolved cases only flatters a growing backlog: the slow ones are not in yet. Here every case is
at risk of being resolved until it is, or until its age today. Source: Kaplan and Meier 1958; interval of
a quantile by log(−log S) and Greenwood's variance: Brookmeyer and Crowley 1982, Kalbfleisch and Prentice
2002, section 1.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from foundation.statistics import Z95

Times = Mapping[int, int] | Mapping[float, int]
Numbers = NDArray[np.float64]

TINY = 1e-12  # so that one half reached by a long product counts as reached


@dataclass(frozen=True)
class Curve:
    """Its steps, as arrays: the share still open just after each time, with its 95 % band (`high` is 1 where it ends at 0)."""

    time: Numbers
    share: Numbers
    low: Numbers
    high: Numbers


def survival(resolved: Times, waiting: Times) -> Curve:
    """The curve. Both map a time (or the number of its bin) to how many: resolved after it, open since it.

    An open case is at risk at its own age, as the convention has it.
    """
    times, ended, gone = _in_order(resolved, waiting)
    steps = ended > 0
    now, at_risk = ended[steps], (gone.sum() - np.cumsum(gone) + gone)[steps]
    share = np.cumprod(1 - now / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = Z95 * np.sqrt(np.cumsum(now / (at_risk * (at_risk - now)))) / np.abs(np.log(share))
        low, high = share ** np.exp(spread), share ** np.exp(-spread)
    at_zero = share <= TINY
    return Curve(times[steps], share, np.where(at_zero, 0.0, low), np.where(at_zero, 1.0, high))


def _in_order(resolved: Times, waiting: Times) -> tuple[Numbers, Numbers, Numbers]:
    """(times in order, cases resolved at each, cases no longer at risk after each)."""
    times, ended = _columns(resolved)
    if not waiting:
        order = np.argsort(times)
        return times[order], ended[order], ended[order]
    since, still_open = _columns(waiting)
    every, place = np.unique(np.concatenate([times, since]), return_inverse=True)
    size = len(every)
    done = np.bincount(place[: len(times)], weights=ended, minlength=size).astype(np.float64, copy=False)
    left = np.bincount(place[len(times) :], weights=still_open, minlength=size).astype(np.float64, copy=False)
    return every, done, done + left


def _columns(counts: Times) -> tuple[Numbers, Numbers]:
    size = len(counts)
    return np.fromiter(counts.keys(), dtype=np.float64, count=size), np.fromiter(counts.values(), dtype=np.float64, count=size)


def time_until(curve: Curve, share: float) -> float | None:
    """The first time by which that share is resolved (S(t) ≤ 1 − share); None where the curve does not get there."""
    return _first(curve, curve.share, share)


def interval_of(curve: Curve, share: float) -> tuple[float | None, float | None]:
    """The 95 % interval of that time; an end is None where the curve's band does not get there."""
    return _first(curve, curve.low, share), _first(curve, curve.high, share)


def _first(curve: Curve, line: Numbers, share: float) -> float | None:
    reached = line <= 1 - share + TINY
    first = int(reached.argmax()) if len(reached) else 0
    return float(curve.time[first]) if len(reached) and reached[first] else None


def by_time(times: Iterable[float], resolved: Iterable[bool]) -> tuple[dict[float, int], dict[float, int]]:
    """(resolved, waiting) as `survival` takes them, from one time per case."""
    counts: tuple[dict[float, int], dict[float, int]] = ({}, {})
    for time, done in zip(times, resolved, strict=True):
        which = counts[0] if done else counts[1]
        which[time] = which.get(time, 0) + 1
    return counts
