"""After a material publish: whoever completed an earlier version, in the groups the editor named, gets it again.

Their completion stays as it is and keeps naming the version they learnt. Harmless to run twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from learning.assignments.changes.models import ChangeGroup, ModuleChange
from learning.assignments.changes.queries import material_revisions, people_to_learn_again, teams_of_changes
from learning.assignments.groups.audience import Audience
from learning.assignments.models import Assignment
from learning.assignments.services import AlreadyAssigned, AssignmentError, assign_module
from learning.modules.models import Module
from people.audit import record
from people.models import Person, Team

FOLLOWED_FOR = timedelta(days=365)


def reopen_changed(*, now: datetime) -> int:
    """Notice material publishes, however they came about, and assign anew; how many assignments there are of it.

    Who is in the middle of an earlier version goes on with it, and gets the new one after completing that.
    """
    _notice(now)
    count = 0
    for change in ModuleChange.objects.filter(noticed_at__gte=now - FOLLOWED_FOR).select_related("module").order_by("pk"):
        if change.module.live:
            count += sum(_assign_again(change, person, now) for person in people_to_learn_again(change, now))
    return count


def _notice(now: datetime) -> None:
    for revision in material_revisions():
        said = revision.content
        audience = Audience(teams=teams_of_changes(int(revision.object_id)), roles=_roles(said.get("change_roles")))
        try:
            with transaction.atomic():
                change = ModuleChange.objects.create(
                    module_id=int(revision.object_id),
                    revision=revision,
                    note=said.get("change_note") or "",
                    audience=audience.as_data(),
                    due_in_days=said.get("change_due_in_days") or 14,
                    noticed_at=now,
                )
                after = {"module": change.module_id, "revision": revision.pk}
                record(actor=revision.user, verb="module.change", target=change.module, after=after, now=now)
        except IntegrityError:
            continue  # another run noticed it at this very moment


@transaction.atomic
def choose_teams(*, actor: Person, module: Module, teams: Iterable[Team], now: datetime) -> ChangeGroup:
    """In which teams (with those below) the next material change is learnt again; none chosen: in all.

    What was noticed before keeps the teams of that day.
    """
    ids = [team.pk for team in teams]
    group, _created = ChangeGroup.objects.update_or_create(
        module=module, defaults={"teams": ids, "chosen_by": actor, "chosen_at": now}
    )
    record(actor=actor, verb="module.choose_teams", target=module, after={"module": module.pk, "teams": ids}, now=now)
    return group


def _roles(value: object) -> tuple[str, ...]:
    return tuple(str(role) for role in value) if isinstance(value, list) else ()


def _assign_again(change: ModuleChange, person: Person, now: datetime) -> bool:
    with translation.override(person.locale):
        because = _("The content changed since you completed it: %(note)s") % {"note": change.note}
    try:
        assign_module(
            actor=None,
            person=person,
            module=change.module,
            due_on=timezone.localdate(now) + timedelta(days=change.due_in_days),
            source=Assignment.Source.CHANGE,
            because=because,
            cause=f"change:{change.revision_id}:person:{person.pk}",
            now=now,
        )
    except (AlreadyAssigned, AssignmentError):
        return False
    return True
