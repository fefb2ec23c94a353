"""What can be done to people, teams, memberships and roles. Every verb writes the audit log."""

from collections.abc import Iterable
from datetime import date, datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from people.audit import record
from people.models import Membership, Person, Role, RoleGrant, Team

EDITORS_GROUP = "Editors"  # carries the Wagtail permissions; cms creates it


class PeopleError(Exception):
    """A wish about people or teams that cannot be met; the message says why and what to do."""


@transaction.atomic
def create_person(
    *,
    actor: Person | None,
    email: str,
    display_name: str,
    roles: Iterable[Role] = (),
    time_zone: str = "UTC",
    locale: str = "en",
    pronouns: str = "",
    joined_on: date | None = None,
    password: str | None = None,
    now: datetime,
) -> Person:
    """Create an account. Without a password the person signs in first through an invite link.

    Raises PeopleError where the address is already in use.
    """
    email = email.strip().lower()
    if Person.objects.filter(email=email).exists():
        raise PeopleError(_("%(email)s already has an account.") % {"email": email})
    person = Person(
        email=email, display_name=display_name.strip(), time_zone=time_zone, locale=locale, pronouns=pronouns, joined_on=joined_on
    )
    if password is None:
        person.set_unusable_password()
    else:
        person.set_password(password)
    person.save()
    record(actor=actor, verb="person.create", target=person, subject=person, after={"email": email}, now=now)
    for role in roles:
        grant_role(actor=actor, person=person, role=role, now=now)
    return person


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
    """Take a role away; taking it twice changes nothing."""
    deleted, _rows = RoleGrant.objects.filter(person=person, role=role).delete()
    if deleted:
        _sync_editor_group(person)
        record(actor=actor, verb="role.revoke", target=person, subject=person, before={"role": str(role)}, now=now)
    person.__dict__.pop("roles", None)


def _sync_editor_group(person: Person) -> None:
    group, _created = Group.objects.get_or_create(name=EDITORS_GROUP)
    if RoleGrant.objects.filter(person=person, role__in=[Role.EDITOR]).exists():
        person.groups.add(group)
    else:
        person.groups.remove(group)


@transaction.atomic
def create_team(*, actor: Person | None, name: str, parent: Team | None = None, now: datetime) -> Team:
    """Create a team below `parent`, or at the root. Raises PeopleError where the name is taken there."""
    name = name.strip()
    if Team.objects.filter(parent=parent, name=name).exists():
        raise PeopleError(_("There is already a team %(name)s here.") % {"name": name})
    team = Team.objects.create(name=name, parent=parent)
    team.path = f"{parent.path if parent else '/'}{team.pk}/"
    team.save(update_fields=["path"])
    record(actor=actor, verb="team.create", target=team, after={"name": name, "parent": parent.pk if parent else None}, now=now)
    return team


@transaction.atomic
def join_team(
    *, actor: Person | None, person: Person, team: Team, starts_on: date, kind: str = Membership.Kind.MEMBER, now: datetime
) -> Membership:
    """Put a person into a team from that day on.

    A person is a member of one team at a time: an open membership elsewhere ends on that day. Past
    days keep the team they had. A person may lead several teams. Joining again changes nothing.
    Raises PeopleError where the day lies on or before the start of a membership already recorded.
    """
    memberships = Membership.objects.select_for_update().filter(person=person, kind=kind)
    same = memberships.filter(Q(ends_on=None) | Q(ends_on__gt=starts_on), team=team, starts_on__lte=starts_on).first()
    if same is not None:
        return same
    before: dict[str, object] = {}
    if kind == Membership.Kind.MEMBER:
        if memberships.filter(starts_on__gte=starts_on).exists():
            raise PeopleError(
                _("%(person)s already has a team from that day or later. Choose a later start date.") % {"person": person}
            )
        current = memberships.filter(Q(ends_on=None) | Q(ends_on__gt=starts_on)).first()
        if current is not None:
            before = {"team": current.team_id, "ends_on": None}
            current.ends_on = starts_on
            current.save(update_fields=["ends_on"])
    membership = Membership.objects.create(person=person, team=team, kind=kind, starts_on=starts_on)
    record(
        actor=actor,
        verb="team.join",
        target=team,
        subject=person,
        before=before,
        after={"kind": str(kind), "starts_on": starts_on.isoformat()},
        now=now,
    )
    return membership
