"""The queue of unmatched people and its two other lists, ready for a screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from coaching.interactions.models import Handler, Interaction, SurveyResponse
from coaching.metrics.matching.access import people_to_match
from coaching.metrics.matching.suggestions import Suggestion, suggest
from people.models import Person

MOST = 20  # people found by a search


@dataclass
class Waiting:
    """A handler with what hangs on it. `twins` have the same name in the same system."""

    handler: Handler
    cases: int = 0
    ratings: int = 0
    newest: date | None = None
    twins: int = 0
    suggestion: Suggestion | None = None


def waiting_handlers(handlers: QuerySet[Handler]) -> QuerySet[Handler]:
    return handlers.filter(person=None, ignored=False)


def ignored_handlers(handlers: QuerySet[Handler]) -> QuerySet[Handler]:
    return handlers.filter(ignored=True)


def matched_handlers(handlers: QuerySet[Handler]) -> QuerySet[Handler]:
    """Those that somebody decided about, newest decision first."""
    return handlers.filter(person__isnull=False, matched_at__isnull=False).order_by("-matched_at", "pk")


def count_waiting(source_id: int | None = None) -> int:
    """How many wait, of one source or of all: the number beside "Unmatched people"."""
    waiting = waiting_handlers(Handler.objects.all())
    return waiting.count() if source_id is None else waiting.filter(source=source_id).count()


def search(handlers: QuerySet[Handler], text: str) -> QuerySet[Handler]:
    if not text:
        return handlers
    return handlers.filter(
        Q(name__icontains=text) | Q(email__icontains=text) | Q(external_key__icontains=text) | Q(source__name__icontains=text)
    )


def with_counts(handlers: Iterable[Handler]) -> list[Waiting]:
    """Cases, ratings and the newest day of each; most cases first, then the newest. Two queries beside the handlers' own."""
    rows = {handler.pk: Waiting(handler) for handler in handlers}
    cases = Interaction.objects.filter(handler__in=rows).order_by().values_list("handler_id")
    for pk, n, newest in cases.annotate(Count("pk"), Max("opened_on")):
        rows[pk].cases, rows[pk].newest = n, newest
    for pk, n in SurveyResponse.objects.filter(handler__in=rows).order_by().values_list("handler_id").annotate(Count("pk")):
        rows[pk].ratings = n
    names = Counter((row.handler.source_id, row.handler.name.casefold()) for row in rows.values() if row.handler.name)
    for row in rows.values():
        row.twins = names[row.handler.source_id, row.handler.name.casefold()] - 1 if row.handler.name else 0
    by_name = sorted(rows.values(), key=lambda row: (row.handler.name.casefold(), row.handler.pk))
    newest_first = sorted(by_name, key=lambda row: row.newest or date.min, reverse=True)
    return sorted(newest_first, key=attrgetter("cases"), reverse=True)


def with_suggestions(rows: Iterable[Waiting]) -> None:
    """Fill in who each may be."""
    rows = list(rows)
    found = suggest([row.handler for row in rows])
    for row in rows:
        row.suggestion = found[row.handler.pk]


def find_people(text: str) -> list[Person]:
    """Active people whose name or address holds every word; at most twenty."""
    people: Any = people_to_match()
    words = text.split()
    if not words:
        return []
    for word in words:
        people = people.filter(Q(display_name__icontains=word) | Q(email__icontains=word))
    return list(people[:MOST])


def namesakes(people: Iterable[Person]) -> set[str]:
    """Names that more than one active person has."""
    names = [person.display_name for person in people]
    shared = people_to_match().filter(display_name__in=names).order_by().values("display_name").annotate(n=Count("pk"))
    return {row["display_name"] for row in shared if row["n"] > 1}
