"""What a review found missing comes into daily practice; where the review falls, what came of it alone is taken back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from coaching.playbook.models import RuleRun
from coaching.playbook.rules import because_of
from coaching.quality.models import Review
from coaching.quality.queries import FailedCriterion, failed_criteria
from learning.practice.cards import add_cards_for_standard, take_back_cards

PRACTISE_FAILED_CRITERION = "practise_failed_criterion"
REST_WITH_REVIEW = "practice_rests_with_review"


@transaction.atomic
def practise_what_was_missing(review: Review, now: datetime, *, failed: Sequence[FailedCriterion] | None = None) -> list[RuleRun]:
    """Each failed criterion whose standard a module teaches brings questions on it, once per (review, criterion).

    A review that corrects one which failed the criterion too keeps the questions of that one.
    """
    runs = []
    failed = failed_criteria(review) if failed is None else failed
    met = {_cause(review.pk, found.criterion.key) for found in failed}
    met &= set(RuleRun.objects.filter(rule=PRACTISE_FAILED_CRITERION, cause__in=met).values_list("cause", flat=True))
    for found in failed:
        standard = found.criterion.standard
        cause = _cause(review.pk, found.criterion.key)
        if standard is None or not standard.live or cause in met:
            continue
        cards = add_cards_for_standard(
            person=review.reviewee,
            standard=standard,
            because=because_of(review, found, now),
            evidence_url=reverse("review_detail", args=[review.pk]),
            cause=cause,
            instead_of=_cause(review.corrects_id, found.criterion.key) if review.corrects_id else "",
            now=now,
        )
        outcome = RuleRun.Outcome.PRACTISED if cards else RuleRun.Outcome.NOT_POSSIBLE
        runs.append(RuleRun.objects.create(rule=PRACTISE_FAILED_CRITERION, cause=cause, review=review, outcome=outcome, at=now))
    return runs


@transaction.atomic
def rest_with_review(review: Review, now: datetime) -> list[RuleRun]:
    """A withdrawn review asks for nothing: its questions rest where nothing else asks for them and none was practised."""
    caused = RuleRun.objects.filter(rule=PRACTISE_FAILED_CRITERION, review=review, outcome=RuleRun.Outcome.PRACTISED)
    runs = []
    for earlier in caused.order_by("pk"):
        if RuleRun.objects.filter(rule=REST_WITH_REVIEW, cause=earlier.cause).exists():
            continue
        taken = take_back_cards(cause=earlier.cause, now=now)
        outcome = RuleRun.Outcome.WITHDRAWN if taken else RuleRun.Outcome.KEPT_STARTED
        runs.append(RuleRun.objects.create(rule=REST_WITH_REVIEW, cause=earlier.cause, review=review, outcome=outcome, at=now))
    return runs


def _cause(review_id: int, criterion_key: str) -> str:
    return f"review:{review_id}:criterion:{criterion_key}"
