"""Checking the checkers: a second person reads a published review's conversation blind. The score never changes."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from random import Random

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from coaching.quality.calibration.access import can_ask_grader_review, graders_to_pick
from coaching.quality.days import local_day
from coaching.quality.models import BlindScoring, GraderReview, Review, ReviewDraw
from coaching.quality.services.errors import QualityError
from people.audit import record
from people.models import Person, Role

DAYS_TO_GRADE = 10
PER_REVIEWER = 2  # and month
LOOK_BACK_DAYS = 31


def _give(*, actor: Person | None, review: Review, grader: Person, method: str, now: datetime) -> GraderReview:
    day = local_day(now)
    scoring = BlindScoring.objects.create(
        interaction_id=review.interaction_id, scorecard_version_id=review.scorecard_version_id, scorer=grader
    )
    return GraderReview.objects.create(
        review=review,
        scoring=scoring,
        method=method,
        period=f"{day:%Y-%m}",
        asked_by=actor,
        asked_at=now,
        due_on=day + timedelta(days=DAYS_TO_GRADE),
    )


@transaction.atomic
def ask_grader_review(*, actor: Person, review: Review, grader: Person, now: datetime) -> GraderReview:
    """Have one published review's conversation read by a second person. Only what is drawn at random enters figures.

    Raises QualityError where it was given to somebody already, does not stand, or the second reader scored, approved or handled it.
    """
    allowed = can_ask_grader_review(actor, review)
    if not allowed:
        raise QualityError(str(allowed.reason))
    if not graders_to_pick(review).filter(pk=grader.pk).exists():
        raise QualityError(_("Choose a reviewer who neither scored, approved nor handled this conversation."))
    try:
        with transaction.atomic():
            reading = _give(actor=actor, review=review, grader=grader, method=GraderReview.Method.BY_HAND, now=now)
    except IntegrityError as error:  # a second click came between the look and the insert
        raise QualityError(_("This review was given to a second reader already.")) from error
    # Without a subject: who scored learns of it with the result, so that nobody looks over the second reader's shoulder.
    record(actor=actor, verb="grader.ask", target=reading, after={"reviewer": grader.pk}, now=now)
    return reading


@transaction.atomic
def draw_grader_reviews(
    *, actor: Person | None, per_reviewer: int = PER_REVIEWER, seed: str, now: datetime
) -> list[GraderReview]:
    """Draw up to `per_reviewer` of each reviewer's reviews of the last month at random, spread over the others.

    Counts what was drawn in this month, so that running again adds nothing. Raises QualityError where nobody could read them.
    """
    day = local_day(now)
    period = f"{day:%Y-%m}"
    # Locking the people keeps two runs at the same time from both seeing "none drawn yet"; rows that name them may be written.
    with_role = Person.objects.active().filter(role_grants__role=Role.REVIEWER).values("pk")
    reviewers = list(Person.objects.select_for_update(no_key=True).filter(pk__in=with_role).order_by("pk"))
    heads = list(Person.objects.active().with_role(Role.HEAD).order_by("pk"))
    if len(reviewers) + len(heads) < 2:
        raise QualityError(_("There is nobody else who could read the reviews. Give a second person the role QA reviewer."))
    drawn = GraderReview.objects.filter(period=period, method=GraderReview.Method.RANDOM)
    have = Counter(drawn.values_list("review__reviewer_id", flat=True))
    load = Counter(drawn.values_list("scoring__scorer_id", flat=True))
    rng = Random(f"{seed}:{period}")  # noqa: S311 - not a secret, a lot
    recent = Review.objects.filter(
        state=Review.State.PUBLISHED,
        corrects=None,
        published_at__gte=now - timedelta(days=LOOK_BACK_DAYS),
        reviewer__in=reviewers,
        grader_review=None,
        draw__message=None,
    ).exclude(draw__method=ReviewDraw.Method.IMPORTED)  # history of another system, mostly without words to read
    by_reviewer: dict[int, list[int]] = defaultdict(list)
    for reviewer_id, pk in recent.order_by("pk").values_list("reviewer_id", "pk"):
        by_reviewer[reviewer_id].append(pk)
    readings = []
    for reviewer in reviewers:
        able = by_reviewer[reviewer.pk]
        for pk in rng.sample(able, max(0, min(per_reviewer - have[reviewer.pk], len(able)))):
            review = recent.get(pk=pk)
            able_to_read = set(graders_to_pick(review).values_list("pk", flat=True))
            others = [p for p in reviewers if p.pk in able_to_read] or [p for p in heads if p.pk in able_to_read]
            if others:
                grader = min(others, key=lambda person: (load[person.pk], rng.random()))
                load[grader.pk] += 1
                readings.append(_give(actor=actor, review=review, grader=grader, method=GraderReview.Method.RANDOM, now=now))
    if readings:
        record(
            actor=actor,
            verb="grader.draw",
            after={"period": period, "seed": seed, "reviews": [reading.review_id for reading in readings]},
            now=now,
        )
    return readings


@transaction.atomic
def reply_to_grader(*, actor: Person, reading: GraderReview, comment: str, now: datetime) -> GraderReview:
    """The reviewer whose review was read answers, once. Raises QualityError without words, or where it was answered."""
    reading = GraderReview.objects.select_for_update(of=("self",)).select_related("review", "scoring").get(pk=reading.pk)
    if reading.review.reviewer_id != actor.pk or not reading.scoring.is_submitted:
        raise QualityError(_("Only the reviewer whose review was read answers."))
    if reading.reply:
        raise QualityError(_("You have answered already."))
    if not comment.strip():
        raise QualityError(_("Write something first."))
    reading.reply, reading.replied_at = comment.strip(), now
    reading.save(update_fields=["reply", "replied_at"])
    record(actor=actor, verb="grader.reply", target=reading, subject=actor, now=now)
    return reading
