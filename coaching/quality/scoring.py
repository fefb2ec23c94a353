"""The score of a review, with its working. Pure: no database, no clock.

score = 100 · Σ w·r / Σ w over the criteria that apply, each r in [0, 1]. What does not apply leaves
numerator and denominator. If nothing applies there is no score: never 0, never 100.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

ZERO, CAP, UNCHANGED = "zero", "cap", "unchanged"
NONE, SECTION, REVIEW = "none", "section", "review"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One criterion as answered. `value` None without `is_na` means: not answered yet."""

    key: str
    section: str = ""
    weight: int
    value: float | None = None
    is_na: bool = False
    criticality: str = NONE
    fail_below: float = 0.5

    @property
    def applies(self) -> bool:
        return self.value is not None and not self.is_na

    @property
    def failed(self) -> bool:
        return self.value is not None and not self.is_na and self.value < self.fail_below


@dataclass(frozen=True, kw_only=True)
class Line:
    """The part one criterion plays. `share` of the whole is 0..1, `points` and `possible` are of 100."""

    key: str
    section: str
    weight: int
    value: float | None
    is_na: bool
    failed: bool
    share: float
    possible: float
    points: float
    zeroed: bool  # a critical criterion of its section failed, so it earns nothing


@dataclass(frozen=True, kw_only=True)
class Score:
    """`raw` is before anything critical counts; `shown` after it. Both 0..100, None where nothing applies."""

    raw: float | None
    after_sections: float | None
    shown: float | None
    applicable_weight: int
    critical_failed: tuple[str, ...]
    review_failed: bool
    lines: tuple[Line, ...]
    answered: int
    total: int

    @property
    def complete(self) -> bool:
        return self.answered == self.total


def score(items: Iterable[Item], *, auto_fail: str = CAP, cap: float = 50, keep_section_weight: bool = False) -> Score:
    """The score of these answers, `shown` after the policy `auto_fail` ("zero", "cap" at `cap`, "unchanged").

    Items not answered yet are left out like those that do not apply, so that a running score can be
    shown; `complete` tells the difference. With `keep_section_weight` the weight of what does not
    apply is spread inside its own section instead of over the whole scorecard.
    Source: reference "Quality assurance and coaching", §1.1. Raises ValueError for a value outside 0..1.
    """
    items = list(items)
    for item in items:
        if item.value is not None and not 0 <= item.value <= 1:
            raise ValueError(f"an answer is worth 0 to 1, got {item.value} for {item.key}")
        if item.weight < 0:
            raise ValueError(f"a weight is never negative, got {item.weight} for {item.key}")
    effective = _effective_weights(items, keep_section_weight)
    total = fsum(effective)
    zeroed_sections = {i.section for i in items if i.failed and i.criticality == SECTION}
    critical = tuple(i.key for i in items if i.failed and i.criticality in {SECTION, REVIEW})
    review_failed = any(i.failed and i.criticality == REVIEW for i in items)
    lines = tuple(
        Line(
            key=item.key,
            section=item.section,
            weight=item.weight,
            value=None if item.is_na else item.value,
            is_na=item.is_na,
            failed=item.failed,
            share=weight / total if total else 0.0,
            possible=100 * weight / total if total else 0.0,
            points=0.0 if item.section in zeroed_sections or not total else 100 * weight * (item.value or 0.0) / total,
            zeroed=item.section in zeroed_sections and item.applies,
        )
        for item, weight in zip(items, effective, strict=True)
    )
    raw = _percent(effective, items, total)
    after_sections = _percent(effective, items, total, zeroed_sections)
    return Score(
        raw=raw,
        after_sections=after_sections,
        shown=_after_policy(after_sections, review_failed, auto_fail, cap),
        applicable_weight=sum(i.weight for i in items if i.applies),
        critical_failed=critical,
        review_failed=review_failed,
        lines=lines,
        answered=sum(i.applies or i.is_na for i in items),
        total=len(items),
    )


def _effective_weights(items: Sequence[Item], keep_section_weight: bool) -> list[float]:
    """Each item's weight; 0 where it does not apply."""
    if not keep_section_weight:
        return [float(i.weight) if i.applies else 0.0 for i in items]
    whole: dict[str, int] = defaultdict(int)
    applicable: dict[str, int] = defaultdict(int)
    for item in items:
        whole[item.section] += item.weight
        applicable[item.section] += item.weight if item.applies else 0
    return [
        item.weight * whole[item.section] / applicable[item.section] if item.applies and applicable[item.section] else 0.0
        for item in items
    ]


def _percent(weights: Sequence[float], items: Sequence[Item], total: float, zeroed: Iterable[str] = ()) -> float | None:
    if not total:
        return None
    # fsum is exact, so the order of the criteria never matters; the bounds absorb the last rounding.
    earned = fsum(w * (i.value or 0.0) for w, i in zip(weights, items, strict=True) if i.section not in zeroed)
    return min(100.0, max(0.0, 100 * earned / total))


def _after_policy(value: float | None, review_failed: bool, auto_fail: str, cap: float) -> float | None:
    if auto_fail not in {ZERO, CAP, UNCHANGED}:
        raise ValueError(f"unknown auto-fail policy {auto_fail}")
    if value is None or not review_failed or auto_fail == UNCHANGED:
        return value
    return 0.0 if auto_fail == ZERO else min(value, float(cap))


def even_scale(steps: int) -> tuple[float, ...]:
    """The worth of each step of an even scale, worst first: 3 steps give 0, 0.5, 1."""
    if steps < 2:
        raise ValueError("a scale has at least two steps")
    return tuple(step / (steps - 1) for step in range(steps))
