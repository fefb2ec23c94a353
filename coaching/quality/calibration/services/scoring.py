"""Filling in a blind scoring, and submitting it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from coaching.quality.calibration.results import grader_result
from coaching.quality.calibration.services.sessions import end_scoring, locked_session, missing_scorings
from coaching.quality.calibration.sheets import sheet_of
from coaching.quality.models import (
    Answer,
    BlindRating,
    BlindScoring,
    CalibrationItem,
    CalibrationSession,
    Criterion,
    GraderReview,
)
from coaching.quality.services.errors import NotPublishable, QualityError
from coaching.quality.services.reviews import RatingInput
from people.audit import record
from people.models import Person


def _locked_draft(actor: Person, scoring: BlindScoring) -> tuple[BlindScoring, CalibrationSession | None]:
    """The scoring as it stands now, and its session; the session's row is locked first, as whoever ends scoring does."""
    session = None
    if scoring.item_id is not None:
        item = CalibrationItem.objects.get(pk=scoring.item_id)
        session = locked_session(item.session_id)
    scoring = BlindScoring.objects.select_for_update(of=("self",)).select_related("scorecard_version").get(pk=scoring.pk)
    if scoring.scorer_id != actor.pk:
        raise QualityError(_("Only who was asked scores this."))
    if scoring.is_submitted:
        raise QualityError(_("You have submitted this already; it can no longer be changed."))
    if session is not None and not session.is_scoring:
        raise QualityError(_("Scoring of this session is over, so this can no longer be changed."))
    return scoring, session


@transaction.atomic
def save_scoring(
    *, actor: Person, scoring: BlindScoring, ratings: Iterable[RatingInput], comment: str, now: datetime
) -> BlindScoring:
    """Store what is filled in so far; storing the same again changes nothing. Criteria that are not named stay as they are.

    Raises QualityError once it is submitted or scoring is over, or for an answer that its criterion does not offer.
    """
    scoring, _session = _locked_draft(actor, scoring)
    if _store(scoring, ratings, comment):
        scoring.saved_at = now
        scoring.save(update_fields=["comment", "saved_at"])
        # What was answered is not noted: the log is read before the answers may be.
        record(actor=actor, verb="scoring.save", target=scoring, now=now)
    return scoring


def _store(scoring: BlindScoring, ratings: Iterable[RatingInput], comment: str) -> bool:
    """Write what differs; whether anything did."""
    criteria = {c.pk: c for c in Criterion.objects.filter(section__version=scoring.scorecard_version)}
    offered = set(Answer.objects.filter(criterion__in=criteria).values_list("pk", "criterion_id"))
    stored = {r.criterion_id: r for r in BlindRating.objects.filter(scoring=scoring)}
    new, changed = [], []
    for wish in ratings:
        criterion = criteria.get(wish.criterion_id)
        if criterion is None or (wish.answer_id is not None and (wish.answer_id, wish.criterion_id) not in offered):
            raise QualityError(_("That answer does not belong to this scorecard. Reload the page."))
        if wish.is_na and (not criterion.allow_na or wish.answer_id is not None):
            raise QualityError(_("“%(label)s” always applies.") % {"label": criterion})
        text = wish.comment.replace("\r\n", "\n").strip()
        given = (wish.answer_id, wish.is_na, text)
        rating = stored.get(wish.criterion_id)
        if rating is None:
            if any(given):
                new.append(
                    BlindRating(scoring=scoring, criterion=criterion, answer_id=wish.answer_id, is_na=wish.is_na, comment=text)
                )
        elif (rating.answer_id, rating.is_na, rating.comment) != given:
            rating.answer_id, rating.is_na, rating.comment = given
            changed.append(rating)
    comment = comment.replace("\r\n", "\n").strip()
    if not new and not changed and comment == scoring.comment:
        return False
    BlindRating.objects.bulk_create(new)
    BlindRating.objects.bulk_update(changed, ["answer", "is_na", "comment"])
    scoring.comment = comment
    return True


@transaction.atomic
def submit_scoring(*, actor: Person, scoring: BlindScoring, now: datetime) -> BlindScoring:
    """Hand it in; it can no longer be changed. The last one of a session ends its scoring, and the answers open to its people.

    Raises NotPublishable with every criterion that has no answer, QualityError where it is submitted already or scoring is over.
    """
    scoring, session = _locked_draft(actor, scoring)
    problems = sheet_of(scoring).problems
    if problems:
        raise NotPublishable(problems)
    scoring.state, scoring.submitted_at, scoring.saved_at = BlindScoring.State.SUBMITTED, now, now
    scoring.save(update_fields=["state", "submitted_at", "saved_at"])
    reviewer = None
    if session is None:
        reading = GraderReview.objects.select_related("review__scorecard_version", "review__reviewer", "scoring").get(
            scoring=scoring
        )
        reading.alignment = grader_result(reading).alignment
        reading.save(update_fields=["alignment"])
        reviewer = reading.review.reviewer
    record(
        actor=actor,
        verb="scoring.submit",
        target=scoring,
        subject=reviewer,
        before={"state": "draft"},
        after={"state": "submitted"},
        now=now,
    )
    if session is not None and not missing_scorings(session).exists():
        end_scoring(session, by=None, now=now)
    return scoring
