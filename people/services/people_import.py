"""Importing people: accounts, roles, teams and leads from the rows of a file. Importing twice changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from foundation.row_problems import Problem
from people.importing import PersonRow, Table, parse_rows
from people.models import ExternalId, Membership, Person, Role, Team
from people.services.accounts import add_external_id, create_person, update_person
from people.services.errors import PeopleError
from people.services.invitations import invite_person
from people.services.roles import grant_role
from people.services.teams import create_team, join_team

CHUNK = 100
CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"


@dataclass(frozen=True)
class Outcome:
    """What became, or would become, of one row."""

    line: int
    email: str
    name: str
    result: str
    changes: tuple[str, ...]


@dataclass
class ImportResult:
    read: int = 0
    outcomes: list[Outcome] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """The output contract of every import."""
        by_result = {
            name: sum(1 for outcome in self.outcomes if outcome.result == name) for name in (CREATED, UPDATED, UNCHANGED)
        }
        return {"read": self.read, **by_result, "rejected": len(self.problems), "warnings": len(self.warnings)}


def import_people(
    *, actor: Person | None, table: Table, invite: bool = False, dry_run: bool = False, today: date, now: datetime
) -> ImportResult:
    """Bring the good rows in and report the bad ones.

    Matches by e-mail address. An empty cell changes nothing; roles are given, never taken away. A
    person without a start date joins the team `today`. A dry run does all of it and takes it back,
    so what it reports is what would happen. Nobody is invited twice by a repeated import.
    """
    rows, problems = parse_rows(table)
    result = ImportResult(read=len(rows) + len(problems), problems=problems, warnings=list(table.warnings))
    run = _Run(actor=actor, invite=invite, today=today, now=now, result=result)
    if dry_run:
        with transaction.atomic():
            run.bring_in_all(rows)
            transaction.set_rollback(True)
    else:
        run.bring_in_all(rows)
    result.problems.sort(key=lambda problem: problem.line)
    result.outcomes.sort(key=lambda outcome: outcome.line)
    return result


class _Reject(Exception):
    def __init__(self, name: str, value: str, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.field, self.value, self.reason, self.remedy = name, value, reason, remedy


class _Run:
    """One import: what is known about people and teams, so that each row costs few queries."""

    def __init__(self, *, actor: Person | None, invite: bool, today: date, now: datetime, result: ImportResult) -> None:
        self.actor, self.invite, self.today, self.now, self.result = actor, invite, today, now, result
        self.people: dict[str, Person] = {}
        self.teams: dict[tuple[str, ...], Team] = {}
        self.owners: dict[tuple[str, str], str] = {}
        self.rows: dict[str, PersonRow] = {}

    def load(self, rows: list[PersonRow]) -> None:
        self.rows = {row.email: row for row in rows}
        wanted = {row.email for row in rows} | {row.lead for row in rows if row.lead}
        open_memberships = Prefetch(
            "memberships", queryset=Membership.objects.filter(ends_on=None).select_related("team"), to_attr="open_memberships"
        )
        for person in Person.objects.prefetch_related("role_grants", "external_ids", open_memberships):
            if person.email in wanted:
                self.people[person.email] = person
        for external_id in ExternalId.objects.select_related("person"):
            self.owners[(external_id.source, external_id.value)] = external_id.person.email
        teams = {team.pk: team for team in Team.objects.all()}
        for team in teams.values():
            path = tuple(teams[int(part)].name for part in team.path.strip("/").split("/"))
            self.teams[path] = team

    def leads_known(self, rows: list[PersonRow]) -> list[PersonRow]:
        """Rows whose lead has an account or a good row; without one, the row stays out, and so on upward."""
        good = {row.email: row for row in rows}
        while True:
            lost = [row for row in good.values() if row.lead and row.lead not in self.people and row.lead not in good]
            if not lost:
                break
            for row in lost:
                del good[row.email]
                self._problem(row, _Reject(
                    "lead", row.lead, _("Nobody has this address: neither an account nor a good line of the file."),
                    _("Add a line for the lead, or correct the address."),
                ))  # fmt: skip
        return self._leads_first(good)

    def _leads_first(self, good: dict[str, PersonRow]) -> list[PersonRow]:
        """In an order in which everybody's lead has an account before them."""
        ordered: list[PersonRow] = []
        placed = set(self.people)
        waiting = list(good.values())
        while waiting:
            ready = [row for row in waiting if row.lead in placed or row.lead in {"", row.email}]
            if not ready:
                for row in waiting:
                    self._problem(row, _Reject(
                        "lead", row.lead, _("These people lead each other in a circle."), _("Correct the lead of one of them."),
                    ))  # fmt: skip
                break
            ordered += ready
            placed |= {row.email for row in ready}
            waiting = [row for row in waiting if row not in ready]
        return ordered

    def bring_in_all(self, rows: list[PersonRow]) -> None:
        """In transactions of a hundred rows: others can write in between, and a killed run leaves whole rows."""
        self.load(rows)
        ordered = self.leads_known(rows)
        for start in range(0, len(ordered), CHUNK):
            with transaction.atomic():
                for row in ordered[start : start + CHUNK]:
                    self.bring_in(row)

    def bring_in(self, row: PersonRow) -> None:
        known_teams, known_owners = dict(self.teams), dict(self.owners)
        known_people = [person for email in (row.email, row.lead) if (person := self.people.get(email))]
        try:
            with transaction.atomic():
                outcome = self._apply(row)
        except (_Reject, PeopleError) as error:
            # What the row had made is gone with its savepoint, so forget it here too.
            self.teams, self.owners = known_teams, known_owners
            self.people.pop(row.email, None)
            for person in known_people:
                self.people[person.email] = self._fresh(person)
            reject = error if isinstance(error, _Reject) else _Reject("", "", str(error), _("Change it on the person's page."))
            self._problem(row, reject)
        else:
            self.result.outcomes.append(outcome)

    def _apply(self, row: PersonRow) -> Outcome:
        person = self.people.get(row.email)
        changes: list[str] = []
        created = person is None
        if row.locale and row.locale not in dict(settings.LANGUAGES):
            raise _Reject("locale", row.locale, _("This language is not offered."),
                          _("Use one of: %(codes)s.") % {"codes": ", ".join(dict(settings.LANGUAGES))})  # fmt: skip
        if person is None:
            person = self._create(row)
        else:
            if not person.is_active:
                self.result.warnings.append(
                    _("Line %(line)s: the account of %(email)s is switched off and stays so.")
                    % {"line": row.line, "email": row.email}
                )
            if self._correct(row, person):
                changes.append(_("details"))
        for role in row.roles or ((Role.REP,) if created else ()):
            if role.value not in person.roles:
                self._grant(person, role)
                changes.append(str(role.label))
        changes += self._join(row, person)
        changes += self._lead(row)
        for source, value in row.external_ids:
            if self._external_id(person, source, value):
                changes.append(f"{source}:{value}")
        if self.invite and person.is_active and not person.has_usable_password() and person.invited_at is None:
            invite_person(actor=self.actor, person=person, now=self.now)
            changes.append(_("invited"))
        name = CREATED if created else UPDATED if changes else UNCHANGED
        return Outcome(row.line, row.email, person.display_name, name, tuple(changes))

    def _create(self, row: PersonRow) -> Person:
        if not row.name:
            raise _Reject("name", "", _("A new person needs a name."), _("Fill in the name."))
        person = create_person(
            actor=self.actor,
            email=row.email,
            display_name=row.name,
            time_zone=row.time_zone or settings.TIME_ZONE,
            locale=row.locale or settings.LANGUAGE_CODE,
            pronouns=row.pronouns,
            joined_on=row.starts_on,
            now=self.now,
        )
        person.open_memberships = []  # type: ignore[attr-defined]
        person.__dict__["roles"] = frozenset()
        self.people[row.email] = person
        return person

    def _correct(self, row: PersonRow, person: Person) -> bool:
        return update_person(
            actor=self.actor,
            person=person,
            email=person.email,
            display_name=row.name or person.display_name,
            time_zone=row.time_zone or person.time_zone,
            locale=row.locale or person.locale,
            pronouns=row.pronouns or person.pronouns,
            joined_on=person.joined_on or row.starts_on,
            now=self.now,
        )

    def _grant(self, person: Person, role: Role) -> None:
        roles = person.roles
        grant_role(actor=self.actor, person=person, role=role, now=self.now)
        person.__dict__["roles"] = roles | {role.value}

    def _join(self, row: PersonRow, person: Person) -> list[str]:
        if not row.team:
            return []
        team = self._team(row.team)
        kind = Membership.Kind.LEAD if row.leads_team else Membership.Kind.MEMBER
        for membership in person.open_memberships:  # type: ignore[attr-defined]
            if membership.team_id == team.pk and membership.kind == kind:
                if row.starts_on and row.starts_on != membership.starts_on:
                    self.result.warnings.append(
                        _("Line %(line)s: %(email)s is in %(team)s since %(known)s, not %(given)s; the known day stays.")
                        % {
                            "line": row.line,
                            "email": row.email,
                            "team": team,
                            "known": membership.starts_on,
                            "given": row.starts_on,
                        }
                    )
                return []
        self._put(person, team, kind, row.starts_on or self.today, "starts_on")
        return [_("team %(team)s") % {"team": " / ".join(row.team)}]

    def _lead(self, row: PersonRow) -> list[str]:
        if not row.lead:
            return []
        if not row.team:
            raise _Reject("lead", row.lead, _("There is a lead but no team to lead."), _("Fill in the team."))
        team = self._team(row.team)
        lead = self.people.get(row.lead)
        if lead is None:
            raise _Reject("lead", row.lead, _("The line of the lead was rejected."), _("Correct that line first."))
        changes = []
        if Role.LEAD.value not in lead.roles:
            self._grant(lead, Role.LEAD)
            changes.append(_("%(name)s becomes a lead") % {"name": lead.display_name})
        if not any(m.team_id == team.pk and m.kind == Membership.Kind.LEAD for m in lead.open_memberships):  # type: ignore[attr-defined]
            self._put(lead, team, Membership.Kind.LEAD, row.starts_on or self.today, "lead")
            changes.append(_("%(name)s leads %(team)s") % {"name": lead.display_name, "team": team})
        return changes

    def _put(self, person: Person, team: Team, kind: str, starts_on: date, name: str) -> None:
        try:
            membership = join_team(actor=self.actor, person=person, team=team, kind=kind, starts_on=starts_on, now=self.now)
        except PeopleError as error:
            raise _Reject(
                name, starts_on.isoformat(), str(error), _("Choose a later start date, or mend it on the person's page.")
            ) from error
        kept = [m for m in person.open_memberships if kind == Membership.Kind.LEAD or m.kind != kind]  # type: ignore[attr-defined]
        person.open_memberships = [*kept, membership]  # type: ignore[attr-defined]

    def _team(self, path: tuple[str, ...]) -> Team:
        """The team of this path; what is missing of it is made."""
        if path not in self.teams:
            parent = self._team(path[:-1]) if len(path) > 1 else None
            self.teams[path] = create_team(actor=self.actor, name=path[-1], parent=parent, now=self.now)
        return self.teams[path]

    def _external_id(self, person: Person, source: str, value: str) -> bool:
        owner = self.owners.get((source, value))
        if owner == person.email:
            return False
        if owner is not None:
            raise _Reject("external_ids", f"{source}:{value}", _("This already belongs to %(email)s.") % {"email": owner},
                          _("Remove it there first, or here."))  # fmt: skip
        self.owners[(source, value)] = person.email
        return add_external_id(actor=self.actor, person=person, source=source, value=value, now=self.now)

    def _fresh(self, person: Person) -> Person:
        fresh = Person.objects.prefetch_related("role_grants").get(pk=person.pk)
        fresh.open_memberships = list(fresh.memberships.filter(ends_on=None).select_related("team"))  # type: ignore[attr-defined]
        return fresh

    def _problem(self, row: PersonRow, reject: _Reject) -> None:
        self.result.problems.append(Problem(row.line, reject.field, reject.value[:200], reject.reason, reject.remedy))
