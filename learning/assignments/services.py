"""What can be done with assignments. Each verb is one transaction and writes the audit log."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.events import announce
from learning.assignments.events import ModuleAssigned, ModuleCompleted
from learning.assignments.models import Assignment, Attempt, Completion, StepDone
from learning.assignments.queries import Criterion, criteria_of, missing_prerequisites
from learning.assignments.reminders.services import remind_of_new
from learning.assignments.tasks import mail_assignment
from learning.certificates.services import issue_certificate
from learning.modules.content import content_digest, from_revision
from learning.modules.models import Module
from learning.modules.translations import read_translations
from people.audit import record
from people.models import Person

# Time between two steps counts as learning up to here; a longer gap was a call, a lunch or a night.
LONGEST_COUNTED_GAP_SECONDS = 600

# One slash, then printable ASCII without space or backslash: browsers read "//", "/\\" and "/<tab>/" as another host.
_PATH_ON_THIS_SITE = re.compile(r"/(?![/])[!-\[\]-~]*")


class AssignmentError(Exception):
    """A wish that cannot be met; the message says why and what to do."""


class AlreadyAssigned(AssignmentError):
    """The person has this module open already; `assignment` is the one they have."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        super().__init__(
            _("%(person)s already has “%(module)s” to do.") % {"person": assignment.person, "module": assignment.module.title}
        )


class PrerequisitesMissing(AssignmentError):
    """Other modules come first; `modules` are those."""

    def __init__(self, person: Person, module: Module, modules: list[Module]) -> None:
        self.modules = modules
        names = ", ".join(f"“{before.title}”" for before in modules)
        super().__init__(
            _("Before “%(module)s”, %(person)s has to complete: %(names)s. Assign that first.")
            % {"module": module.title, "person": person, "names": names}
        )


@transaction.atomic
def assign_module(
    *,
    actor: Person | None,
    person: Person,
    module: Module,
    due_on: date | None,
    source: str,
    because: str,
    because_quote: str = "",
    evidence_url: str = "",
    cause: str | None = None,
    access_until: date | None = None,
    now: datetime,
) -> Assignment:
    """Give a module to a person, with the reason they will read and, where there is one, its evidence.

    `due_on` is the day it is wanted by, `access_until` the last day on which it can be taken at all.

    `actor` None is a rule. With a `cause` given before, the assignment it made is returned and nothing
    happens. `evidence_url` is a path on this site. The learner gets a mail after commit, unless they
    chose the module themselves; in their quiet hours, or where they want one mail a day, it waits for `send_reminders`. Raises AlreadyAssigned where the module is open for the person (that
    assignment is then held, so nobody withdraws it before the caller's transaction ends), and AssignmentError where it is not published, the account is closed or the path leaves this site.
    """
    cause = cause or ""
    if cause:
        earlier = Assignment.objects.filter(cause=cause).first()
        if earlier is not None:
            return earlier
    if evidence_url and not _PATH_ON_THIS_SITE.fullmatch(evidence_url):
        raise AssignmentError(_("The evidence must be a page of this site, such as /quality/reviews/12/."))
    if not module.live:
        raise AssignmentError(_("“%(module)s” is not published. Ask an editor to publish it first.") % {"module": module.title})
    if not person.is_active:
        raise AssignmentError(_("%(person)s has no active account any more.") % {"person": person})
    if access_until is not None and due_on is not None and access_until < due_on:
        raise AssignmentError(_("It must be possible to take the module until the day it is due, or longer."))
    already = open_and_held(person, module.pk)
    if already is not None:
        raise AlreadyAssigned(already)
    missing = missing_prerequisites(person, module)
    if missing:
        raise PrerequisitesMissing(person, module, missing)
    try:
        with transaction.atomic():
            assignment = Assignment.objects.create(
                person=person,
                module=module,
                cycle=1
                + Completion.objects.filter(person=person, module_id__in=read_translations().same_as([module.pk])).count(),
                due_on=due_on,
                access_until=access_until,
                source=source,
                because=because,
                because_quote=because_quote,
                evidence_url=evidence_url,
                cause=cause,
                assigned_by=actor,
                assigned_at=now,
            )
    except IntegrityError:
        # Somebody else was faster between the look and the insert; the constraint kept it single.
        return _the_faster_one(person, module, cause)
    record(
        actor=actor,
        verb="assignment.assign",
        target=assignment,
        subject=person,
        after={
            "module": module.pk,
            "source": str(source),
            "due_on": due_on.isoformat() if due_on else None,
            **({"access_until": access_until.isoformat()} if access_until else {}),
            "cause": cause,
        },
        now=now,
    )
    announce(ModuleAssigned(assignment_id=assignment.pk))
    if source != Assignment.Source.OWN and not remind_of_new(assignment=assignment, now=now):
        transaction.on_commit(partial(mail_assignment.enqueue, assignment.pk))
    return assignment


def _the_faster_one(person: Person, module: Module, cause: str) -> Assignment:
    if cause:
        same_cause = Assignment.objects.filter(cause=cause).first()
        if same_cause is not None:
            return same_cause
    already = open_and_held(person, module.pk)
    if already is None:
        raise AssignmentError(_("This could not be saved because something else changed at the same moment. Please try again."))
    raise AlreadyAssigned(already)


@transaction.atomic
def withdraw_assignment(*, actor: Person | None, assignment: Assignment, reason: str, now: datetime) -> Assignment:
    """Take back what nobody has begun; doing it twice changes nothing.

    Raises AssignmentError where the learner has started (their work stays) or has completed it.
    """
    assignment = lock_assignment(assignment)
    if assignment.state == Assignment.State.WITHDRAWN:
        return assignment
    if assignment.state == Assignment.State.COMPLETED:
        raise AssignmentError(_("%(person)s has completed this module; the proof stays.") % {"person": assignment.person})
    if assignment.state == Assignment.State.STARTED:
        raise AssignmentError(
            _("%(person)s has already started this module, so it stays. What they have done is not lost.")
            % {"person": assignment.person}
        )
    if not reason.strip():
        raise AssignmentError(_("Say why you withdraw it: the learner reads the reason."))
    close_assignment(actor, assignment, reason.strip(), now)
    return assignment


def close_assignment(actor: Person | None, assignment: Assignment, reason: str, now: datetime) -> None:
    """Withdraw an assignment whose row the caller holds, whatever its reason."""
    before = assignment.state
    assignment.state = Assignment.State.WITHDRAWN
    assignment.withdrawn_at = now
    assignment.withdrawn_reason = reason
    assignment.save(update_fields=["state", "withdrawn_at", "withdrawn_reason"])
    record(
        actor=actor,
        verb="assignment.withdraw",
        target=assignment,
        subject=assignment.person,
        before={"state": str(before)},
        after={"state": "withdrawn"},
        now=now,
    )


@transaction.atomic
def change_dates(
    *, actor: Person, assignment: Assignment, due_on: date | None, access_until: date | None, now: datetime
) -> Assignment:
    """Move the day it is due and the last day on which it can be taken; a wish for more time is answered by it.

    Raises AssignmentError where it is completed or withdrawn, or the last day would lie before the day it is due.
    """
    assignment = lock_assignment(assignment)
    if not assignment.is_open:
        raise AssignmentError(_("Only what is still to do can get other dates. Assign the module again instead."))
    if access_until is not None and due_on is not None and access_until < due_on:
        raise AssignmentError(_("It must be possible to take the module until the day it is due, or longer."))
    before = {"due_on": _iso(assignment.due_on), "access_until": _iso(assignment.access_until)}
    after = {"due_on": _iso(due_on), "access_until": _iso(access_until)}
    if before == after:
        return assignment
    assignment.due_on, assignment.access_until, assignment.more_time_asked_at = due_on, access_until, None
    assignment.save(update_fields=["due_on", "access_until", "more_time_asked_at"])
    record(
        actor=actor,
        verb="assignment.change_dates",
        target=assignment,
        subject=assignment.person,
        before=before,
        after=after,
        now=now,
    )
    return assignment


@transaction.atomic
def ask_for_more_time(*, actor: Person, assignment: Assignment, now: datetime) -> Assignment:
    """The learner asks for what can no longer be taken; the lead's list shows it. Asking twice is asking once."""
    assignment = lock_assignment(assignment)
    if not assignment.is_closed(timezone.localdate(now)):
        raise AssignmentError(_("This assignment is not over. Go on with it."))
    if assignment.more_time_asked_at is None:
        assignment.more_time_asked_at = now
        assignment.save(update_fields=["more_time_asked_at"])
        record(actor=actor, verb="assignment.ask_time", target=assignment, subject=assignment.person, now=now)
    return assignment


def note_export(*, actor: Person, now: datetime) -> None:
    """Note that somebody took the list of their people's learning as a file."""
    record(actor=actor, verb="read.learning_list", now=now)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


@transaction.atomic
def start_attempt(*, actor: Person, assignment: Assignment, now: datetime) -> Attempt:
    """Begin on the revision that is published now; the running attempt where there is one.

    Raises AssignmentError where the assignment is withdrawn or completed or the module is not published.
    """
    assignment = lock_assignment(assignment)
    _must_be_open(assignment, now)
    return current_or_new_attempt(actor=actor, assignment=assignment, now=now)


@transaction.atomic
def restart_attempt(*, actor: Person, assignment: Assignment, now: datetime) -> Attempt:
    """Leave the revision one began with and begin again on the one published since.

    The earlier attempt stays as it was. Where nothing newer is published, the running attempt is returned.
    """
    assignment = lock_assignment(assignment)
    _must_be_open(assignment, now)
    attempt = assignment.attempts.order_by("-number").first()
    if attempt is not None and attempt.revision_id == assignment.module.live_revision_id:
        return attempt
    return _new_attempt(actor, assignment, attempt.number + 1 if attempt else 1, now)


def current_or_new_attempt(*, actor: Person, assignment: Assignment, now: datetime) -> Attempt:
    """The running attempt, or the first one on what is published now. The caller holds the assignment's row."""
    return assignment.attempts.order_by("-number").first() or _new_attempt(actor, assignment, 1, now)


def _new_attempt(actor: Person, assignment: Assignment, number: int, now: datetime) -> Attempt:
    module = assignment.module
    if not module.live or module.live_revision is None:
        raise AssignmentError(
            _("“%(module)s” is not published at the moment. Please try again later.") % {"module": module.title}
        )
    attempt = Attempt.objects.create(
        assignment=assignment,
        number=number,
        revision=module.live_revision,
        content_digest=content_digest(module.live_revision),
        started_at=now,
    )
    before = assignment.state
    assignment.state = Assignment.State.STARTED
    assignment.save(update_fields=["state"])
    record(
        actor=actor,
        verb="assignment.start",
        target=assignment,
        subject=assignment.person,
        before={"state": str(before)},
        after={"state": "started", "attempt": number, "revision": attempt.revision_id},
        now=now,
    )
    return attempt


@transaction.atomic
def finish_step(
    *,
    actor: Person,
    attempt: Attempt,
    step: str,
    next_step: str = "",
    measured_seconds: int = 0,
    earned_at: datetime | None = None,
    now: datetime,
) -> Completion | None:
    """Note that a lesson is read or the quiz passed; a step counts once. `next_step` is where to resume.

    The seconds since the step before count as learning time, at most ten minutes of them; more where the step itself
    measured more (`measured_seconds`, a package), though never more than have passed since the attempt began. `earned_at` is
    when it was done, where that is only found now: a last day that has passed since takes nothing away. Completes the
    assignment where nothing is missing any more, and then returns the completion. On a completed
    assignment nothing changes. Raises AssignmentError for a step this revision does not have, a
    withdrawn assignment, or an attempt that was left for a newer one.
    """
    assignment = lock_assignment(attempt.assignment)
    if assignment.state == Assignment.State.COMPLETED:
        return None
    _must_be_open(assignment, earned_at or now)
    if assignment.attempts.filter(number__gt=attempt.number).exists():
        raise AssignmentError(_("You began again on a newer version. Go on there."))
    steps = {criterion.key for criterion in criteria_of(attempt, from_revision(attempt.revision))}
    if step not in steps:
        raise AssignmentError(_("This module has no such step. Open it again from your list."))
    before = attempt.steps.order_by("-at", "-pk").first()
    gap = (now - (before.at if before else attempt.started_at)).total_seconds()
    possible = int(max((now - attempt.started_at).total_seconds(), 0))
    seconds = max(int(min(max(gap, 0), LONGEST_COUNTED_GAP_SECONDS)), min(measured_seconds, possible))
    _row, created = StepDone.objects.get_or_create(attempt=attempt, step=step, defaults={"at": now, "seconds": seconds})
    attempt.last_step = next_step or step
    attempt.save(update_fields=["last_step"])
    if created:
        record(
            actor=actor,
            verb="assignment.finish_step",
            target=assignment,
            subject=assignment.person,
            after={"step": step},
            now=now,
        )
    return complete_if_ready(actor=actor, attempt=attempt, now=now)


@transaction.atomic
def complete_if_ready(*, actor: Person, attempt: Attempt, now: datetime) -> Completion | None:
    """The only way for a learner to complete: write the proof where every criterion is met; None where one is missing."""
    assignment = lock_assignment(attempt.assignment)
    if assignment.state != Assignment.State.STARTED:
        return None
    content = from_revision(attempt.revision)
    criteria = criteria_of(attempt, content)
    if not criteria or not all(criterion.met for criterion in criteria):
        return None
    seconds = attempt.steps.aggregate(total=Sum("seconds"))["total"] or 0
    return write_completion(
        actor=actor, assignment=assignment, attempt=attempt, criteria=criteria, seconds=seconds, recorded_by=None, now=now
    )


def write_completion(
    *,
    actor: Person,
    assignment: Assignment,
    attempt: Attempt,
    criteria: Sequence[Criterion],
    seconds: int,
    recorded_by: Person | None,
    now: datetime,
) -> Completion:
    """Write the proof and close the assignment, whose row the caller holds. Announces ModuleCompleted.

    Where the completed revision promises a certificate, it is issued in the same transaction.
    """
    content = from_revision(attempt.revision)
    completion = Completion.objects.create(
        person=assignment.person,
        module=assignment.module,
        assignment=assignment,
        attempt=attempt,
        revision=attempt.revision,
        content_digest=content_digest(attempt.revision),
        title=content.title,
        criteria=[asdict(criterion) for criterion in criteria],
        completed_at=now,
        seconds=seconds,
        recorded_by=recorded_by,
    )
    attempt.finished_at = now
    attempt.save(update_fields=["finished_at"])
    before = assignment.state
    assignment.state = Assignment.State.COMPLETED
    assignment.save(update_fields=["state"])
    record(
        actor=actor,
        verb="assignment.complete_by_hand" if recorded_by else "assignment.complete",
        target=assignment,
        subject=assignment.person,
        before={"state": str(before)},
        after={"state": "completed", "completion": completion.pk, "revision": attempt.revision_id},
        now=now,
    )
    issue_certificate(
        actor=actor,
        person=assignment.person,
        module=assignment.module,
        revision=attempt.revision,
        content=content,
        content_digest=completion.content_digest,
        completion=completion.pk,
        cycle=assignment.cycle,
        completed_at=now,
        now=now,
    )
    announce(ModuleCompleted(completion_id=completion.pk))
    return completion


def lock_assignment(assignment: Assignment) -> Assignment:
    """The assignment as it is now, its row held until the end of the transaction.

    Whoever decides by what an assignment is asked for locks it first and looks afterwards.
    """
    return Assignment.objects.select_for_update(of=("self",)).select_related("person", "module").get(pk=assignment.pk)


def lock_open_assignments(*, person: Person, module_ids: Iterable[int]) -> list[Assignment]:
    """The person's open assignments of these modules, held until the end of the transaction; always in the same order."""
    held = Assignment.objects.open().select_for_update(of=("self",)).select_related("person", "module")
    return list(held.filter(person=person, module_id__in=module_ids).order_by("pk"))


def open_and_held(person: Person, module_id: int) -> Assignment | None:
    """What the person has open of a module, in whatever language. Held, so that it stays open while the caller relies on it."""
    held = lock_open_assignments(person=person, module_ids=read_translations().same_as([module_id]))
    return next(iter(sorted(held, key=lambda assignment: assignment.module_id != module_id)), None)


def _must_be_open(assignment: Assignment, now: datetime) -> None:
    if assignment.state == Assignment.State.WITHDRAWN:
        raise AssignmentError(_("This assignment was withdrawn. You can take the module by your own choice from the catalogue."))
    if assignment.state == Assignment.State.COMPLETED:
        raise AssignmentError(_("You have completed this module. Take it again from the catalogue."))
    # A day is the learner's own, also where a task, or a package's report, works for them.
    if assignment.is_closed(timezone.localdate(now, ZoneInfo(assignment.person.time_zone))):
        raise AssignmentError(_("The last day for this module has passed. Ask for more time, or take it anew."))
