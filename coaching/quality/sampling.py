"""Which cases to review, and what the reviews of a deliberately uneven choice say of all cases. Pure.

Difficult cases teach more, so they are looked at more often; each is then counted for as many as it stands for, so that the
score stays that of all cases. A case's inclusion probability is kept with it and never falls below a fiftieth of what an even
draw would have given: no case is safe from being seen, and no single one can tip the score.

Source: reference "Quality assurance and coaching", sections 3.2 and 3.3; Cochran 1977, "Sampling Techniques", chapter 5; Särndal,
Swensson and Wretman 1992, "Model Assisted Survey Sampling", section 5.7 (Hájek).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, fsum, sqrt
from typing import Any

from foundation.statistics import Interval, t_quantile_95

SHARES = (0.6, 0.3, 0.1)  # of a person's cases, from the least to the most risk
REVIEWS = (2, 1, 2)  # of five, in each of these
LEAST = 1 / 50  # of the probability that an even draw would give
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Stratum:
    """A part of somebody's cases, and how many of them are to be reviewed."""

    cases: tuple[int, ...]
    wanted: int

    @property
    def probability(self) -> float:
        return self.wanted / len(self.cases) if self.cases else 0.0


def strata(
    risk: Mapping[int, float],
    wanted: int,
    lot: Callable[[int], Any],
    shares: Sequence[float] = SHARES,
    reviews: Sequence[int] = REVIEWS,
) -> list[Stratum]:
    """Cases by risk, the least first: 60, 30 and 10 % of them (`shares`), to have 2, 1 and 2 of every five reviews (`reviews`).

    `risk`: of each case; where it is the same, `lot` decides, which must not depend on anything else about the case.
    With fewer reviews wanted than parts (three), or so few cases that a part would have none, everything is one stratum. Where a part has
    fewer cases than its reviews, the others have the rest.
    """
    ordered = sorted(risk, key=lambda case: (risk[case], lot(case)))
    wanted = min(wanted, len(ordered))
    edges = [round(len(ordered) * fsum(shares[:n])) for n in range(len(shares) + 1)]
    parts = [tuple(ordered[begin:end]) for begin, end in pairwise(edges)]
    if wanted < len(shares) or not all(parts):
        return [Stratum(tuple(ordered), wanted)] if ordered else []
    counts = _shared_out(wanted, [len(part) for part in parts], reviews)
    return [Stratum(part, count) for part, count in zip(parts, counts, strict=True)]


def _shared_out(wanted: int, sizes: Sequence[int], reviews: Sequence[int] = REVIEWS) -> list[int]:
    """So many reviews over the parts as `reviews` has it, at least one and at most all cases of each."""
    counts = [1] * len(sizes)
    least = LEAST * wanted / sum(sizes)
    counts = [max(count, ceil(least * size)) for count, size in zip(counts, sizes, strict=True)]
    for _one_more in range(wanted - sum(counts)):
        # Whoever is furthest behind its due; the greater part of the plan first where two are as far.
        open_parts = [n for n, size in enumerate(sizes) if counts[n] < size]
        behind = max(open_parts, key=lambda n: (reviews[n] / sum(reviews) * wanted - counts[n], sizes[n]))
        counts[behind] += 1
    return counts


def draw(parts: Sequence[Stratum], lot: Callable[[int], Any]) -> dict[int, float]:
    """The drawn cases with the probability each had, by lot within each stratum."""
    chosen = {}
    for part in parts:
        for case in sorted(part.cases, key=lot)[: part.wanted]:
            chosen[case] = part.probability
    return chosen


@dataclass(frozen=True)
class Estimate:
    """What reviews say of all cases. `interval` at 95 %, inside 0..100; None with one review, or where nothing tells the spread."""

    mean: float
    n: int
    interval: Interval | None


@dataclass(frozen=True)
class Reviewed:
    """A score and the part of the cases it stands for: `cases` of them were there, wherever `stratum` is the same."""

    score: float
    stratum: Hashable
    cases: int


def weighted_score(reviews: Sequence[Reviewed], spread: float | None = None) -> Estimate | None:
    """Mean of all cases from reviews by stratum: Σ N_h/N · ȳ_h, with variance Σ (N_h/N)² · s²_h/n_h.

    A stratum with one review borrows the spread of the others; where none has two, `spread` (the standard deviation of
    single scores, in points) is used, and without it there is no interval. None without reviews.
    Raises ValueError where one stratum is said to have had two sizes, or fewer cases than reviews.
    """
    if not reviews:
        return None
    scores: dict[Hashable, list[float]] = defaultdict(list)
    sizes: dict[Hashable, int] = {}
    for review in reviews:
        scores[review.stratum].append(review.score)
        if sizes.setdefault(review.stratum, review.cases) != review.cases:
            raise ValueError(f"stratum {review.stratum} has {sizes[review.stratum]} cases and {review.cases}")
    for stratum, values in scores.items():
        if len(values) > sizes[stratum]:
            raise ValueError(f"stratum {stratum} has {len(values)} reviews of {sizes[stratum]} cases")
    whole = sum(sizes.values())
    means = {stratum: fsum(values) / len(values) for stratum, values in scores.items()}
    mean = fsum(sizes[stratum] / whole * means[stratum] for stratum in scores)
    own = {
        stratum: fsum((value - means[stratum]) ** 2 for value in values) / (len(values) - 1)
        for stratum, values in scores.items()
        if len(values) > 1
    }
    degrees = sum(len(scores[stratum]) - 1 for stratum in own)
    pooled = fsum(variance * (len(scores[stratum]) - 1) for stratum, variance in own.items()) / degrees if degrees else None
    if pooled is None and spread is not None:
        pooled = spread**2
    if pooled is None:
        return Estimate(mean, len(reviews), None)
    variance = fsum((sizes[stratum] / whole) ** 2 * own.get(stratum, pooled) / len(values) for stratum, values in scores.items())
    reach = (t_quantile_95(degrees) if degrees else Z95) * sqrt(variance)
    return Estimate(mean, len(reviews), Interval(max(0.0, mean - reach), min(100.0, mean + reach)))


def hajek(scores: Sequence[tuple[float, float]]) -> Estimate | None:
    """Mean of all cases from (score, inclusion probability) where there are no strata: Σ y/π / Σ 1/π. None without reviews.

    With few reviews it is off by up to two points; the interval is that of a ratio of means.
    Raises ValueError for a probability outside 0..1, 0 excluded.
    """
    if not scores:
        return None
    if not all(0 < probability <= 1 for _score, probability in scores):
        raise ValueError("an inclusion probability is above 0 and at most 1")
    n = len(scores)
    weights = [1 / probability for _score, probability in scores]
    whole = fsum(weights)
    mean = fsum(weight * score for weight, (score, _probability) in zip(weights, scores, strict=True)) / whole
    if n < 2:
        return Estimate(mean, n, None)
    variance = (
        n
        / (n - 1)
        * fsum((weight * (score - mean) / whole) ** 2 for weight, (score, _probability) in zip(weights, scores, strict=True))
    )
    reach = t_quantile_95(n - 1) * sqrt(variance)
    return Estimate(mean, n, Interval(max(0.0, mean - reach), min(100.0, mean + reach)))


@dataclass(frozen=True)
class Plan:
    """How sure a score is with so many reviews of a person in the period, by so many reviewers."""

    reviews: int
    margin: float  # points, half of the 95 % interval
    margin_uncorrected: float  # likewise, all by one reviewer whose severity is not corrected for
    reliability: float  # 0..1: the share of the differences between people's means that is true difference


def margin_of(reviews: int, case_sd: float, reviewer_sd: float = 0.0, reviewers: int = 1) -> float:
    """Half of the 95 % interval, in points: 1.96 · √(σ²_case/n + σ²_reviewer/m). Raises ValueError below one review or reviewer."""
    if reviews < 1 or reviewers < 1:
        raise ValueError("at least one review by at least one reviewer")
    return Z95 * sqrt(case_sd**2 / reviews + reviewer_sd**2 / reviewers)


def plan(reviews: int, *, case_sd: float, reviewer_sd: float, rep_sd: float) -> Plan:
    """What so many reviews are worth, from the organisation's own standard deviations, in points."""
    noise = case_sd**2 / reviews
    return Plan(
        reviews=reviews,
        margin=margin_of(reviews, case_sd),
        margin_uncorrected=margin_of(reviews, case_sd, reviewer_sd),
        reliability=rep_sd**2 / (rep_sd**2 + noise) if rep_sd else 0.0,
    )


def reviews_for(margin: float, *, case_sd: float, reviewer_sd: float = 0.0, reviewers: int = 1) -> int | None:
    """The fewest reviews of a person for an interval of ± so many points; None where no number of them can reach it.

    Raises ValueError for a margin that is not above 0.
    """
    if margin <= 0:
        raise ValueError("a margin is above 0")
    left = (margin / Z95) ** 2 - reviewer_sd**2 / reviewers
    return None if left <= 0 else max(1, ceil(case_sd**2 / left - 1e-9))
