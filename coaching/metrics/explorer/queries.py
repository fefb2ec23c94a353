"""What the explorer's pages list beside their answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Count, QuerySet

from coaching.interactions.models import Interaction, SurveyResponse
from coaching.metrics.case_queries import CaseFilter, counted_cases, counted_ratings
from coaching.metrics.explorer.access import Scope, cases_to_read, ratings_to_read, views_visible_to
from coaching.metrics.explorer.counting import countable
from coaching.metrics.explorer.models import ChangedWeek, SavedView
from coaching.metrics.models import MetricDefinition
from coaching.metrics.queries import Window, current_definitions
from people.models import Membership, Person, Team


def definitions_to_explore() -> list[MetricDefinition]:
    """The metrics in force that are counted by topic and channel, too."""
    return countable(current_definitions())


def is_share(definition: MetricDefinition) -> bool:
    """Part of a whole of the same cases. Answers per resolved case are not: they may come weeks later."""
    return definition.unit == MetricDefinition.Unit.PERCENT and definition.recipe != MetricDefinition.Recipe.RESPONSE


def share_definitions(definitions: Sequence[MetricDefinition]) -> list[MetricDefinition]:
    """Those that are a share of cases and have a good side: what a funnel and drivers are about."""
    return [d for d in definitions if is_share(d) and d.is_directed]


def volume_definition(definitions: Sequence[MetricDefinition]) -> MetricDefinition | None:
    """The metric that counts the cases taken."""
    return next((d for d in definitions if d.recipe == MetricDefinition.Recipe.CASES_TAKEN), None)


def weeks_waiting() -> int:
    """Weeks in which somebody's counts by topic are older than their daily counts."""
    return ChangedWeek.objects.aggregate(n=Count("week", distinct=True))["n"]


def views_of(person: Person, on: date) -> QuerySet[SavedView]:
    """Own views and those of the person's teams, by name."""
    return views_visible_to(person, on).select_related("owner", "team").order_by("name", "pk")


def cases_of_cell(
    scope: Scope, definition: MetricDefinition, window: Window, wanted: CaseFilter, team: Team | None
) -> QuerySet[Interaction]:
    """The cases behind a cell, of the people whose cases the viewer may read today; newest first."""
    cases = cases_to_read(scope).select_related("handler__person")
    if team is not None:
        cases = cases.filter(handler__person__in=_members(scope, team, window))
    return counted_cases(cases, definition, window, wanted)


def ratings_of_cell(
    scope: Scope, definition: MetricDefinition, window: Window, wanted: CaseFilter, team: Team | None
) -> QuerySet[SurveyResponse]:
    """The ratings behind a cell, of the people whose cases the viewer may read today; newest first."""
    ratings = ratings_to_read(scope)
    if team is not None:
        ratings = ratings.filter(handler__person__in=_members(scope, team, window))
    return counted_ratings(ratings, definition, window, wanted)


def _members(scope: Scope, team: Team, window: Window) -> QuerySet[Membership]:
    """Who was in the team, or one below it, on any of the days."""
    below = [other.pk for other in scope.teams if other.path.startswith(team.path)]
    members = Membership.objects.filter(team__in=below, kind=Membership.Kind.MEMBER, starts_on__lte=window.last)
    return members.exclude(ends_on__lte=window.first).values("person_id")  # type: ignore[return-value]
