"""Item analysis: how hard a question is, and whether those who know more get it right. Plain functions.

Source of the flag: a good item's item-rest correlation scatters widely in small groups, so a question is flagged only
where even the upper 90 % limit of r, tanh(atanh r + 1.28 / sqrt(n - 3)), lies below .2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import atanh, fsum, sqrt, tanh

from foundation.statistics import Interval, wilson

FEWEST = 30
TOO_LOW = 0.2
Z90 = 1.28
ALL_RIGHT = 0.95


@dataclass(frozen=True)
class Item:
    """`difficulty` is the mean share of the question, 0..1, with a Wilson interval; `r` None where nothing varies.

    `verdict`: "early" below 30 takers, "check" where flagged, "easy" where nearly all are right (fine for what everybody
    must know), "fine" otherwise, "flat" where r cannot be told.
    """

    key: str
    n: int
    difficulty: float
    interval: Interval | None
    r: float | None
    upper: float | None
    verdict: str


def correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Pearson's r; None where one of both does not vary."""
    n = len(xs)
    if n < 2:
        return None
    mean_x, mean_y = fsum(xs) / n, fsum(ys) / n
    dx, dy = [x - mean_x for x in xs], [y - mean_y for y in ys]
    spread = sqrt(fsum(x * x for x in dx)) * sqrt(fsum(y * y for y in dy))
    if spread < 1e-12:
        return None
    return max(-1.0, min(1.0, fsum(x * y for x, y in zip(dx, dy, strict=True)) / spread))


def upper_limit(r: float, n: int) -> float:
    """The upper 90 % limit of a correlation, by Fisher's z. Raises ValueError below four pairs."""
    if n < 4:
        raise ValueError("at least four pairs are needed")
    if abs(r) >= 1:
        return r
    return tanh(atanh(r) + Z90 / sqrt(n - 3))


def analyse(papers: Sequence[Mapping[str, float]]) -> list[Item]:
    """One item per question of these tries (question id → share), by id. The rest is the mean of a try's other questions."""
    pairs: dict[str, list[tuple[float, float]]] = {}
    shares: dict[str, list[float]] = {}
    for paper in papers:
        total = fsum(paper.values())
        for key, share in paper.items():
            shares.setdefault(key, []).append(share)
            if len(paper) > 1:
                pairs.setdefault(key, []).append((share, (total - share) / (len(paper) - 1)))
    return [_item(key, shares[key], pairs.get(key, [])) for key in sorted(shares)]


def _item(key: str, shares: Sequence[float], pairs: Sequence[tuple[float, float]]) -> Item:
    n = len(shares)
    right = min(float(n), max(0.0, fsum(shares)))
    r = correlation([share for share, _rest in pairs], [rest for _share, rest in pairs])
    upper = upper_limit(r, len(pairs)) if r is not None and len(pairs) >= 4 else None
    if n < FEWEST:
        verdict = "early"
    elif upper is not None and upper < TOO_LOW:
        verdict = "check"
    elif right / n > ALL_RIGHT:
        verdict = "easy"
    else:
        verdict = "fine" if r is not None else "flat"
    return Item(key, n, right / n, wilson(right, n), r, upper, verdict)
