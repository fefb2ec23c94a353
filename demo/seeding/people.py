"""Accounts, teams and who was where when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from demo.company import SIGN_IN_WORDS, TEAMS, Company, DemoPerson
from people import services
from people.models import Membership, Person, Team


@dataclass(frozen=True)
class Cast:
    """Everybody's account by e-mail, and the teams by key."""

    people: dict[str, Person]
    teams: dict[str, Team]

    def account(self, person: DemoPerson) -> Person:
        return self.people[person.email]

    def accounts(self, people: tuple[DemoPerson, ...]) -> list[Person]:
        return [self.people[person.email] for person in people]


@transaction.atomic
def seed_people(company: Company, *, today: date, now: datetime) -> Cast:
    """Create everybody at `now`, when the history begins, with roles and their history of teams, which counts back from `today`."""
    people: dict[str, Person] = {}
    actor: Person | None = None
    for person in company.everybody:
        people[person.email] = services.create_person(
            actor=actor,
            email=person.email,
            display_name=person.name,
            roles=person.roles,
            time_zone=person.zone,
            pronouns=person.pronouns,
            joined_on=today - timedelta(weeks=person.started_weeks_ago),
            now=now,
        )
        actor = actor or people[person.email]  # the administrator comes first and creates the others
    # One hash for all: the password is public, and fifty slow hashes would be half of the seed.
    Person.objects.filter(pk__in=[person.pk for person in people.values()]).update(password=make_password(SIGN_IN_WORDS))
    return Cast(people, _seed_teams(company, people, actor, today, now))


def _seed_teams(company: Company, people: dict[str, Person], actor: Person | None, today: date, now: datetime) -> dict[str, Team]:
    departments: dict[str, Team] = {}
    teams: dict[str, Team] = {}
    for key, (department, name) in TEAMS.items():
        if department not in departments:
            departments[department] = services.create_team(actor=actor, name=department, now=now)
        teams[key] = services.create_team(actor=actor, name=name, parent=departments[department], now=now)
    for person in (*company.leads, *company.reps):
        account = people[person.email]
        kind = Membership.Kind.MEMBER if person in company.reps else Membership.Kind.LEAD
        started = today - timedelta(weeks=person.started_weeks_ago)
        first = teams[person.moved_from or person.team]
        services.join_team(actor=actor, person=account, team=first, kind=kind, starts_on=started, now=now)
        if person.moved_from:
            moved = today - timedelta(weeks=person.moved_weeks_ago)
            services.join_team(actor=actor, person=account, team=teams[person.team], kind=kind, starts_on=moved, now=now)
    return teams
