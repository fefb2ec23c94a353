"""Reads of feedback, ready for a screen. Shares count each person once: by what they said last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q, QuerySet

from foundation.statistics import Interval, wilson
from learning.feedback.access import feedback_visible_to
from learning.feedback.models import ModuleFeedback
from learning.modules.models import Module
from people.models import Person

ANSWERS_SHOWN_FOR = timedelta(days=60)


@dataclass(frozen=True)
class Helped:
    """How many of those who said something found it helpful; `share` and `interval` (95 %) are None where nobody did."""

    helped: int = 0
    n: int = 0

    @property
    def share(self) -> float | None:
        return self.helped / self.n if self.n else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.helped, self.n)


@dataclass(frozen=True)
class OfVersion:
    """What was said of one content, published at `since` for the first time among those who said something."""

    since: datetime
    found: Helped


def own_feedback(person: Person, module: Module) -> ModuleFeedback | None:
    """What this person said last of this module."""
    return ModuleFeedback.objects.filter(person=person, module=module, is_last=True).select_related("answered_by").first()


def all_own_feedback(person: Person) -> QuerySet[ModuleFeedback]:
    """All that is held of what this person said of modules, with the answers."""
    return ModuleFeedback.objects.filter(person=person).select_related("module", "revision", "answered_by")


def new_answers(person: Person, now: datetime) -> QuerySet[ModuleFeedback]:
    """What editors answered this person lately."""
    rows = ModuleFeedback.objects.filter(person=person, answered_at__gte=now - ANSWERS_SHOWN_FOR)
    return rows.select_related("module", "answered_by").defer("module__lessons", "module__quiz").order_by("-answered_at", "-pk")


def helped_by_module(module_ids: Iterable[int]) -> dict[int, Helped]:
    """Of everybody; modules of which nobody said anything are absent. One query."""
    last = ModuleFeedback.objects.filter(is_last=True, module__in=list(module_ids)).order_by().values("module_id")
    counted = last.annotate(n=Count("pk"), helped_count=Count("pk", filter=Q(helped=True)))
    return {row["module_id"]: Helped(row["helped_count"], row["n"]) for row in counted}


def helped_by_version(module: Module) -> list[OfVersion]:
    """By what was taught, the latest version first: the same words published again are one version."""
    rows = ModuleFeedback.objects.filter(module=module).order_by().values("content_digest")
    counted = rows.annotate(
        n=Count("person", distinct=True),
        helped_count=Count("person", distinct=True, filter=Q(helped=True)),
        since=Min("revision__created_at"),
    )
    found = [OfVersion(row["since"], Helped(row["helped_count"], row["n"])) for row in counted]
    return sorted(found, key=lambda version: version.since, reverse=True)


def said_of(module: Module, reader: Person, *, show: str = "") -> QuerySet[ModuleFeedback]:
    """What was said of a module, for its editors; the latest first. `show`: "all"; "new" for sentences not read yet; else what has a sentence."""
    rows = feedback_visible_to(reader).filter(module=module)
    if show != "all":
        rows = rows.exclude(comment="")
    if show == "new":
        rows = rows.filter(read_at=None)
    return rows.order_by("-given_at", "-pk")


def modules_with_feedback(reader: Person, *, search: str = "") -> QuerySet[Module]:
    """Modules of which anything was said, those with something new to read first. Annotated with `unread` and `latest`."""
    said = feedback_visible_to(reader).order_by()
    rows = Module.objects.filter(pk__in=said.values("module_id")).defer("lessons", "quiz")
    for word in search.split()[:8]:
        rows = rows.filter(title__icontains=word)
    return rows.order_by("title", "pk")


@dataclass(frozen=True)
class FeedbackRow:
    """A line of the editors' list."""

    module: Module
    found: Helped
    unread: int
    latest: datetime


def feedback_rows(modules: Iterable[Module]) -> list[FeedbackRow]:
    """These modules with their figures; two queries."""
    modules = list(modules)
    ids = [module.pk for module in modules]
    helped = helped_by_module(ids)
    counted = (
        ModuleFeedback.objects.filter(module__in=ids)
        .order_by()
        .values("module_id")
        .annotate(unread=Count("pk", filter=Q(read_at=None) & ~Q(comment="")), latest=Max("given_at"))
    )
    by_module = {row["module_id"]: row for row in counted}
    return [
        FeedbackRow(module, helped.get(module.pk, Helped()), by_module[module.pk]["unread"], by_module[module.pk]["latest"])
        for module in modules
        if module.pk in by_module
    ]


def count_unread() -> int:
    """Sentences that no editor has read yet."""
    return ModuleFeedback.objects.filter(read_at=None).exclude(comment="").count()
