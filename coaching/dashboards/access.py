"""Who may open which home screen. What stands on it is decided by each room's own access."""

from datetime import date

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from coaching.metrics.access import can_compare_people, people_with_figures_for
from foundation.access import ALLOWED, Decision, denied
from people.access import teams_visible_to
from people.models import Person, Role, Team

__all__ = [
    "board_people_for",
    "can_see_board",
    "can_see_overview",
    "get_board_team_for",
    "people_with_figures_for",
    "teams_visible_to",
]

can_see_board = can_compare_people


def can_see_overview(person: Person) -> Decision:
    if person.has_role(Role.HEAD):
        return ALLOWED
    return denied(_("Only the head of support sees the figures of the whole company."))


def get_board_team_for(teams: list[Team], pk: int | None) -> Team | None:
    """The team chosen in the filter; 404 where the viewer may not know it, None where none is chosen."""
    if pk is None:
        return None
    found = next((team for team in teams if team.pk == pk), None)
    if found is None:
        raise Http404
    return found


def board_people_for(viewer: Person, teams: list[Team], team: Team | None, on: date) -> QuerySet[Person]:
    """The reps on the board: all the viewer may read, or those in the chosen team and the teams below it.

    `teams` are those visible to the viewer.
    """
    people = people_with_figures_for(viewer, on)
    if team is None:
        return people
    below = [other for other in teams if other.path.startswith(team.path)]
    return people.filter(pk__in=Person.objects.in_teams(below, on).values("pk"))
