"""From counts to a figure a person can read: value, n, interval, or "not enough data". Pure functions.

**Histogram of times.** Bin 0 holds times under 10 seconds; bins 1 to 176 are log-spaced, each
2^(1/8) (9.05 %) wider than the one before, from 10 seconds to 10·2^22 s (485 days); bin 177 holds
the rest. A quantile is read as the geometric middle of the bin that holds its rank, so it differs
from the exact quantile by at most 2^(1/16) − 1 = 4.43 % between 10 seconds and 485 days.
Histograms of days, people and teams merge by adding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, exp, floor, log, sqrt
from typing import TYPE_CHECKING

import numpy as np

from coaching.metrics.scores import mean_of, mean_score, net_promoter, promoters_and_detractors, wilson_of_repeat_customers
from coaching.metrics.survival import interval_of, survival, time_until
from foundation.statistics import Z95

if TYPE_CHECKING:
    from coaching.metrics.models import MetricDefinition

FIRST_EDGE = 10  # seconds
BINS_PER_DOUBLING = 8
DOUBLINGS = 22
LAST_BIN = BINS_PER_DOUBLING * DOUBLINGS + 1
TOP_EDGE = FIRST_EDGE * 2**DOUBLINGS
BIN_FACTOR = BINS_PER_DOUBLING / log(2)
BIN_EPSILON = 1e-9  # so that an exact edge (10·2^k seconds) falls into the upper bin on every engine
AGE_EDGES = (1, 3, 7, 30)  # days that separate the age bands of open cases
SQUARES = 0  # where the histogram of a mean keeps Σ seconds²
MEDIAN_RELATIVE_ERROR = 2 ** (1 / (2 * BINS_PER_DOUBLING)) - 1

Histogram = Mapping[int, int]


def bin_of(seconds: int) -> int:
    """The bin of a time in whole seconds; negative times count as 0."""
    if seconds < FIRST_EDGE:
        return 0
    if seconds >= TOP_EDGE:
        return LAST_BIN
    return 1 + floor(log(seconds / 10.0) * BIN_FACTOR + BIN_EPSILON)


def bin_edges(number: int) -> tuple[float, float]:
    """Lower and upper edge of a bin, in seconds. The last bin's upper edge is its lower one: no bound is known."""
    if number <= 0:
        return 0.0, float(FIRST_EDGE)
    lower = FIRST_EDGE * 2 ** ((number - 1) / BINS_PER_DOUBLING)
    return lower, lower if number >= LAST_BIN else FIRST_EDGE * 2 ** (number / BINS_PER_DOUBLING)


def merge(histograms: Iterable[Mapping[int, int] | Mapping[str, int]]) -> dict[int, int]:
    """Add histograms bin by bin; keys may be the strings that JSON makes of them."""
    total: dict[int | str, int] = {}
    for histogram in histograms:
        for number, n in histogram.items():
            total[number] = total.get(number, 0) + n
    merged: dict[int, int] = {}
    for number, n in total.items():
        merged[int(number)] = merged.get(int(number), 0) + n
    return merged


NUMBERS_ONLY = str.maketrans({"{": None, "}": None, '"': None, " ": None, ":": ","})


def merge_texts(texts: Iterable[str]) -> dict[int, int]:
    """As `merge`, of histograms in the JSON text the database keeps: {"12": 3, "15": 1}.

    A board reads some thousands of them; as one row of numbers they add up ten times faster than parsed
    one by one.
    """
    numbers = np.fromstring(",".join(texts).translate(NUMBERS_ONLY), sep=",", dtype=np.int64)
    counts = np.bincount(numbers[0::2], weights=numbers[1::2]).astype(np.int64)
    return {int(number): int(counts[number]) for number in np.flatnonzero(counts)}


def bins_of(seconds: np.ndarray) -> np.ndarray:
    """`bin_of` of many whole times at once."""
    inside = np.clip(seconds, FIRST_EDGE, TOP_EDGE - 1)
    numbers = 1 + np.floor(np.log(inside / 10.0) * BIN_FACTOR + BIN_EPSILON).astype(np.int64)
    return np.where(seconds < FIRST_EDGE, 0, np.where(seconds >= TOP_EDGE, LAST_BIN, numbers))


def middle_of(number: int) -> float:
    """The time that stands for a bin: its geometric middle."""
    lower, upper = bin_edges(number)
    return sqrt(lower * upper) if lower else upper / 2


def _bin_of_rank(histogram: Histogram, rank: int) -> int:
    """The bin holding the rank-th smallest time (from 1)."""
    seen = 0
    for number in sorted(histogram):
        seen += histogram[number]
        if seen >= rank:
            return number
    raise ValueError(f"rank {rank} is beyond the {seen} times of the histogram")


def quantile(histogram: Histogram, share: float) -> float | None:
    """The time at rank ⌈share·n⌉, in seconds, within 4.43 %; None for an empty histogram."""
    n = sum(histogram.values())
    if n == 0:
        return None
    return middle_of(_bin_of_rank(histogram, max(1, ceil(share * n - 1e-9))))


@lru_cache(maxsize=4096)
def quantile_ranks(n: int, share: float = 0.5) -> tuple[int, int]:
    """Ranks (from 1) of the order statistics that enclose the quantile in at least 95 of 100 samples.

    Exact binomial tails up to n = 300, their normal approximation beyond (rounded outwards). Where n
    is too small for 95 %, the smallest and the largest value: see `ranks_cover`.
    Source: Conover, Practical Nonparametric Statistics, 3rd ed., 1999, section 3.2.
    """
    if n < 1:
        raise ValueError("an empty sample has no ranks")
    if n > 300:
        half = Z95 * sqrt(n * share * (1 - share))
        return max(1, floor(n * share - half)), min(n, ceil(n * share + half) + 1)
    below, above = 1, n
    cumulated = 0.0
    term = exp(n * log(1 - share))  # P(B = 0)
    for k in range(n):
        cumulated += term  # P(B <= k)
        if cumulated <= 0.025:
            below = k + 1
        if cumulated >= 0.975:
            above = k + 1
            break
        term *= (n - k) / (k + 1) * share / (1 - share)
    return max(1, below), above


def quantile_interval(histogram: Histogram, share: float = 0.5) -> tuple[float, float] | None:
    """95 % interval of the quantile in seconds, widened outwards to the edges of its bins; None below n = 6.

    With five values or fewer even the smallest and the largest do not enclose the median in 95 of
    100 samples (1 − 2·0.5^n < 0.95).
    """
    n = sum(histogram.values())
    if n < 6:
        return None
    low_rank, high_rank = quantile_ranks(n, share)
    return bin_edges(_bin_of_rank(histogram, low_rank))[0], bin_edges(_bin_of_rank(histogram, high_rank))[1]


@dataclass(frozen=True)
class Figure:
    """One metric over one window, ready to be shown.

    `value`, `low` and `high` carry the definition's unit (shares from 0 to 1, seconds, a count, a score)
    and are None where n is below the minimum to show. `n` is the denominator: how many it rests on.
    """

    definition: MetricDefinition
    numerator: int
    denominator: int
    value: float | None
    low: float | None = None
    high: float | None = None
    p90: float | None = None
    beside: int = 0  # cases too young to be in the figure
    waiting: int = 0  # open cases among n, counted for as long as they have waited
    snapshot: int | None = None  # open at the end of the window
    ages: tuple[int, ...] = ()  # open now, in the bands that `AGE_EDGES` separates

    @property
    def n(self) -> int:
        return self.denominator

    @property
    def is_enough(self) -> bool:
        return self.value is not None

    @property
    def is_comparable(self) -> bool:
        return self.is_enough and self.low is not None and self.n >= self.definition.minimum_to_compare

    @property
    def has_few(self) -> bool:
        """Shown, but resting on too little to compare anybody by it."""
        return self.is_enough and self.n < self.definition.minimum_to_compare

    def is_worse_than(self, reference: float | None) -> bool:
        """The whole interval lies on the wrong side of the reference, and n suffices to say so."""
        return self._lies_beyond(reference, wrong_side=True)

    def is_better_than(self, reference: float | None) -> bool:
        """The whole interval lies on the right side of the reference, and n suffices to say so."""
        return self._lies_beyond(reference, wrong_side=False)

    def _lies_beyond(self, reference: float | None, *, wrong_side: bool) -> bool:
        if reference is None or self.low is None or self.high is None:
            return False
        if not self.is_comparable or not self.definition.is_directed:
            return False
        below_is_wrong = self.definition.direction == self.definition.Direction.UP
        return self.high < reference if below_is_wrong == wrong_side else self.low > reference


FEW_ANSWERING = 0.10  # of resolved cases rated
FAR_FROM_OTHERS = 0.10


def may_be_untypical(own: Figure, everybody: Figure) -> bool:
    """Whether what somebody's customers say may not stand for all of them; both figures are response rates, 0 to 1.

    So it is where fewer than one in ten answer, or the rate is more than 10 points from everybody's: then who answers
    differs, perhaps, and not only what they say.
    """
    if own.value is None:
        return False
    far = everybody.value is not None and abs(own.value - everybody.value) > FAR_FROM_OTHERS
    return own.value < FEW_ANSWERING or far


def figure(
    definition: MetricDefinition,
    numerator: int,
    denominator: int,
    histogram: Histogram | None = None,
    *,
    waiting: Histogram | None = None,
    beside: int = 0,
) -> Figure:
    """Make the figure of added-up counts. Never call it with averages: add first, divide once.

    `histogram` and `waiting` (bin → open cases of that age) are needed where the definition reads them;
    `beside` is how many cases were left out for being too young.
    """
    method, unit = definition.interval_method, definition.unit
    if unit == definition.Unit.COUNT:
        return Figure(definition, numerator, denominator, float(numerator))
    found, open_cases = histogram or {}, sum((waiting or {}).values())
    if denominator - open_cases < max(definition.minimum_to_show, 1):
        return Figure(definition, numerator, denominator, None, beside=beside, waiting=open_cases)
    value, low, high, p90 = 0.0, None, None, None
    if method == definition.IntervalMethod.KAPLAN_MEIER:
        return _with_open_cases(definition, numerator, denominator, found, waiting or {})
    if method == definition.IntervalMethod.ADJUSTED_WALD:
        value, span = net_promoter(*promoters_and_detractors(found), denominator)
        low, high = span.low, span.high
    elif unit == definition.Unit.SCORE:
        value, low, high = mean_score(found)
    elif unit == definition.Unit.SECONDS and method == definition.IntervalMethod.STUDENT_T:
        value, low, high = mean_of(numerator, found.get(SQUARES, 0), denominator, lowest=0, highest=None)
    elif unit == definition.Unit.SECONDS:
        low, high = quantile_interval(found) or (None, None)
        value, p90 = quantile(found, 0.5) or 0.0, quantile(found, 0.9)
    else:
        value = numerator / denominator
        # More answers than cases (they may come weeks later) are a ratio, not a share of those cases.
        share = wilson_of_repeat_customers(numerator, denominator, definition.design_effect) if 0 <= value <= 1 else None
        low, high = (share.low, share.high) if share else (None, None)
    return Figure(definition, numerator, denominator, value, low, high, p90, beside)


def _with_open_cases(
    definition: MetricDefinition, numerator: int, denominator: int, resolved: Histogram, waiting: Histogram
) -> Figure:
    """Median and 90th percentile of the Kaplan–Meier curve over the bins; None where the curve does not get there."""
    curve = survival(resolved, waiting)
    half, most = time_until(curve, 0.5), time_until(curve, 0.9)
    low, high = interval_of(curve, 0.5)
    return Figure(
        definition,
        numerator,
        denominator,
        None if half is None else middle_of(int(half)),
        None if low is None else bin_edges(int(low))[0],
        None if high is None else bin_edges(int(high))[1],
        None if most is None else middle_of(int(most)),
        waiting=sum(waiting.values()),
    )
