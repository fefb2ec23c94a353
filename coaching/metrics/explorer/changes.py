"""Is the difference between two periods more than chance? Pure functions.

Shares: Newcombe's hybrid score interval of the difference (Stat Med 1998;17:873, method 10). Times and scores: the
two intervals must not touch, which asks for more than a test would. Counts are complete: there is nothing to doubt.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from coaching.metrics.figures import Figure


@dataclass(frozen=True)
class Change:
    """now − before in the unit of the metric (shares: from −1 to 1), and whether chance alone explains it."""

    difference: float
    low: float | None
    high: float | None
    is_clear: bool
    ratio: float | None  # now / before, where that says something


def difference_of_shares(now: Figure, before: Figure) -> tuple[float, float] | None:
    """95 % interval of now − before; None where one of the two has none."""
    if now.value is None or before.value is None or None in (now.low, now.high, before.low, before.high):
        return None
    p1, l1, u1 = now.value, now.low or 0.0, now.high or 0.0
    p0, l0, u0 = before.value, before.low or 0.0, before.high or 0.0
    difference = p1 - p0
    return difference - sqrt((p1 - l1) ** 2 + (u0 - p0) ** 2), difference + sqrt((u1 - p1) ** 2 + (p0 - l0) ** 2)


def change(now: Figure, before: Figure) -> Change | None:
    """The change between two figures of the same definition; None where one of them has no value."""
    if now.value is None or before.value is None:
        return None
    difference = now.value - before.value
    ratio = now.value / before.value if before.value > 0 else None
    unit = now.definition.Unit
    if now.definition.unit == unit.COUNT:
        return Change(difference, None, None, difference != 0, ratio)
    if now.definition.unit == unit.PERCENT:
        interval = difference_of_shares(now, before)
        if interval is None:
            return Change(difference, None, None, False, ratio)
        return Change(difference, *interval, not interval[0] <= 0 <= interval[1], ratio)
    apart = (
        None not in (now.low, now.high, before.low, before.high)
        and ((now.low or 0) > (before.high or 0) or (now.high or 0) < (before.low or 0))
    )  # fmt: skip
    return Change(difference, None, None, apart, ratio)
