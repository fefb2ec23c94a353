"""How well an order puts first what it should, on reviews it has not learned from. Pure.

Area under the curve (AUC): the probability that one with something to talk about is put before one without. 0.5 is chance.
Its interval comes from drawing conversations with replacement, messages of one conversation together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foundation.statistics import wilson

Numbers = NDArray[np.float64]

RESAMPLES = 2_000
AT_ONCE = 100
CLASSES = 4  # of likelihood, for the table that compares said and seen


@dataclass(frozen=True)
class Class:
    """Of `n` said to be `said` likely on average, `seen` were so; `low` and `high` are the 95 % interval of that share."""

    n: int
    said: float
    seen: float
    low: float
    high: float


@dataclass(frozen=True)
class Check:
    """The figures of one check. `first`: how many of the first places are looked at; `hits` of them had it."""

    n: int
    positive: int
    auc: float
    low: float
    high: float
    first: int
    hits: int
    by_chance: float  # hits expected from a random order
    classes: list[Class]

    @property
    def beats_chance(self) -> bool:
        return self.low > 0.5

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def weighted_auc(scores: Numbers, labels: Numbers, weights: Numbers) -> Numbers:
    """The AUC of each row of `weights` (draws by cases: how often each case is in each draw); NaN where one side is empty.

    Ties count half (Mann and Whitney 1947).
    """
    order = np.argsort(scores, kind="stable")
    ordered, label, weights = scores[order], labels[order], weights[:, order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    positive = np.add.reduceat(weights * label, starts, axis=1)
    negative = np.add.reduceat(weights * (1 - label), starts, axis=1)
    below = np.cumsum(negative, axis=1) - negative
    whole = positive.sum(axis=1) * negative.sum(axis=1)
    won = (positive * (below + negative / 2)).sum(axis=1)
    return np.divide(won, whole, out=np.full(len(weights), np.nan), where=whole > 0)


def auc_interval(scores: Numbers, labels: Numbers, groups: Sequence[int], *, seed: int) -> tuple[float, float, float]:
    """(AUC, low, high) at 95 %, drawing whole groups with replacement. Raises ValueError where one side is empty."""
    auc = float(weighted_auc(scores, labels, np.ones((1, len(scores))))[0])
    if np.isnan(auc):
        raise ValueError("the area needs cases of both kinds")
    names, of_group = np.unique(np.asarray(groups), return_inverse=True)
    rng = np.random.default_rng(seed)
    drawn: list[Numbers] = []
    for _start in range(0, RESAMPLES, AT_ONCE):
        times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=AT_ONCE)
        drawn.append(weighted_auc(scores, labels, times[:, of_group].astype(float)))
    known = np.concatenate(drawn)
    low, high = np.quantile(known[~np.isnan(known)], [0.025, 0.975])
    return auc, float(low), float(high)


def check(scores: Numbers, labels: Numbers, groups: Sequence[int], *, seed: int) -> Check:
    """All figures. Raises ValueError where cases of one kind only are given."""
    auc, low, high = auc_interval(scores, labels, groups, seed=seed)
    n = len(scores)
    first = min(20, max(1, n // 3))
    top = np.argsort(-scores, kind="stable")[:first]
    return Check(
        n=n,
        positive=int(labels.sum()),
        auc=auc,
        low=low,
        high=high,
        first=first,
        hits=int(labels[top].sum()),
        by_chance=float(first * labels.mean()),
        classes=classes(scores, labels),
    )


def classes(scores: Numbers, labels: Numbers) -> list[Class]:
    """The cases in up to four classes of equal size from the least to the most likely."""
    found = []
    for part in np.array_split(np.argsort(scores, kind="stable"), min(CLASSES, len(scores))):
        seen = int(labels[part].sum())
        interval = wilson(seen, len(part))
        low, high = (interval.low, interval.high) if interval else (0.0, 1.0)
        found.append(Class(len(part), float(scores[part].mean()), seen / len(part), low, high))
    return found
