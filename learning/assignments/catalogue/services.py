"""Taking a module by one's own choice, in the language of one's choice."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from learning.assignments.models import Assignment
from learning.assignments.queries import missing_prerequisites
from learning.assignments.services import (
    AlreadyAssigned,
    PrerequisitesMissing,
    assign_module,
    close_assignment,
    open_and_held,
)
from learning.modules.models import Module
from people.audit import record
from people.models import Person


@transaction.atomic
def choose_module(*, actor: Person, module: Module, because: str = "", evidence_url: str = "", now: datetime) -> Assignment:
    """Take a module by own choice; the open assignment where there is one already.

    One that can no longer be taken is closed with that reason, and a new one takes its place. One that is not begun and is in
    another language is taken in this one from now on; what is begun is finished in the language it was begun in.
    """
    held = open_and_held(actor, module.pk)
    if held is not None and held.is_closed(timezone.localdate(now)):
        close_assignment(actor, held, _("Its last day had passed; taken again by own choice."), now)
    elif held is not None and held.module_id != module.pk:
        return _learn_in(actor, held, module, now) if held.state == Assignment.State.OPEN else held
    try:
        return assign_module(
            actor=actor,
            person=actor,
            module=module,
            due_on=None,
            source=Assignment.Source.OWN,
            because=because,
            evidence_url=evidence_url,
            now=now,
        )
    except AlreadyAssigned as already:
        return already.assignment


def _learn_in(actor: Person, assignment: Assignment, module: Module, now: datetime) -> Assignment:
    """The same assignment, with its reason and its day, in the language of this module."""
    missing = missing_prerequisites(assignment.person, module)
    if missing:
        raise PrerequisitesMissing(assignment.person, module, missing)
    before = assignment.module_id
    assignment.module = module
    assignment.save(update_fields=["module"])
    record(
        actor=actor,
        verb="assignment.change_language",
        target=assignment,
        subject=assignment.person,
        before={"module": before},
        after={"module": module.pk},
        now=now,
    )
    return assignment
