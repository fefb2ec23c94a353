"""Figures ready for a screen. Everything adds counts first and divides once: never an average of averages.

All reads here touch rollups only; raw rows are read by `case_queries` for a drill-down page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Subquery, Sum, TextField, Value
from django.db.models.functions import Cast
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _lazy

from cms.models import Standard
from cms.thread import ThreadEntry, register
from coaching.interactions.models import ChangedDay
from coaching.metrics.access import can_read_definitions
from coaching.metrics.figures import Figure, figure, merge, merge_texts
from coaching.metrics.models import LastRecount, MetricDefinition, Rollup
from people.models import Person, Team

SPAN_OF_A_PERSON = 4  # weeks that each point of a single person's line covers


@dataclass(frozen=True)
class Window:
    """Calendar days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def last_weeks(weeks: int, on: date) -> Window:
    """The last `weeks` times seven days, up to and including that day."""
    return Window(on - timedelta(days=7 * weeks - 1), on)


def calendar_weeks(weeks: int, on: date) -> list[Window]:
    """The last whole weeks from Monday to Sunday, oldest first; a week still running is left out."""
    sunday = on - timedelta(days=(on.weekday() + 1) % 7)
    ends = [sunday - timedelta(days=7 * back) for back in range(weeks - 1, -1, -1)]
    return [Window(end - timedelta(days=6), end) for end in ends]


@dataclass
class Counts:
    """Counts that add up: over days, people, teams."""

    numerator: int = 0
    denominator: int = 0
    histogram: dict[int, int] = field(default_factory=dict)

    def add(self, other: Counts) -> None:
        self.numerator += other.numerator
        self.denominator += other.denominator
        if other.histogram:
            self.histogram = merge((self.histogram, other.histogram))


CountsByGroup = dict[tuple[Any, int], Counts]


def current_definitions() -> list[MetricDefinition]:
    """The definitions in force, in the order of the screens."""
    return list(MetricDefinition.objects.current())


def _counts(rollups: QuerySet[Rollup], group: str, window: Window, definitions: Sequence[MetricDefinition]) -> CountsByGroup:
    """(group, definition id) → counts; two queries, one of them only where a definition needs a histogram."""
    scoped = rollups.filter(day__range=(window.first, window.last)).order_by()
    counts: CountsByGroup = defaultdict(Counts)
    sums = (
        scoped.filter(definition__in=definitions)
        .values_list(group, "definition_id")
        .annotate(Sum("numerator"), Sum("denominator"))
    )
    for key, definition_id, numerator, denominator in sums:
        counts[key, definition_id] = Counts(numerator, denominator)
    timed = [definition for definition in definitions if definition.unit == MetricDefinition.Unit.SECONDS]
    if timed:
        rows = scoped.filter(definition__in=timed).values_list(group, "definition_id", Cast("histogram", TextField()))
        parts: dict[tuple[Any, int], list[str]] = defaultdict(list)
        for key, definition_id, histogram in rows:
            parts[key, definition_id].append(histogram)
        for group_key, histograms in parts.items():
            counts[group_key].histogram = merge_texts(histograms)
    return counts


def _figures(counts: CountsByGroup, key: Any, definitions: Sequence[MetricDefinition]) -> dict[str, Figure]:
    shown = {}
    for definition in definitions:
        found = counts.get((key, definition.pk)) or Counts()
        shown[definition.key] = figure(definition, found.numerator, found.denominator, found.histogram)
    return shown


def figures_for_people(
    people: Collection[int], window: Window, definitions: Sequence[MetricDefinition]
) -> dict[int, dict[str, Figure]]:
    """Person id → metric key → figure, for everybody named, in two queries."""
    counts = _counts(Rollup.objects.filter(person__in=people), "person_id", window, definitions)
    return {person_id: _figures(counts, person_id, definitions) for person_id in people}


def figures_for_people_and_together(
    people: Collection[int], window: Window, definitions: Sequence[MetricDefinition]
) -> tuple[dict[int, dict[str, Figure]], dict[str, Figure]]:
    """As `figures_for_people`, and the same people's figures taken together; still two queries."""
    counts = _counts(Rollup.objects.filter(person__in=people), "person_id", window, definitions)
    together: CountsByGroup = defaultdict(Counts)
    for (_person_id, definition_id), found in counts.items():
        together[None, definition_id].add(found)
    each = {person_id: _figures(counts, person_id, definitions) for person_id in people}
    return each, _figures(together, None, definitions)


def figures_for_teams(
    teams: Iterable[Team], window: Window, definitions: Sequence[MetricDefinition]
) -> dict[int, dict[str, Figure]]:
    """Team id → metric key → figure of the team and all teams below it, by the team people had on each day."""
    teams = list(teams)
    below = list(Team.objects.at_or_below(teams).values_list("pk", "path")) if teams else []
    counts = _counts(Rollup.objects.filter(team__in=[pk for pk, _path in below]), "team_id", window, definitions)
    added: CountsByGroup = defaultdict(Counts)
    for team in teams:
        for pk, path in below:
            if path.startswith(team.path):
                for definition in definitions:
                    if (pk, definition.pk) in counts:
                        added[team.pk, definition.pk].add(counts[pk, definition.pk])
    return {team.pk: _figures(added, team.pk, definitions) for team in teams}


def figures_for_company(window: Window, definitions: Sequence[MetricDefinition]) -> dict[str, Figure]:
    """Metric key → figure of everybody together."""
    counts = _counts(Rollup.objects.all(), "day", window, definitions)
    together: CountsByGroup = defaultdict(Counts)
    for (_day, definition_id), found in counts.items():
        together[None, definition_id].add(found)
    return _figures(together, None, definitions)


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
) -> dict[str, list[Week]]:
    """Metric key → one figure per whole calendar week, oldest first; of these people, or of everybody.

    With `span` above 1, each figure (counts excepted) covers that many weeks up to its Sunday: a
    single person's week holds too little to be read alone. Figures below a metric's minimum carry no
    value: a chart leaves a gap there.
    """
    rollups = Rollup.objects.all() if people is None else Rollup.objects.filter(person__in=people)
    windows = calendar_weeks(weeks + span - 1, on)
    counts = _counts(rollups, "day", Window(windows[0].first, windows[-1].last), definitions)
    by_week: CountsByGroup = defaultdict(Counts)
    for (day, definition_id), found in counts.items():
        by_week[(day - windows[0].first).days // 7, definition_id].add(found)
    series: dict[str, list[Week]] = {}
    for definition in definitions:
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
    return Week(window, figure(definition, total.numerator, total.denominator, total.histogram))


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
