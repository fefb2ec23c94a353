"""What the pages show."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import TruncMonth

from coaching.quality.exchange.exports import builtin  # noqa: F401  (fills the registry)
from coaching.quality.exchange.exports.tables import Table, all_tables
from coaching.quality.exchange.importing.reviews import MARK
from coaching.quality.models import ImportedDispute, Review
from foundation.statistics import mean_interval
from people.models import Person

__all__ = ["HistoryMonth", "ImportedFacts", "Table", "all_tables", "history_of", "imported_facts", "people_with_history"]


@dataclass(frozen=True)
class HistoryMonth:
    """The imported reviews of one month: how many with a score, their mean, and its 95 % interval (from two reviews on)."""

    first: date
    n: int
    mean: float
    low: float | None
    high: float | None


def history_of(reviews: QuerySet[Review]) -> list[HistoryMonth]:
    """Months with imported reviews, oldest first, in the organisation's time zone. A mean of reviews, as the other system showed it."""
    found: dict[date, list[float]] = defaultdict(list)
    scored = reviews.filter(score_shown__isnull=False, published_at__isnull=False).order_by()
    for month, score in scored.annotate(month=TruncMonth("published_at")).values_list("month", "score_shown"):
        if month is not None and score is not None:
            found[month.date()].append(score)
    return [HistoryMonth(month, len(scores), *mean_interval(scores)) for month, scores in sorted(found.items())]


def people_with_history(reviews: QuerySet[Review]) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=reviews.order_by().values("reviewee"))


@dataclass(frozen=True)
class ImportedFacts:
    """What the other system said beside what a review holds. `is_bare`: of the conversation only its number is known."""

    system: str
    external_id: str
    tags: list[str]
    replies: list[dict[str, str]]
    own_score: float | None
    is_bare: bool
    open_disputes: list[ImportedDispute]


def imported_facts(review: Review) -> ImportedFacts | None:
    """For the page of a review; None where it was written here."""
    if review.draw.method != review.draw.Method.IMPORTED:
        return None
    imported = getattr(review, "imported", None)
    details: dict[str, Any] = imported.details if imported else {}
    own = details.get("own_score")
    shown = review.score_shown
    return ImportedFacts(
        system=imported.get_system_display() if imported else str(review.draw.reason),
        external_id=imported.external_id if imported else "",
        tags=details.get("tags", []),
        replies=details.get("replies", []),
        own_score=own if own is not None and shown is not None and abs(own - shown) > 0.5 else None,
        is_bare=MARK in (review.interaction.extra or {}),
        open_disputes=list(review.imported_disputes.filter(dispute=None)),
    )
