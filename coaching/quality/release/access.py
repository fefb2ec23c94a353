"""Who sees a review before its person does, and who approves, sends back, holds and releases it.

| state | who sees it |
|---|---|
| draft | its reviewer |
| submitted | its reviewer; everybody who may approve it: reviewers and the head, never who wrote it or whom it is about |
| held | its reviewer; who approved it; the leads of the person, to prepare the talk; the head |
| published | as ever: also its person |

Whoever approved a review goes on seeing it. The person reviewed sees nothing before the release, whatever roles they have.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from coaching.quality.days import local_day
from coaching.quality.models import ReleaseStep, Review, ScorecardVersion
from coaching.quality.release.rules import last_day_to_hold
from foundation.access import ALLOWED, Decision, denied
from people.access import people_led_by
from people.models import Person, Role

APPROVING_ROLES = (Role.REVIEWER, Role.HEAD)
ONCE_APPROVED = (Review.State.HELD, Review.State.PUBLISHED, Review.State.WITHDRAWN)


def approves(person: Person) -> Decision:
    """May approve what others write at all."""
    if person.is_active and person.has_role(*APPROVING_ROLES):
        return ALLOWED
    return denied(_("Only QA reviewers and the head of support approve reviews."))


def _led_by(person: Person, on: date) -> QuerySet[Person]:
    return people_led_by(person, on)


def before_release(person: Person, on: date) -> Q:
    """What this person sees beyond what is published: a condition on reviews. Never one about themselves."""
    visible = Q(pk__in=[])
    if approves(person):
        visible |= Q(state=Review.State.SUBMITTED) & ~Q(reviewer=person)
        approved = ReleaseStep.objects.filter(by=person, kind=ReleaseStep.Kind.APPROVED)
        visible |= Q(state__in=ONCE_APPROVED, pk__in=approved.values("review_id"))
    if person.has_role(Role.LEAD, Role.HEAD):
        visible |= Q(state=Review.State.HELD, reviewee__in=_led_by(person, on).values("pk"))
    return visible & ~Q(reviewee=person)


def reviews_to_approve(person: Person) -> QuerySet[Review]:
    """What waits for this person, or another one like them."""
    if not approves(person):
        return Review.objects.none()
    return Review.objects.filter(state=Review.State.SUBMITTED).exclude(reviewer=person).exclude(reviewee=person)


def reviews_approved_by(person: Person) -> QuerySet[Review]:
    """What this person approved and nobody sent back since."""
    if not approves(person):
        return Review.objects.none()
    approved = ReleaseStep.objects.filter(by=person, kind=ReleaseStep.Kind.APPROVED)
    return Review.objects.filter(state__in=ONCE_APPROVED, pk__in=approved.values("review_id")).exclude(reviewee=person)


def held_reviews_visible_to(person: Person, on: date) -> QuerySet[Review]:
    """What waits for its day: of the people this person leads (for the head, of everybody), and what they wrote or approved."""
    held = Review.objects.filter(before_release(person, on) | Q(reviewer=person), state=Review.State.HELD)
    return held.exclude(reviewee=person)


def can_read_approvals(person: Person, on: date) -> Decision:
    """The page of approvals: who approves, and leads for what is held of their people."""
    return ALLOWED if person.has_role(Role.LEAD) and _led_by(person, on).exists() else approves(person)


def _has_no_part(person: Person, review: Review) -> Decision:
    if review.reviewee_id == person.pk:
        return denied(_("Nobody decides about a review of their own work."))
    if review.reviewer_id == person.pk:
        return denied(_("Somebody else than the reviewer approves a review."))
    return ALLOWED


def can_approve_review(person: Person, review: Review) -> Decision:
    if not review.is_submitted:
        return denied(_("This review does not wait for an approval."))
    allowed = approves(person)
    return _has_no_part(person, review) if allowed else allowed


def can_return_review(person: Person, review: Review) -> Decision:
    """Send it back to its reviewer: who may approve it; once it is held, the head or who approved it."""
    if review.is_submitted:
        return can_approve_review(person, review)
    if not review.is_held:
        return denied(_("Only a review that nobody has read yet is sent back. Withdraw it instead."))
    allowed = approves(person)
    if not allowed:
        return allowed
    approved = ReleaseStep.objects.filter(review=review, by=person, kind=ReleaseStep.Kind.APPROVED)
    if not person.has_role(Role.HEAD) and not approved.exists():
        return denied(_("Only who approved a held review, or the head of support, sends it back."))
    return _has_no_part(person, review)


def can_take_back_review(person: Person, review: Review) -> Decision:
    if review.reviewer_id != person.pk:
        return denied(_("Only the reviewer takes a review back."))
    return ALLOWED if review.is_on_the_way else denied(_("This review does not wait any more."))


def can_change_release(person: Person, review: Review, on: date) -> Decision:
    """Release a held review earlier, or hold it longer: its reviewer and the head; the lead where the scorecard lets them choose."""
    if not review.is_held:
        return denied(_("This review is not held."))
    if review.reviewee_id == person.pk:
        return denied(_("Nobody decides about a review of their own work."))
    if review.reviewer_id == person.pk or person.has_role(Role.HEAD):
        return ALLOWED
    chosen = review.scorecard_version.hold == ScorecardVersion.Hold.CHOSEN
    if chosen and person.has_role(Role.LEAD) and _led_by(person, on).filter(pk=review.reviewee_id).exists():
        return ALLOWED
    return denied(_("Only the reviewer and the head of support change the day of the release."))


def can_read_reasons(person: Person, review: Review) -> Decision:
    """Why a review was sent back is a word to its reviewer about a draft: they, the head and who approves read it."""
    if review.reviewee_id != person.pk and (review.reviewer_id == person.pk or approves(person)):
        return ALLOWED
    return denied(_("What was said about a draft is between its reviewer and who approves."))


def last_day_to_choose(review: Review) -> date | None:
    """The last day until which this review may be held; None before it is ready."""
    return last_day_to_hold(local_day(review.ready_at)) if review.ready_at else None
