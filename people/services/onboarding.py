"""Adding a person in one step: account, roles, team, invitation."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from people.models import Person, Role, Team
from people.services.accounts import create_person
from people.services.invitations import invite_person
from people.services.teams import join_team


@transaction.atomic
def add_person(
    *,
    actor: Person | None,
    email: str,
    display_name: str,
    roles: Iterable[Role],
    team: Team | None,
    invite: bool,
    time_zone: str,
    locale: str,
    pronouns: str,
    joined_on: date | None,
    today: date,
    now: datetime,
) -> Person:
    """All of it or nothing. Raises PeopleError where the address is already in use."""
    person = create_person(
        actor=actor,
        email=email,
        display_name=display_name,
        roles=roles,
        time_zone=time_zone,
        locale=locale,
        pronouns=pronouns,
        joined_on=joined_on,
        now=now,
    )
    if team is not None:
        join_team(actor=actor, person=person, team=team, starts_on=joined_on or today, now=now)
    if invite:
        invite_person(actor=actor, person=person, now=now)
    return person
