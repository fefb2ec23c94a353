"""What can honestly be said of how modules work: first tries at the quiz, what learners say, and the measured effect.

Of everybody, whoever reads it: it is about modules, not about people, and of fewer than five people nothing is said.
Figures from before and after a module are not among them: without somebody to compare with they say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from foundation.statistics import Interval, wilson
from learning.feedback.queries import Helped, helped_by_module
from learning.modules.effects import MeasuredEffect, measured_effects
from learning.modules.models import Module
from learning.quizzes.models import QuizMark, QuizSubmission

LEAST = 5
KEPT_SECONDS = 900


@dataclass(frozen=True)
class FirstTries:
    """People's very first try at the quiz of a module, by its newest marking; what waits for a person is not among them."""

    passed: int = 0
    n: int = 0

    @property
    def share(self) -> float | None:
        return self.passed / self.n if self.n else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.passed, self.n)


@dataclass(frozen=True)
class ModuleEffectiveness:
    module: Module
    first: FirstTries
    helped: Helped
    effect: MeasuredEffect | None

    @property
    def first_shown(self) -> bool:
        return self.first.n >= LEAST

    @property
    def helped_shown(self) -> bool:
        return self.helped.n >= LEAST


def effectiveness_of(modules: Iterable[Module]) -> list[ModuleEffectiveness]:
    """These modules, in their order. First tries are counted at most every quarter of an hour: everybody's are many."""
    modules = list(modules)
    ids = [module.pk for module in modules]
    first, helped, effects = _kept_first_tries(ids), helped_by_module(ids), measured_effects(ids)
    return [ModuleEffectiveness(m, first.get(m.pk, FirstTries()), helped.get(m.pk, Helped()), effects.get(m.pk)) for m in modules]


def _kept_first_tries(module_ids: Sequence[int]) -> dict[int, FirstTries]:
    keys = {f"first-tries-1-{pk}": pk for pk in module_ids}
    kept = cache.get_many(keys)
    missing = [pk for key, pk in keys.items() if key not in kept]
    if missing:
        found = first_tries(missing)
        fresh = {f"first-tries-1-{pk}": found.get(pk, FirstTries()) for pk in missing}
        cache.set_many(fresh, KEPT_SECONDS)
        kept |= fresh
    return {pk: kept[key] for key, pk in keys.items()}


def first_tries(module_ids: Sequence[int]) -> dict[int, FirstTries]:
    """By module. Marked in one statement; the few that a person marked or that were marked anew are read beside it."""
    rows = _first(module_ids).values("attempt__assignment__module_id")
    counted = {
        row["attempt__assignment__module_id"]: [row["right"], row["n"]]
        for row in rows.annotate(n=Count("pk"), right=Count("pk", filter=Q(passed=True)))
    }
    again = QuizMark.objects.exclude(reason=QuizMark.Reason.AUTOMATIC).filter(submission__in=_first(module_ids))
    newest: dict[int, tuple[int, bool, bool]] = {}
    for module_id, submission_id, before, after in again.order_by("number").values_list(
        "submission__attempt__assignment__module_id", "submission_id", "submission__passed", "passed"
    ):
        newest[submission_id] = (module_id, before, after)
    for module_id, before, after in newest.values():
        counted[module_id][0] += after - before
    return {pk: FirstTries(right, n) for pk, (right, n) in counted.items()}


def _first(module_ids: Sequence[int]) -> QuerySet[QuizSubmission]:
    return QuizSubmission.objects.filter(
        number=1,
        waiting_since=None,
        attempt__number=1,
        attempt__assignment__cycle=1,
        attempt__assignment__module__in=module_ids,
    ).order_by()


def effectiveness_header() -> list[str]:
    return [
        _("Module"), _("First tries"), _("Passed at the first try"), _("Share passed"), _("from"), _("to"),
        _("Said something"), _("Found it helpful"), _("Share helpful"), _("from"), _("to"),
        _("Measured effect"), _("Standard error"), _("Tried with people"),
    ]  # fmt: skip


def effectiveness_rows(rows: Iterable[ModuleEffectiveness]) -> Iterator[list[object]]:
    """Under `effectiveness_header`. Of fewer than five people only how many they are; what is not measured says so."""
    for row in rows:
        effect: list[object] = [_("not yet measured"), "", ""]
        if row.effect:
            effect = [round(row.effect.points, 2), round(row.effect.error, 2), row.effect.people]
        yield [
            row.module.title,
            *_share(row.first.n, row.first.passed, row.first.share, row.first.interval),
            *_share(row.helped.n, row.helped.helped, row.helped.share, row.helped.interval),
            *effect,
        ]


def _share(n: int, count: int, share: float | None, interval: Interval | None) -> list[object]:
    if n < LEAST or share is None or interval is None:
        return [n, _("too few"), "", "", ""]
    return [n, count, round(share, 4), round(interval.low, 4), round(interval.high, 4)]
