"""Who reads what customers ask: leads for their teams, the head for everybody. Nothing on these pages compares people."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.http import Http404

from coaching.interactions.access import interactions_visible_to
from coaching.interactions.models import Interaction
from coaching.metrics.access import can_compare_people
from people.access import teams_visible_to
from people.models import Person, Role, Team

can_read_demand = can_compare_people


def demand_teams_for(person: Person, on: date) -> list[Team]:
    """The teams to choose from, in the order of the tree."""
    return list(teams_visible_to(person, on).order_by("path"))


def get_demand_team_for(teams: list[Team], pk: int | None) -> Team | None:
    """The chosen team; None for all of the viewer's. 404 where the viewer may not know it."""
    if pk is None:
        return None
    found = next((team for team in teams if team.pk == pk), None)
    if found is None:
        raise Http404
    return found


def reads_everything(person: Person) -> bool:
    """Does "all teams" mean everybody, people in no team included?"""
    return person.has_role(Role.HEAD)


def demand_cases_for(viewer: Person, teams: list[Team], team: Team | None, on: date) -> QuerySet[Interaction]:
    """The cases behind the pages: those the viewer may read, of today's members of the team and below; never a lead's own."""
    cases = interactions_visible_to(viewer, on)
    if team is None and reads_everything(viewer):
        return cases
    below = teams if team is None else [other for other in teams if other.path.startswith(team.path)]
    return cases.filter(handler__person__in=Person.objects.in_teams(below, on))
