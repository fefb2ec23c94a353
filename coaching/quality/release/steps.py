"""The moves of a review from its reviewer to its person. Whoever calls them holds the review's row locked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coaching.quality.days import local_day
from coaching.quality.errors import QualityError
from coaching.quality.events import ReviewPublished
from coaching.quality.models import ReleaseStep, Review, ReviewDraw
from coaching.quality.release.rules import cause_of_approval, last_day_to_hold, lot_of, release_day
from foundation.events import announce
from people.models import Person

MOVED = ["state", "submitted_at", "ready_at", "release_on", "published_at"]


def approval_needed(review: Review, *, score_shown: float | None, critical_failed: list[str]) -> str:
    """Why a second person has to approve this review with this score; empty where nobody has to."""
    version = review.scorecard_version
    if version.approval == version.Approval.NONE:
        return ""
    return cause_of_approval(
        version,
        lot=lot_of(version.scorecard.key, review.draw_id),
        score_shown=score_shown,
        critical_failed=critical_failed,
        # Of the conversation, not of this review alone: withdrawing one and reviewing again is no way round either.
        submitted_before=ReleaseStep.objects.filter(review__draw=review.draw_id, kind=ReleaseStep.Kind.SUBMITTED).exists(),
    )


def add_step(
    review: Review,
    kind: ReleaseStep.Kind,
    *,
    by: Person | None,
    cause: str = "",
    reason: str = "",
    release_on: date | None = None,
    now: datetime,
) -> ReleaseStep:
    return ReleaseStep.objects.create(
        review=review,
        kind=kind,
        by=by,
        at=now,
        cause=cause,
        reason=reason,
        release_on=release_on,
        score_shown=review.score_shown,
    )


def entry(review: Review, *, actor: Person | None, before: str, now: datetime, **after: object) -> dict[str, Any]:
    """What the audit log says of a move, all but its verb: states and days, no words and no score."""
    if review.is_held and review.release_on is not None:
        after.setdefault("release_on", review.release_on.isoformat())
    return {
        "actor": actor,
        "target": review,
        "subject": review.reviewee,
        "before": {"state": str(before)},
        "after": {"state": str(review.state), **after},
        "now": now,
    }


def check_day(day: date, *, ready_on: date, today: date) -> None:
    """Raises QualityError for a day that is none to hold a review until: gone by, or more than 45 days after it was ready."""
    last = last_day_to_hold(ready_on)
    if day <= today:
        raise QualityError(_("Choose a day after today, or release it now."))
    if day > last:
        raise QualityError(
            _("A review is held for at most 45 days. Choose a day up to %(day)s.") % {"day": date_format(last, "j F Y")}
        )


def check_chosen_day(review: Review, chosen: date | None, now: datetime) -> None:
    """The reviewer's wish at publishing. Raises QualityError where this scorecard leaves no choice, or as `check_day` does."""
    if chosen is None:
        return
    if review.scorecard_version.hold != review.scorecard_version.Hold.CHOSEN:
        raise QualityError(_("With this scorecard nobody chooses the day."))
    today = local_day(now)
    check_day(chosen, ready_on=today, today=today)


def hand_in(review: Review, *, actor: Person, chosen: date | None, now: datetime) -> None:
    """From the reviewer on: to whoever approves, or straight on where nobody has to. The score is fixed already."""
    cause = approval_needed(review, score_shown=review.score_shown, critical_failed=review.critical_failed)
    review.release_on, review.ready_at, review.submitted_at = chosen, None, None
    if not cause:
        let_through(review, actor=actor, now=now)
        return
    review.state, review.submitted_at = Review.State.SUBMITTED, now
    review.save(update_fields=MOVED)
    add_step(review, ReleaseStep.Kind.SUBMITTED, by=actor, cause=cause, release_on=chosen, now=now)


def let_through(review: Review, *, actor: Person, now: datetime) -> None:
    """Nothing is missing but its day: held until then, or released at once."""
    review.ready_at = now
    today = local_day(now)
    day = release_day(review.scorecard_version, ready_on=today, chosen=review.release_on)
    if day is None or day <= today:
        review.release_on = None
        release(review, by=actor, now=now)
        return
    review.state, review.release_on = Review.State.HELD, day
    review.save(update_fields=MOVED)
    add_step(review, ReleaseStep.Kind.HELD, by=actor, release_on=day, now=now)


def release(review: Review, *, by: Person | None, now: datetime) -> None:
    """Its person may read it from this moment on; every clock starts now. A review that nobody stopped leaves no step."""
    before, review.state, review.published_at = review.state, Review.State.PUBLISHED, now
    review.save(update_fields=MOVED)
    if before != Review.State.DRAFT:
        add_step(review, ReleaseStep.Kind.RELEASED, by=by, now=now)
    announce(ReviewPublished(review_id=review.pk))


def back_to_draft(review: Review) -> None:
    """The reviewer's work again: it stands in their queue as begun."""
    review.state, review.submitted_at, review.ready_at, review.release_on = Review.State.DRAFT, None, None, None
    review.save(update_fields=MOVED)
    ReviewDraw.objects.filter(pk=review.draw_id).update(state=ReviewDraw.State.IN_REVIEW)
