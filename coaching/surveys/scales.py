"""Which scores a survey offers, and which of them count as satisfied. Pure facts, no database.

Polarity follows `SurveyResponse`: 1 satisfied, 0 neutral, -1 dissatisfied. NPS: 9 and 10 are promoters,
7 and 8 passive. CES 2.0: "made it easy", 1 to 7, of which 5 to 7 agree.
"""

from __future__ import annotations

from dataclasses import dataclass

from coaching.interactions.models import SurveyResponse

Kind = SurveyResponse.Kind


@dataclass(frozen=True)
class Scale:
    """Scores from `low` to `high`; from `satisfied` on they count as satisfied, from `neutral` on as neutral."""

    low: int
    high: int
    neutral: int
    satisfied: int

    @property
    def scores(self) -> range:
        return range(self.low, self.high + 1)

    def polarity(self, score: int) -> int:
        """1, 0 or -1. Raises ValueError for a score that the scale does not offer."""
        if score not in self.scores:
            raise ValueError(f"{score} is not between {self.low} and {self.high}")
        return 1 if score >= self.satisfied else 0 if score >= self.neutral else -1


# The first of each kind is the usual one.
SCALES: dict[str, list[Scale]] = {
    Kind.CSAT: [Scale(1, 5, 3, 4), Scale(1, 3, 2, 3)],
    Kind.NPS: [Scale(0, 10, 7, 9)],
    Kind.CES: [Scale(1, 7, 4, 5), Scale(1, 5, 3, 4)],
}


def scale_of(kind: str, high: int) -> Scale:
    """The scale of a kind that ends at `high`. Raises ValueError where there is none."""
    for scale in SCALES[kind]:
        if scale.high == high:
            return scale
    raise ValueError(f"no {kind} scale ends at {high}")
