"""What the home screens need to know from other rooms: one function per fact."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from coaching.interactions.models import Handler, Interaction, SurveyResponse
from coaching.metrics.queries import Window
from people.models import Person


def criterion_labels(people: Collection[int], window: Window) -> list[tuple[str, str]]:
    """(key, label) of the criteria reviewed for these people in the window."""
    return []


def criterion_results(people: Collection[int], window: Window) -> dict[tuple[int, str], tuple[int, int]]:
    """(person id, criterion key) → (passed, n)."""
    return {}


def criterion_url(person: Person) -> str:
    """Where this person's reviews are."""
    return ""


def waiting_reviews(people: Collection[int]) -> dict[int, int]:
    """Person id → reviews waiting for their acknowledgement."""
    return {}


def open_assignment_counts(people: Iterable[Person], now: datetime) -> dict[int, dict[str, int]]:
    """Person id → {"open": …, "overdue": …}."""
    return {}


@dataclass(frozen=True)
class UnknownHandlers:
    """Cases of the window that belong to nobody we know."""

    handlers: int
    cases: int
    total: int

    @property
    def share(self) -> float | None:
        return self.cases / self.total if self.total else None


def unknown_handlers(window: Window, known_cases: int) -> UnknownHandlers:
    """How many cases a source gives to handlers without an account; reads only those handlers' cases.

    `known_cases`: cases of the window that count for somebody, from the rollups.
    """
    unmatched = Handler.objects.filter(person=None)
    cases = Interaction.objects.filter(handler__in=unmatched, opened_on__range=(window.first, window.last))
    by_handler = cases.order_by().values("handler").distinct().count()
    n = cases.count()
    return UnknownHandlers(by_handler, n, n + known_cases)


def last_customer_words(person: Person) -> SurveyResponse | None:
    """The newest rating with a comment that counts for this person."""
    handlers = list(Handler.objects.filter(person=person).values_list("pk", flat=True))
    return (
        SurveyResponse.objects.filter(~Q(comment=""), handler__in=handlers)
        .select_related("interaction")
        .order_by("-responded_on", "-pk")
        .first()
    )
