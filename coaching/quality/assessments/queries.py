"""An assessment beside the review of the same conversation, and the lists of the assessments page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet

from coaching.quality.access import reviews_visible_to
from coaching.quality.models import Review
from coaching.quality.queries.card import Card, Row, load_card
from people.models import Person


@dataclass(frozen=True)
class Side:
    """One criterion as the assessment and, where there is one, the review answered it."""

    row: Row
    review: Row | None

    @property
    def differ(self) -> bool:
        if self.review is None or not self.row.is_answered or not self.review.is_answered:
            return False
        return self.row.earned != self.review.earned


@dataclass(frozen=True)
class Comparison:
    card: Card
    official: Review | None
    sides: list[Side]

    @property
    def compared(self) -> int:
        return sum(side.review is not None for side in self.sides)

    @property
    def alike(self) -> int:
        return sum(side.review is not None and not side.differ for side in self.sides)


def compare_assessment(assessment: Review, viewer: Person, on: date) -> Comparison:
    """Criteria are matched by key; the review is the newest published one of this conversation that the viewer may read."""
    card = load_card(assessment)
    published = reviews_visible_to(viewer, on).filter(
        interaction=assessment.interaction_id, reviewee=assessment.reviewee_id, state=Review.State.PUBLISHED
    )
    official = published.select_related("scorecard_version__scorecard", "reviewer", "draw").order_by("-published_at").first()
    theirs = {row.criterion.key: row for row in load_card(official).rows} if official else {}
    return Comparison(card, official, [Side(row, theirs.get(row.criterion.key)) for row in card.rows])


def finished(assessments: QuerySet[Review]) -> QuerySet[Review]:
    """Finished ones, newest first, with what a row shows."""
    return (
        assessments.filter(state=Review.State.PUBLISHED)
        .select_related("interaction", "reviewer", "reviewee")
        .order_by(F("published_at").desc(), "-pk")
    )


def assessments_of_conversation(assessments: QuerySet[Review], review: Review) -> list[Review]:
    """Finished assessments of the conversation a review is about."""
    return list(finished(assessments).filter(interaction=review.interaction_id, reviewee=review.reviewee_id))
