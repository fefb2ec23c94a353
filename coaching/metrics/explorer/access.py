"""Whose counts the explorer may add up for somebody, and who may open a saved view.

A rep sees their own; a lead the teams they lead today and those below; the head everybody. Everything on the
explorer's pages, its exports and its shared links starts from `scope_of` the person who looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from coaching.interactions.access import interactions_visible_to
from coaching.interactions.models import Interaction, SurveyResponse
from coaching.metrics.access import can_compare_people, can_read_metrics, people_with_figures_for, ratings_visible_to
from coaching.metrics.explorer.models import SavedView
from foundation.access import ALLOWED, Decision, denied
from people.access import teams_visible_to
from people.models import Membership, Person, Role, Team


@dataclass(frozen=True)
class Scope:
    """What may be added up: one person's counts (`person_id`), those of `team_ids`, or with neither everybody's."""

    viewer: Person
    on: date
    person_id: int | None = None
    teams: tuple[Team, ...] = ()
    is_everybody: bool = False

    @property
    def is_own(self) -> bool:
        return self.person_id is not None

    @property
    def team_ids(self) -> list[int]:
        return [team.pk for team in self.teams]

    def people(self) -> QuerySet[Person]:
        """Those whose figures may stand side by side, by name."""
        return people_with_figures_for(self.viewer, self.on)

    def people_of(self, team: Team | None) -> QuerySet[Person]:
        """As `people`, members of that team (or one below) today."""
        people = self.people()
        if team is None:
            return people
        below = [other.pk for other in self.teams if other.path.startswith(team.path)]
        members = Membership.objects.on(self.on).filter(team__in=below, kind=Membership.Kind.MEMBER)
        return people.filter(pk__in=members.values("person_id"))


def scope_of(person: Person, on: date) -> Scope:
    """What the person may read; 403 with a reason for who reads no figures."""
    can_read_metrics(person).or_403()
    if person.has_role(Role.HEAD):
        return Scope(person, on, teams=tuple(teams_visible_to(person, on).order_by("path")), is_everybody=True)
    if can_compare_people(person):
        return Scope(person, on, teams=tuple(teams_visible_to(person, on).order_by("path")))
    return Scope(person, on, person_id=person.pk)


def cases_to_read(scope: Scope) -> QuerySet[Interaction]:
    """The cases that may be opened from a cell."""
    return interactions_visible_to(scope.viewer, scope.on)


def ratings_to_read(scope: Scope) -> QuerySet[SurveyResponse]:
    """The ratings that may be listed from a cell."""
    return ratings_visible_to(scope.viewer, scope.on)


def teams_to_share_with(person: Person, on: date) -> QuerySet[Team]:
    """The teams somebody is in today, as a member or as a lead."""
    return Team.objects.filter(pk__in=Membership.objects.on(on).filter(person=person).values("team_id"))


def views_visible_to(person: Person, on: date) -> QuerySet[SavedView]:
    """One's own, and those shared with a team one is in today."""
    shared = Q(audience=SavedView.Audience.TEAM, team__in=teams_to_share_with(person, on))
    return SavedView.objects.filter(Q(owner=person) | shared)


def get_view_to_open(person: Person, key: UUID, on: date) -> SavedView:
    """A view by the link to it: own, shared with a team one is in, or open to everybody with the link; else 404."""
    can_read_metrics(person).or_403()
    by_link = SavedView.objects.filter(audience=SavedView.Audience.LINK)
    view = (by_link | views_visible_to(person, on)).filter(key=key).first()
    if view is None:
        raise Http404
    return view


def get_own_view(person: Person, pk: int) -> SavedView:
    """A view to throw away: one's own; else 404."""
    can_read_metrics(person).or_403()
    view = SavedView.objects.filter(owner=person, pk=pk).first()
    if view is None:
        raise Http404
    return view


def can_compare(scope: Scope) -> Decision:
    """Funnel, drivers of several people and balance: for leads and the head."""
    if not scope.is_own:
        return ALLOWED
    return denied(_("Only team leads and the head of support see several people side by side."))
