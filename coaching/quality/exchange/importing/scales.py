"""What a rating is worth: percent as the export writes it, or steps of a scale, put on 0 to 1. Pure.

A step of a scale is worth (score − min) / (max − min): two steps 0 and 1, three 0, 0.5, 1, and so on.
Source: reference "Quality assurance and coaching", §1.2 and §1.3.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from coaching.interactions.importing.problems import ImportRefused

PERCENT = "percent"
MOST_STEPS = 5  # the longest scale there is: anything above is percent
NEAR = 0.005  # a third may be written as 33, 33.3 or 33.33


@dataclass(frozen=True)
class Scale:
    """`steps` is (lowest, highest) by category where scores are steps; `every` for categories without their own; neither: percent."""

    steps: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    every: tuple[float, float] | None = None
    percent: bool = True

    def worth(self, category: str, score: float) -> float | None:
        """0 to 1; None where the score lies outside its scale."""
        low, high = (0.0, 100.0) if self.percent else self.steps.get(category) or self.every or (0.0, 100.0)
        if not low <= score <= high:
            return None
        return snapped((score - low) / (high - low))


def snapped(share: float) -> float:
    """The exact step where a rounded one is meant: 0.333 is a third."""
    for steps in range(1, MOST_STEPS):
        nearest = round(share * steps) / steps
        if abs(nearest - share) <= NEAR:
            return round(nearest, 6)
    return round(share, 4)


def read_scale(text: str) -> tuple[float, float] | str | None:
    """ "percent", (1, 5) of "1-5", or None of "". Raises ImportRefused for anything else."""
    text = text.strip().lower()
    if not text or text == PERCENT:
        return text or None
    low, _sign, high = text.partition("-")
    if low.isdecimal() and high.isdecimal() and int(low) < int(high) <= 100:
        return float(low), float(high)
    raise ImportRefused(
        _("“%(text)s” is not a scale. Write percent, or the lowest and highest step, such as 1-5.") % {"text": text}
    )


def find_scale(
    seen: Mapping[str, Collection[float]], known: Mapping[str, Iterable[float]], wish: tuple[float, float] | str | None
) -> Scale:
    """How the scores of a file are meant: `seen` by category, `known` steps of categories whose scorecard is there.

    Raises ImportRefused where the file does not tell and nobody said.
    """
    steps = {category: (min(ratings), max(ratings)) for category, ratings in known.items() if len(set(ratings)) > 1}
    if wish == PERCENT:
        return Scale()
    if isinstance(wish, tuple):
        return Scale(steps={}, every=wish, percent=False)
    if not any(score for scores in seen.values() for score in scores):
        return Scale()  # nothing but noughts, or nothing at all: they mean the same either way
    within = {
        category: steps[category][0] <= min(scores) and max(scores) <= steps[category][1]
        for category, scores in seen.items()
        if category in steps and scores
    }
    if any(max(scores) > MOST_STEPS for category, scores in seen.items() if scores and not within.get(category)):
        return Scale()
    if all(within.get(category) for category, scores in seen.items() if scores):
        return Scale(steps=steps, percent=False)
    raise ImportRefused(
        _(
            "No rating in it is above %(most)s, so they are steps of a scale, and the file does not say of which. "
            "Put the export of the scorecards beside it, or say the scale: 1-5, 0-1 or percent."
        )
        % {"most": MOST_STEPS}
    )
