"""What the pages of one review say about its way to its person: what publishing will do, what it did, who may do what now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coaching.quality.days import local_day
from coaching.quality.models import ReleaseStep, Review, ScorecardVersion
from coaching.quality.release import access
from coaching.quality.release.forms import HoldForm, ReturnForm
from coaching.quality.release.queries import Waiting, history_of, waiting_of
from coaching.quality.release.rules import last_day_to_hold, release_day
from coaching.quality.release.steps import approval_needed
from coaching.quality.scoring import Score
from people.models import Person


@dataclass(frozen=True)
class Publishing:
    """What "Publish" will do with this draft."""

    cause: str  # why a second person approves it; empty: nobody has to
    may_choose: bool  # the reviewer names the day
    release_on: date | None  # where no approval stands between, the day it is released; None: at once
    first_day: date
    last_day: date


def publishing_of(review: Review, score: Score, now: datetime) -> Publishing:
    today = local_day(now)
    version = review.scorecard_version
    cause = approval_needed(review, score_shown=score.shown, critical_failed=list(score.critical_failed))
    return Publishing(
        cause=str(ReleaseStep.Cause(cause).label) if cause else "",
        may_choose=version.hold == ScorecardVersion.Hold.CHOSEN,
        release_on=None if cause else release_day(version, ready_on=today, chosen=None),
        first_day=today + timedelta(days=1),
        last_day=last_day_to_hold(today),
    )


def said_of(review: Review) -> str:
    """What became of it, to the reviewer who pressed "Publish"."""
    if review.is_submitted:
        return _("Handed in. Somebody else approves it before %(person)s reads it.") % {"person": review.reviewee}
    if review.is_held and review.release_on is not None:
        day = date_format(review.release_on, "j F")
        return _("Done. It is held; %(person)s can read it from %(day)s.") % {"person": review.reviewee, "day": day}
    return _("Published. %(person)s can read it now.") % {"person": review.reviewee}


@dataclass(frozen=True)
class Release:
    """Where a review stands, for one reader of its page."""

    history: list[ReleaseStep]
    may_read_reasons: bool
    may_approve: bool
    may_take_back: bool
    may_change: bool
    return_form: ReturnForm | None
    hold_form: HoldForm | None
    first_day: date
    last_day: date | None
    waiting: Waiting | None  # of a published review that is not acknowledged


def release_of(person: Person, review: Review, now: datetime) -> Release:
    today = local_day(now)
    may_change = bool(access.can_change_release(person, review, today))
    return Release(
        history=history_of(review),
        may_read_reasons=bool(access.can_read_reasons(person, review)),
        may_approve=bool(access.can_approve_review(person, review)),
        may_take_back=bool(access.can_take_back_review(person, review)),
        may_change=may_change,
        return_form=ReturnForm() if access.can_return_review(person, review) else None,
        hold_form=HoldForm(initial={"release_on": review.release_on}) if may_change else None,
        first_day=today + timedelta(days=1),
        last_day=access.last_day_to_choose(review),
        waiting=waiting_of(review, today),
    )
