"""From counted scores to a figure with its interval. Pure functions.

The minimums are those of the metrics: below them the answer is "not enough data".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coaching.interactions.models import SurveyResponse
from coaching.metrics.figures import FEW_ANSWERING
from coaching.metrics.scores import mean_of, net_promoter
from coaching.surveys.scales import Scale
from foundation.statistics import wilson

Kind = SurveyResponse.Kind
MINIMUM = {Kind.CSAT: 10, Kind.NPS: 50, Kind.CES: 20}


@dataclass(frozen=True)
class Score:
    """CSAT as a share 0..1, NPS from -100 to 100, CES as the mean score; None below the minimum."""

    kind: str
    n: int
    value: float | None
    low: float | None = None
    high: float | None = None

    @property
    def needed(self) -> int:
        return MINIMUM[Kind(self.kind)]


@dataclass(frozen=True)
class Rate:
    """Answers among those asked, with the Wilson interval; value None where nobody was asked."""

    answered: int
    asked: int

    @property
    def value(self) -> float | None:
        return self.answered / self.asked if self.asked else None

    @property
    def low(self) -> float | None:
        found = wilson(self.answered, self.asked)
        return found.low if found else None

    @property
    def high(self) -> float | None:
        found = wilson(self.answered, self.asked)
        return found.high if found else None

    @property
    def is_low(self) -> bool:
        """Few answers: may not be typical."""
        return self.value is not None and self.value < FEW_ANSWERING


def score_of(kind: str, scale: Scale, counts: Mapping[int, int]) -> Score:
    """The figure of so many answers per score."""
    n = sum(counts.values())
    if n < MINIMUM[Kind(kind)]:
        return Score(kind, n, None)
    up = sum(count for score, count in counts.items() if scale.polarity(score) == 1)
    down = sum(count for score, count in counts.items() if scale.polarity(score) == -1)
    if kind == Kind.CSAT:
        interval = wilson(up, n)
        return Score(kind, n, up / n, interval.low if interval else None, interval.high if interval else None)
    if kind == Kind.NPS:
        score, ends = net_promoter(up, down, n)
        return Score(kind, n, score, ends.low, ends.high)
    total = sum(score * count for score, count in counts.items())
    squares = sum(score * score * count for score, count in counts.items())
    return Score(kind, n, *mean_of(total, squares, n, lowest=scale.low, highest=scale.high))
