"""Whom a rule or a changed module is for: conditions kept as data, asked of the people of a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from learning.assignments.queries import people_who_did
from people.models import Person, Team


@dataclass(frozen=True)
class Audience:
    """All conditions that are given must hold; of several teams or roles one is enough. Nothing given: everybody.

    `within_days`: joined at most so many days ago; `after_days`: joined at least so many days ago; both leave out who
    has no day of joining. `done` and `not_done` are modules that are, or are not, completed.
    """

    teams: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    joined_since: date | None = None
    within_days: int | None = None
    after_days: int | None = None
    done: tuple[int, ...] = ()
    not_done: tuple[int, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """As it is stored; `from_data` reads it again."""
        return {
            "teams": list(self.teams), "roles": list(self.roles),
            "joined_since": self.joined_since.isoformat() if self.joined_since else None,
            "within_days": self.within_days, "after_days": self.after_days,
            "done": list(self.done), "not_done": list(self.not_done),
        }  # fmt: skip

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> Audience:
        since = data.get("joined_since")
        return Audience(
            teams=tuple(data.get("teams") or ()),
            roles=tuple(data.get("roles") or ()),
            joined_since=date.fromisoformat(since) if since else None,
            within_days=data.get("within_days"),
            after_days=data.get("after_days"),
            done=tuple(data.get("done") or ()),
            not_done=tuple(data.get("not_done") or ()),
        )


def people_of(audience: Audience, on: date) -> QuerySet[Person]:
    """The people with an account in use who meet the conditions on that day. A team means its members and those below it."""
    people: QuerySet[Person] = Person.objects.active()
    if audience.teams:
        people = people.filter(pk__in=members_below(audience.teams, on).values("pk"))
    if audience.roles:
        people = people.filter(pk__in=Person.objects.filter(role_grants__role__in=audience.roles).values("pk"))
    if audience.joined_since is not None:
        people = people.filter(joined_on__gte=audience.joined_since)
    if audience.within_days is not None:
        people = people.filter(joined_on__gte=on - timedelta(days=audience.within_days))
    if audience.after_days is not None:
        people = people.filter(joined_on__lte=on - timedelta(days=audience.after_days))
    for module_id in audience.done:
        people = people.filter(pk__in=people_who_did(module_id))
    for module_id in audience.not_done:
        people = people.exclude(pk__in=people_who_did(module_id))
    return people


def members_below(team_ids: Iterable[int], on: date) -> QuerySet[Person]:
    """Members of these teams, and of all teams below them, on that day."""
    chosen = Team.objects.filter(pk__in=list(team_ids))
    return Person.objects.in_teams(Team.objects.at_or_below(chosen), on)
