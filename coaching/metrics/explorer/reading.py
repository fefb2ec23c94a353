"""Counts for the explorer: one grouped read per question, from rollups only.

People and teams without a filter are read by day from `Rollup`; whatever asks about topics, channels or segments is read by
week from the counts by kind. Everything is added up before it is divided.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet, Sum, TextField
from django.db.models.functions import Cast

from coaching.metrics.explorer.access import Scope
from coaching.metrics.explorer.marking import monday
from coaching.metrics.explorer.models import PersonSegmentRollup, SegmentRollup
from coaching.metrics.explorer.questions import KINDS, By, Question
from coaching.metrics.figures import Figure, figure, merge_texts
from coaching.metrics.models import MetricDefinition, Rollup
from coaching.metrics.queries import Counts, Window

Key = Any  # person id, team id, a kind's value, or None for everything together
ByPeriod = dict[tuple[Key, date], Counts]


def days_in(window: Window) -> list[date]:
    """Every day: as a list, each is looked up in an index that goes on with the metric."""
    return [window.first + timedelta(days=number) for number in range(window.days)]


def weeks_in(window: Window) -> list[date]:
    """The Monday of every week."""
    first, last = monday(window.first), monday(window.last)
    return [first + timedelta(days=7 * number) for number in range((last - first).days // 7 + 1)]


def _team_ids(scope: Scope, question: Question) -> list[int] | None:
    """The teams to add up; None: everybody, with people who have no team."""
    if question.team is not None:
        return [team.pk for team in scope.teams if team.path.startswith(question.team.path)]
    return None if scope.is_everybody else scope.team_ids


def _whose(scope: Scope, question: Question, people: Collection[int] | None) -> dict[str, Any]:
    """The condition that keeps rows to what the viewer may add up."""
    if scope.is_own:
        return {"person": scope.person_id}
    if people is not None:
        return {"person__in": people}
    teams = _team_ids(scope, question)
    return {} if teams is None else {"team__in": teams}


def _by_kind(scope: Scope, question: Question, people: Collection[int] | None, *, per_person: bool = False) -> QuerySet[Any]:
    table = PersonSegmentRollup if per_person or scope.is_own or people is not None else SegmentRollup
    weeks = {"definition": question.definition, "week__in": weeks_in(question.days)}
    return table.objects.filter(**weeks, **_whose(scope, question, people), **question.filters.chosen())


def _rows(scope: Scope, question: Question, people: Collection[int] | None) -> tuple[QuerySet[Any], str]:
    """(the rollups to read, the name of their date)."""
    if question.is_by_kind:
        return _by_kind(scope, question, people), "week"
    days = {"definition": question.definition, "day__in": days_in(question.days)}
    return Rollup.objects.filter(**days, **_whose(scope, question, people)), "day"


def group_of(question: Question) -> str | None:
    """The column that rows of the table are grouped by."""
    return {By.PERSON: "person_id", By.TEAM: "team_id", By.TOGETHER: None}.get(question.by, KINDS.get(question.by))


def grouped(rows: QuerySet[Any], group: str | None, when: str, definition: MetricDefinition) -> ByPeriod:
    """(group, date) → counts; a second read where the metric needs a histogram."""
    keys = (group, when) if group else (when,)
    counts: ByPeriod = defaultdict(Counts)
    for *key, numerator, denominator in rows.order_by().values_list(*keys).annotate(Sum("numerator"), Sum("denominator")):
        counts[key[0] if group else None, key[-1]] = Counts(numerator, denominator)
    if has_histogram(definition):
        parts = defaultdict(list)
        texts = rows.filter(histogram__isnull=False).order_by().annotate(text=Cast("histogram", TextField()))
        for *key, text in texts.values_list(*keys, "text").iterator(chunk_size=10_000):
            parts[key[0] if group else None, key[-1]].append(text)
        for found, each in parts.items():
            counts[found].histogram = merge_texts(each)
    return counts


def has_histogram(definition: MetricDefinition) -> bool:
    return definition.unit not in (MetricDefinition.Unit.PERCENT, MetricDefinition.Unit.COUNT)


def counts_by_period(scope: Scope, question: Question, *, group: str | None, people: Collection[int] | None = None) -> ByPeriod:
    """(group, first day of the column) → counts."""
    rows, when = _rows(scope, question, people)
    found: ByPeriod = defaultdict(Counts)
    for (key, day), counts in grouped(rows, group, when, question.definition).items():
        found[key, question.start_of(day)].add(counts)
    return found


def counts_by_kind(
    scope: Scope, question: Question, *, kinds: tuple[str, ...], people: Collection[int] | None = None, per_person: bool = False
) -> dict[tuple[Any, ...], Counts]:
    """(person where asked for, then the kinds' values) → counts over the question's whole weeks."""
    rows = _by_kind(scope, question, people, per_person=per_person)
    keys = (("person_id",) if per_person else ()) + kinds
    sums = rows.order_by().values_list(*keys).annotate(Sum("numerator"), Sum("denominator"))
    return {tuple(key): Counts(numerator, denominator) for *key, numerator, denominator in sums}


def figure_of(definition: MetricDefinition, counts: Counts | None) -> Figure:
    """Counts as a figure with its interval, or without a value where they are too few."""
    counts = counts or Counts()
    return figure(definition, counts.numerator, counts.denominator, counts.histogram)
