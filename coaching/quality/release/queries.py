"""What the pages show of approving, holding and being late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from coaching.quality.days import local_day
from coaching.quality.models import Acknowledgement, ReleaseStep, Review, ScorecardVersion
from coaching.quality.queries.lists import day_range
from coaching.quality.release.rules import days_waited, due_day
from coaching.quality.release.working_days import last_day_overdue
from people.models import Person


@dataclass(frozen=True)
class Waiting:
    """How long a published review waits for its person, in working days, and the last day that is in time."""

    days: int
    due_on: date
    overdue_days: int  # working days beyond; 0 where it is in time

    @property
    def is_overdue(self) -> bool:
        return self.overdue_days > 0


def waiting_of(review: Review, today: date) -> Waiting | None:
    """How long it waits; None where nothing is asked, it is not out, or was withdrawn. Whether it was read is not looked at.

    A review corrected after a dispute waits since it was corrected: it is new to its person.
    """
    since = review.corrected_at or review.published_at
    version = review.scorecard_version
    if since is None or not review.is_published or not version.asks_to_read:
        return None
    day = local_day(since)
    due_on = due_day(day, version)
    return Waiting(days_waited(day, today), due_on, days_waited(due_on, today))


def overdue_reviews(reviews: QuerySet[Review], today: date) -> QuerySet[Review]:
    """Those that wait longer than their scorecard allows: one condition for each number of days in use."""
    asking = ScorecardVersion.objects.filter(acknowledgement__in=ScorecardVersion.ASKING)
    late = Q(pk__in=[])
    for days in asking.order_by().values_list("acknowledge_days", flat=True).distinct():
        day = last_day_overdue(today, days)
        late |= Q(scorecard_version__acknowledge_days=days, waits_since__lt=day_range(day, day)[1])
    unread = reviews.filter(
        ~Exists(Acknowledgement.objects.filter(review=OuterRef("pk"))),
        state=Review.State.PUBLISHED,
        scorecard_version__acknowledgement__in=ScorecardVersion.ASKING,
    )
    return unread.annotate(waits_since=Coalesce("corrected_at", "published_at")).filter(late)


def approval_rows(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Reviews with what a row of the approvals shows; what waits longest comes first. `cause` says why it was handed in."""
    last = ReleaseStep.objects.filter(review=OuterRef("pk"), kind=ReleaseStep.Kind.SUBMITTED).order_by("-at", "-pk")
    return reviews.select_related("interaction", "reviewer", "reviewee", "scorecard_version__scorecard", "draw").annotate(
        cause=last.values("cause")[:1]
    )


def waiting_rows(reviews: QuerySet[Review]) -> QuerySet[Review]:
    return approval_rows(reviews).order_by("submitted_at", "pk")


def approved_rows(reviews: QuerySet[Review], person_id: int) -> QuerySet[Review]:
    """What this person approved, the newest first, with `approved_at`."""
    mine = Q(release_steps__kind=ReleaseStep.Kind.APPROVED, release_steps__by=person_id)
    return approval_rows(reviews).annotate(approved_at=Max("release_steps__at", filter=mine)).order_by("-approved_at", "-pk")


def held_rows(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """What is held, the next to be released first."""
    return approval_rows(reviews).order_by("release_on", "pk")


def filter_on_the_way(reviews: QuerySet[Review], wish: Mapping[str, Any]) -> QuerySet[Review]:
    """Narrowed by the fields of ApprovalFilter; what is empty or missing does not narrow."""
    if wish.get("q"):
        words = wish["q"].strip()
        reviews = reviews.filter(
            Q(interaction__subject__icontains=words)
            | Q(interaction__external_id__icontains=words)
            | Q(reviewee__display_name__icontains=words)
        )
    if wish.get("reviewer"):
        reviews = reviews.filter(reviewer=wish["reviewer"])
    if wish.get("scorecard"):
        reviews = reviews.filter(scorecard_version__scorecard=wish["scorecard"])
    if wish.get("cause"):
        reviews = reviews.filter(**{"cause": wish["cause"]})  # an annotation of approval_rows
    return reviews


def reviewers_of(reviews: QuerySet[Review]) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=reviews.order_by().values("reviewer_id"))


def history_of(review: Review) -> list[ReleaseStep]:
    """Every step of the review, the first first."""
    return list(ReleaseStep.objects.filter(review=review).select_related("by"))


def last_return(review: Review) -> ReleaseStep | None:
    """Why a draft came back, where the last thing that happened to it is that it was sent back."""
    last = ReleaseStep.objects.filter(review=review).select_related("by").order_by("-at", "-pk").first()
    return last if last is not None and last.kind == ReleaseStep.Kind.RETURNED else None
