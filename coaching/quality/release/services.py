"""Approve, send back, take back, hold, release, remind. Each locks the review first, so of two people one is too late and is told."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from coaching.quality.days import local_day
from coaching.quality.errors import QualityError
from coaching.quality.models import AcknowledgementReminder, ReleaseStep, Review
from coaching.quality.release import access
from coaching.quality.release.queries import overdue_reviews
from coaching.quality.release.steps import add_step, back_to_draft, check_day, entry, let_through, release
from coaching.quality.release.tasks import mail_overdue_reviews
from coaching.quality.services.reviews import locked_review
from foundation.access import Decision
from people.audit import record
from people.models import Person


def _must(decision: Decision) -> None:
    if not decision:
        raise QualityError(str(decision.reason))


@transaction.atomic
def approve_review(*, actor: Person, review: Review, now: datetime) -> Review:
    """A second person stands behind it: released at once, or held until its day.

    Raises QualityError for whoever wrote it or is reviewed in it, for somebody who does not approve, and where it waits no more.
    """
    review = locked_review(review)
    _must(access.can_approve_review(actor, review))
    add_step(review, ReleaseStep.Kind.APPROVED, by=actor, now=now)
    let_through(review, actor=actor, now=now)
    record(verb="review.approve", **entry(review, actor=actor, before=Review.State.SUBMITTED, now=now))
    return review


@transaction.atomic
def return_review(*, actor: Person, review: Review, reason: str, now: datetime) -> Review:
    """Send it back to its reviewer, who reads why: a draft again, in their queue. What was said stays in the history.

    Raises QualityError without a reason, and where this person may not or it is out already.
    """
    review = locked_review(review)
    _must(access.can_return_review(actor, review))
    if not reason.strip():
        raise QualityError(_("Say what should change; the reviewer reads it."))
    before = review.state
    add_step(review, ReleaseStep.Kind.RETURNED, by=actor, reason=reason.replace("\r\n", "\n").strip(), now=now)
    back_to_draft(review)
    record(verb="review.return", **entry(review, actor=actor, before=before, now=now))
    return review


@transaction.atomic
def take_back_review(*, actor: Person, review: Review, now: datetime) -> Review:
    """The reviewer wants to change something before anybody reads it. Raises QualityError for others, and once it is out."""
    review = locked_review(review)
    _must(access.can_take_back_review(actor, review))
    before = review.state
    add_step(review, ReleaseStep.Kind.TAKEN_BACK, by=actor, now=now)
    back_to_draft(review)
    record(verb="review.take_back", **entry(review, actor=actor, before=before, now=now))
    return review


@transaction.atomic
def hold_review(*, actor: Person, review: Review, release_on: date, now: datetime) -> Review:
    """Move the day of its release: at most 45 days after the review was ready, however often it is moved.

    The same day changes nothing. Raises QualityError for another day than one to come within these, for those who may not, and
    where it is not held.
    """
    review = locked_review(review)
    _must(access.can_change_release(actor, review, local_day(now)))
    if review.release_on == release_on or review.ready_at is None:
        return review
    check_day(release_on, ready_on=local_day(review.ready_at), today=local_day(now))
    before, review.release_on = review.release_on, release_on
    review.save(update_fields=["release_on"])
    add_step(review, ReleaseStep.Kind.HELD, by=actor, release_on=release_on, now=now)
    was = before.isoformat() if before else ""
    record(verb="review.hold", **entry(review, actor=actor, before=Review.State.HELD, now=now, held_until=was))
    return review


@transaction.atomic
def release_review(*, actor: Person, review: Review, now: datetime) -> Review:
    """Let its person read it before its day. Raises QualityError for those who may not, and where it is not held."""
    review = locked_review(review)
    _must(access.can_change_release(actor, review, local_day(now)))
    release(review, by=actor, now=now)
    record(verb="review.release", **entry(review, actor=actor, before=Review.State.HELD, now=now))
    return review


def release_reviews(*, now: datetime) -> int:
    """Release every held review whose day has come; how many. Doing it twice changes nothing.

    Each in a transaction of its own: what was released stays so, whatever becomes of the next.
    """
    due = Review.objects.filter(state=Review.State.HELD, release_on__lte=local_day(now)).order_by("release_on", "pk")
    return sum(_release_if_due(review, now) for review in list(due))


@transaction.atomic
def _release_if_due(review: Review, now: datetime) -> bool:
    """Asked anew under the lock: somebody may have held it longer, taken it back or released it meanwhile."""
    review = locked_review(review)
    if not review.is_held or review.release_on is None or review.release_on > local_day(now):
        return False
    release(review, by=None, now=now)
    record(verb="review.release", **entry(review, actor=None, before=Review.State.HELD, now=now))
    return True


def remind_to_acknowledge(*, now: datetime) -> int:
    """One mail to everybody whose reviews became overdue since the last time; how many reviews. Each is reminded of once, ever."""
    overdue = overdue_reviews(Review.objects.all(), local_day(now)).filter(reviewee__is_active=True)
    new = overdue.exclude(pk__in=AcknowledgementReminder.objects.values("review_id"))
    people = list(new.order_by("reviewee_id").values_list("reviewee_id", flat=True).distinct())
    return sum(_remind(person_id, new.filter(reviewee=person_id), now) for person_id in people)


@transaction.atomic
def _remind(person_id: int, reviews: QuerySet[Review], now: datetime) -> int:
    # Two runs at once: the second finds nothing left. Their acknowledging, which names them, need not wait, or each waits for the other.
    locked = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person_id)
    rows = [AcknowledgementReminder(review=review, at=now) for review in reviews]
    AcknowledgementReminder.objects.bulk_create(rows)
    if rows:
        transaction.on_commit(partial(mail_overdue_reviews.enqueue, locked.pk))
    return len(rows)
