"""The tree of teams, and who is in which team from when to when."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from foundation.events import announce
from people.audit import record
from people.events import TeamHistoryChanged
from people.models import Membership, Person, Role, Team
from people.services.errors import PeopleError
from people.services.roles import grant_role


@transaction.atomic
def create_team(*, actor: Person | None, name: str, parent: Team | None = None, now: datetime) -> Team:
    """Create a team below `parent`, or at the root. Raises PeopleError where the name is taken there."""
    name = name.strip()
    _require_free_name(name, parent)
    team = Team.objects.create(name=name, parent=parent)
    team.path = f"{parent.path if parent else '/'}{team.pk}/"
    team.save(update_fields=["path"])
    record(actor=actor, verb="team.create", target=team, after={"name": name, "parent": parent.pk if parent else None}, now=now)
    return team


@transaction.atomic
def rename_team(*, actor: Person | None, team: Team, name: str, now: datetime) -> None:
    """Give a team another name. Raises PeopleError where the name is taken there."""
    name, before = name.strip(), team.name
    if name == before:
        return
    _require_free_name(name, team.parent)
    team.name = name
    team.save(update_fields=["name"])
    record(actor=actor, verb="team.rename", target=team, before={"name": before}, after={"name": name}, now=now)


@transaction.atomic
def move_team(*, actor: Person | None, team: Team, parent: Team | None, now: datetime) -> None:
    """Hang a team, with all below it, under another parent (None: at the root).

    Raises PeopleError where the new parent is the team itself or below it, or the name is taken there.
    """
    # Every path in the tree may depend on this one: moves queue up behind each other.
    locked = {found.pk: found for found in Team.objects.select_for_update().order_by("pk")}
    team_now = locked[team.pk]
    parent_now = locked[parent.pk] if parent else None
    if team_now.parent_id == (parent_now.pk if parent_now else None):
        return
    if parent_now is not None and parent_now.path.startswith(team_now.path):
        raise PeopleError(_("%(team)s cannot move below itself. Choose another place.") % {"team": team_now})
    _require_free_name(team_now.name, parent_now)
    old_path, before = team_now.path, team_now.parent_id
    new_path = f"{parent_now.path if parent_now else '/'}{team_now.pk}/"
    team_now.parent = parent_now
    below = [found for found in locked.values() if found.path.startswith(old_path)]
    for found in below:
        found.path = new_path + found.path.removeprefix(old_path)
    Team.objects.bulk_update(below, ["path"])
    team_now.save(update_fields=["parent"])
    team.refresh_from_db()
    record(
        actor=actor,
        verb="team.move",
        target=team,
        before={"parent": before},
        after={"parent": parent_now.pk if parent_now else None},
        now=now,
    )


@transaction.atomic
def change_team(*, actor: Person | None, team: Team, name: str, parent: Team | None, now: datetime) -> None:
    """Move and rename in one step: both or neither. Raises PeopleError as the two verbs do."""
    move_team(actor=actor, team=team, parent=parent, now=now)
    rename_team(actor=actor, team=team, name=name, now=now)


@transaction.atomic
def join_team(
    *, actor: Person | None, person: Person, team: Team, starts_on: date, kind: str = Membership.Kind.MEMBER, now: datetime
) -> Membership:
    """Put a person into a team from that day on.

    A person is a member of one team at a time: an open membership elsewhere ends on that day. Past
    days keep the team they had. A person may lead several teams, and gets the role of a lead with the first. Joining
    again changes nothing. Announces TeamHistoryChanged for a member.
    Raises PeopleError where the day lies on or before the start of a membership already recorded, or
    somebody else moved the person at the same moment.
    """
    # Held until the end: a second wish for the same person looks only after the first is stored.
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
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
            before = {"team": current.team_id}
            current.ends_on = starts_on
            current.save(update_fields=["ends_on"])
    try:
        with transaction.atomic():
            membership = Membership.objects.create(person=person, team=team, kind=kind, starts_on=starts_on)
    except IntegrityError as error:
        raise PeopleError(
            _("Somebody else moved %(person)s at the same moment. Look at the page again before you go on.") % {"person": person}
        ) from error
    record(
        actor=actor,
        verb="team.join",
        target=team,
        subject=person,
        before=before,
        after={"team": team.pk, "kind": str(kind), "starts_on": starts_on.isoformat()},
        now=now,
    )
    if kind == Membership.Kind.LEAD:
        # Sight of the team goes with the role: a lead without it would see nobody.
        grant_role(actor=actor, person=person, role=Role.LEAD, now=now)
    else:
        announce(TeamHistoryChanged(person_id=person.pk, from_day=starts_on))
    return membership


@transaction.atomic
def leave_team(*, actor: Person | None, membership: Membership, ends_on: date, now: datetime) -> None:
    """End a membership on that day (the day itself no longer counts). Past days keep it.

    Announces TeamHistoryChanged for a member. Raises PeopleError where it has already ended, or would end before it began.
    """
    membership = Membership.objects.select_for_update().select_related("person", "team").get(pk=membership.pk)
    if membership.ends_on is not None:
        raise PeopleError(_("This membership has already ended."))
    if ends_on <= membership.starts_on:
        raise PeopleError(
            _("A membership ends later than it starts. Choose a day after %(day)s.") % {"day": membership.starts_on}
        )
    membership.ends_on = ends_on
    membership.save(update_fields=["ends_on"])
    record(
        actor=actor,
        verb="team.leave",
        target=membership.team,
        subject=membership.person,
        before={"kind": membership.kind, "ends_on": None},
        after={"ends_on": ends_on.isoformat()},
        now=now,
    )
    if membership.kind == Membership.Kind.MEMBER:
        announce(TeamHistoryChanged(person_id=membership.person_id, from_day=ends_on))


def _require_free_name(name: str, parent: Team | None) -> None:
    if Team.objects.filter(parent=parent, name=name).exists():
        raise PeopleError(_("There is already a team %(name)s here.") % {"name": name})
