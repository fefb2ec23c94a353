"""Figures ready for a screen. Everything adds counts first and divides once: never an average of averages.

All reads here touch rollups only; raw rows are read by `case_queries` for a drill-down page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Subquery, Value
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _lazy

from cms.models import Standard
from cms.thread import ThreadEntry, register
from coaching.interactions.models import ChangedDay
from coaching.metrics.access import can_read_definitions
from coaching.metrics.adding import Counts, CountsByGroup, Window, counts_of, figure_of, moment_of, regroup
from coaching.metrics.figures import Figure, may_be_untypical
from coaching.metrics.models import LastRecount, MetricDefinition, Rollup
from coaching.metrics.stocks import Level, has_stocks, levels_of, stock_figure
from coaching.metrics.variants import STOCKS
from people.models import Membership, Person, Team

__all__ = [
    "SPAN_OF_A_PERSON", "Counts", "Freshness", "Week", "Window", "board_definitions", "calendar_weeks", "current_definitions",
    "definition_in_force", "earlier_versions", "figures_for_company", "figures_for_people",
    "figures_for_people_and_together", "figures_for_teams", "freshness", "last_weeks", "metric_entries",
    "standards_of", "weekly_figures",
]  # fmt: skip

SPAN_OF_A_PERSON = 4  # weeks that each point of a single person's line covers


def last_weeks(weeks: int, on: date) -> Window:
    """The last `weeks` times seven days, up to and including that day."""
    return Window(on - timedelta(days=7 * weeks - 1), on)


def calendar_weeks(weeks: int, on: date) -> list[Window]:
    """The last whole weeks from Monday to Sunday, oldest first; a week still running is left out."""
    sunday = on - timedelta(days=(on.weekday() + 1) % 7)
    ends = [sunday - timedelta(days=7 * back) for back in range(weeks - 1, -1, -1)]
    return [Window(end - timedelta(days=6), end) for end in ends]


def current_definitions() -> list[MetricDefinition]:
    """The definitions in force, in the order of the screens."""
    return list(MetricDefinition.objects.current())


def board_definitions() -> list[MetricDefinition]:
    """Those that stand side by side where people or teams are compared."""
    return [definition for definition in current_definitions() if definition.on_board]


def _figures(
    counts: CountsByGroup, key: Any, definitions: Sequence[MetricDefinition], level: Level | None = None
) -> dict[str, Figure]:
    return {
        definition.key: stock_figure(definition, level) if definition.recipe in STOCKS else figure_of(counts, key, definition)
        for definition in definitions
    }


def _levels(
    rollups: QuerySet[Rollup],
    group: str | None,
    windows: Sequence[Window],
    definitions: Sequence[MetricDefinition],
    as_of: datetime,
) -> dict[tuple[Any, int], Level]:
    """Nothing, and no query, where no definition asks for what is open."""
    return levels_of(rollups, group, windows, as_of) if has_stocks(definitions) else {}


def figures_for_people(
    people: Collection[int], window: Window, definitions: Sequence[MetricDefinition], as_of: datetime | None = None
) -> dict[int, dict[str, Figure]]:
    """Person id → metric key → figure, for everybody named, in two queries.

    `as_of` is the moment of reading, for the age of open cases and for what is old enough to be counted: the last
    recount where none is given (one query more). Figures of open cases take one query more.
    """
    return figures_for_people_and_together(people, window, definitions, as_of)[0]


def figures_for_people_and_together(
    people: Collection[int], window: Window, definitions: Sequence[MetricDefinition], as_of: datetime | None = None
) -> tuple[dict[int, dict[str, Figure]], dict[str, Figure]]:
    """As `figures_for_people`, and the same people's figures taken together; no query more."""
    as_of = moment_of(as_of, definitions, window)
    rollups = Rollup.objects.filter(person__in=people)
    counts = counts_of(rollups, "person_id", window, definitions, as_of)
    levels = _levels(rollups, "person_id", [window], definitions, as_of)
    each = {pk: _figures(counts, pk, definitions, levels.get((pk, 0))) for pk in people}
    return each, _figures(regroup(counts, lambda _pk: None), None, definitions, _sum(levels.values()))


def _sum(levels: Iterable[Level]) -> Level:
    total = Level()
    for level in levels:
        total.add(level)
    return total


def figures_for_teams(
    teams: Iterable[Team], window: Window, definitions: Sequence[MetricDefinition], as_of: datetime | None = None
) -> dict[int, dict[str, Figure]]:
    """Team id → metric key → figure of the team and all teams below it, by the team people had on each day.

    What is open belongs to those who are members at the end of the window.
    """
    teams = list(teams)
    as_of = moment_of(as_of, definitions, window)
    below = list(Team.objects.at_or_below(teams).values_list("pk", "path")) if teams else []
    ids = [pk for pk, _path in below]
    counts = counts_of(Rollup.objects.filter(team__in=ids), "team_id", window, definitions, as_of)
    members = _members(ids, window.last) if has_stocks(definitions) else {}
    levels = _levels(Rollup.objects.filter(person__in=list(members)), "person_id", [window], definitions, as_of)
    shown = {}
    for team in teams:
        inside = {pk for pk, path in below if path.startswith(team.path)}
        own: CountsByGroup = {key: found for key, found in counts.items() if key[0] in inside}
        level = _sum(found for (person, _number), found in levels.items() if members[person] in inside)
        shown[team.pk] = _figures(regroup(own, lambda _pk: None), None, definitions, level)
    return shown


def _members(teams: Collection[int], on: date) -> dict[int, int]:
    """Person id → team, of that day's members."""
    found = Membership.objects.on(on).filter(team__in=teams, kind=Membership.Kind.MEMBER).order_by("starts_on", "pk")
    return dict(found.values_list("person_id", "team_id"))


def figures_for_company(
    window: Window, definitions: Sequence[MetricDefinition], as_of: datetime | None = None
) -> dict[str, Figure]:
    """Metric key → figure of everybody together."""
    as_of = moment_of(as_of, definitions, window)
    counts = counts_of(Rollup.objects.all(), "day", window, definitions, as_of)
    levels = _levels(Rollup.objects.all(), None, [window], definitions, as_of)
    return _figures(regroup(counts, lambda _day: None), None, definitions, levels.get((None, 0)))


def answers_may_be_untypical(
    figures: dict[str, Figure], window: Window, definitions: Sequence[MetricDefinition], as_of: datetime
) -> bool:
    """Whether somebody's response rate, among their figures, is so low or so far from everybody's that it must be said."""
    response = next((each for each in definitions if each.recipe == MetricDefinition.Recipe.RESPONSE), None)
    if response is None:
        return False
    return may_be_untypical(figures[response.key], figures_for_company(window, [response], as_of)[response.key])


@dataclass(frozen=True)
class Week:
    """A figure up to the Sunday `window.last`; the window covers one calendar week or several."""

    window: Window
    figure: Figure


def weekly_figures(
    definitions: Sequence[MetricDefinition],
    weeks: int,
    on: date,
    *,
    people: Collection[int] | None = None,
    span: int = 1,
    as_of: datetime | None = None,
) -> dict[str, list[Week]]:
    """Metric key → one figure per whole calendar week, oldest first; of these people, or of everybody.

    With `span` above 1, each figure (counts excepted) covers that many weeks up to its Sunday: a
    single person's week holds too little to be read alone. Figures below a metric's minimum carry no
    value: a chart leaves a gap there.
    """
    rollups = Rollup.objects.all() if people is None else Rollup.objects.filter(person__in=people)
    windows = calendar_weeks(weeks + span - 1, on)
    whole = Window(windows[0].first, windows[-1].last)
    as_of = moment_of(as_of, definitions, whole)
    by_day = counts_of(rollups, "day", whole, definitions, as_of)
    by_week = regroup(by_day, lambda day: (day - whole.first).days // 7)
    levels = _levels(rollups, None, windows, definitions, as_of)
    series: dict[str, list[Week]] = {}
    for definition in definitions:
        if definition.recipe in STOCKS:
            weekly = [Week(window, stock_figure(definition, levels.get((None, n)))) for n, window in enumerate(windows)]
            series[definition.key] = weekly[span - 1 :]
            continue
        covered = 1 if definition.unit == MetricDefinition.Unit.COUNT else span
        series[definition.key] = [
            _covering(definition, windows, number, covered, by_week) for number in range(span - 1, len(windows))
        ]
    return series


def _covering(definition: MetricDefinition, windows: list[Window], number: int, weeks: int, by_week: CountsByGroup) -> Week:
    """The figure of the weeks up to that number."""
    total = Counts()
    for earlier in range(number - weeks + 1, number + 1):
        if (earlier, definition.pk) in by_week:
            total.add(by_week[earlier, definition.pk])
    window = Window(windows[number - weeks + 1].first, windows[number].last)
    return Week(window, figure_of({(None, definition.pk): total}, None, definition))


@dataclass(frozen=True)
class Freshness:
    """When the figures were last counted, and how many of people's days wait to be counted again."""

    as_of: datetime | None
    waiting: int


def freshness() -> Freshness:
    """One query once anything has been counted."""
    waiting = ChangedDay.objects.order_by().values(everything=Value(1)).annotate(n=Count("pk")).values("n")
    last = LastRecount.objects.filter(pk=1).annotate(waiting=Subquery(waiting)).first()
    if last is None:
        return Freshness(None, ChangedDay.objects.count())
    return Freshness(last.counted_at, last.waiting or 0)


def definition_in_force(key: str) -> MetricDefinition:
    """The current version of a metric; 404 where there is none."""
    return get_object_or_404(MetricDefinition.objects.current(), key=key)


def earlier_versions(definition: MetricDefinition) -> QuerySet[MetricDefinition]:
    """Versions that were in force before, newest first."""
    return MetricDefinition.objects.filter(key=definition.key, version__lt=definition.version).order_by("-version")


@register
def metric_entries(standard: Standard, person: Person) -> list[ThreadEntry]:
    """The metrics in force that measure a standard, for its page in the guide."""
    if not can_read_definitions(person):
        return []
    return [
        ThreadEntry(_lazy("Metric"), definition.name, reverse("metrics_definition", args=[definition.key]))
        for definition in MetricDefinition.objects.current().filter(standards=standard)
    ]


def standards_of(definition: MetricDefinition) -> QuerySet[Standard]:
    """The published standards a metric measures."""
    return Standard.objects.published().filter(pk__in=definition.standards.values("pk"))
