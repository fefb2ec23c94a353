"""Opening a package for a learner, and storing what it reports.

Everything a package says is a claim of foreign script. The rules: a commit replaces and never adds; a number that is not
above the stored one is dropped; completed and passed never go back; time never shrinks. Each opening of a part is a visit
with numbers of its own, so a reload, a second tab and a late beacon do not stand in each other's way: the run-time data
kept to go on with is that of the newest visit that has reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from learning.assignments.models import PACKAGE_STEP, Assignment, Attempt
from learning.assignments.services import AssignmentError, finish_step, lock_assignment, start_attempt
from learning.modules.content import from_revision
from learning.packages import tokens
from learning.packages.commits import Commit
from learning.packages.faults import CommitRefused, PackageError
from learning.packages.models import Launch, Package, PartState, Visit
from learning.packages.queries import parts_to_do, parts_unseen
from people.audit import record
from people.models import Person

USE_IS_NOTED_EVERY = timedelta(minutes=2)  # a page of fifty files is one use, not fifty writes


@transaction.atomic
def launch_package(*, actor: Person, assignment: Assignment, app_origin: str, now: datetime) -> Launch:
    """Open the package of an assignment: in the running attempt, which begins where there is none; after completion to look back.

    Raises PackageError where its revision has no package or the file is gone, AssignmentError where it cannot be begun.
    """
    assignment = lock_assignment(assignment)
    review = assignment.state == Assignment.State.COMPLETED
    if review:
        attempt = assignment.attempts.select_related("revision").order_by("-number").first()
    else:
        attempt = start_attempt(actor=actor, assignment=assignment, now=now)
    package = _package_of(attempt) if attempt is not None else None
    if attempt is None or package is None:
        raise PackageError(_("This module has no package that is still here. Tell an editor."))
    launch = Launch.objects.create(
        key=tokens.new_key(),
        attempt=attempt,
        package=package,
        review=review,
        app_origin=app_origin,
        opened_at=now,
        last_used_at=now,
    )
    after = {"package": package.pk, "attempt": attempt.number}
    record(actor=actor, verb="package.open", target=assignment, subject=assignment.person, after=after, now=now)
    return launch


def _package_of(attempt: Attempt) -> Package | None:
    return Package.objects.filter(sha256=from_revision(attempt.revision).package_digest).first()


def touch_launch(*, launch: Launch, now: datetime) -> None:
    """Note that a launch is in use: its hour begins again."""
    if now - launch.last_used_at >= USE_IS_NOTED_EVERY:
        Launch.objects.filter(pk=launch.pk, last_used_at__lt=now).update(last_used_at=now)


@dataclass(frozen=True)
class Opened:
    """A part that was just opened: the visit, and where the learner stands. `previous` holds the run-time data to go on with."""

    visit: Visit
    state: PartState
    previous: Visit | None


@transaction.atomic
def open_part(*, launch: Launch, part: int, now: datetime) -> Opened:
    """Begin a visit of one part. Raises CommitRefused where the package has no such part."""
    if not 0 <= part < len(launch.package.parts):
        raise CommitRefused(_("The package has no such part."))
    lock_assignment(launch.attempt.assignment)
    state = _state(launch.attempt, part)
    previous = state.latest
    state.visits += 1
    state.opened_at = state.opened_at or now
    state.save(update_fields=["visits", "opened_at"])
    begins_with = carried_over(state, previous) if launch.package.kind == Package.Kind.H5P else {}
    visit = Visit.objects.create(state=state, launch=launch, number=state.visits, opened_at=now, runtime_data=begins_with)
    return Opened(visit, state, previous)


def carried_over(state: PartState, previous: Visit | None) -> dict[str, Any]:
    """With what a visit of an H5P exercise begins: what it kept for its learner, and the seconds there were before."""
    data = previous.runtime_data.get("data") if previous is not None else None
    return {"data": data if isinstance(data, dict) else {}, "before": state.seconds}


def _state(attempt: Attempt, part: int) -> PartState:
    """Made under the lock of the assignment, so never twice."""
    return PartState.objects.select_related("latest").get_or_create(attempt=attempt, part=part)[0]


@transaction.atomic
def record_commit(*, launch: Launch, part: int, number: int | None, commit: Commit, now: datetime) -> bool:
    """Store what a part reported in its visit `number` (None: the newest). False where it was dropped as already known.

    Finishes the step of the assignment where every part is done. Raises CommitRefused where the launch does not have this
    visit or the learner began anew. Thousands come in a minute, so the usual one reads and writes no more than it must.
    """
    if launch.review:
        return False
    hold(launch)
    visit = visits_of(launch, part, number).defer("runtime_data").first()
    if visit is None:
        raise CommitRefused(_("Open the part before it reports."))
    if commit.sequence is not None and commit.sequence <= visit.sequence:
        return False
    state = visit.state
    move_bookmark(state, visit)
    _store_raw(visit, commit, now)
    completion, success = commit.judged(launch.package.parts[state.part])
    score = (commit.raw, commit.minimum, commit.maximum, commit.scaled)
    claim(launch, state, completion=completion, success=success, score=score, seconds=commit.seconds, now=now)
    return True


def hold(launch: Launch) -> None:
    """One report at a time of an assignment, in the order in which every verb of a learner takes its locks."""
    Assignment.objects.select_for_update(of=("self",)).only("pk").get(pk=launch.attempt.assignment_id)


def visits_of(launch: Launch, part: int, number: int | None) -> QuerySet[Visit]:
    """The visit `number` of a part (None: all, the newest first), with its state and the number of the bookmark's visit."""
    visits = Visit.objects.filter(launch=launch, state__part=part).select_related("state")
    visits = visits.annotate(latest_number=F("state__latest__number"))
    return visits.order_by("-number") if number is None else visits.filter(number=number)


def move_bookmark(state: PartState, visit: Visit) -> None:
    """A tab that was opened earlier adds to what is reported, but does not move the bookmark of the one opened later."""
    latest: int | None = visit.latest_number  # type: ignore[attr-defined]
    if latest is None or visit.number >= latest:
        state.latest = visit


def _store_raw(visit: Visit, commit: Commit, now: datetime) -> None:
    visit.sequence = commit.sequence if commit.sequence is not None else visit.sequence + 1
    visit.runtime_data = commit.runtime_data
    visit.terminated = visit.terminated or commit.terminated
    visit.last_contact_at = now
    visit.save(update_fields=["sequence", "runtime_data", "terminated", "last_contact_at"])


def claim(
    launch: Launch,
    state: PartState,
    *,
    completion: str,
    success: str,
    score: tuple[float | None, float | None, float | None, float | None],
    seconds: int,
    now: datetime,
) -> None:
    """Store what a part says of itself: it only rises. `score` is (raw, least, most, scaled). Finishes the step where all is done."""
    before = (state.completion, state.success)
    passed_before = state.success == PartState.Success.PASSED
    if state.completion != PartState.Completion.COMPLETED and completion not in {"", PartState.Completion.UNKNOWN}:
        state.completion = completion
    if not passed_before and success not in {"", PartState.Success.UNKNOWN}:
        state.success = success
    raw, least, most, scaled = score
    # The score beside "passed" is the one that passed.
    if (raw is not None or scaled is not None) and not (passed_before and success != PartState.Success.PASSED):
        state.score_raw, state.score_min, state.score_max, state.score_scaled = raw, least, most, scaled
    state.seconds = max(state.seconds, seconds)
    state.last_contact_at = now
    state.save()
    if (state.completion, state.success) != before:
        _tell(launch, state, now)
    if state.is_done:
        _finish(launch, now)
    touch_launch(launch=launch, now=now)


def _tell(launch: Launch, state: PartState, now: datetime) -> None:
    assignment = launch.attempt.assignment
    after = {"part": state.part + 1, "completion": state.completion, "success": state.success}
    record(actor=assignment.person, verb="package.report", target=assignment, subject=assignment.person, after=after, now=now)


def _finish(launch: Launch, now: datetime) -> None:
    """Finish the step where every part that reports is done, once."""
    if not launch.package.reports or launch.attempt.steps.filter(step=PACKAGE_STEP).exists():
        return
    states = list(PartState.objects.filter(attempt=launch.attempt))
    if parts_to_do(launch.package, states):
        return
    person, seconds = launch.attempt.assignment.person, sum(one.seconds for one in states)
    try:
        finish_step(actor=person, attempt=launch.attempt, step=PACKAGE_STEP, measured_seconds=seconds, now=now)
    except AssignmentError as error:
        raise CommitRefused(str(error)) from error


@transaction.atomic
def confirm_seen(*, actor: Person, attempt: Attempt, package: Package, now: datetime) -> None:
    """The learner says that they have gone through a package that cannot report. Raises PackageError where it can, or parts are unopened."""
    lock_assignment(attempt.assignment)
    if package.reports:
        raise PackageError(_("This package reports by itself when you are done."))
    unseen = parts_unseen(package, list(PartState.objects.filter(attempt=attempt)))
    if unseen:
        raise PackageError(_("Not opened yet: %(parts)s") % {"parts": ", ".join(part.title for part in unseen[:10])})
    finish_step(actor=actor, attempt=attempt, step=PACKAGE_STEP, now=now)
