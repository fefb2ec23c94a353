"""Reads for the screens of people: the directory, one person, the tree, the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Prefetch, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.access import audit_entries_visible_to
from people.audit_words import area_of, label_of
from people.models import Absence, AuditEntry, Membership, Person, Role, Team


def find_person(pk: int) -> Person | None:
    """For the middleware only; everybody else goes through people.access."""
    return Person.objects.filter(pk=pk).first()


def people_directory(
    *, on: date, search: str = "", role: str = "", team: Team | None = None, state: str = "active"
) -> QuerySet[Person]:
    """Everybody an administrator keeps, filtered; `current_memberships` and roles come along.

    `state` is "active", "inactive", "uninvited" (no password, no invitation) or "all".
    """
    people = Person.objects.prefetch_related(
        "role_grants",
        Prefetch("memberships", queryset=Membership.objects.on(on).select_related("team"), to_attr="current_memberships"),
    )
    if search:
        people = people.filter(
            Q(display_name__icontains=search) | Q(email__icontains=search) | Q(external_ids__value__iexact=search)
        ).distinct()
    if role:
        people = people.filter(role_grants__role=role)
    if team is not None:
        inside = Membership.objects.on(on).filter(team__in=Team.objects.at_or_below([team]))
        people = people.filter(pk__in=inside.values("person_id"))
    if state == "active":
        people = people.filter(is_active=True)
    elif state == "inactive":
        people = people.filter(is_active=False)
    elif state == "uninvited":
        people = people.filter(is_active=True, invited_at=None, password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return people


@dataclass(frozen=True)
class InvitationState:
    label: str | Promise
    tone: str
    may_invite: bool


def invitation_state(person: Person, now: datetime) -> InvitationState:
    """Where somebody stands between "account made" and "has chosen a password"."""
    if person.has_usable_password():
        return InvitationState(_("Has a password"), "good", False)
    if not person.is_active:
        return InvitationState(_("Switched off"), "neutral", False)
    if person.invited_at is None:
        return InvitationState(_("Not invited yet"), "attention", True)
    if now - person.invited_at > timedelta(days=settings.INVITATION_MAX_AGE_DAYS):
        return InvitationState(_("Invitation expired"), "attention", True)
    return InvitationState(_("Invited"), "info", True)


@dataclass
class TeamNode:
    team: Team
    depth: int
    members: int = 0
    below: int = 0  # members of all teams below it
    leads: list[Person] = field(default_factory=list)
    children: list[TeamNode] = field(default_factory=list)


def team_tree(on: date) -> list[TeamNode]:
    """The roots of the tree, children sorted by name, with head counts (own and of the teams below) and leads of that day."""
    nodes = {team.pk: TeamNode(team, depth=team.path.count("/") - 2) for team in Team.objects.order_by("name")}
    for membership in Membership.objects.on(on).select_related("person").filter(person__is_active=True):
        node = nodes[membership.team_id]
        if membership.kind == Membership.Kind.LEAD:
            node.leads.append(membership.person)
        else:
            node.members += 1
    roots = []
    for node in nodes.values():
        if node.team.parent_id is None:
            roots.append(node)
        else:
            nodes[node.team.parent_id].children.append(node)
    for node in sorted(nodes.values(), key=lambda node: -node.depth):
        node.below = sum(child.members + child.below for child in node.children)
    return roots


def all_teams() -> QuerySet[Team]:
    """Every team, for choosing one."""
    return Team.objects.all()


def team_labels() -> dict[int, str]:
    """Every team by its full path in words: "Care / Harbour"."""
    names = dict(Team.objects.values_list("pk", "name"))
    paths = Team.objects.values_list("pk", "path")
    labels = {pk: " / ".join(names[int(part)] for part in path.strip("/").split("/")) for pk, path in paths}
    return dict(sorted(labels.items(), key=lambda item: item[1].casefold()))


def memberships_of(person: Person) -> QuerySet[Membership]:
    """Newest first."""
    return person.memberships.select_related("team").order_by("-starts_on", "-pk")


def audit_log(
    viewer: Person,
    *,
    done_by: Person | None = None,
    done_to: Person | None = None,
    actor: str = "",
    subject: str = "",
    verb: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[AuditEntry]:
    """Entries newest first. `actor` and `subject` are parts of a name or address, `until` is exclusive.

    A verb may be a beginning ("role." finds both role.grant and role.revoke). `done_by` finds what
    this person did, `done_to` what others, or the system, did that concerns them.
    """
    entries = audit_entries_visible_to(viewer).select_related("actor", "subject")
    if done_by is not None:
        entries = entries.filter(actor=done_by)
    if done_to is not None:
        entries = entries.filter(Q(actor=None) | ~Q(actor=done_to), subject=done_to)
    if actor:
        entries = entries.filter(Q(actor__display_name__icontains=actor) | Q(actor__email__icontains=actor))
    if subject:
        entries = entries.filter(Q(subject__display_name__icontains=subject) | Q(subject__email__icontains=subject))
    if verb:
        entries = entries.filter(verb__startswith=verb)
    if since is not None:
        entries = entries.filter(at__gte=since)
    if until is not None:
        entries = entries.filter(at__lt=until)
    return entries


def audit_verb_choices(viewer: Person) -> list[tuple[str, list[tuple[str, str]]]]:
    """The verbs that occur, for the filter: by area, each with "all of it" first where there are several."""
    areas: dict[str, list[tuple[str, str]]] = {}
    for verb in audit_entries_visible_to(viewer).order_by("verb").values_list("verb", flat=True).distinct():
        areas.setdefault(verb.partition(".")[0], []).append((verb, label_of(verb)))
    choices = []
    for area, verbs in areas.items():
        everything = [(f"{area}.", gettext("%(area)s: everything") % {"area": area_of(area)})] if len(verbs) > 1 else []
        choices.append((area_of(area), everything + verbs))
    return sorted(choices)


ROLE_SIGHT: dict[str, list[str | Promise]] = {
    Role.REP: [
        _("Your own cases, figures, reviews and learning: all of them, and nobody else's."),
        _("Who has read them is on record."),
    ],
    Role.LEAD: [
        _("Cases, figures, reviews and learning of the people in the teams you lead today, and in the teams below."),
        _("When somebody moves to another team, you stop seeing them on that day."),
    ],
    Role.REVIEWER: [_("The cases drawn for you to review, and the reviews you wrote.")],
    Role.EDITOR: [_("The guide, the modules and their drafts. No cases, no figures, no reviews of anybody.")],
    Role.HEAD: [_("Cases with their internal notes, figures, reviews and learning of everybody. No reviewer's drafts.")],
    Role.ADMIN: [
        _("Accounts, teams, roles, imports and the audit log. Nobody's cases, scores or notes."),
        _("Seeing the site as somebody else is possible, announced on every page, and on record."),
    ],
}


def what_roles_may_see(person: Person) -> list[tuple[str, list[str | Promise]]]:
    """For each role of this person: its name, and in words what it may see."""
    return [(str(role.label), ROLE_SIGHT[role]) for role in Role if role.value in person.roles]


def absence_rows(absences: QuerySet[Absence], wish: Mapping[str, Any], today: date) -> QuerySet[Absence]:
    """Narrowed by the fields of AbsenceFilter: without a wish those that are not over, the next first."""
    absences = absences.select_related("person", "recorded_by")
    if wish.get("q"):
        absences = absences.filter(Q(person__display_name__icontains=wish["q"]) | Q(person__email__icontains=wish["q"]))
    if wish.get("show") == "past":
        return absences.filter(until__lt=today).order_by("-starts_on", "pk")
    if wish.get("show") == "all":
        return absences.order_by("-starts_on", "pk")
    return absences.filter(until__gte=today).order_by("starts_on", "pk")
