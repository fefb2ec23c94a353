"""How far reviewers give the same answers: percent agreement, Gwet's AC, Krippendorff's alpha, alignment. Pure.

Everything starts from counts: one row per case that was scored, one column per answer of the scale, in each cell how many
reviewers gave that answer. Who gave it does not matter, and cases may have different numbers of reviewers. Every measure
is a ratio of sums over cases, so an interval by resampling cases is a product of two matrices.

Source: reference "Quality assurance and coaching", section 4, after Gwet 2014, "Handbook of Inter-Rater Reliability", and
Krippendorff 2019, "Content Analysis", chapter 12.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from foundation.statistics import Interval

Numbers = NDArray[np.float64]

RESAMPLES = 2_000
COVERAGE = 0.90
DOUBLES_TO_JUDGE = 50  # cases scored at least twice, per scorecard and quarter, before anything is said of them


class Level(StrEnum):
    """What the answers' order and distances mean."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


@dataclass(frozen=True)
class Measure:
    """A measure of agreement with its 90 % interval. `value` None: cannot be computed from these cases."""

    value: float | None
    interval: Interval | None


@dataclass(frozen=True)
class Agreement:
    """All measures of one criterion or scorecard. `doubles`: cases with two answers or more, which alone tell anything."""

    doubles: int
    percent: Measure  # of pairs of reviewers that gave the very same answer, 0..1
    ac: Measure  # Gwet's AC1 (nominal) or AC2: agreement beyond chance, 1 at best; the headline
    alpha: Measure  # Krippendorff's alpha: the strict check, 1 at best

    @property
    def enough(self) -> bool:
        return self.doubles >= DOUBLES_TO_JUDGE


def count_answers(cases: Sequence[Sequence[float]], scale: Sequence[float]) -> Numbers:
    """Cases by answers: how many reviewers of each case gave each answer of the scale, which is put in order.

    Raises ValueError for an answer that is not on the scale, and for a scale of fewer than two answers.
    """
    place = {value: number for number, value in enumerate(sorted(set(scale)))}
    if len(place) < 2:
        raise ValueError("agreement needs a scale of at least two answers")
    counts = np.zeros((len(cases), len(place)))
    for row, answers in enumerate(cases):
        for answer in answers:
            if answer not in place:
                raise ValueError(f"{answer} is not an answer of the scale {sorted(place)}")
            counts[row, place[answer]] += 1
    return counts


def closeness(scale: Sequence[float], level: Level) -> Numbers:
    """How near each answer of the scale is to each other one: 1 for the same, 0 for the two ends."""
    values = np.array(sorted(set(scale)), dtype=float)
    size = len(values)
    if level == Level.NOMINAL:
        return np.eye(size)
    if level == Level.INTERVAL:
        return 1 - (values[:, None] - values[None, :]) ** 2 / (values[-1] - values[0]) ** 2
    apart = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    return 1 - (apart + 1) * apart / (size * (size - 1))


def agreement(
    cases: Sequence[Sequence[float]],
    scale: Sequence[float],
    level: Level = Level.NOMINAL,
    *,
    clusters: Sequence[int] | None = None,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> Agreement:
    """All measures of these cases, each with an interval from `resamples` draws of cases with replacement.

    `cases`: the answers that each case was given, one per reviewer; cases with one answer count where a measure can use them.
    `clusters`: what each case belongs to, such as the conversation of an answer; whole clusters are then drawn, and `doubles`
    counts those with a case of two answers. Raises ValueError as `count_answers` does.
    """
    counts = count_answers(cases, scale)
    answered = counts.sum(axis=1) > 0
    counts = counts[answered]
    doubled = counts.sum(axis=1) >= 2
    groups = np.arange(len(counts)) if clusters is None else np.unique(np.asarray(clusters)[answered], return_inverse=True)[1]
    doubles = len(np.unique(groups[doubled]))
    draws = np.ones((1, len(counts)))
    if doubles:
        rng = np.random.default_rng(seed)
        size = int(groups.max()) + 1
        again = rng.multinomial(size, np.full(size, 1 / size), size=resamples)[:, groups]
        draws = np.concatenate([draws, again])
    same = closeness(scale, Level.NOMINAL)
    weights = closeness(scale, level)
    return Agreement(
        doubles=doubles,
        percent=_measure(observed_agreement(counts, same, draws)),
        ac=_measure(gwet_ac(counts, weights, draws)),
        alpha=_measure(krippendorff_alpha(counts, _distance(scale, level), draws)),
    )


def _measure(values: Numbers) -> Measure:
    """The first value is that of the cases themselves, the others those of the draws."""
    if np.isnan(values[0]):
        return Measure(None, None)
    known = values[1:][~np.isnan(values[1:])]
    low, high = np.quantile(known, [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2]) if len(known) else (np.nan, np.nan)
    interval = None if np.isnan(low) else Interval(float(min(low, values[0])), float(max(high, values[0])))
    return Measure(float(values[0]), interval)


def _share(part: Numbers, whole: Numbers) -> Numbers:
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)


def observed_agreement(counts: Numbers, weights: Numbers, draws: Numbers) -> Numbers:
    """p_a of each draw: the mean, over cases with two answers or more, of how near two of their answers are. NaN without such a case.

    `draws`: draws by cases, how often each case is in each draw.
    """
    r = counts.sum(axis=1)
    doubled = r >= 2
    near = (counts * (counts @ weights - 1)).sum(axis=1)
    of_case = np.divide(near, r * (r - 1), out=np.zeros(len(r)), where=doubled)
    return _share(draws @ of_case, draws @ doubled.astype(float))


def gwet_ac(counts: Numbers, weights: Numbers, draws: Numbers) -> Numbers:
    """Gwet's AC2 of each draw, AC1 where weights are those of the nominal level; NaN without a case of two answers.

    p_e = T_w / (q(q-1)) · Σ π_k (1 - π_k), π_k the mean over cases of the share of answer k; AC = (p_a - p_e) / (1 - p_e).
    """
    q = weights.shape[0]
    shares = draws @ (counts / counts.sum(axis=1, keepdims=True)) if len(counts) else np.zeros((len(draws), q))
    shares = shares / np.maximum(draws.sum(axis=1, keepdims=True), 1)
    chance = weights.sum() / (q * (q - 1)) * (shares * (1 - shares)).sum(axis=1)
    return _share(observed_agreement(counts, weights, draws) - chance, 1 - chance)


def _distance(scale: Sequence[float], level: Level) -> Callable[[Numbers], Numbers]:
    """Squared distances of answers for alpha, from how often each was given (draws by answers): draws by answers by answers.

    Of the ordinal level they depend on the answers between two; of the others they do not depend on any.
    """
    values = np.array(sorted(set(scale)), dtype=float)
    size = len(values)

    def ordinal(given: Numbers) -> Numbers:
        upto = np.cumsum(given, axis=1)
        middle = upto - given / 2
        return np.asarray((middle[:, :, None] - middle[:, None, :]) ** 2)

    if level == Level.ORDINAL:
        return ordinal
    fixed = 1 - np.eye(size) if level == Level.NOMINAL else (values[:, None] - values[None, :]) ** 2
    return lambda given: fixed[None, :, :]


def krippendorff_alpha(counts: Numbers, distance: Callable[[Numbers], Numbers], draws: Numbers) -> Numbers:
    """Krippendorff's alpha of each draw, 1 - D_o / D_e on the coincidence matrix; NaN where all answers are the same."""
    r = counts.sum(axis=1)
    counts, r, draws = counts[r >= 2], r[r >= 2], draws[:, r >= 2]
    q = counts.shape[1]
    pairs = counts[:, :, None] * counts[:, None, :]
    pairs[:, np.arange(q), np.arange(q)] -= counts
    together = (draws @ (pairs / (r - 1)[:, None, None]).reshape(len(counts), q * q)).reshape(-1, q, q)
    given = together.sum(axis=2)
    n = given.sum(axis=1)
    apart = distance(given)
    seen = (together * apart).sum(axis=(1, 2)) / np.maximum(n, 1)
    expected = (given[:, :, None] * given[:, None, :] * apart).sum(axis=(1, 2)) / np.maximum(n * (n - 1), 1)
    return 1 - _share(seen, expected)


def cohen_kappa(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Cohen's kappa of two reviewers, each with a distribution of their own; None where chance alone explains everything."""
    if not pairs:
        return None
    values = sorted({value for pair in pairs for value in pair})
    first = np.array([[pair[0] == value for value in values] for pair in pairs], dtype=float).mean(axis=0)
    second = np.array([[pair[1] == value for value in values] for pair in pairs], dtype=float).mean(axis=0)
    chance = float(first @ second)
    same = sum(one == other for one, other in pairs) / len(pairs)
    return None if chance >= 1 else (same - chance) / (1 - chance)


def alignment(graded: Mapping[str, float], benchmark: Mapping[str, float], weights: Mapping[str, float]) -> float | None:
    """How near one reviewer's answers (0..1 by criterion) are to the agreed ones: 1 - |difference|, weighted; 0..1.

    It is not the difference of two totals: two reviews of 80 can disagree everywhere. A criterion that only one of the two
    found to apply counts as wholly apart; one that neither did is left out. None where nothing is left.
    Source: as above, "Alignment".
    """
    keys = [key for key in weights if weights[key] > 0 and (key in graded or key in benchmark)]
    whole = sum(weights[key] for key in keys)
    if not whole:
        return None
    near = sum(weights[key] * (1 - abs(graded[key] - benchmark[key])) for key in keys if key in graded and key in benchmark)
    return near / whole
