"""Flags as the editors' queue shows them, by standard, and what a standard's page says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from cms.models.standard import Standard
from cms.thread import ThreadEntry, register
from coaching.quality.flags.access import answers_flags, flags_to_answer
from coaching.quality.models import StandardFlag
from people.models import Person


def filter_flags(flags: QuerySet[StandardFlag], wish: Mapping[str, Any]) -> QuerySet[StandardFlag]:
    """Narrowed by the fields of FlagFilter; without a state, what is open."""
    if wish.get("q"):
        words = wish["q"].strip()
        flags = flags.filter(
            Q(standard__title__icontains=words) | Q(words__icontains=words) | Q(raised_by__display_name__icontains=words)
        )
    if wish.get("kind"):
        flags = flags.filter(kind=wish["kind"])
    if wish.get("standard"):
        flags = flags.filter(standard=wish["standard"])
    state = wish.get("state") or StandardFlag.State.OPEN
    return flags if state == "all" else flags.filter(state=state)


def standards_of(flags: QuerySet[StandardFlag]) -> QuerySet[Standard]:
    """The standards of which something was said, for the filter."""
    return Standard.objects.filter(pk__in=flags.order_by().values("standard_id"))


def flagged_standards(flags: QuerySet[StandardFlag]) -> QuerySet[StandardFlag, Any]:
    """One row per standard of these flags (`standard_id`, `n`, `oldest`): the most open ones first, then what waits longest."""
    still_open = Count("pk", filter=Q(state=StandardFlag.State.OPEN))
    counted = flags.order_by().values("standard_id").annotate(n=Count("pk"), n_open=still_open, oldest=Min("raised_at"))
    return counted.order_by("-n_open", "oldest", "standard_id")


@dataclass(frozen=True)
class Flagged:
    """A standard with what was said of it, the oldest first."""

    standard: Standard
    flags: list[StandardFlag]


def grouped(rows: list[dict[str, Any]], flags: QuerySet[StandardFlag]) -> list[Flagged]:
    """The flags of these rows, by standard, in the order of the rows."""
    ids = [row["standard_id"] for row in rows]
    standards = Standard.objects.in_bulk(ids)
    found: dict[int, list[StandardFlag]] = {pk: [] for pk in ids}
    for flag in (
        flags.filter(standard__in=ids).select_related("raised_by", "criterion", "answered_by").order_by("raised_at", "pk")
    ):
        found[flag.standard_id].append(flag)
    return [Flagged(standards[pk], found[pk]) for pk in ids]


def own_rows(flags: QuerySet[StandardFlag]) -> QuerySet[StandardFlag]:
    """The reporter's own list, the newest first."""
    return flags.select_related("standard", "answered_by", "changed_to").order_by("-raised_at", "-pk")


def open_beside(flag: StandardFlag) -> int:
    """How many other open flags are about the same standard."""
    others = StandardFlag.objects.filter(standard=flag.standard_id, state=StandardFlag.State.OPEN)
    return others.exclude(pk=flag.pk).count()


@register
def flag_entries(standard: Standard, person: Person) -> list[ThreadEntry]:
    """On the page of a standard: where to say that it does not work; for those who answer, how many did. Never who."""
    entries = []
    if answers_flags(person):
        n = flags_to_answer(person).filter(standard=standard, state=StandardFlag.State.OPEN).count()
        if n:
            words = ngettext("%(n)s open flag", "%(n)s open flags", n) % {"n": n}
            entries.append(ThreadEntry(_lazy("Flags"), words, f"{reverse('flag_list')}?standard={standard.pk}"))
    text = _("Say that it is wrong or cannot be followed")
    entries.append(ThreadEntry(_lazy("Does it work?"), text, f"{reverse('flag_raise')}?standard={standard.key}"))
    return entries
