"""Who raises, passes on and decides disputes, and who reads them.

The person reviewed raises one. Their lead, or the head, passes it on to a second reviewer; whoever scored has no say
in either step. Whoever approved the review, or decided about it before, does not decide either (`can_judge_dispute`); only
where nobody else is left, the head does. Read it may whoever raised it, those who lead them, who scored (to learn from it),
who is to decide, and the head.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from coaching.quality.access import REVIEWING_ROLES, can_review
from coaching.quality.days import local_day
from coaching.quality.models import Dispute, ReleaseStep, Review
from foundation.access import ALLOWED, Decision, denied
from people.access import people_led_by, people_visible_to
from people.models import Person, Role

MOST_DISPUTES = 3  # of one review with its corrections


def last_day_to_dispute(review: Review) -> date | None:
    """The last day on which this review may be disputed, in the organisation's zone; None where it may not be at all."""
    if review.published_at is None or not review.scorecard_version.may_be_disputed:
        return None
    published = local_day(review.published_at)
    return published + timedelta(days=review.scorecard_version.dispute_days)


def disputes_of_conversation(review: Review) -> QuerySet[Dispute]:
    """All disputes of the review and of those it corrects or is corrected by: they share the draw."""
    return Dispute.objects.filter(review__draw=review.draw_id)


def can_dispute_review(person: Person, review: Review, now: datetime) -> Decision:
    if review.reviewee_id != person.pk:
        return denied(_("Only the person reviewed disputes a review."))
    last = last_day_to_dispute(review)
    if not review.is_published or last is None:
        return denied(_("This review cannot be disputed. Talk to your lead."))
    if local_day(now) > last:
        return denied(_("The time to dispute this review is over. Talk to your lead."))
    earlier = disputes_of_conversation(review).exclude(state=Dispute.State.TAKEN_BACK)
    if earlier.filter(state__in=Dispute.UNDECIDED).exists():
        return denied(_("Your dispute of this review is not decided yet."))
    if earlier.count() >= MOST_DISPUTES:
        return denied(_("This review was disputed three times. Talk to the head of support."))
    return ALLOWED


def disputes_visible_to(person: Person, on: date) -> QuerySet[Dispute]:
    visible = Q(raised_by=person)
    if can_review(person):  # with the role go the conversations, here as everywhere
        visible |= Q(decider=person) | Q(review__reviewer=person)
    if person.has_role(Role.LEAD, Role.HEAD):
        visible |= Q(raised_by__in=people_led_by(person, on).values("pk"))
    return Dispute.objects.filter(visible)


def get_dispute_for(person: Person, pk: int, on: date) -> Dispute:
    """A dispute this person may read; 404 otherwise."""
    found = disputes_visible_to(person, on).select_related(
        "review__interaction", "review__scorecard_version__scorecard", "review__reviewer", "review__reviewee", "review__draw",
        "raised_by", "lead", "decider", "decided_by", "corrected",
    )  # fmt: skip
    dispute = found.filter(pk=pk).first()
    if dispute is None:
        raise Http404
    return dispute


def can_take_back_dispute(person: Person, dispute: Dispute) -> Decision:
    if dispute.raised_by_id != person.pk:
        return denied(_("Only who raised a dispute takes it back."))
    return ALLOWED if dispute.is_undecided else denied(_("This dispute is decided."))


def who_judged(dispute: Dispute) -> set[int]:
    """Ids of who scored, approved or decided about the review before this dispute, or one that it corrects or is corrected by."""
    draw = dispute.review.draw_id
    approved = ReleaseStep.objects.filter(review__draw=draw, kind=ReleaseStep.Kind.APPROVED)
    before = disputes_of_conversation(dispute.review).filter(pk__lt=dispute.pk, decided_by__isnull=False)
    return {
        *Review.objects.filter(draw=draw).values_list("reviewer_id", flat=True),
        *approved.values_list("by_id", flat=True),
        *before.values_list("decided_by_id", flat=True),
    }  # fmt: skip


def deciders_to_pick(dispute: Dispute) -> QuerySet[Person]:
    """Who may decide it: accounts in use with a role that reviews, without who raised it and who judged the review before."""
    reviewing = Person.objects.active().filter(role_grants__role__in=REVIEWING_ROLES).distinct()
    return reviewing.exclude(pk__in=who_judged(dispute) | {dispute.raised_by_id})


def only_the_head_is_left(dispute: Dispute) -> bool:
    """Nobody reviews any more who did not judge it before. Then the head decides, though they did."""
    return not deciders_to_pick(dispute).exists()


def _did_not_score(person: Person, dispute: Dispute) -> Decision:
    if dispute.raised_by_id == person.pk:
        return denied(_("Who raised a dispute does not decide it."))
    if dispute.review.reviewer_id == person.pk:
        return denied(_("Whoever scored the conversation does not decide the dispute about it."))
    return ALLOWED


def can_judge_dispute(person: Person, dispute: Dispute) -> Decision:
    """The one rule of who decides, be it as a lead who turns it down or afterwards: somebody who had no part in it before."""
    allowed = _did_not_score(person, dispute)
    if not allowed or person.pk not in who_judged(dispute):
        return allowed
    if person.has_role(Role.HEAD) and only_the_head_is_left(dispute):
        return ALLOWED
    return denied(
        _("Whoever approved this review, or decided about it before, does not decide this dispute. Somebody else does.")
    )


def waits_for_a_decider(dispute: Dispute) -> bool:
    """Nobody was asked yet, or somebody who may not decide it (any more)."""
    if dispute.state == Dispute.State.FORWARDED:
        return not deciders_to_pick(dispute).filter(pk=dispute.decider_id or 0).exists()
    return dispute.state == Dispute.State.OPEN


def can_forward_dispute(person: Person, dispute: Dispute, on: date) -> Decision:
    """Pass it on to a second reviewer: the lead of who raised it, or the head. Again where who was asked may not decide any more."""
    if not waits_for_a_decider(dispute):
        return denied(_("This dispute was passed on already."))
    if not (person.has_role(Role.LEAD, Role.HEAD) and people_visible_to(person, on).filter(pk=dispute.raised_by_id).exists()):
        return denied(_("Only the team lead or the head of support passes a dispute on."))
    return _did_not_score(person, dispute)


def can_decline_dispute(person: Person, dispute: Dispute, on: date) -> Decision:
    """Turn it down without a second reviewer: who may pass it on and had no part in the review."""
    if dispute.state != Dispute.State.OPEN:
        return denied(_("This dispute was passed on already."))
    return can_forward_dispute(person, dispute, on) and can_judge_dispute(person, dispute)


def can_decide_dispute(person: Person, dispute: Dispute) -> Decision:
    """The reviewer it was passed on to; the head of support at any time before."""
    if not dispute.is_undecided:
        return denied(_("This dispute is decided."))
    was_asked = dispute.state == Dispute.State.FORWARDED and dispute.decider_id == person.pk and bool(can_review(person))
    if not (person.has_role(Role.HEAD) or was_asked):
        return denied(_("Only the reviewer it was passed on to decides a dispute."))
    return can_judge_dispute(person, dispute)


def why_no_say(person: Person, dispute: Dispute) -> str:
    """Why this person, who decides disputes as a head or was asked to decide this one, does not; empty for everybody else."""
    asked = person.has_role(Role.HEAD) or dispute.decider_id == person.pk
    if not (asked and dispute.is_undecided):
        return ""
    return str(can_judge_dispute(person, dispute).reason)


def disputes_waiting_for(person: Person, on: date) -> QuerySet[Dispute]:
    """What this person has to do: pass on as a lead, decide as a reviewer; the head also what nobody else can pass on."""
    waiting = Q(state=Dispute.State.FORWARDED, decider=person) if can_review(person) else Q(pk__in=[])
    if person.has_role(Role.LEAD, Role.HEAD):
        led = people_led_by(person, on).values("pk")
        reviewing = Person.objects.active().filter(role_grants__role__in=REVIEWING_ROLES)
        without_decider = Q(state=Dispute.State.FORWARDED) & ~Q(decider__in=reviewing.values("pk"))
        waiting |= (Q(state=Dispute.State.OPEN) | without_decider) & Q(raised_by__in=led)
    return Dispute.objects.filter(waiting).exclude(raised_by=person).exclude(review__reviewer=person)
