"""Scores that customers give, and what repeat customers do to an interval. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import sqrt

from foundation.statistics import Z95, Interval, t_quantile_95, wilson

SCORE_STEP = 1000  # histograms of scores keep thousandths
NPS_SCALE = (0, 10)
CES_SCALE = (1, 7)


def on_scale(raw: int, scale_min: int, scale_max: int, wanted: tuple[int, int]) -> int:
    """A raw answer on another scale, in thousandths (all in thousandths), rounded down.

    A scale that runs backwards (min above max) is turned round. Raises ZeroDivisionError for a scale without length.
    """
    low, high = wanted[0] * SCORE_STEP, wanted[1] * SCORE_STEP
    return low + (raw - scale_min) * (high - low) // (scale_max - scale_min)


def promoters_and_detractors(scores: Mapping[int, int]) -> tuple[int, int]:
    """How many gave 9 or 10, and how many 6 or less."""
    promoters = sum(n for score, n in scores.items() if score >= 9 * SCORE_STEP)
    return promoters, sum(n for score, n in scores.items() if score <= 6 * SCORE_STEP)


def net_promoter(promoters: int, detractors: int, n: int, of: int | None = None) -> tuple[float, Interval]:
    """(score, 95 % interval), −100 to 100. `of` is the size of the whole group where it is small and known.

    Adjusted Wald: ¾ added to both ends, 3 to n (Rocks 2016). Raises ValueError where n is 0.
    """
    if n < 1:
        raise ValueError("a score needs at least one answer")
    p, d, m = promoters + 0.75, detractors + 0.75, n + 3
    centre = (p - d) / m
    half = Z95 * sqrt((p + d) / m - centre * centre) / sqrt(m)
    if of is not None and of > 1:
        half *= sqrt(max(0, of - n) / (of - 1))
    return 100 * (promoters - detractors) / n, Interval(max(-100.0, 100 * (centre - half)), min(100.0, 100 * (centre + half)))


def mean_of(
    total: float, squares: float, n: int, *, lowest: float, highest: float | None
) -> tuple[float, float | None, float | None]:
    """(mean, low, high) at 95 % by the t interval, from Σx, Σx² and n; no ends below two values."""
    mean = total / n
    if n < 2:
        return mean, None, None
    half = t_quantile_95(min(n - 1, 10_000)) * sqrt(max(0.0, squares - total * mean) / (n - 1) / n)
    return mean, max(lowest, mean - half), mean + half if highest is None else min(highest, mean + half)


def mean_score(scores: Mapping[int, int], scale: tuple[int, int] = CES_SCALE) -> tuple[float, float | None, float | None]:
    """(mean, low, high) of scores in thousandths, the ends kept on the scale."""
    n = sum(scores.values())
    total = sum(score * times for score, times in scores.items())
    squares = sum(score * score * times for score, times in scores.items())
    mean, low, high = mean_of(total, squares, n, lowest=scale[0] * SCORE_STEP, highest=scale[1] * SCORE_STEP)
    return mean / SCORE_STEP, None if low is None else low / SCORE_STEP, None if high is None else high / SCORE_STEP


def design_effect(customers: Iterable[tuple[int, int]]) -> float:
    """How much wider than n answers of n customers, from (satisfied, answers) of each customer; at least 1.

    v = G/(G−1)·Σ(x_g − p·n_g)²/n² against p(1−p)/n. Source: Rao and Scott 1992, the ratio estimator.
    """
    groups = [(x, n) for x, n in customers if n]
    total = sum(n for _x, n in groups)
    if len(groups) < 2:
        return 1.0
    p = sum(x for x, _n in groups) / total
    if p in {0.0, 1.0}:
        return 1.0
    variance = len(groups) / (len(groups) - 1) * sum((x - p * n) ** 2 for x, n in groups) / total**2
    return max(1.0, variance / (p * (1 - p) / total))


def wilson_of_repeat_customers(part: int, n: int, effect: float) -> Interval | None:
    """The Wilson interval of part/n as if n/effect customers had answered once each."""
    return wilson(part / effect, n / effect)
