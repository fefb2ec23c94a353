"""Why a rate moved between two periods, and which kinds of cases cost most. Pure functions.

Kitagawa's decomposition (JASA 1955;50:1168): with s the share of a kind and r its rate, bars the mean of the two periods
and R̄ the mean of the two overall rates, the change is the sum over kinds of mix (s₁−s₀)(r̄−R̄) and rate (r₁−r₀)·s̄. It
sums exactly. A kind without a case in one period is taken to have had the other period's rate: its whole effect is mix.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import fsum
from typing import Generic, TypeVar

from foundation.statistics import wilson

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Part(Generic[K]):
    """What one kind of case did to the overall rate, in shares."""

    kind: K
    before: tuple[int, int]
    after: tuple[int, int]
    mix: float
    rate: float


@dataclass(frozen=True)
class Decomposition(Generic[K]):
    """The change of the overall rate and its parts, in the order of the kinds given."""

    before: float
    after: float
    parts: list[Part[K]]

    @property
    def change(self) -> float:
        return self.after - self.before

    @property
    def mix(self) -> float:
        return fsum(part.mix for part in self.parts)

    @property
    def rate(self) -> float:
        return fsum(part.rate for part in self.parts)


def decompose(before: Mapping[K, tuple[int, int]], after: Mapping[K, tuple[int, int]]) -> Decomposition[K] | None:
    """Split the change of Σpart/Σwhole; None where one of the periods has no case."""
    kinds = list(dict.fromkeys([*before, *after]))
    n0, n1 = sum(n for _x, n in before.values()), sum(n for _x, n in after.values())
    if not n0 or not n1:
        return None
    overall0, overall1 = sum(x for x, _n in before.values()) / n0, sum(x for x, _n in after.values()) / n1
    middle = (overall0 + overall1) / 2
    parts = []
    for kind in kinds:
        (x0, w0), (x1, w1) = before.get(kind, (0, 0)), after.get(kind, (0, 0))
        if not w0 and not w1:
            continue
        r1 = x1 / w1 if w1 else x0 / w0
        r0 = x0 / w0 if w0 else r1
        s0, s1 = w0 / n0, w1 / n1
        parts.append(Part(kind, (x0, w0), (x1, w1), (s1 - s0) * ((r0 + r1) / 2 - middle), (r1 - r0) * (s0 + s1) / 2))
    return Decomposition(overall0, overall1, parts)


@dataclass(frozen=True)
class Cost(Generic[K]):
    """One kind's cases, how many went wrong of those we know of, and how many that makes of all, with its 95 % interval."""

    kind: K
    volume: int
    wrong: int
    known: int
    expected: float
    low: float
    high: float
    cumulated: float = 0.0  # share of all that this kind and the costlier ones make up


def pareto(volume: Mapping[K, int], outcomes: Mapping[K, tuple[int, int]]) -> list[Cost[K]]:
    """Kinds by volume × share that went wrong, the costliest first; `outcomes` holds (went wrong, known).

    Kinds without a known outcome are left out: nothing can be said of them.
    """
    costs = []
    for kind, cases in volume.items():
        wrong, known = outcomes.get(kind, (0, 0))
        interval = wilson(wrong, known)
        if interval is None or not cases:
            continue
        costs.append(Cost(kind, cases, wrong, known, cases * wrong / known, cases * interval.low, cases * interval.high))
    costs.sort(key=lambda cost: -cost.expected)
    total = fsum(cost.expected for cost in costs)
    running, result = 0.0, []
    for cost in costs:
        running += cost.expected
        result.append(Cost(**{**vars(cost), "cumulated": running / total if total else 0.0}))
    return result
