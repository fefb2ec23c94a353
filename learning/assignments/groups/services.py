"""Giving one module to many people at once, and changing many assignments at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from learning.assignments.groups.queries import changeable, people_meant
from learning.assignments.models import Assignment
from learning.assignments.queries import people_who_did
from learning.assignments.services import (
    AlreadyAssigned,
    AssignmentError,
    assign_module,
    change_dates,
    withdraw_assignment,
)
from learning.modules.models import Module
from people.models import Person, Team


@dataclass(frozen=True)
class Assigned:
    """What assigning to several people did, and who was left as they are.

    `already` have the module to do, `done` have completed it before, `refused` could not get it, with the reason.
    """

    assignments: tuple[Assignment, ...]
    already: tuple[Person, ...]
    done: tuple[Person, ...]
    refused: tuple[tuple[Person, str], ...]


@transaction.atomic
def assign_module_to_people(
    *,
    actor: Person,
    people: Iterable[Person],
    teams: Iterable[Team] = (),
    roles: Iterable[str] = (),
    module: Module,
    due_on: date | None,
    access_until: date | None = None,
    because: str,
    again: bool = False,
    source: str = Assignment.Source.LEAD,
    now: datetime,
) -> Assigned:
    """A lead gives one module to people by name, and to whole teams (with those below) or roles, with one reason.

    Who has it to do already is left as they are, so doing it twice changes nothing. Of those meant by team or role, who has
    completed it is left out, unless `again`. Raises AssignmentError where nobody is meant, or nobody could get it.
    """
    named, meant = people_meant(actor, people=people, teams=teams, roles=roles, on=timezone.localdate(now))
    ids = [person.pk for person in meant]
    did = set() if again else set(people_who_did(module.pk).filter(pk__in=ids))
    done = [person for person in meant if person.pk in did]
    assignments, already, refused = [], [], []
    last: AssignmentError | None = None
    for person in [*named, *(person for person in meant if person.pk not in did)]:
        try:
            assignments.append(
                assign_module(
                    actor=actor,
                    person=person,
                    module=module,
                    due_on=due_on,
                    access_until=access_until,
                    source=source,
                    because=because,
                    now=now,
                )
            )
        except AlreadyAssigned:
            already.append(person)
        except AssignmentError as error:
            refused.append((person, str(error)))
            last = error
    if last is not None and not assignments and not already:
        raise last
    return Assigned(tuple(assignments), tuple(already), tuple(done), tuple(refused))


@dataclass(frozen=True)
class Changed:
    """What a change of many did: how many changed, and what was left as it is, with the reason."""

    count: int
    kept: tuple[tuple[Assignment, str], ...]


@transaction.atomic
def change_dates_of_many(*, actor: Person, ids: Iterable[int], due_on: date, access_until: date | None, now: datetime) -> Changed:
    """Give these assignments another due date, all of them the same. What is completed or withdrawn is left as it is.

    Without `access_until` the last day stays, or moves along where it would lie before the new due date.
    """

    def change(assignment: Assignment) -> None:
        last = access_until or assignment.access_until
        moved = max(last, due_on) if last is not None else None
        change_dates(actor=actor, assignment=assignment, due_on=due_on, access_until=moved, now=now)

    return _each(actor, ids, change, now)


@transaction.atomic
def withdraw_many(*, actor: Person, ids: Iterable[int], reason: str, now: datetime) -> Changed:
    """Take these assignments back with one reason. What is started or completed stays."""

    def withdraw(assignment: Assignment) -> None:
        withdraw_assignment(actor=actor, assignment=assignment, reason=reason, now=now)

    return _each(actor, ids, withdraw, now)


def _each(actor: Person, ids: Iterable[int], change: Callable[[Assignment], None], now: datetime) -> Changed:
    count, kept = 0, []
    # In the order of their ids: two who change the same rows wait for each other, and never in a circle.
    for assignment in changeable(actor, ids, timezone.localdate(now)).order_by("pk"):
        try:
            change(assignment)
        except AssignmentError as error:
            kept.append((assignment, str(error)))
        else:
            count += 1
    return Changed(count, tuple(kept))
