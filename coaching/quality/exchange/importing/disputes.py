"""Writing disputes: decided ones as closed disputes with their outcome, all others as a note beside the review.

The export shows a review as it stands after the decision, so the answer that was accepted is the one the review has. Who raised
a dispute is told by name and id only: the users of the export say whose e-mail that is, and within one review the names of its
two people do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from coaching.interactions.importing.problems import Notes, Problem
from coaching.quality.exchange.importing.documents import Found
from coaching.quality.exchange.importing.reviews import Foretold, Tally
from coaching.quality.exchange.importing.shapes import DisputeComment, DisputedCategory, DisputeShape, User
from coaching.quality.exchange.importing.survey import Survey
from coaching.quality.exchange.importing.versions import category_key
from coaching.quality.exchange.models import ImportedDispute, ImportedReview, System
from coaching.quality.models import Dispute, DisputedRating, Rating, Review
from people.models import Person

ACCEPTED, PARTLY, REJECTED, OPEN = Dispute.State.ACCEPTED, Dispute.State.PARTLY, Dispute.State.REJECTED, Dispute.State.OPEN
# Beginnings of statuses, the longer ones first: the description of the export does not list them.
STATUSES = (
    ("partial", PARTLY), ("accept", ACCEPTED), ("approv", ACCEPTED), ("reject", REJECTED), ("declin", REJECTED),
    ("open", OPEN), ("pend", OPEN), ("new", OPEN), ("in_progress", OPEN), ("in progress", OPEN),
)  # fmt: skip


def state_of(status: str) -> str | None:
    """Our state for a status of the export; None where it is not known."""
    text = status.strip().lower().removeprefix("dispute_").removeprefix("status_")
    return next((state for start, state in STATUSES if text.startswith(start)), None)


@dataclass(frozen=True)
class ReadyDispute:
    found: Found
    shape: DisputeShape
    state: str

    def problem(self, field: str, value: str, reason: str, remedy: str) -> Problem:
        return Problem(self.found.line, self.found.field(field), value, reason, remedy)


@dataclass
class DisputeWriter:
    """Writes chunks of disputes, after all reviews. In a dry run the reviews of the same file are those it remembers."""

    actor: Person | None
    system: System
    survey: Survey
    foretold: dict[str, Foretold]
    notes: Notes
    now: datetime
    dry_run: bool

    def write(self, chunk: Sequence[ReadyDispute]) -> Tally:
        """Store a chunk; no id stands in it twice. One transaction."""
        with transaction.atomic():
            return self._write(chunk)

    def _write(self, chunk: Sequence[ReadyDispute]) -> Tally:
        tally = Tally()
        reviews = ImportedReview.objects.filter(system=self.system, external_id__in=[each.shape.reviewId for each in chunk])
        if not self.dry_run:  # of two imports the second finds what the first has stored
            reviews = reviews.select_for_update(of=("self",)).order_by("pk")
        by_id = {row.external_id: row.review for row in reviews.select_related("review__reviewer", "review__reviewee")}
        stored = ImportedDispute.objects.filter(system=self.system, external_id__in=[each.shape.disputeId for each in chunk])
        known = {row.external_id: row for row in stored.select_related("dispute")}
        people = self._people(chunk)
        for each in chunk:
            before = known.get(each.shape.disputeId)
            if before is not None and before.digest == each.shape.digest():
                tally.unchanged += 1
            elif before is not None and before.dispute_id is not None:
                self.notes.add(_("Disputes that changed after they were decided: what was imported first stands."))
                tally.unchanged += 1
            else:
                self._one(each, before, by_id.get(each.shape.reviewId), people, tally)
        return tally

    def _one(
        self, each: ReadyDispute, before: ImportedDispute | None, review: Review | None, people: dict[str, Person], tally: Tally
    ) -> None:
        told = self.foretold.get(each.shape.reviewId)
        if review is None and told is not None:
            review = Review(reviewer=told.reviewer, reviewee=told.reviewee)
        if review is None:
            reason, remedy = _("The review it is about is not here."), _("Import that review first, or both in one archive.")
            tally.problems.append(each.problem("reviewId", each.shape.reviewId, reason, remedy))
            return
        dispute = None
        if each.state != OPEN:
            dispute = self._closed(each, review, people, tally)
            if dispute is None:
                return
        else:
            self.notes.add(
                _("Disputes that are not decided: kept as a note beside the review. Decide them here if they matter still.")
            )
        tally.created += before is None
        tally.updated += before is not None
        if self.dry_run:
            return
        if dispute is not None:
            dispute.save()
            DisputedRating.objects.bulk_create(self._points(each, dispute, review))
        row = before or ImportedDispute(system=self.system, external_id=each.shape.disputeId)
        row.review, row.dispute, row.digest = review, dispute, each.shape.digest()
        row.details, row.imported_at = _details(each.shape), self.now
        row.save()

    def _closed(self, each: ReadyDispute, review: Review, people: dict[str, Person], tally: Tally) -> Dispute | None:
        """A decided dispute, not saved yet; None with a problem noted where it is not told who raised or decided it."""
        shape = each.shape
        by = {"createdBy": self._person(shape.createdBy, review, people)}
        decider = shape.rejectedBy or shape.assignee
        by["rejectedBy" if shape.rejectedBy else "assignee"] = self._person(decider, review, people)
        for field, person in by.items():
            if person is None:
                user = getattr(shape, field)
                reason = _("It is not told who here that is.")
                remedy = _("Put the export of the users beside it, and see that they have an account with that e-mail.")
                tally.problems.append(each.problem(field, user.name or user.id if user else "", reason, remedy))
                return None
        raised_by, decided_by = by.values()
        if raised_by is None or decided_by is None:
            return None
        if raised_by.pk == decided_by.pk:
            reason, remedy = _("The same person raised and decided it."), _("Such disputes are not kept here. Leave it out.")
            tally.problems.append(each.problem("assignee", raised_by.email, reason, remedy))
            return None
        raised_at = shape.createdAt or review.published_at or self.now
        decision = _("Imported from %(system)s: %(status)s.") % {"system": self.system.label, "status": shape.status.lower()}
        return Dispute(
            review=review,
            kind=Dispute.Kind.WRONG_PERSON if "reviewee" in shape.type.lower() else Dispute.Kind.ANSWERS,
            reason=shape.comment.comment if shape.comment else "",
            state=each.state,
            raised_by=raised_by,
            raised_at=raised_at,
            decider=decided_by,
            decided_by=decided_by,
            decided_at=shape.resolvedAt or raised_at,
            decision=decision,
        )

    def _points(self, each: ReadyDispute, dispute: Dispute, review: Review) -> list[DisputedRating]:
        ratings = Rating.objects.filter(review=review).select_related("criterion", "answer")
        given = {rating.criterion.key: rating for rating in ratings.prefetch_related("criterion__answers")}
        points: dict[str, DisputedRating] = {}
        for category in each.shape.categories:
            key = category_key(category.id, "")
            rating = given.get(key)
            if rating is None:
                self.notes.add(_("Disputed categories that the review does not have: left out of their dispute."))
                continue
            proposed = self._proposed(category, rating)
            accepted = each.state == ACCEPTED or (each.state == PARTLY and proposed is not None and rating.answer_id == proposed)
            said = category.comment.comment if category.comment else ""
            points[key] = DisputedRating(
                dispute=dispute,
                criterion=rating.criterion,
                reason=said or dispute.reason or _("No reason is given in the file."),
                proposed_id=proposed,
                accepted=accepted,
                answer_id=rating.answer_id if accepted else None,
                answer_na=accepted and rating.answer_id is None,
            )
        return list(points.values())

    def _proposed(self, category: DisputedCategory, rating: Rating) -> int | None:
        """The answer that was asked for, where the scorecard has it: a score like the ratings', or a step of the scale."""
        if category.expectedRating is None:
            return None
        key, answers = rating.criterion.key, {answer.value: answer.pk for answer in rating.criterion.answers.all()}
        steps = next((card.steps[key] for card in self.survey.cards.values() if key in card.steps), set())
        worth = self.survey.scale.worth(key, category.expectedRating)
        if worth not in answers and len(steps) > 1 and min(steps) <= category.expectedRating <= max(steps):
            worth = round((category.expectedRating - min(steps)) / (max(steps) - min(steps)), 6)
        return answers.get(worth) if worth is not None else None

    # --- Who --------------------------------------------------------------------------------------

    def _people(self, chunk: Sequence[ReadyDispute]) -> dict[str, Person]:
        users = [u for each in chunk for u in (each.shape.createdBy, each.shape.assignee, each.shape.rejectedBy) if u]
        emails = {user.email or self.survey.emails.get(user.id, "") for user in users}
        return {person.email: person for person in Person.objects.filter(email__in=emails - {""})}

    def _person(self, user: User | None, review: Review, people: dict[str, Person]) -> Person | None:
        if user is None:
            return None
        email = user.email or self.survey.emails.get(user.id, "")
        if email:
            return people.get(email)
        both = [person for person in (review.reviewee, review.reviewer) if user.name and person.display_name == user.name]
        return both[0] if len(both) == 1 else None


def _lines(comment: DisputeComment | None) -> list[dict[str, str]]:
    return comment.lines() if comment else []


def _details(shape: DisputeShape) -> dict[str, Any]:
    return {
        "type": shape.type,
        "status": shape.status,
        "raised_at": shape.createdAt.isoformat() if shape.createdAt else "",
        "raised_by": shape.createdBy.name if shape.createdBy else "",
        "said": [*_lines(shape.comment), *(line for category in shape.categories for line in _lines(category.comment))],
    }
