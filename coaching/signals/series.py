"""Rollups as the arrays the rule reads: good outcomes and all, per person, team and week.

Everybody: one query per week and none per person; memory holds a few numbers per person and week. One person or
team: three queries, and the same judgement as among all (a test holds that).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db.models import QuerySet, Sum
from numpy.typing import NDArray

from coaching.metrics.models import MetricDefinition, Rollup
from coaching.signals.rule import NO_TEAM, History
from people.models import Person, Role, Team

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Series:
    """One metric's history and whose it is. Row i of `history` is `people[i]`, of its team arrays `teams[i]`."""

    definition: MetricDefinition
    people: list[int]
    teams: list[int]
    first: date  # first day of the first week
    as_of: date  # last day of the last week
    history: History

    @property
    def weeks(self) -> int:
        return int(self.history.n.shape[1])

    def days_of(self, weeks: int) -> tuple[date, date]:
        """First and last day of the newest `weeks` weeks."""
        return self.as_of - timedelta(days=7 * weeks - 1), self.as_of

    def share(self, good_share: float) -> float:
        """A share of good outcomes as the metric's own share: turned around where lower is better."""
        return 1 - good_share if self.definition.direction == MetricDefinition.Direction.DOWN else good_share

    def ends(self) -> list[date]:
        """The last day of each week, oldest first."""
        return [self.as_of - timedelta(days=7 * back) for back in range(self.weeks - 1, -1, -1)]


def watchable_definitions(keys: Sequence[str] = ()) -> list[MetricDefinition]:
    """The shares with a direction, in the order of the screens; only those named where any are."""
    found = (
        MetricDefinition.objects.current()
        .filter(unit=MetricDefinition.Unit.PERCENT)
        .exclude(direction=MetricDefinition.Direction.NONE)
    )
    return list(found.filter(key__in=keys) if keys else found)


def judged_people() -> list[int]:
    """Who is judged: active reps. Everybody else's ratings still belong to the floor."""
    return list(Person.objects.active().with_role(Role.REP).order_by("pk").values_list("pk", flat=True).distinct())


def load_series(definitions: Sequence[MetricDefinition], weeks: int, as_of: date) -> Iterator[Series]:
    """One series per definition over the `weeks` weeks up to `as_of`; `weeks` queries in all, and two."""
    people, teams = judged_people(), list(Team.objects.order_by("pk").values_list("pk", flat=True))
    row = {pk: number for number, pk in enumerate(people)}
    team_row = {pk: number for number, pk in enumerate(teams)}
    tables = {definition.pk: _Table(len(people), len(teams), weeks) for definition in definitions}
    for week in range(weeks):
        last = as_of - timedelta(days=7 * (weeks - 1 - week))
        counts = (
            Rollup.objects.filter(day__range=(last - timedelta(days=6), last), definition__in=[d.pk for d in definitions])
            .order_by()
            .values_list("definition_id", "person_id", "team_id")
            .annotate(Sum("numerator"), Sum("denominator"))
        )
        for definition_id, person_id, team_id, part, n in counts:
            tables[definition_id].add(week, row.get(person_id), team_row.get(team_id), part, n)
    first = as_of - timedelta(days=7 * weeks - 1)
    for definition in definitions:
        yield _series(definition, people, teams, first, as_of, tables[definition.pk])


def load_person(person: Person, definitions: Sequence[MetricDefinition], weeks: int, as_of: date) -> list[Series]:
    """One person's series, with the rest of the floor as `others`: three queries, whatever the size of the company."""
    first = as_of - timedelta(days=7 * weeks - 1)
    rollups = Rollup.objects.filter(day__range=(first, as_of), definition__in=definitions).order_by()
    own = list(rollups.filter(person=person).values_list("definition_id", "day", "team_id", "numerator", "denominator"))
    teams = sorted({team for _definition, _day, team, _part, _n in own if team is not None})
    row = {pk: number for number, pk in enumerate(teams)}
    tables = {definition.pk: _Table(1, len(teams), weeks) for definition in definitions}
    for definition_id, day, team, part, n in _summed_by_week(own, first):
        tables[definition_id].add(day, 0, row.get(team), part, n)
    for table in tables.values():  # the person's own part of the team comes again with the team's sums
        table.team_part[:], table.team_n[:] = 0, 0
    by_team = rollups.filter(team__in=teams).values_list("definition_id", "day", "team_id")
    for definition_id, day, team, part, n in by_team.annotate(Sum("numerator"), Sum("denominator")) if teams else ():
        tables[definition_id].add_to_team((day - first).days // 7, row[team], part, n)
    _add_floor(tables, rollups, first)
    for table in tables.values():
        table.others_part -= table.part[0]
        table.others_n -= table.n[0]
    return [_series(definition, [person.pk], teams, first, as_of, tables[definition.pk]) for definition in definitions]


def load_team(team: Team, definitions: Sequence[MetricDefinition], weeks: int, as_of: date) -> list[Series]:
    """One team's series, with the rest of the floor as `others`: two queries."""
    first = as_of - timedelta(days=7 * weeks - 1)
    rollups = Rollup.objects.filter(day__range=(first, as_of), definition__in=definitions).order_by()
    tables = {definition.pk: _Table(0, 1, weeks) for definition in definitions}
    mine = rollups.filter(team=team).values_list("definition_id", "day").annotate(Sum("numerator"), Sum("denominator"))
    for definition_id, day, part, n in mine:
        tables[definition_id].add_to_team((day - first).days // 7, 0, part, n)
    _add_floor(tables, rollups, first)
    return [_series(definition, [], [team.pk], first, as_of, tables[definition.pk]) for definition in definitions]


def _summed_by_week(
    rows: Sequence[tuple[int, date, int | None, int, int]], first: date
) -> Iterator[tuple[int, int, int | None, int, int]]:
    """(definition, week, team, part, n), one per team of each week."""
    sums: dict[tuple[int, int, int | None], list[int]] = {}
    for definition_id, day, team, part, n in rows:
        total = sums.setdefault((definition_id, (day - first).days // 7, team), [0, 0])
        total[0] += part
        total[1] += n
    for (definition_id, week, team), (part, n) in sums.items():
        yield definition_id, week, team, part, n


def _add_floor(tables: dict[int, _Table], rollups: QuerySet[Rollup], first: date) -> None:
    """Everybody's counts as `others`."""
    for definition_id, day, part, n in rollups.values_list("definition_id", "day").annotate(Sum("numerator"), Sum("denominator")):
        week = (day - first).days // 7
        tables[definition_id].others_part[week] += part
        tables[definition_id].others_n[week] += n


def _series(definition: MetricDefinition, people: list[int], teams: list[int], first: date, as_of: date, table: _Table) -> Series:
    turned = definition.direction == MetricDefinition.Direction.DOWN
    return Series(definition, people, teams, first, as_of, table.history(turned=turned))


class _Table:
    """Counts being filled in; `part` is the metric's numerator."""

    def __init__(self, people: int, teams: int, weeks: int) -> None:
        self.part, self.n, self.most = (np.zeros((people, weeks), dtype=np.int64) for _array in range(3))
        self.team = np.full((people, weeks), NO_TEAM, dtype=np.int64)
        self.team_part, self.team_n = (np.zeros((teams, weeks), dtype=np.int64) for _array in range(2))
        self.others_part, self.others_n = (np.zeros(weeks, dtype=np.int64) for _array in range(2))

    def add(self, week: int, person: int | None, team: int | None, part: int, n: int) -> None:
        if person is None:
            self.others_part[week] += part
            self.others_n[week] += n
        else:
            self.part[person, week] += part
            self.n[person, week] += n
            if team is not None and n > self.most[person, week]:  # who moved within a week: where most was done
                self.team[person, week], self.most[person, week] = team, n
        if team is not None:
            self.add_to_team(week, team, part, n)

    def add_to_team(self, week: int, team: int, part: int, n: int) -> None:
        self.team_part[team, week] += part
        self.team_n[team, week] += n

    def history(self, *, turned: bool) -> History:
        """`turned`: the numerator counts what should not happen."""

        def good(part: Counts, n: Counts) -> Counts:
            return n - part if turned else part

        return History(
            good(self.part, self.n), self.n, self._team_of_each_week(),
            good(self.team_part, self.team_n), self.team_n,
            good(self.others_part, self.others_n), self.others_n,
        )  # fmt: skip

    def _team_of_each_week(self) -> Counts:
        """A week without ratings keeps the team of the week before: somebody on holiday has not left."""
        filled = self.team.copy()
        for week in range(1, filled.shape[1]):
            missing = (filled[:, week] == NO_TEAM) & (self.n[:, week] == 0)
            filled[missing, week] = filled[missing, week - 1]
        return filled
