"""What can be done with paths: keeping them, giving them to people, going on to the next step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from learning.assignments.groups.queries import people_meant
from learning.assignments.models import Assignment
from learning.assignments.services import AlreadyAssigned, AssignmentError, assign_module, withdraw_assignment
from learning.modules.models import Module
from learning.paths.models import LearningPath, PathAssignment, PathStep, StepModule
from learning.paths.queries import PathProgress, StepProgress, progress_of
from people.audit import record
from people.models import Person, Team


class PathError(Exception):
    """A wish about paths that cannot be met; the message says why and what to do."""


# --- Keeping ------------------------------------------------------------------------------------


@transaction.atomic
def create_path(*, actor: Person | None, title: str, summary: str, now: datetime) -> LearningPath:
    """A path without steps yet. Raises PathError where a path in use has that title."""
    path = LearningPath(title=title.strip(), summary=summary.strip(), created_by=actor, created_at=now)
    _save(path)
    record(actor=actor, verb="path.create", target=path, now=now)
    return path


@transaction.atomic
def change_path(*, actor: Person, path: LearningPath, title: str, summary: str, now: datetime) -> LearningPath:
    """Another title or summary. Raises PathError where a path in use has that title."""
    path = LearningPath.objects.select_for_update().get(pk=path.pk)
    before = path.title
    path.title, path.summary = title.strip(), summary.strip()
    _save(path)
    record(actor=actor, verb="path.change", target=path, before={"name": before}, after={"name": path.title}, now=now)
    return path


def _save(path: LearningPath) -> None:
    try:
        with transaction.atomic():
            path.save()
    except IntegrityError as error:
        raise PathError(_("There is a path “%(title)s” already. Choose another title.") % {"title": path.title}) from error


@transaction.atomic
def set_archived(*, actor: Person, path: LearningPath, archived: bool, now: datetime) -> LearningPath:
    """Take a path out of use, or back into it. Who is on the way goes on."""
    path = LearningPath.objects.select_for_update().get(pk=path.pk)
    if (path.archived_at is not None) != archived:
        path.archived_at = now if archived else None
        _save(path)
        verb = "path.archive" if archived else "path.restore"
        record(actor=actor, verb=verb, target=path, now=now)
    return path


@transaction.atomic
def save_step(
    *, actor: Person | None, path: LearningPath, step: PathStep | None, modules: Sequence[Module], needed: int, now: datetime
) -> PathStep:
    """Add a step at the end, or change one: its modules in their order, and how many of them are needed.

    Who is on the way goes on by the new steps at once. Raises PathError where no module is named or more are needed than
    there are.
    """
    if not modules:
        raise PathError(_("Choose at least one module."))
    if not 1 <= needed <= len(modules):
        raise PathError(_("Of %(of)s modules between 1 and %(of)s can be needed, not %(n)s.") % {"of": len(modules), "n": needed})
    path = LearningPath.objects.select_for_update().get(pk=path.pk)
    if step is None:
        last = path.steps.aggregate(last=Max("position"))["last"] or 0
        step = PathStep.objects.create(path=path, position=last + 1, needed=needed)
    else:
        step.needed = needed
        step.save(update_fields=["needed"])
        step.step_modules.all().delete()
    StepModule.objects.bulk_create(
        StepModule(step=step, module=module, position=position) for position, module in enumerate(modules, start=1)
    )
    after = {"step": step.position, "needed": needed, "modules": [module.pk for module in modules]}
    record(actor=actor, verb="path.save_step", target=path, after=after, now=now)
    _advance_everybody(path, now)
    return step


@transaction.atomic
def remove_step(*, actor: Person, step: PathStep, now: datetime) -> None:
    """Take a step out. What was completed or assigned for it stays."""
    path = LearningPath.objects.select_for_update().get(pk=step.path_id)
    record(actor=actor, verb="path.remove_step", target=path, after={"step": step.position}, now=now)
    step.delete()
    _advance_everybody(path, now)


@transaction.atomic
def move_step(*, actor: Person, step: PathStep, up: bool, now: datetime) -> None:
    """Change places with the step before or after; at the end of the list nothing happens."""
    path = LearningPath.objects.select_for_update().get(pk=step.path_id)
    steps = list(path.steps.order_by("position", "pk"))
    here = next(index for index, row in enumerate(steps) if row.pk == step.pk)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(steps):
        return
    steps[here], steps[there] = steps[there], steps[here]
    for position, row in enumerate(steps, start=1):
        row.position = position
    PathStep.objects.bulk_update(steps, ["position"])
    record(actor=actor, verb="path.move_step", target=path, after={"step": there + 1}, now=now)
    _advance_everybody(path, now)


# --- Giving -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PathGiven:
    """What giving a path to many did: the new ways, and who is on it already or has gone it before."""

    assignments: tuple[PathAssignment, ...]
    already: tuple[Person, ...]
    done: tuple[Person, ...]


@transaction.atomic
def assign_path(
    *,
    actor: Person | None,
    person: Person,
    path: LearningPath,
    due_on: date | None,
    source: str,
    because: str,
    cause: str = "",
    now: datetime,
) -> tuple[PathAssignment, bool]:
    """Set a person on a path and assign what its first open step needs; (the way, whether it is new).

    Who is on the path already stays as they are. Raises PathError where the path is archived or has no steps, or the
    account is closed.
    """
    if cause:
        earlier = PathAssignment.objects.filter(cause=cause).first()
        if earlier is not None:
            return earlier, False
    if path.archived_at is not None:
        raise PathError(_("“%(path)s” is archived. Choose a path that is in use.") % {"path": path})
    if not path.steps.exists():
        raise PathError(_("“%(path)s” has no steps yet. Ask an editor to add them.") % {"path": path})
    if not person.is_active:
        raise PathError(_("%(person)s has no active account any more.") % {"person": person})
    open_one = PathAssignment.objects.open().select_for_update(of=("self",)).filter(person=person, path=path).first()
    if open_one is not None:
        return open_one, False
    try:
        with transaction.atomic():
            assignment = PathAssignment.objects.create(
                person=person,
                path=path,
                due_on=due_on,
                source=source,
                because=because,
                cause=cause,
                assigned_by=actor,
                assigned_at=now,
            )
    except IntegrityError:
        # Somebody else was faster between the look and the insert.
        return PathAssignment.objects.open().get(person=person, path=path), False
    after = {"source": str(source), "due_on": due_on.isoformat() if due_on else None, "cause": cause}
    record(actor=actor, verb="path.assign", target=assignment, subject=person, after=after, now=now)
    return advance(assignment=assignment, now=now), True


@transaction.atomic
def assign_path_to_people(
    *,
    actor: Person,
    people: Iterable[Person],
    teams: Iterable[Team],
    roles: Iterable[str],
    path: LearningPath,
    due_on: date | None,
    because: str,
    now: datetime,
) -> PathGiven:
    """A lead gives a path to people, whole teams or roles. Doing it twice changes nothing.

    Of those meant by team or role, who has gone the path before is left out.
    """
    named, meant = people_meant(actor, people=people, teams=teams, roles=roles, on=timezone.localdate(now))
    gone = set(
        PathAssignment.objects.filter(path=path, state=PathAssignment.State.COMPLETED, person__in=meant).values_list(
            "person_id", flat=True
        )
    )
    assignments, already = [], []
    for person in [*named, *(person for person in meant if person.pk not in gone)]:
        assignment, is_new = assign_path(
            actor=actor, person=person, path=path, due_on=due_on, source=Assignment.Source.LEAD, because=because, now=now
        )
        if is_new:
            assignments.append(assignment)
        else:
            already.append(person)
    return PathGiven(tuple(assignments), tuple(already), tuple(person for person in meant if person.pk in gone))


def choose_path(*, actor: Person, path: LearningPath, now: datetime) -> PathAssignment:
    """Take a path by own choice; the way one is on where there is one."""
    assignment, _is_new = assign_path(
        actor=actor, person=actor, path=path, due_on=None, source=Assignment.Source.OWN, because="", now=now
    )
    return assignment


@transaction.atomic
def choose_on_path(*, actor: Person, assignment: PathAssignment, module: Module, now: datetime) -> Assignment:
    """Take a module of the step one has reached, where the step leaves the choice. The open one where there is one.

    Raises PathError where the module is not part of that step, and AssignmentError as `assign_module` does.
    """
    assignment = _lock(assignment)
    current = progress_of(assignment.path, assignment.person).current
    if not assignment.is_open or current is None or module.pk not in {row.module.pk for row in current.modules}:
        raise PathError(_("This module is not part of the step you have reached. Look at the path again."))
    return _assign(assignment, module, now)


@transaction.atomic
def withdraw_path(*, actor: Person | None, assignment: PathAssignment, reason: str, now: datetime) -> PathAssignment:
    """Take a path back, and those of its modules that nobody has begun. What is started or completed stays.

    Doing it twice changes nothing. Raises PathError without a reason, or where the path is completed.
    """
    assignment = _lock(assignment)
    if assignment.state == PathAssignment.State.WITHDRAWN:
        return assignment
    if not assignment.is_open:
        raise PathError(_("%(person)s has completed this path; that stays.") % {"person": assignment.person})
    if not reason.strip():
        raise PathError(_("Say why you withdraw it: the learner reads the reason."))
    assignment.state, assignment.withdrawn_at = PathAssignment.State.WITHDRAWN, now
    assignment.withdrawn_reason = reason.strip()
    assignment.save(update_fields=["state", "withdrawn_at", "withdrawn_reason"])
    _withdraw_waiting(actor, assignment, None, assignment.withdrawn_reason, now)
    record(actor=actor, verb="path.withdraw", target=assignment, subject=assignment.person, now=now)
    return assignment


# --- Going on -----------------------------------------------------------------------------------


@transaction.atomic
def advance(*, assignment: PathAssignment, now: datetime) -> PathAssignment:
    """Assign what the first open step needs; complete the path where no step is open any more. Twice is once.

    A step that leaves a choice assigns nothing: the learner chooses on the page of the path.
    """
    assignment = _lock(assignment)
    if not assignment.is_open:
        return assignment
    progress = progress_of(assignment.path, assignment.person)
    for step in progress.steps:
        if step.is_met:
            with translation.override(assignment.person.locale):
                reason = _("The step of the path it belonged to is done.")
            _withdraw_waiting(None, assignment, step, reason, now)
    if progress.is_met:
        return _complete(assignment, progress, now)
    current = progress.current
    if current is not None and not current.is_choice:
        for row in current.modules:
            if row.done_on is None and row.assignment is None and row.module.live and not row.waits_for:
                _assign(assignment, row.module, now)
    return assignment


def _complete(assignment: PathAssignment, progress: PathProgress, now: datetime) -> PathAssignment:
    assignment.state, assignment.completed_at = PathAssignment.State.COMPLETED, now
    assignment.snapshot = [
        {
            "needed": step.step.needed,
            "modules": [
                {
                    "module": row.module.pk,
                    "title": row.module.title,
                    "done_on": row.done_on.isoformat() if row.done_on else None,
                }
                for row in step.modules
            ],
        }
        for step in progress.steps
    ]
    assignment.save(update_fields=["state", "completed_at", "snapshot"])
    record(actor=assignment.person, verb="path.complete", target=assignment, subject=assignment.person, now=now)
    return assignment


def advance_person(*, person: Person, now: datetime) -> int:
    """After this person completed something: go on along every path they are on. How many there are."""
    rows = list(PathAssignment.objects.open().filter(person=person).order_by("pk"))
    for row in rows:
        advance(assignment=row, now=now)
    return len(rows)


def _advance_everybody(path: LearningPath, now: datetime) -> None:
    for row in PathAssignment.objects.open().filter(path=path, person__is_active=True).order_by("pk"):
        advance(assignment=row, now=now)


def _lock(assignment: PathAssignment) -> PathAssignment:
    return PathAssignment.objects.select_for_update(of=("self",)).select_related("person", "path").get(pk=assignment.pk)


def _assign(assignment: PathAssignment, module: Module, now: datetime) -> Assignment:
    with translation.override(assignment.person.locale):
        because = _("A step of the learning path “%(path)s”.") % {"path": assignment.path}
    if assignment.because:
        because = f"{because} {assignment.because}"[:1000]
    # Numbered: what was withdrawn because its step was done comes again where the step was changed since.
    prefix = f"path:{assignment.pk}:module:{module.pk}:"
    number = Assignment.objects.filter(cause__startswith=prefix).count() + 1
    try:
        return assign_module(
            actor=None,
            person=assignment.person,
            module=module,
            due_on=assignment.due_on,
            source=Assignment.Source.PATH,
            because=because,
            cause=f"{prefix}{number}",
            now=now,
        )
    except AlreadyAssigned as already:
        return already.assignment


def _withdraw_waiting(actor: Person | None, way: PathAssignment, step: StepProgress | None, reason: str, now: datetime) -> None:
    """Withdraw what this way assigned (of one step, or at all) and nobody has begun."""
    rows = Assignment.objects.filter(person=way.person, state=Assignment.State.OPEN, cause__startswith=f"path:{way.pk}:module:")
    if step is not None:
        rows = rows.filter(module_id__in=[row.module.pk for row in step.modules])
    for row in rows.order_by("pk"):
        try:
            withdraw_assignment(actor=actor, assignment=row, reason=reason, now=now)
        except AssignmentError:
            continue  # begun at this very moment: it stays
