"""Counts for the explorer: one grouped read per question, from rollups only.

People and teams without a filter are read by day from `Rollup`; whatever asks about topics, channels or segments is read by
week from the counts by kind. Everything is added up before it is divided.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, F, QuerySet, Sum, Value
from django.utils import timezone

from coaching.metrics.adding import counts_of
from coaching.metrics.explorer.access import Scope
from coaching.metrics.explorer.marking import monday
from coaching.metrics.explorer.models import CompanySegmentRollup, PersonSegmentRollup, SegmentRollup
from coaching.metrics.explorer.questions import KINDS, By, Question
from coaching.metrics.figures import Figure, figure
from coaching.metrics.models import MetricDefinition, Rollup
from coaching.metrics.queries import Counts, Window
from coaching.metrics.variants import uses_business_hours

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


def _by_kind(
    scope: Scope, question: Question, people: Collection[int] | None, columns: Collection[str | None] = ()
) -> QuerySet[Any]:
    """The weekly counts to add up, from the shortest table that knows the columns asked for."""
    weeks = {"definition": question.definition, "week__in": weeks_in(question.days)}
    table: Any = SegmentRollup
    if "person_id" in columns or scope.is_own or people is not None:
        table = PersonSegmentRollup
    elif _team_ids(scope, question) is None and "team_id" not in columns and not uses_business_hours(question.definition):
        # Of no team; nobody asks whose calendar it was.
        table = CompanySegmentRollup
    found = table.objects.filter(**weeks, **_whose(scope, question, people), **question.filters.chosen())
    return found.annotate(team_id=Value(None, output_field=BigIntegerField())) if table is CompanySegmentRollup else found


def _rows(scope: Scope, question: Question, people: Collection[int] | None, group: str | None) -> tuple[QuerySet[Any], str]:
    """(the rollups to read, the name of their date)."""
    if question.is_by_kind:
        return _by_kind(scope, question, people, (group,)), "week"
    rows = Rollup.objects.filter(definition=question.definition, **_whose(scope, question, people))
    # The index of people goes on with the day; for it, a list would be a condition on every row more.
    return (rows if scope.is_own or people is not None else rows.filter(day__in=days_in(question.days))), "day"


def group_of(question: Question) -> str | None:
    """The column that rows of the table are grouped by."""
    return {By.PERSON: "person_id", By.TEAM: "team_id", By.TOGETHER: None}.get(question.by, KINDS.get(question.by))


def _counts(
    rows: QuerySet[Any], when: str, columns: tuple[str, ...], question: Question, as_of: datetime
) -> Iterator[tuple[tuple[Any, ...], Counts]]:
    """(values of the columns, counts), by the one way of adding rollups up (`adding.counts_of`)."""
    if when == "week":
        rows = rows.annotate(day=F("week"))
    found = counts_of(rows, columns, question.days, [question.definition], _moment(question, as_of))
    return ((key, counts) for (key, _definition_id), counts in found.items())


def _moment(question: Question, as_of: datetime) -> datetime:
    """A week is old enough once its Sunday is; it is known by its Monday."""
    return as_of - timedelta(days=6) if question.is_by_kind and question.definition.maturity_days else as_of


def counts_by_period(
    scope: Scope, question: Question, *, group: str | None, as_of: datetime, people: Collection[int] | None = None
) -> ByPeriod:
    """(group, first day of the column) → counts."""
    rows, when = _rows(scope, question, people, group)
    found: ByPeriod = defaultdict(Counts)
    starts: dict[date, date] = {}
    for (*key, day), counts in _counts(rows, when, (group, "day") if group else ("day",), question, as_of):
        if day not in starts:
            starts[day] = question.start_of(day)
        found[key[0] if key else None, starts[day]].add(counts)
    return found


def counts_by_person(scope: Scope, question: Question, *, as_of: datetime, people: Collection[int]) -> dict[int, Counts]:
    """Person → counts of all the question's days."""
    rows, when = _rows(scope, question, people, "person_id")
    return {person_id: counts for (person_id,), counts in _counts(rows, when, ("person_id",), question, as_of)}


def counts_by_kind(
    scope: Scope,
    question: Question,
    *,
    kinds: tuple[str, ...],
    as_of: datetime,
    people: Collection[int] | None = None,
    per_person: bool = False,
) -> dict[tuple[Any, ...], Counts]:
    """(person where asked for, then the kinds' values) → counts of the question's whole weeks; without histograms."""
    keys = (("person_id",) if per_person else ()) + kinds
    rows = _by_kind(scope, question, people, keys)
    if question.definition.maturity_days:
        rows = rows.filter(week__lte=timezone.localdate(as_of) - timedelta(days=question.definition.maturity_days + 6))
    sums = rows.order_by().values_list(*keys).annotate(Sum("numerator"), Sum("denominator"))
    return {tuple(key): Counts(numerator, denominator) for *key, numerator, denominator in sums}


def figure_of(definition: MetricDefinition, counts: Counts | None) -> Figure:
    """Counts as a figure with its interval, or without a value where they are too few."""
    found = counts or Counts()
    return figure(definition, found.numerator, found.denominator, found.histogram, waiting=found.waiting, beside=found.beside)
