"""Are cases shared out evenly? Pure functions; nobody is ranked."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from foundation.statistics import wilson

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Share(Generic[K]):
    """One person's share of the team's cases with its 95 % interval, beside the share that their days would bring."""

    who: K
    cases: int
    days: int
    share: float
    low: float
    high: float
    even: float

    @property
    def differs(self) -> int:
        """1: more than an even share, beyond chance; −1: fewer; 0: neither."""
        return 1 if self.low > self.even else -1 if self.high < self.even else 0


def shares(cases: Mapping[K, int], days: Mapping[K, int]) -> list[Share[K]]:
    """Each person's share of all cases; an even share is a person's days with cases over everybody's.

    By days, not by heads: who was away for half of the period is not expected to take as many. People without a day are
    left out.
    """
    total, worked = sum(cases.values()), sum(days.get(who, 0) for who in cases)
    result = []
    for who, count in cases.items():
        interval = wilson(count, total)
        if interval is None or not days.get(who, 0):
            continue
        result.append(Share(who, count, days[who], count / total, interval.low, interval.high, days[who] / worked))
    return result
