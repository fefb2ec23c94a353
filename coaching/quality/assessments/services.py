"""Asking for a self-assessment or peer feedback, and finishing one. Neither is scored, counted or announced."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from coaching.interactions.models import Interaction
from coaching.quality.assessments.access import share_a_team
from coaching.quality.days import local_day
from coaching.quality.models import Mode, Review, ReviewDraw, WorkingNote
from coaching.quality.queries.card import load_card
from coaching.quality.services.errors import NotPublishable, QualityError
from coaching.quality.services.reviews import drop_unasked, locked_review
from people.audit import record
from people.models import Person

DAYS_TO_ASSESS = 7


@transaction.atomic
def ask_for_assessment(
    *, actor: Person, interaction: Interaction, peer: Person | None = None, reason: str, now: datetime
) -> ReviewDraw:
    """Ask whoever handled a conversation to assess it, or a `peer` of theirs to give feedback on it.

    Raises QualityError without a reason (unless a rep begins on their own), without a matched handler or messages, for a
    peer of another team or the same person, where an account is switched off, or where they have it already.
    """
    person = interaction.handler.person if interaction.handler else None
    if person is None or not person.is_active:
        raise QualityError(_("Nobody with an account in use is matched to this conversation."))
    if not interaction.messages.exists():
        raise QualityError(_("This case has no messages to look at. Add the transcript of the call first."))
    reason = reason.strip()
    if not reason and actor.pk != person.pk:
        raise QualityError(_("Say what you would like to know; the person asked reads it."))
    on = local_day(now)
    if peer is not None and (peer.pk == person.pk or not peer.is_active or not share_a_team(peer, person, on)):
        raise QualityError(_("Peer feedback comes from somebody else of the same team. Choose another person."))
    asked = peer or person
    already = QualityError(_("%(person)s has this conversation already.") % {"person": asked})
    if ReviewDraw.every.filter(interaction=interaction, reviewer=asked).exclude(state=ReviewDraw.State.REPLACED).exists():
        raise already
    draw = ReviewDraw(
        interaction=interaction,
        reviewer=asked,
        reviewee=person,
        mode=Mode.PEER if peer else Mode.SELF,
        method=ReviewDraw.Method.HAND_PICKED,
        reason=reason[:200] or _("Your own wish"),
        drawn_at=now,
        drawn_by=actor,
        due_on=on + timedelta(days=DAYS_TO_ASSESS),
    )
    try:
        with transaction.atomic():
            draw.save(force_insert=True)
    except IntegrityError as error:
        raise already from error
    after = {"mode": str(draw.mode), "asked": asked.pk, "interaction": interaction.pk}
    record(actor=actor, verb="assessment.ask", target=draw, subject=person, after=after, now=now)
    return draw


@transaction.atomic
def finish_assessment(*, actor: Person, review: Review, now: datetime) -> Review:
    """Let the person it is about and their lead read it. It gets no score and is announced to nobody.

    Raises NotPublishable where a criterion has no answer, QualityError where it is not the actor's draft.
    """
    review = locked_review(review)
    if review.mode == Mode.REVIEW or review.reviewer_id != actor.pk or not review.is_draft:
        raise QualityError(_("This is no assessment of yours that could be finished."))
    if ReviewDraw.every.filter(pk=review.draw_id, state=ReviewDraw.State.REPLACED).exists():
        raise QualityError(_("This is not asked of you any more."))
    card = load_card(review)
    missing = [problem for row in card.rows if not row.is_answered for problem in row.problems]
    if missing:
        raise NotPublishable(missing)
    drop_unasked(card)
    review.state, review.published_at = Review.State.PUBLISHED, now
    review.save(update_fields=["state", "published_at"])
    WorkingNote.objects.filter(review=review).delete()
    ReviewDraw.every.filter(pk=review.draw_id).update(state=ReviewDraw.State.DONE)
    after = {"state": "published", "mode": str(review.mode)}
    record(actor=actor, verb="assessment.finish", target=review, subject=review.reviewee, after=after, now=now)
    return review
