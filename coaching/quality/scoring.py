"""The score of a review, with its working. Pure: no database, no clock.

score = 100 · Σ w·r / Σ w over the criteria that apply, each r in [0, 1]. What does not apply leaves
numerator and denominator. If nothing applies there is no score: never 0, never 100.

A bonus criterion adds to what is earned and not to what can be earned; it lifts a score to 100 at most, so that means and
intervals keep their scale. A criterion may be asked only where another one was answered in a certain way; where it is not
asked, it does not apply and nothing is missing.

A section may have a weight of its own. Its criteria then share it in proportion to their weights; without one a section weighs
what its criteria weigh together, which is the same as no section weight at all. A bonus is counted on the scale of its section.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum

ZERO, CAP, UNCHANGED = "zero", "cap", "unchanged"
NONE, SECTION, REVIEW = "none", "section", "review"


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Asked only where the answer to the criterion `key` is worth so much: from `at_least` to `at_most`, both included."""

    key: str
    at_least: float = 0.0
    at_most: float = 1.0


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
    is_bonus: bool = False
    asked_if: Condition | None = None

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
    counts: float = 0.0  # the weight it counts with after the weight of its section; 0 where it does not apply
    is_critical: bool = False  # it counts in the critical score
    is_bonus: bool = False  # `points` are beyond those that the other criteria can earn; `share` and `possible` are 0
    asked: bool = True


@dataclass(frozen=True, kw_only=True)
class Score:
    """`raw` is before anything critical counts; `shown` after it. Both 0..100, None where nothing applies.

    `critical` is the score of the critical criteria alone (of sections and of the review), None where none of them applies.
    `bonus` is what bonus criteria earned, in points of 100, before the score is held to 100.
    """

    raw: float | None
    after_sections: float | None
    shown: float | None
    applicable_weight: int
    critical_failed: tuple[str, ...]
    review_failed: bool
    lines: tuple[Line, ...]
    answered: int
    total: int
    critical: float | None = None
    bonus: float = 0.0

    @property
    def complete(self) -> bool:
        return self.answered == self.total

    @property
    def critical_lines(self) -> tuple[Line, ...]:
        """The working of the critical score: Σ worth·counts / Σ counts over these."""
        return tuple(line for line in self.lines if line.is_critical)


def score(
    items: Iterable[Item],
    *,
    auto_fail: str = CAP,
    cap: float = 50,
    keep_section_weight: bool = False,
    section_weights: Mapping[str, int] | None = None,
) -> Score:
    """The score of these answers, `shown` after the policy `auto_fail` ("zero", "cap" at `cap`, "unchanged").

    Items not answered yet are left out like those that do not apply, so that a running score can be
    shown; `complete` tells the difference. With `keep_section_weight` the weight of what does not
    apply is spread inside its own section instead of over the whole scorecard. `section_weights` gives sections a weight of
    their own (0 or more) that their criteria share; sections not named weigh what their criteria weigh together.
    Source: reference "Quality assurance and coaching", §1.1. Raises ValueError for a value outside 0..1, and for a condition
    that names no criterion or, in the end, its own.
    """
    items = list(items)
    asked = asked_keys(items)
    items = [item if item.key in asked else replace(item, value=None, is_na=True) for item in items]
    for item in items:
        if item.value is not None and not 0 <= item.value <= 1:
            raise ValueError(f"an answer is worth 0 to 1, got {item.value} for {item.key}")
        if item.weight < 0:
            raise ValueError(f"a weight is never negative, got {item.weight} for {item.key}")
    base = _base_weights(items, section_weights or {})
    effective = _effective_weights(items, base, keep_section_weight)
    total = fsum(weight for item, weight in zip(items, effective, strict=True) if not item.is_bonus)
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
            share=weight / total if total and not item.is_bonus else 0.0,
            possible=100 * weight / total if total and not item.is_bonus else 0.0,
            points=0.0 if item.section in zeroed_sections or not total else 100 * weight * (item.value or 0.0) / total,
            zeroed=item.section in zeroed_sections and item.applies,
            counts=weight,
            is_critical=_is_critical(item) and item.applies,
            is_bonus=item.is_bonus,
            asked=item.key in asked,
        )
        for item, weight in zip(items, effective, strict=True)
    )
    raw = _percent(effective, items, total)
    after_sections = _percent(effective, items, total, zeroed_sections)
    return Score(
        raw=raw,
        after_sections=after_sections,
        shown=_after_policy(after_sections, review_failed, auto_fail, cap),
        applicable_weight=round(fsum(w for i, w in zip(items, base, strict=True) if i.applies and not i.is_bonus)),
        critical_failed=critical,
        review_failed=review_failed,
        lines=lines,
        answered=sum((i.applies or i.is_na) and i.key in asked for i in items),
        total=len(asked),
        critical=_percent(effective, items, _critical_weight(effective, items), only_critical=True),
        bonus=fsum(line.points for line in lines if line.is_bonus),
    )


def asked_keys(items: Sequence[Item]) -> set[str]:
    """The criteria that are asked as the others are answered. Raises ValueError as `score` does."""
    by_key = {item.key: item for item in items}
    known: dict[str, bool] = {}

    def is_asked(item: Item, on_the_way: frozenset[str]) -> bool:
        if item.asked_if is None:
            return True
        if item.key not in known:
            before = by_key.get(item.asked_if.key)
            if before is None:
                raise ValueError(f"{item.key} is asked depending on {item.asked_if.key}, which is not on the scorecard")
            if before.key in on_the_way | {item.key}:
                raise ValueError(f"whether {item.key} is asked depends on itself")
            known[item.key] = (
                is_asked(before, on_the_way | {item.key})
                and before.value is not None
                and not before.is_na
                and item.asked_if.at_least <= before.value <= item.asked_if.at_most
            )
        return known[item.key]

    return {item.key for item in items if is_asked(item, frozenset())}


def _is_critical(item: Item) -> bool:
    return item.criticality != NONE and not item.is_bonus


def _critical_weight(weights: Sequence[float], items: Sequence[Item]) -> float:
    return fsum(w for w, item in zip(weights, items, strict=True) if _is_critical(item))


def _base_weights(items: Sequence[Item], section_weights: Mapping[str, int]) -> list[float]:
    """Each item's weight once its section has shared out its own; whether it applies is not looked at yet."""
    if any(weight < 0 for weight in section_weights.values()):
        raise ValueError("the weight of a section is never negative")
    sums: dict[str, int] = defaultdict(int)
    for item in items:
        sums[item.section] += 0 if item.is_bonus else item.weight

    def base(item: Item) -> float:
        wanted = section_weights.get(item.section)
        if wanted is None or not sums[item.section]:
            return float(item.weight)
        return item.weight * wanted / sums[item.section]

    return [base(item) for item in items]


def _effective_weights(items: Sequence[Item], base: Sequence[float], keep_section_weight: bool) -> list[float]:
    """Each item's weight; 0 where it does not apply."""
    if not keep_section_weight:
        return [weight if i.applies else 0.0 for i, weight in zip(items, base, strict=True)]
    whole: dict[str, list[float]] = defaultdict(list)
    applicable: dict[str, list[float]] = defaultdict(list)
    for item, weight in zip(items, base, strict=True):
        if not item.is_bonus:
            whole[item.section].append(weight)
            applicable[item.section].append(weight if item.applies else 0.0)
    weights = []
    for item, weight in zip(items, base, strict=True):
        left = fsum(applicable[item.section])
        spread = 1.0 if item.is_bonus else fsum(whole[item.section]) / left if left else 0.0
        weights.append(weight * spread if item.applies else 0.0)
    return weights


def _percent(
    weights: Sequence[float], items: Sequence[Item], total: float, zeroed: Iterable[str] = (), *, only_critical: bool = False
) -> float | None:
    if not total:
        return None
    if only_critical:
        weights = [w if _is_critical(i) else 0.0 for w, i in zip(weights, items, strict=True)]
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
