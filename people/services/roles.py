"""Giving and taking roles. The organisation never loses its last active administrator."""

from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from people.audit import record
from people.models import Person, Role, RoleGrant
from people.services.errors import PeopleError

EDITORS_GROUP = "Editors"  # carries the Wagtail permissions; cms creates it


@transaction.atomic
def grant_role(*, actor: Person | None, person: Person, role: Role, now: datetime) -> None:
    """Give a role; giving it twice changes nothing."""
    _grant, created = RoleGrant.objects.get_or_create(person=person, role=role)
    if created:
        _sync_editor_group(person)
        record(actor=actor, verb="role.grant", target=person, subject=person, after={"role": str(role)}, now=now)
    person.__dict__.pop("roles", None)


@transaction.atomic
def revoke_role(*, actor: Person | None, person: Person, role: Role, now: datetime) -> None:
    """Take a role away; taking it twice changes nothing.

    Raises PeopleError where this is the last active administrator's role.
    """
    if role == Role.ADMIN:
        require_another_admin(person)
    deleted, _rows = RoleGrant.objects.filter(person=person, role=role).delete()
    if deleted:
        _sync_editor_group(person)
        record(actor=actor, verb="role.revoke", target=person, subject=person, before={"role": str(role)}, now=now)
    person.__dict__.pop("roles", None)


def require_another_admin(person: Person) -> None:
    """Raise PeopleError where `person` is the only active administrator. Locks the grants: two at once queue up."""
    grants = RoleGrant.objects.select_for_update().filter(role=Role.ADMIN, person__is_active=True).order_by("pk")
    admins = {grant.person_id for grant in grants}
    if admins == {person.pk}:
        raise PeopleError(
            _("%(person)s is the last active administrator. Make somebody else an administrator first.") % {"person": person}
        )


def _sync_editor_group(person: Person) -> None:
    group, _created = Group.objects.get_or_create(name=EDITORS_GROUP)
    if RoleGrant.objects.filter(person=person, role__in=[Role.EDITOR]).exists():
        person.groups.add(group)
    else:
        person.groups.remove(group)
