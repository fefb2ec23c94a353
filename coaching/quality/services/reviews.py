"""From the first look at a conversation to the rep's "I have read this"."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from coaching.interactions.models import Message
from coaching.interactions.redaction import mask_excerpt, mask_personal_data
from coaching.quality.causes.services import deepest, pick_causes
from coaching.quality.events import ReviewWithdrawn
from coaching.quality.models import (
    Acknowledgement,
    Answer,
    Criterion,
    Dispute,
    Mode,
    Quote,
    Rating,
    Review,
    ReviewDraw,
    RootCause,
    WorkingNote,
)
from coaching.quality.queries.card import Card, load_card
from coaching.quality.queries.guide import revisions_in_force
from coaching.quality.queries.lists import scorecard_for
from coaching.quality.release.steps import check_chosen_day, entry, hand_in
from coaching.quality.services.draws import must_be_reviewable
from coaching.quality.services.errors import NotPublishable, QualityError
from coaching.quality.suggestions.assistant.starting import request_proposals
from foundation.events import announce
from people.audit import record
from people.models import Person

QUOTE_MAX = 2000


@dataclass(frozen=True, kw_only=True)
class RatingInput:
    """What the reviewer has put down for one criterion; neither answer nor N/A means not answered yet.

    Without `cause_ids` the root causes picked so far stay. Only a failed criterion has any.
    """

    criterion_id: int
    answer_id: int | None = None
    is_na: bool = False
    comment: str = ""
    cause_ids: tuple[int, ...] | None = None


def locked_review(review: Review) -> Review:
    """This review as it stands now, its row locked until the transaction ends."""
    locked = Review.every.select_for_update(of=("self",)).select_related("scorecard_version", "draw", "reviewee")
    return locked.get(pk=review.pk)


def _locked_draft(actor: Person, review: Review) -> Review:
    review = locked_review(review)
    if review.reviewer_id != actor.pk:
        raise QualityError(_("Only the reviewer writes a review."))
    if review.is_on_the_way:
        raise QualityError(_("This review is handed in. Take it back to change something."))
    if not review.is_draft:
        raise QualityError(_("This review is published and can no longer be changed. Withdraw it and review again."))
    # Asked anew, not read with the review: the lock may have waited for who gave the conversation away.
    if ReviewDraw.every.filter(pk=review.draw_id, state=ReviewDraw.State.REPLACED).exists():
        raise QualityError(_("This conversation was given to somebody else."))
    return review


@transaction.atomic
def start_review(*, actor: Person, draw: ReviewDraw, now: datetime) -> Review:
    """Open the review of a drawn conversation; opening it again returns the same one.

    Raises QualityError where the draw is somebody else's, done or taken out, or no scorecard is published.
    """
    draw = ReviewDraw.every.select_for_update(of=("self",)).select_related("interaction", "reviewee").get(pk=draw.pk)
    if draw.reviewer_id != actor.pk:
        raise QualityError(_("This conversation was given to somebody else."))
    if draw.reviewee_id == actor.pk and draw.mode != Mode.SELF:
        raise QualityError(_("Nobody reviews their own conversation."))
    existing = Review.every.filter(draw=draw).exclude(state=Review.State.WITHDRAWN).first()
    if existing is not None:
        return existing
    if draw.state not in {ReviewDraw.State.WAITING, ReviewDraw.State.IN_REVIEW}:
        raise QualityError(_("This conversation is no longer in your queue."))
    version = scorecard_for(draw.interaction)
    if version is None:
        raise QualityError(_("There is no published scorecard yet. Publish one first."))
    review = Review.objects.create(
        draw=draw,
        interaction=draw.interaction,
        scorecard_version=version,
        mode=draw.mode,
        reviewer=actor,
        reviewee=draw.reviewee,
        started_at=now,
        saved_at=now,
        active_at=now,
    )
    draw.state = ReviewDraw.State.IN_REVIEW
    draw.save(update_fields=["state"])
    record(
        actor=actor,
        verb="review.start",
        target=review,
        subject=draw.reviewee,
        after={"draw": draw.pk, "scorecard_version": version.pk},
        now=now,
    )
    request_proposals(review=review, now=now)
    return review


@transaction.atomic
def save_draft(*, actor: Person, review: Review, ratings: Iterable[RatingInput], comment: str, now: datetime) -> Review:
    """Store what is filled in so far; storing the same again changes nothing. Blank is not "does not apply".

    Criteria not named in `ratings` stay as they are. Raises QualityError for a published review, or an
    answer, N/A or root cause that its criterion does not offer.
    """
    review = _locked_draft(actor, review)
    ratings = list(ratings)
    criteria = {c.pk: c for c in Criterion.objects.filter(section__version=review.scorecard_version)}
    worth = {(a.pk, a.criterion_id): a.value for a in Answer.objects.filter(criterion__in=criteria)}
    stored = {r.criterion_id: r for r in Rating.objects.filter(review=review)}
    new, changed = [], []
    for wish in ratings:
        criterion = criteria.get(wish.criterion_id)
        if criterion is None or (wish.answer_id is not None and (wish.answer_id, wish.criterion_id) not in worth):
            raise QualityError(_("That answer does not belong to this scorecard. Reload the page."))
        if wish.is_na and (not criterion.allow_na or wish.answer_id is not None):
            raise QualityError(_("“%(label)s” always applies.") % {"label": criterion})
        text = wish.comment.replace("\r\n", "\n").strip()
        rating = stored.get(wish.criterion_id)
        if rating is None:
            if wish.answer_id is not None or wish.is_na or text:
                new.append(Rating(review=review, criterion=criterion, answer_id=wish.answer_id, is_na=wish.is_na, comment=text))
        elif (rating.answer_id, rating.is_na, rating.comment) != (wish.answer_id, wish.is_na, text):
            rating.answer_id, rating.is_na, rating.comment = wish.answer_id, wish.is_na, text
            changed.append(rating)
    causes = _causes_wanted(criteria, ratings, worth)
    comment = comment.replace("\r\n", "\n").strip()
    Rating.objects.bulk_create(new)
    Rating.objects.bulk_update(changed, ["answer", "is_na", "comment"])
    stored |= {rating.criterion_id: rating for rating in new}
    picked = pick_causes([(stored[pk], picks) for pk, picks in causes.items() if pk in stored])
    if not new and not changed and not picked and comment == review.comment:
        return review
    review.comment, review.saved_at = comment, now
    review.save(update_fields=["comment", "saved_at"])
    record(
        actor=actor,
        verb="review.save_draft",
        target=review,
        subject=review.reviewee,
        after={"criteria": sorted({criteria[r.criterion_id].key for r in new + changed + picked})},
        now=now,
    )
    return review


def _causes_wanted(
    criteria: Mapping[int, Criterion], ratings: Iterable[RatingInput], worth: Mapping[tuple[int, int], float]
) -> dict[int, list[RootCause]]:
    """The root causes each criterion shall have: those posted, none where it is not failed."""
    offered = {(c.pk, c.criterion_id): c for c in RootCause.objects.filter(criterion__in=criteria)}
    found: dict[int, list[RootCause]] = {}
    for wish in ratings:
        value = worth.get((wish.answer_id, wish.criterion_id)) if wish.answer_id is not None else None
        failed = value is not None and value < criteria[wish.criterion_id].fails_below
        if not failed:
            found[wish.criterion_id] = []
        elif wish.cause_ids is not None:
            keys = [(pk, wish.criterion_id) for pk in wish.cause_ids]
            if any(key not in offered for key in keys):
                raise QualityError(_("That root cause does not belong to this scorecard. Reload the page."))
            found[wish.criterion_id] = deepest([offered[key] for key in keys])
    return found if offered else {}


def find_in(body: str, text: str) -> str | None:
    """The words of `text` as they stand in `body`, whatever the spaces and line breaks; None if they do not."""
    words = text.split()
    if not words:
        return None
    match = re.search(r"\s+".join(map(re.escape, words)), body)
    return match.group(0) if match else None


def _excerpt(body: str, text: str) -> str | None:
    """The words to keep as evidence, never with what the page masks; None where they do not stand there."""
    masked = mask_personal_data(body)
    if not text.strip():
        return masked.strip()[:QUOTE_MAX]
    found = find_in(masked, text[:QUOTE_MAX])
    if found is None and (raw := find_in(body, text[:QUOTE_MAX])) is not None:
        found = mask_excerpt(raw, body)
    return found


@transaction.atomic
def add_quote(*, actor: Person, review: Review, criterion_id: int, message_id: int, text: str = "", now: datetime) -> Quote:
    """Attach words of a message to a criterion as evidence; without `text`, the message itself (its first 2,000 characters).

    Attaching the same again changes nothing. Raises QualityError where the words are not in that message.
    """
    review = _locked_draft(actor, review)
    criterion = Criterion.objects.filter(pk=criterion_id, section__version=review.scorecard_version).first()
    message = Message.objects.filter(pk=message_id, interaction=review.interaction_id).first()
    if criterion is None or message is None:
        raise QualityError(_("That message or criterion does not belong to this review. Reload the page."))
    excerpt = _excerpt(message.body, text)
    if not excerpt:
        raise QualityError(_("These words do not stand in that message. Select them again."))
    rating, _created = Rating.objects.get_or_create(review=review, criterion=criterion)
    existing = Quote.objects.filter(rating=rating, message=message, excerpt=excerpt).first()
    if existing is not None:
        return existing
    quote = Quote.objects.create(rating=rating, message=message, excerpt=excerpt)
    after = {"criterion": criterion.key, "message": message.pk, "quote": quote.pk}
    record(actor=actor, verb="review.quote", target=review, subject=review.reviewee, after=after, now=now)
    return quote


@transaction.atomic
def remove_quote(*, actor: Person, review: Review, quote_id: int, now: datetime) -> None:
    """Take a quote off a draft; taking it off twice changes nothing."""
    review = _locked_draft(actor, review)
    deleted, _rows = Quote.objects.filter(pk=quote_id, rating__review=review).delete()
    if deleted:
        record(actor=actor, verb="review.unquote", target=review, subject=review.reviewee, before={"quote": quote_id}, now=now)


def fix_score(review: Review, card: Card) -> None:
    """Write what this card comes to into the review; the caller saves it."""
    score = card.score
    review.score_raw, review.score_shown, review.score_critical = score.raw, score.shown, score.critical
    review.applicable_weight, review.critical_failed = score.applicable_weight, list(score.critical_failed)


def drop_unasked(card: Card) -> None:
    """Take away what was answered before another answer made it not asked: it says nothing about this conversation."""
    unasked = [row.rating.pk for row in card.rows if row.rating and not row.is_asked]
    if unasked:
        Rating.objects.filter(pk__in=unasked).delete()


@transaction.atomic
def publish_review(*, actor: Person, review: Review, release_on: date | None = None, now: datetime) -> Review:
    """The reviewer is done: the score is fixed, and the review goes on to its person.

    Where the scorecard asks for a second approval it waits for that ("submitted"), where it is held it waits for its day
    ("held"), else it is published at once and ReviewPublished is announced. `release_on` is the day the reviewer wishes,
    where the scorecard lets them choose. Locks the review, so of two clicks one publishes and the other gets an error.
    Raises NotPublishable with everything missing, QualityError where it is no draft or the day is none to choose.
    """
    review = _locked_draft(actor, review)
    card = load_card(review)
    if card.problems:
        raise NotPublishable(card.problems)
    check_chosen_day(review, release_on, now)
    drop_unasked(card)
    fix_score(review, card)
    review.guide_revisions = revisions_in_force(row.criterion for row in card.rows)
    review.save()
    WorkingNote.objects.filter(review=review).delete()
    ReviewDraw.objects.filter(pk=review.draw_id).update(state=ReviewDraw.State.DONE)
    hand_in(review, actor=actor, chosen=release_on, now=now)
    done = entry(review, actor=actor, before=Review.State.DRAFT, now=now)
    if review.is_submitted:
        record(verb="review.submit", **done)
    else:
        record(verb="review.publish", **done)
    return review


@transaction.atomic
def withdraw_review(*, actor: Person, review: Review, reason: str, again: bool = False, now: datetime) -> Review:
    """Take a published review back. It stays readable with the reason and counts nowhere.

    With `again` the conversation returns to the reviewer's queue for a new review. Announces
    ReviewWithdrawn. Raises QualityError without a reason, where the review does not stand, or, with
    `again`, where its reviewer no longer reviews or its person's account is switched off. A dispute that is
    not decided yet is settled by it.
    """
    review = locked_review(review)
    if not review.is_published:
        raise QualityError(_("Only a published review can be withdrawn."))
    if not reason.strip():
        raise QualityError(_("Say why the review is withdrawn; the rep reads it."))
    if again:
        people = ReviewDraw.objects.select_related("reviewer", "reviewee").get(pk=review.draw_id)
        must_be_reviewable(people.reviewee, people.reviewer)
    review.state, review.withdrawn_at, review.withdrawn_reason = Review.State.WITHDRAWN, now, reason.strip()
    review.save(update_fields=["state", "withdrawn_at", "withdrawn_reason"])
    Dispute.objects.filter(review=review, state__in=Dispute.UNDECIDED).update(state=Dispute.State.SETTLED)
    state = ReviewDraw.State.WAITING if again else ReviewDraw.State.REPLACED
    ReviewDraw.objects.filter(pk=review.draw_id).update(state=state)
    record(
        actor=actor,
        verb="review.withdraw",
        target=review,
        subject=review.reviewee,
        before={"state": "published"},
        after={"state": "withdrawn", "again": again},
        now=now,
    )
    announce(ReviewWithdrawn(review_id=review.pk))
    return review


@transaction.atomic
def acknowledge_review(*, actor: Person, review: Review, comment: str = "", now: datetime) -> Acknowledgement:
    """The rep has read the review; the score they saw is kept. Acknowledging twice changes nothing.

    Raises QualityError for anybody else's review, or one that does not stand or asks for nothing.
    """
    review = locked_review(review)
    if review.reviewee_id != actor.pk:
        raise QualityError(_("Only the person reviewed acknowledges a review."))
    if not review.is_published or not review.scorecard_version.asks_to_read:
        raise QualityError(_("There is nothing to acknowledge here."))
    existing = Acknowledgement.objects.filter(review=review, person=actor).first()
    if existing is not None:
        return existing
    done = Acknowledgement.objects.create(
        review=review, person=actor, at=now, comment=comment.strip(), score_shown=review.score_shown
    )
    record(actor=actor, verb="review.acknowledge", target=review, subject=actor, after={"acknowledged": True}, now=now)
    return done
