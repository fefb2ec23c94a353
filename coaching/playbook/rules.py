"""The rules, as plain functions. Each meets a cause once and leaves a RuleRun; running it again changes nothing.

A rule never stops what caused it: where a module cannot be assigned, the run says so and the review stands.

Two reviews may ask for one assignment. Whoever relies on it or takes it back holds its row first and looks
afterwards who else asks for it, so that of two reviews at the same moment the later one sees what the earlier did.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coaching.playbook.models import Remedy, RuleRun
from coaching.quality.models import Review
from coaching.quality.queries import FailedCriterion, failed_criteria
from learning.assignments.models import Assignment
from learning.assignments.services import (
    AlreadyAssigned,
    AssignmentError,
    assign_module,
    lock_assignment,
    lock_open_assignments,
    withdraw_assignment,
)

REMEDY_FOR_FAILED_CRITERION = "remedy_for_failed_criterion"
WITHDRAW_WITH_REVIEW = "withdraw_with_review"

QUOTE_LENGTH = 2000


@transaction.atomic
def assign_remedies(review: Review, now: datetime, *, failed: Sequence[FailedCriterion] | None = None) -> list[RuleRun]:
    """Each failed criterion of a published review assigns its remedy's module, once per (review, criterion).

    Where the person has that module to do already there is no second one; the run points to it. So it does where the
    review corrects one that failed the criterion too: what was assigned then is this review's now, begun or done as it may be.
    `failed` spares reading the review again where the caller has.
    """
    failed = failed_criteria(review) if failed is None else failed
    scorecard_key = review.scorecard_version.scorecard.key
    remedies = {
        remedy.criterion_key: remedy
        for remedy in Remedy.objects.select_related("module").filter(
            scorecard_key=scorecard_key, criterion_key__in=[f.criterion.key for f in failed], active=True
        )
    }
    lock_open_assignments(person=review.reviewee, module_ids=[remedy.module_id for remedy in remedies.values()])
    runs = []
    for found in failed:
        remedy = remedies.get(found.criterion.key)
        cause = f"review:{review.pk}:criterion:{found.criterion.key}"
        if remedy is None or RuleRun.objects.filter(rule=REMEDY_FOR_FAILED_CRITERION, cause=cause).exists():
            continue
        carried = _carried_over(review, found.criterion.key)
        outcome, assignment = (RuleRun.Outcome.CARRIED_OVER, carried) if carried else _assign(review, found, remedy, cause, now)
        runs.append(
            RuleRun.objects.create(
                rule=REMEDY_FOR_FAILED_CRITERION,
                cause=cause,
                remedy=remedy,
                review=review,
                assignment=assignment,
                outcome=outcome,
                at=now,
            )
        )
    return runs


def _carried_over(review: Review, criterion_key: str) -> Assignment | None:
    """What the corrected review's failing of the same criterion had assigned, unless it was withdrawn."""
    cause = f"review:{review.corrects_id}:criterion:{criterion_key}"
    earlier = RuleRun.objects.filter(rule=REMEDY_FOR_FAILED_CRITERION, cause=cause, assignment__withdrawn_at=None)
    run = earlier.exclude(assignment=None).select_related("assignment").first() if review.corrects_id else None
    return run.assignment if run else None


def because_of(review: Review, found: FailedCriterion, now: datetime) -> str:
    """What the person reads first, in their language."""
    with translation.override(review.reviewee.locale):
        return _("In the review of %(day)s, “%(criterion)s” was not met: %(question)s") % {
            "day": date_format(timezone.localdate(now), "j F"),
            "criterion": found.criterion.label,
            "question": found.criterion.question,
        }


def _assign(review: Review, found: FailedCriterion, remedy: Remedy, cause: str, now: datetime) -> tuple[str, Assignment | None]:
    person = review.reviewee
    try:
        assignment = assign_module(
            actor=None,
            person=person,
            module=remedy.module,
            due_on=timezone.localdate(now) + timedelta(days=remedy.due_in_days),
            source=Assignment.Source.REVIEW,
            because=because_of(review, found, now),
            because_quote=found.quote.excerpt[:QUOTE_LENGTH] if found.quote else "",
            evidence_url=reverse("review_detail", args=[review.pk]),
            cause=cause,
            now=now,
        )
    except AlreadyAssigned as already:
        return RuleRun.Outcome.ALREADY_OPEN, already.assignment
    except AssignmentError:
        return RuleRun.Outcome.NOT_POSSIBLE, None
    return RuleRun.Outcome.ASSIGNED, assignment


@transaction.atomic
def withdraw_with_review(review: Review, now: datetime) -> list[RuleRun]:
    """Withdraw what a withdrawn review asked for and nobody has begun, once no standing review asks for it.

    Kept: what is started or done, what another review that still stands asks for as well, and what came from
    somewhere else and was there before the review.
    """
    made = RuleRun.objects.filter(rule=REMEDY_FOR_FAILED_CRITERION, outcome=RuleRun.Outcome.ASSIGNED)
    caused = (
        RuleRun.objects.select_related("assignment__person")
        .filter(rule=REMEDY_FOR_FAILED_CRITERION, review=review, assignment__in=made.values("assignment_id"))
        .order_by("assignment_id", "pk")  # the order in which rows are held everywhere
    )
    runs = []
    for earlier in caused:
        assignment = earlier.assignment
        cause = f"review:{review.pk}:assignment:{earlier.assignment_id}"
        if assignment is None or RuleRun.objects.filter(rule=WITHDRAW_WITH_REVIEW, cause=cause).exists():
            continue
        runs.append(
            RuleRun.objects.create(
                rule=WITHDRAW_WITH_REVIEW,
                cause=cause,
                remedy=earlier.remedy,
                review=review,
                assignment=assignment,
                outcome=_withdraw(review, assignment, now),
                at=now,
            )
        )
    return runs


def _withdraw(review: Review, assignment: Assignment, now: datetime) -> str:
    assignment = lock_assignment(assignment)
    asked_by_others = RuleRun.objects.filter(
        rule=REMEDY_FOR_FAILED_CRITERION,
        assignment=assignment,
        review__state=Review.State.PUBLISHED,
    ).exclude(review=review)
    if asked_by_others.exists():
        return RuleRun.Outcome.KEPT_NEEDED
    with translation.override(assignment.person.locale):
        reason = _("The review it came from was withdrawn.")
    try:
        withdraw_assignment(actor=None, assignment=assignment, reason=reason, now=now)
    except AssignmentError:
        return RuleRun.Outcome.KEPT_STARTED
    return RuleRun.Outcome.WITHDRAWN
