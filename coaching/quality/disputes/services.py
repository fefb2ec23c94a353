"""From "this is wrong" to a decision. Decision and score change are one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from coaching.quality.disputes.access import (
    can_dispute_review,
    can_judge_dispute,
    deciders_to_pick,
    waits_for_a_decider,
    who_judged,
)
from coaching.quality.events import ReviewPublished, ReviewWithdrawn
from coaching.quality.models import Answer, Criterion, Dispute, DisputedRating, Quote, Rating, RatingCause, Review
from coaching.quality.queries.card import load_card
from coaching.quality.services.errors import QualityError
from coaching.quality.services.reviews import drop_unasked, fix_score, locked_review, withdraw_review
from foundation.events import announce
from people.audit import record
from people.models import Person


@dataclass(frozen=True, kw_only=True)
class PointInput:
    """One disputed answer: why, and what it should be (nothing: the reviewer is asked to look again)."""

    criterion_id: int
    reason: str
    answer_id: int | None = None
    is_na: bool = False


@dataclass(frozen=True, kw_only=True)
class OutcomeInput:
    """What was decided of one disputed answer. An accepted one says what it is now."""

    criterion_id: int
    accepted: bool
    answer_id: int | None = None
    is_na: bool = False


def _locked(dispute: Dispute) -> Dispute:
    """The dispute as it stands now; its review is locked first, as whoever publishes or withdraws does."""
    locked_review(dispute.review)
    return (
        Dispute.objects.select_for_update(of=("self",))
        .select_related("review__scorecard_version", "raised_by")
        .get(pk=dispute.pk)
    )


@transaction.atomic
def raise_dispute(
    *,
    actor: Person,
    review: Review,
    reason: str = "",
    points: Sequence[PointInput] = (),
    wrong_person: bool = False,
    now: datetime,
) -> Dispute:
    """The person reviewed disputes answers, or that the conversation was theirs. Waits for their lead.

    Raises QualityError where the review cannot be disputed (any more), without a reason, or where what is proposed is not an answer
    of its criterion or the one that stands.
    """
    review = locked_review(review)
    can = can_dispute_review(actor, review, now)
    if not can:
        raise QualityError(str(can.reason))
    reason = reason.strip()
    if wrong_person:
        if not reason:
            raise QualityError(_("Say why this was not your conversation."))
        points = ()
    elif not points:
        raise QualityError(_("Choose at least one answer that is wrong."))
    rows = _checked_points(review, points)
    kind = Dispute.Kind.WRONG_PERSON if wrong_person else Dispute.Kind.ANSWERS
    dispute = Dispute.objects.create(review=review, kind=kind, reason=reason, raised_by=actor, raised_at=now)
    for row in rows:
        row.dispute = dispute
    DisputedRating.objects.bulk_create(rows)
    record(
        actor=actor,
        verb="dispute.raise",
        target=dispute,
        subject=actor,
        after={"review": review.pk, "kind": str(kind), "criteria": sorted(row.criterion.key for row in rows)},
        now=now,
    )
    return dispute


def _checked_points(review: Review, points: Sequence[PointInput]) -> list[DisputedRating]:
    criteria = {c.pk: c for c in Criterion.objects.filter(section__version=review.scorecard_version)}
    ratings = {r.criterion_id: r for r in Rating.objects.filter(review=review)}
    rows, seen = [], set()
    for point in points:
        criterion = criteria.get(point.criterion_id)
        if criterion is None or point.criterion_id in seen:
            raise QualityError(_("That criterion does not belong to this review. Reload the page."))
        seen.add(point.criterion_id)
        if not point.reason.strip():
            raise QualityError(_("Say why the answer to “%(label)s” is wrong.") % {"label": criterion.label})
        _check_answer(criterion, point.answer_id, point.is_na)
        standing = ratings.get(criterion.pk)
        same_answer = point.answer_id is not None and standing is not None and standing.answer_id == point.answer_id
        if same_answer or (point.is_na and standing is not None and standing.is_na):
            raise QualityError(_("“%(label)s” has that answer already. Propose another one.") % {"label": criterion.label})
        rows.append(
            DisputedRating(criterion=criterion, reason=point.reason.strip(), proposed_id=point.answer_id, proposed_na=point.is_na)
        )
    return rows


def _check_answer(criterion: Criterion, answer_id: int | None, is_na: bool) -> None:
    if answer_id is not None and not Answer.objects.filter(pk=answer_id, criterion=criterion).exists():
        raise QualityError(_("That answer does not belong to “%(label)s”. Reload the page.") % {"label": criterion.label})
    if is_na and (not criterion.allow_na or answer_id is not None):
        raise QualityError(_("“%(label)s” always applies.") % {"label": criterion.label})


@transaction.atomic
def take_back_dispute(*, actor: Person, dispute: Dispute, now: datetime) -> Dispute:
    """Who raised it leaves it at that. Taking it back twice changes nothing; raises QualityError once it is decided."""
    dispute = _locked(dispute)
    if dispute.raised_by_id != actor.pk:
        raise QualityError(_("Only who raised a dispute takes it back."))
    if dispute.state == Dispute.State.TAKEN_BACK:
        return dispute
    if not dispute.is_undecided:
        raise QualityError(_("This dispute is decided."))
    before = dispute.state
    dispute.state = Dispute.State.TAKEN_BACK
    dispute.save(update_fields=["state"])
    record(
        actor=actor,
        verb="dispute.take_back",
        target=dispute,
        subject=actor,
        before={"state": before},
        after={"state": dispute.state},
        now=now,
    )
    return dispute


@transaction.atomic
def forward_dispute(*, actor: Person, dispute: Dispute, decider: Person, note: str = "", now: datetime) -> Dispute:
    """The lead passes it on to a reviewer who had no part in the review before.

    Raises QualityError where it was passed on already to somebody who may decide it, or that reviewer judged the review
    before, raised the dispute or cannot review.
    """
    dispute = _locked(dispute)
    if not waits_for_a_decider(dispute):
        raise QualityError(_("This dispute was passed on already."))
    if not deciders_to_pick(dispute).filter(pk=decider.pk).exists():
        raise QualityError(_("Choose a reviewer who did not score or approve this review, nor decide about it before."))
    before = dispute.state
    dispute.state, dispute.decider = Dispute.State.FORWARDED, decider
    dispute.lead, dispute.lead_at, dispute.lead_note = actor, now, note.strip()
    dispute.save(update_fields=["state", "decider", "lead", "lead_at", "lead_note"])
    after = {"state": "forwarded", "decider": decider.pk}
    record(
        actor=actor,
        verb="dispute.forward",
        target=dispute,
        subject=dispute.raised_by,
        before={"state": before},
        after=after,
        now=now,
    )
    return dispute


@transaction.atomic
def decide_dispute(
    *,
    actor: Person,
    dispute: Dispute,
    outcomes: Sequence[OutcomeInput] = (),
    accept_wrong_person: bool = False,
    comment: str,
    grader_error: bool,
    now: datetime,
) -> Dispute:
    """Decide every disputed answer, with a reason, and let the score follow in the same step.

    Accepted answers make a new review that corrects the old one; a wrong person makes the review count nowhere. What the old review had
    caused is withdrawn, unless it is begun or the corrected review asks for it as well. Raises QualityError where it is decided already,
    no reason is given, an answer is left undecided, or an accepted answer is the one that stands.
    """
    dispute = _locked(dispute)
    if not dispute.is_undecided:
        raise QualityError(_("This dispute is decided."))
    judges = can_judge_dispute(actor, dispute)
    if not judges:
        raise QualityError(str(judges.reason))
    if not comment.strip():
        raise QualityError(_("Say why; the rep and the reviewer read it."))
    before = dispute.state
    dispute.decided_by, dispute.decided_at, dispute.decision, dispute.grader_error = actor, now, comment.strip(), grader_error
    if dispute.kind == Dispute.Kind.WRONG_PERSON:
        dispute.state = Dispute.State.ACCEPTED if accept_wrong_person else Dispute.State.REJECTED
        dispute.save()
        if accept_wrong_person:
            with translation.override(dispute.raised_by.locale):
                reason = _("After a dispute: it was not this person’s conversation.")
            withdraw_review(actor=actor, review=dispute.review, reason=reason, now=now)
    else:
        accepted = _decide_points(dispute, outcomes)
        points = dispute.points.count()
        dispute.state = (
            Dispute.State.REJECTED
            if not accepted
            else Dispute.State.ACCEPTED
            if len(accepted) == points
            else Dispute.State.PARTLY
        )
        dispute.corrected = _correct(dispute, accepted, now) if accepted else None
        dispute.save()
    record(
        actor=actor,
        verb="dispute.decide",
        target=dispute,
        subject=dispute.raised_by,
        before={"state": before},
        after={
            "state": dispute.state,
            "grader_error": grader_error,
            "corrected": dispute.corrected_id,
            "nobody_else_left": actor.pk in who_judged(dispute),
        },
        now=now,
    )
    return dispute


def _decide_points(dispute: Dispute, outcomes: Sequence[OutcomeInput]) -> list[DisputedRating]:
    """Write down what was decided of each point; those accepted."""
    wishes = {outcome.criterion_id: outcome for outcome in outcomes}
    standing = {r.criterion_id: r for r in Rating.objects.filter(review=dispute.review)}
    accepted = []
    for point in dispute.points.select_related("criterion"):
        wish, label = wishes.get(point.criterion_id), {"label": point.criterion.label}
        if wish is None:
            raise QualityError(_("Decide about “%(label)s” as well.") % label)
        point.accepted = wish.accepted
        if wish.accepted:
            if wish.answer_id is None and not wish.is_na:
                raise QualityError(_("Say what the answer to “%(label)s” is now.") % label)
            _check_answer(point.criterion, wish.answer_id, wish.is_na)
            now_given = standing.get(point.criterion_id)
            if now_given is not None and (now_given.answer_id, now_given.is_na) == (wish.answer_id, wish.is_na):
                raise QualityError(
                    _("“%(label)s” has that answer already. Choose another one, or do not accept the point.") % label
                )
            point.answer_id, point.answer_na = wish.answer_id, wish.is_na
            accepted.append(point)
        point.save(update_fields=["accepted", "answer", "answer_na"])
    return accepted


def _correct(dispute: Dispute, accepted: Sequence[DisputedRating], now: datetime) -> Review:
    """A review like the disputed one with the accepted answers, standing in its place from now on."""
    old = dispute.review
    with translation.override(dispute.raised_by.locale):
        reason = _("Corrected after a dispute.")
    Review.objects.filter(pk=old.pk).update(state=Review.State.WITHDRAWN, withdrawn_at=now, withdrawn_reason=reason)
    new = Review.objects.create(
        draw_id=old.draw_id,
        interaction_id=old.interaction_id,
        scorecard_version=old.scorecard_version,
        reviewer_id=old.reviewer_id,
        reviewee_id=old.reviewee_id,
        comment=old.comment,
        guide_revisions=old.guide_revisions,
        state=Review.State.PUBLISHED,
        started_at=old.started_at,
        saved_at=now,
        published_at=old.published_at,
        corrects=old,
        corrected_at=now,
    )
    changed = {point.criterion_id: point for point in accepted}
    copies, quotes, causes = [], [], []
    for rating in Rating.objects.filter(review=old).select_related("criterion").prefetch_related("quotes", "picked"):
        copy = Rating(
            review=new, criterion=rating.criterion, answer_id=rating.answer_id, is_na=rating.is_na, comment=rating.comment
        )
        point = changed.get(rating.criterion_id)
        if point is not None:
            copy.answer_id, copy.is_na = point.answer_id, point.answer_na
        copies.append(copy)
        if point is None or _still_fails(point):
            quotes += [Quote(rating=copy, message_id=quote.message_id, excerpt=quote.excerpt) for quote in rating.quotes.all()]
            causes += [RatingCause(rating=copy, cause_id=picked.cause_id) for picked in rating.picked.all()]
        else:
            copy.comment = ""  # it said what was missing, and nothing is
    Rating.objects.bulk_create(copies)
    Quote.objects.bulk_create(quotes)
    RatingCause.objects.bulk_create(causes)
    card = load_card(new)
    drop_unasked(card)
    fix_score(new, card)
    new.save(update_fields=["score_raw", "score_shown", "score_critical", "applicable_weight", "critical_failed"])
    # The corrected one first: what both ask for is then asked for by a review that stands, and is not taken away.
    announce(ReviewPublished(review_id=new.pk))
    announce(ReviewWithdrawn(review_id=old.pk))
    return new


def _still_fails(point: DisputedRating) -> bool:
    return point.answer is not None and point.answer.value < point.criterion.fails_below


@transaction.atomic
def decline_dispute(*, actor: Person, dispute: Dispute, comment: str, now: datetime) -> Dispute:
    """The lead turns it down with a reason, without a second reviewer. Raises QualityError as `decide_dispute` does."""
    dispute = _locked(dispute)
    if dispute.state != Dispute.State.OPEN:
        raise QualityError(_("This dispute was passed on already."))
    judges = can_judge_dispute(actor, dispute)
    if not judges:
        raise QualityError(str(judges.reason))
    if not comment.strip():
        raise QualityError(_("Say why; the rep and the reviewer read it."))
    dispute.points.update(accepted=False)
    dispute.state, dispute.grader_error = Dispute.State.REJECTED, False
    dispute.decided_by, dispute.decided_at, dispute.decision = actor, now, comment.strip()
    dispute.save()
    record(
        actor=actor,
        verb="dispute.decline",
        target=dispute,
        subject=dispute.raised_by,
        before={"state": "open"},
        after={"state": "rejected"},
        now=now,
    )
    return dispute
