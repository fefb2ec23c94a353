"""Completing by hand, with a reason; and bringing in what people learnt before or elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from foundation.row_problems import Problem
from learning.assignments.models import Assignment, Completion, PastTraining
from learning.assignments.queries import Criterion
from learning.assignments.services import AssignmentError, current_or_new_attempt, lock_assignment, write_completion
from learning.assignments.training.importing import TrainingRow, parse_rows
from learning.modules.models import Module
from people.audit import record
from people.importing import Table
from people.models import Person

BY_HAND = "by_hand"
CHUNK = 200
CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"


@transaction.atomic
def complete_by_hand(*, actor: Person, assignment: Assignment, reason: str, now: datetime) -> Completion:
    """A lead says that somebody has learnt this: the proof names who said so and why, and the version of that day.

    A running attempt keeps its version and its learning time. Raises AssignmentError without a reason, and where the
    assignment is completed or withdrawn, or the module is not published and was never begun.
    """
    assignment = lock_assignment(assignment)
    if not assignment.is_open:
        raise AssignmentError(_("Only what is still to do can be completed. Assign the module again instead."))
    if not reason.strip():
        raise AssignmentError(_("Say how you know that they have learnt it: the proof names your reason."))
    attempt = current_or_new_attempt(actor=actor, assignment=assignment, now=now)
    with translation.override(assignment.person.locale):
        label = _("By hand, by %(name)s: %(reason)s") % {"name": actor, "reason": reason.strip()}
    seconds = sum(attempt.steps.values_list("seconds", flat=True))
    return write_completion(
        actor=actor,
        assignment=assignment,
        attempt=attempt,
        criteria=[Criterion(BY_HAND, label, met=True)],
        seconds=seconds,
        recorded_by=actor,
        now=now,
    )


@dataclass(frozen=True)
class Outcome:
    """What became, or would become, of one row."""

    line: int
    email: str
    title: str
    completed_on: date
    result: str


@dataclass
class TrainingResult:
    read: int = 0
    outcomes: list[Outcome] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    lines: dict[tuple[str, str, date], int] = field(default_factory=dict)  # where each training brought in stands

    def counts(self) -> dict[str, int]:
        """The output contract of every import."""
        by_result = {name: sum(row.result == name for row in self.outcomes) for name in (CREATED, UPDATED, UNCHANGED)}
        return {"read": self.read, **by_result, "rejected": len(self.problems), "warnings": len(self.warnings)}


def import_training(*, actor: Person | None, table: Table, dry_run: bool = False, today: date, now: datetime) -> TrainingResult:
    """Bring the good rows in and report the bad ones. Importing twice changes nothing.

    A row is known by person, title and day; an empty cell changes nothing. A dry run does all of it and takes it back.
    In transactions of 200 rows, so that a killed run leaves whole rows.
    """
    rows, problems = parse_rows(table, today)
    result = TrainingResult(read=len(rows) + len(problems), problems=problems, warnings=list(table.warnings))
    people = {person.email: person for person in Person.objects.filter(email__in={row.email for row in rows})}
    modules = _modules()
    for start in range(0, len(rows), CHUNK):
        with transaction.atomic():
            for row in rows[start : start + CHUNK]:
                _bring_in(actor, row, people, modules, result, now)
            transaction.set_rollback(dry_run)
    result.problems.sort(key=lambda problem: problem.line)
    if not dry_run and (result.counts()[CREATED] or result.counts()[UPDATED]):
        counts = result.counts()
        record(actor=actor, verb="training.import", after={"created": counts[CREATED], "updated": counts[UPDATED]}, now=now)
    return result


def _modules() -> dict[str, list[Module]]:
    """Published modules by address name and by title, small letters; a title may belong to several."""
    found: dict[str, list[Module]] = {}
    for module in Module.objects.live().defer("lessons", "quiz"):
        for name in {module.slug.casefold(), module.title.casefold()}:
            found.setdefault(name, []).append(module)
    return found


def _bring_in(
    actor: Person | None,
    row: TrainingRow,
    people: dict[str, Person],
    modules: dict[str, list[Module]],
    result: TrainingResult,
    now: datetime,
) -> None:
    person = people.get(row.email)
    if person is None:
        reason = _("Nobody has an account with this address.")
        result.problems.append(
            Problem(row.line, "email", row.email, reason, _("Correct the address, or import the people first."))
        )
        return
    named = modules.get(row.module.casefold(), []) if row.module else []
    if row.module and len(named) != 1:
        reason = _("Several published modules have this title.") if named else _("No published module has this title.")
        remedy = _("Write the title as it stands in the catalogue, or leave the cell empty.")
        result.problems.append(Problem(row.line, "module", row.module, reason, remedy))
        return
    key = (row.email, row.title, row.completed_on)
    if key in result.lines:
        reason = _("The same training stands on line %(line)s already.") % {"line": result.lines[key]}
        result.problems.append(Problem(row.line, "title", row.title, reason, _("Keep one line per person, training and day.")))
        return
    result.lines[key] = row.line
    wanted = {
        name: value
        for name, value in (
            ("provider", row.provider), ("minutes", row.minutes), ("reference", row.reference),
            ("module", named[0] if named else None),
        )
        if value
    }  # fmt: skip
    training, created = PastTraining.objects.get_or_create(
        person=person,
        title=row.title,
        completed_on=row.completed_on,
        defaults={**wanted, "imported_by": actor, "imported_at": now},
    )
    changed = [name for name, value in wanted.items() if not created and getattr(training, name) != value]
    for name in changed:
        setattr(training, name, wanted[name])
    if changed:
        training.save(update_fields=changed)
    outcome = CREATED if created else UPDATED if changed else UNCHANGED
    result.outcomes.append(Outcome(row.line, row.email, row.title, row.completed_on, outcome))
