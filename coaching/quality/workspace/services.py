"""The time a review takes, the reviewer's own note, comments used again, and looking behind a mask."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from coaching.interactions.models import Message
from coaching.quality.models import Criterion, Rating, Review, Snippet, WorkingNote
from coaching.quality.services.errors import QualityError
from people.audit import record
from people.models import Person

IDLE_AFTER = timedelta(minutes=5)  # a longer silence was something else than reviewing


def _locked_draft(actor: Person, review: Review) -> Review:
    review = Review.every.select_for_update(of=("self",)).get(pk=review.pk)
    if review.reviewer_id != actor.pk or not review.is_draft:
        raise QualityError(_("This is no draft of yours."))
    return review


# --- Time -----------------------------------------------------------------------------------
@transaction.atomic
def note_activity(*, actor: Person, review: Review, now: datetime) -> Review:
    """The reviewer did something: the time since the last sign of life counts, unless it was longer than IDLE_AFTER.

    Whoever works on is not pausing any more. Leaves no audit row: it comes every minute. Raises QualityError for
    anything but the reviewer's own draft.
    """
    review = _locked_draft(actor, review)
    _end_pause(review, now)
    gap = now - review.active_at if review.active_at else timedelta()
    if timedelta() < gap <= IDLE_AFTER:
        review.review_seconds += round(gap.total_seconds())
    review.active_at = now
    review.save(update_fields=["review_seconds", "paused_seconds", "paused_at", "active_at"])
    return review


@transaction.atomic
def pause_review(*, actor: Person, review: Review, now: datetime) -> Review:
    """Stop the clock until it is resumed or work goes on. Pausing twice changes nothing. Raises as note_activity."""
    review = _locked_draft(actor, review)
    if review.paused_at is None:
        review = note_activity(actor=actor, review=review, now=now)
        review.paused_at = now
        review.save(update_fields=["paused_at"])
        record(actor=actor, verb="review.pause", target=review, subject=review.reviewee, now=now)
    return review


@transaction.atomic
def resume_review(*, actor: Person, review: Review, now: datetime) -> Review:
    """Let the clock run again. Raises as note_activity."""
    review = _locked_draft(actor, review)
    if review.paused_at is not None:
        review = note_activity(actor=actor, review=review, now=now)
        record(actor=actor, verb="review.resume", target=review, subject=review.reviewee, now=now)
    return review


def _end_pause(review: Review, now: datetime) -> None:
    if review.paused_at is not None:
        review.paused_seconds += max(0, round((now - review.paused_at).total_seconds()))
        review.paused_at, review.active_at = None, now


# --- The reviewer's own note -----------------------------------------------------------------
@transaction.atomic
def save_note(*, actor: Person, review: Review, text: str, now: datetime) -> None:
    """Keep the reviewer's working note on this draft; an empty one is none. Raises QualityError as note_activity."""
    review = _locked_draft(actor, review)
    text = text.replace("\r\n", "\n").strip()
    existing = WorkingNote.objects.filter(review=review).first()
    if text == (existing.text if existing else ""):
        return
    if text:
        WorkingNote.objects.update_or_create(review=review, defaults={"text": text})
    else:
        WorkingNote.objects.filter(review=review).delete()
    record(actor=actor, verb="review.note", target=review, subject=review.reviewee, after={"note": bool(text)}, now=now)


@transaction.atomic
def keep_note(*, actor: Person, review: Review, now: datetime) -> None:
    """Put the working note at the end of the overall comment, where the person reviewed will read it."""
    review = _locked_draft(actor, review)
    note = WorkingNote.objects.filter(review=review).first()
    if note is None:
        return
    review.comment = _appended(review.comment, note.text)
    review.saved_at = now
    review.save(update_fields=["comment", "saved_at"])
    note.delete()
    record(actor=actor, verb="review.keep_note", target=review, subject=review.reviewee, now=now)


def _appended(text: str, more: str) -> str:
    return f"{text}\n\n{more}" if text else more


# --- Comments used again ----------------------------------------------------------------------
@transaction.atomic
def save_snippet(
    *, actor: Person, snippet: Snippet | None = None, title: str, text: str, is_shared: bool, now: datetime
) -> Snippet:
    """Make or change a comment to use again. Raises QualityError where title or text is missing or the title is taken."""
    title, text = title.strip(), text.replace("\r\n", "\n").strip()
    if not title or not text:
        raise QualityError(_("Give the comment a title and a text."))
    others = Snippet.objects.filter(owner=snippet.owner_id if snippet else actor.pk, title=title)
    if (others.exclude(pk=snippet.pk) if snippet else others).exists():
        raise QualityError(_("There is a comment with this title already. Choose another title."))
    before = {"shared": snippet.is_shared} if snippet else {}
    snippet = snippet or Snippet(owner=actor)
    snippet.title, snippet.text, snippet.is_shared, snippet.changed_at = title[:60], text[:2000], is_shared, now
    snippet.save()
    record(actor=actor, verb="snippet.save", target=snippet, before=before, after={"shared": is_shared}, now=now)
    return snippet


@transaction.atomic
def delete_snippet(*, actor: Person, snippet: Snippet, now: datetime) -> None:
    """Take a comment off the list; where it was used, its words stay."""
    record(actor=actor, verb="snippet.delete", target=snippet, before={"shared": snippet.is_shared}, now=now)
    snippet.delete()


@transaction.atomic
def insert_snippet(*, actor: Person, review: Review, snippet: Snippet, criterion_id: int, now: datetime) -> None:
    """Put a snippet at the end of a criterion's comment; 0 means the overall comment.

    Raises QualityError where the criterion is none of this review's, or as note_activity.
    """
    review = _locked_draft(actor, review)
    if not criterion_id:
        review.comment, review.saved_at = _appended(review.comment, snippet.text), now
        review.save(update_fields=["comment", "saved_at"])
    else:
        criterion = Criterion.objects.filter(pk=criterion_id, section__version=review.scorecard_version_id).first()
        if criterion is None:
            raise QualityError(_("That criterion does not belong to this review. Reload the page."))
        rating, _created = Rating.objects.get_or_create(review=review, criterion=criterion)
        rating.comment = _appended(rating.comment, snippet.text)
        rating.save(update_fields=["comment"])
    after = {"snippet": snippet.pk, "criterion": criterion_id}
    record(actor=actor, verb="review.insert_snippet", target=review, subject=review.reviewee, after=after, now=now)


# --- Behind the mask ---------------------------------------------------------------------------
@transaction.atomic
def show_personal_data(*, actor: Person, review: Review, message_id: int, now: datetime) -> Message:
    """The message as it is stored. That it was looked at is on record. Raises QualityError for one of another case."""
    message = Message.objects.filter(pk=message_id, interaction=review.interaction_id).first()
    if message is None:
        raise QualityError(_("That message does not belong to this review."))
    after = {"message": message.pk}
    record(actor=actor, verb="review.show_personal_data", target=review, subject=review.reviewee, after=after, now=now)
    return message
