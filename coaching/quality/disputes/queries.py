"""What the pages of disputes show, and what disputes say about criteria and reviewers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db.models import F, Q, QuerySet

from coaching.quality.models import Answer, Dispute, DisputedRating, Rating, Review, ReviewDraw
from foundation.statistics import Interval, wilson


def dispute_rows(disputes: QuerySet[Dispute]) -> QuerySet[Dispute]:
    """Disputes with what a row shows: those that wait longest first, then the newest decided."""
    return (
        disputes.select_related(
            "review__interaction", "review__reviewer", "review__scorecard_version", "raised_by", "decider", "decided_by"
        )
        .prefetch_related("points__criterion")
        .order_by(F("decided_at").desc(nulls_first=True), "raised_at", "pk")
    )


def filter_disputes(disputes: QuerySet[Dispute], wish: Mapping[str, Any]) -> QuerySet[Dispute]:
    """Narrowed by the fields of DisputeFilter; what is empty or missing does not narrow."""
    if wish.get("q"):
        words = wish["q"].strip()
        disputes = disputes.filter(
            Q(review__interaction__subject__icontains=words)
            | Q(review__interaction__external_id__icontains=words)
            | Q(raised_by__display_name__icontains=words)
        )
    if wish.get("state") == "undecided":
        return disputes.filter(state__in=Dispute.UNDECIDED)
    return disputes.filter(state=wish["state"]) if wish.get("state") else disputes


@dataclass(frozen=True)
class Point:
    """One disputed answer with what the review says of it."""

    row: DisputedRating
    given: Rating | None
    answers: list[Answer]


def points_of(dispute: Dispute) -> list[Point]:
    """The disputed answers in the order of the scorecard."""
    given = {r.criterion_id: r for r in Rating.objects.filter(review=dispute.review_id).select_related("answer")}
    rows = dispute.points.select_related("criterion__section", "proposed", "answer").prefetch_related("criterion__answers")
    ordered = sorted(
        rows, key=lambda row: (row.criterion.section.order, row.criterion.section_id, row.criterion.order, row.criterion_id)
    )
    return [Point(row, given.get(row.criterion_id), list(row.criterion.answers.all())) for row in ordered]


def disputes_of(review: Review, disputes: QuerySet[Dispute]) -> list[Dispute]:
    """Those of `disputes` about this review, the newest first, and the one that led to it."""
    about = Q(review=review) | Q(corrected=review)
    return list(disputes.filter(about).select_related("decided_by", "decider", "raised_by").order_by("-raised_at", "-pk"))


@dataclass(frozen=True)
class AcceptRate:
    """Of `n` decided points, how many were accepted, with the 95 % Wilson interval of the share."""

    name: str
    n: int
    accepted: int
    interval: Interval | None

    @property
    def low_percent(self) -> int:
        return round(100 * self.interval.low) if self.interval else 0

    @property
    def high_percent(self) -> int:
        return round(100 * self.interval.high) if self.interval else 100


@dataclass(frozen=True)
class DisputeFigures:
    """`days`: median days from raising to deciding, of `decided`; None where nothing is decided."""

    undecided: int
    decided: int
    days: float | None
    overall: AcceptRate | None
    by_criterion: list[AcceptRate]
    by_reviewer: list[AcceptRate]


def dispute_figures(disputes: QuerySet[Dispute]) -> DisputeFigures:
    """How long decisions take, and how often points were right, by criterion and by who scored. In the order of names: no ranking."""
    # Those of another system were decided by its rules: they are readable, and counted nowhere.
    disputes = disputes.exclude(review__draw__method=ReviewDraw.Method.IMPORTED)
    decided = list(disputes.filter(state__in=Dispute.DECIDED).select_related("review__reviewer"))
    by_criterion: dict[str, list[bool]] = defaultdict(list)
    by_reviewer: dict[str, list[bool]] = defaultdict(list)
    reviewer_of = {dispute.pk: str(dispute.review.reviewer) for dispute in decided}
    points = DisputedRating.objects.filter(dispute__in=reviewer_of, accepted__isnull=False)
    for dispute_id, label, accepted in points.order_by().values_list("dispute_id", "criterion__label", "accepted"):
        by_criterion[label].append(bool(accepted))
        by_reviewer[reviewer_of[dispute_id]].append(bool(accepted))
    every = [accepted for found in by_criterion.values() for accepted in found]
    days = [(d.decided_at - d.raised_at).total_seconds() / 86_400 for d in decided if d.decided_at]
    return DisputeFigures(
        undecided=disputes.filter(state__in=Dispute.UNDECIDED).count(),
        decided=len(decided),
        days=median(days) if days else None,
        overall=_rate("", every) if every else None,
        by_criterion=_rates(by_criterion),
        by_reviewer=_rates(by_reviewer),
    )


def _rates(found: Mapping[str, Iterable[bool]]) -> list[AcceptRate]:
    return [_rate(name, list(found[name])) for name in sorted(found)]


def _rate(name: str, found: list[bool]) -> AcceptRate:
    return AcceptRate(name, len(found), sum(found), wilson(sum(found), len(found)))
