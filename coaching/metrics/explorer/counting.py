"""Counting by channel, topic and segment: a week at a time, on SQLite and PostgreSQL alike.

**When.** The daily recount writes a `ChangedWeek` for every person's week whose rollups it touched, in its own
transaction; these are counted afterwards, up to 200 people in one transaction that takes their marks. Killed anywhere,
the marks that are left say what is still to do. A whole week is counted once however many of its days changed, and of
those people only: a team's counts are the sums of its people's, everybody's those of the teams, each added up once,
in a transaction of its own, when no mark of a person is left in the week.

**From what.** From the raw rows of the person-days that `Rollup` names, by the daily count's own recipes
(`coaching.metrics.counting`) with the kind of case added to each row's key: so the team is the team of the day, and
the sums over all kinds of cases are those of `Rollup`, by construction.

Histograms are those of `Rollup`, but that the hours at which open cases were opened count from the week's Monday.

**Why the mark table is locked on PostgreSQL**: for the reason given in `recount`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import Count, QuerySet

from coaching.interactions.models import Account, Interaction
from coaching.metrics import rows
from coaching.metrics.business_hours import EPOCH
from coaching.metrics.calendars import calendar_book
from coaching.metrics.counting import DAY_BITS, OPEN_KEY, Counting, Tally, repeat_rules
from coaching.metrics.explorer import marking
from coaching.metrics.explorer.models import (
    OTHER,
    ChangedWeek,
    CompanySegmentRollup,
    PersonSegmentRollup,
    ReportedValue,
    SegmentRollup,
)
from coaching.metrics.figures import merge_texts
from coaching.metrics.models import MetricDefinition, Rollup
from coaching.metrics.rows import INTERACTION, Columns, Pair
from coaching.metrics.variants import STOCKS
from foundation.planning import looked_up
from foundation.writers import Pace

Dimension = ReportedValue.Dimension
ROOM = {Dimension.TOPIC: 40, Dimension.SEGMENT: 12}  # how many values of each get rows of their own

ACCOUNT = Account._meta.db_table
REPORTED = ReportedValue._meta.db_table
ROLLUP = Rollup._meta.db_table
BY_TEAM = SegmentRollup._meta.db_table
BY_PERSON = PersonSegmentRollup._meta.db_table
OF_ALL = CompanySegmentRollup._meta.db_table

CHANNELS = ["", *Interaction.Channel.values]  # by code
NONE, REST = 0, -1  # codes of a topic or segment; any other number is the id of its ReportedValue
KIND_BITS = 12  # kinds of cases in one team's week: a row's key is (person, day) and the kind's number
HOURS_OF_DAY = 24
PEOPLE_AT_ONCE = 200  # whose week is counted in one transaction


@dataclass(frozen=True)
class _Unit:
    """One team's week."""

    team_id: int | None
    week: date

    @property
    def sql(self) -> str:
        return "team_id IS NULL" if self.team_id is None else "team_id = %s"

    @property
    def params(self) -> tuple[Any, ...]:
        return () if self.team_id is None else (self.team_id,)

    @property
    def days(self) -> tuple[date, date]:
        return self.week, self.week + timedelta(days=6)

    def pairs(self, people: Collection[int] | None) -> list[Pair]:
        """The (person, day)s that daily rollups count for the team, in its week; of some people, or of everybody."""
        found = Rollup.objects.filter(team=self.team_id, day__range=self.days)
        if people is not None:
            found = found.filter(person__in=people)
        return list(found.order_by().values_list("person_id", "day").distinct())


def _kind_columns(case: str) -> dict[str, str]:
    """SQL of the codes of a case's channel, topic and segment, beside the tables of `_kind_tables`."""
    numbers = " ".join(f"WHEN '{value}' THEN {number}" for number, value in enumerate(CHANNELS) if value)
    return {
        "channel": f"CASE {case}.channel {numbers} ELSE 0 END",
        "topic": f"CASE WHEN {case}.topic = '' THEN {NONE} ELSE COALESCE(topic.id, {REST}) END",
        "segment": f"CASE WHEN COALESCE(account.segment, '') = '' THEN {NONE} ELSE COALESCE(segment.id, {REST}) END",
    }


def _kind_tables(case: str) -> str:
    """SQL, to follow a table of cases: what their topic, account and segment are known as, nulls where they are not."""
    account = f"account.source_id = {case}.source_id AND account.external_key = {case}.account AND NOT ({case}.account = '')"
    return " ".join(
        (
            f"LEFT JOIN {REPORTED} topic ON topic.dimension = '{Dimension.TOPIC.value}' AND topic.name = {case}.topic",
            looked_up(ACCOUNT, "account", account, or_nothing=True),
            f"LEFT JOIN {REPORTED} segment ON segment.dimension = '{Dimension.SEGMENT.value}' AND segment.name = account.segment",
        )
    )


def _kind_columns_of_answers() -> dict[str, str]:
    """The codes of the case `c` that an answer is about; `NONE` where that is not known."""
    return {name: f"CASE WHEN c.id IS NULL THEN {NONE} ELSE {sql} END" for name, sql in _kind_columns("c").items()}


@dataclass(frozen=True)
class _Taken:
    """What one transaction did: how many people it counted, and whether the week came to its end."""

    people: int = 0
    ends_week: bool = False


class _Week:
    """Counts some people's days of one unit: each recipe as the daily count does, with the kind of case in the key."""

    def __init__(self, unit: _Unit, definitions: Sequence[MetricDefinition], pairs: Sequence[Pair]) -> None:
        self.unit, self.definitions = unit, definitions
        scope, of_case = rows.of_pairs(pairs), (_kind_columns("x"), _kind_tables("x"))
        opened = rows.cases_opened(scope, of_case)
        resolved = rows.cases_resolved(scope, repeat_rules(definitions), of_case)
        given = rows.answers(scope, (_kind_columns_of_answers(), _kind_tables("c")))
        self.kinds = self._kinds_of(opened, resolved, given)
        # All of a unit counts for one team, which has one calendar. It is not a method of this: a circle of objects would keep
        # week after week in memory until Python happens to look for circles.
        hours = calendar_book().of_team(unit.team_id)
        self.counting = Counting(opened, resolved, given, lambda keys: [(hours, np.arange(len(keys)))])
        for name, columns in (("opened_keys", opened), ("resolved_keys", resolved), ("given_keys", given)):
            keys = getattr(self.counting, name) << KIND_BITS | columns["case_kind"].astype(np.int64)
            setattr(self.counting, name, keys)

    @staticmethod
    def _kinds_of(*parts: Columns) -> list[tuple[str, str, str]]:
        """Number the kinds that occur and write each row's number into a column of its own."""
        names = {Dimension.TOPIC.value: {NONE: "", REST: OTHER}, Dimension.SEGMENT.value: {NONE: "", REST: OTHER}}
        for pk, dimension, name in ReportedValue.objects.values_list("pk", "dimension", "name"):
            names[dimension][pk] = name
        codes = [np.stack([part[name] for name in ("channel", "topic", "segment")], axis=1) for part in parts]
        unique, place = np.unique(np.concatenate(codes), axis=0, return_inverse=True)
        edges = np.cumsum([0, *(len(code) for code in codes)])
        for part, begin, end in zip(parts, edges[:-1], edges[1:], strict=True):
            part["case_kind"] = place.reshape(-1)[begin:end].astype(float)
        if len(unique) >= 1 << KIND_BITS:
            raise ValueError(f"{len(unique)} kinds of cases in one week: lower counting.ROOM")
        return [
            (CHANNELS[channel], names["topic"][topic], names["segment"][segment])
            for channel, topic, segment in unique.astype(np.int64).tolist()
        ]

    def write(self) -> None:
        for definition in self.definitions:
            self._write(definition, self.counting.tally(definition))

    def _write(self, definition: MetricDefinition, tally: Tally) -> None:
        if not len(tally.keys):
            return
        person, kind = tally.keys >> (DAY_BITS + KIND_BITS), tally.keys & ((1 << KIND_BITS) - 1)
        day = tally.keys >> KIND_BITS & ((1 << DAY_BITS) - 1)
        texts = None
        if tally.histograms is not None:
            later = (day - (self.unit.week - EPOCH).days) * HOURS_OF_DAY
            texts = [_shifted(text, hours) for text, hours in zip(tally.histograms, later.tolist(), strict=True)]
        both, place = np.unique(person << KIND_BITS | kind, return_inverse=True)
        part, whole = np.zeros(len(both), dtype=np.int64), np.zeros(len(both), dtype=np.int64)
        np.add.at(part, place, tally.numerators)
        np.add.at(whole, place, tally.denominators)
        bins: list[str | None] = [None] * len(both)
        if texts is not None:
            merged: list[dict[int, int]] = [{} for _kind in range(len(both))]
            for number, text in zip(place.tolist(), texts, strict=True):
                target = merged[number]
                for key, n in text.items():
                    target[key] = target.get(key, 0) + n
            bins = [_as_text(target) for target in merged]
        kinds = (self.kinds[number] for number in (both & ((1 << KIND_BITS) - 1)).tolist())
        head = (definition.pk, self.unit.team_id, self.unit.week.isoformat())
        counted = zip((both >> KIND_BITS).tolist(), kinds, part.tolist(), whole.tolist(), bins, strict=True)
        _insert(BY_PERSON, ("person_id", *KEPT), [(who, *head, *kind, x, n, text) for who, kind, x, n, text in counted])


KEPT = ("definition_id", "team_id", "week", "channel", "topic", "segment", "numerator", "denominator", "histogram")


def _insert(table: str, columns: Sequence[str], values: Sequence[tuple[Any, ...]]) -> None:
    into = f"{table} ({', '.join(columns)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
        else:
            cursor.executemany(f"INSERT INTO {into} VALUES ({', '.join(['%s'] * len(columns))})", values)


def _as_text(histogram: dict[int, int]) -> str:
    return json.dumps(histogram, separators=(",", ":"))


def _add_up(unit: _Unit) -> None:
    """The team's counts of the week, from those of its people."""
    head = (("team_id", unit.team_id), ("week", unit.week.isoformat()))
    _sum_into(BY_TEAM, BY_PERSON, head, f"{unit.sql} AND week = %s", (*unit.params, unit.week))


def _add_up_company(week: date) -> None:
    """Everybody's counts of the week, from those of the teams."""
    _sum_into(OF_ALL, BY_TEAM, (("week", week.isoformat()),), "week = %s", (week,))


def _sum_into(table: str, source: str, head: Sequence[tuple[str, Any]], condition: str, params: tuple[Any, ...]) -> None:
    """The rows of a table, anew, as sums over those of another. Histograms are added as numbers, all else by the database.

    `head`: the columns that the condition fixes, with their values.
    """
    names, fixed = tuple(name for name, _value in head), tuple(value for _name, value in head)
    kind = "channel, topic, segment"
    group = ", ".join(("definition_id", *names, kind))
    columns = ("definition_id", *names, "channel", "topic", "segment", "numerator", "denominator", "histogram")
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {condition}", params)
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {group}, SUM(numerator), SUM(denominator), NULL FROM {source} "
            f"WHERE {condition} AND histogram IS NULL GROUP BY {group}",
            params,
        )
        cursor.execute(
            f"SELECT definition_id, {kind}, numerator, denominator, CAST(histogram AS text) FROM {source} "
            f"WHERE {condition} AND histogram IS NOT NULL",
            params,
        )
        drawn = cursor.fetchall()
    together: dict[tuple[Any, ...], list[tuple[int, int, str]]] = defaultdict(list)
    for row in drawn:
        together[row[:4]].append(row[4:])
    values = []
    for (definition_id, *of_kind), parts in together.items():
        numerators, denominators, texts = zip(*parts, strict=True)
        text = _as_text(merge_texts(texts)) if len(texts) > 1 else texts[0]
        values.append((definition_id, *fixed, *of_kind, sum(numerators), sum(denominators), text))
    _insert(table, columns, values)


def _shifted(text: str, hours: int) -> dict[int, int]:
    """A day's histogram with the hours of opening of open cases counted from the week's Monday instead of the day."""
    found = json.loads(text)
    return {int(key) + (hours if int(key) >= OPEN_KEY else 0): n for key, n in found.items()}


def _learn_values(pairs: Sequence[Pair]) -> None:
    """Give topics and segments met for the first time rows of their own, while there is room."""
    known = dict(ReportedValue.objects.order_by().values_list("dimension").annotate(n=Count("pk")))
    scope = rows.of_pairs(pairs)
    for dimension, value, account in (
        (Dimension.TOPIC, "x.topic", ""),
        (Dimension.SEGMENT, "a.segment", f"JOIN {ACCOUNT} a ON a.source_id = x.source_id AND a.external_key = x.account"),
    ):
        room = ROOM[dimension] - known.get(dimension, 0)
        if room <= 0:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT DISTINCT {value} FROM {scope.rows(INTERACTION, "opened_on")} {account} WHERE {value} NOT IN ('', '{OTHER}') AND NOT EXISTS (
                    SELECT 1 FROM {REPORTED} v WHERE v.dimension = '{dimension.value}' AND v.name = {value})
                ORDER BY 1 LIMIT {room}""",
                scope.params,
            )
            names = [row[0] for row in cursor.fetchall()]
        if names:
            values = [ReportedValue(dimension=dimension, name=name) for name in names]
            ReportedValue.objects.bulk_create(values, ignore_conflicts=True)
            marking.note_weeks_with_other(dimension)


def _hold_marks() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {marking.WEEK} IN SHARE ROW EXCLUSIVE MODE")


def countable(definitions: Sequence[MetricDefinition]) -> list[MetricDefinition]:
    """Those of the definitions that count what happened in a week; what is open at a moment has no week."""
    return [definition for definition in definitions if definition.recipe not in STOCKS]


@transaction.atomic
def _count_next(people_at_once: int) -> _Taken | None:
    """Take the mark that comes next, with as many people's of its week as that; None where none waits.

    What is left to do because of it is marked in the same transaction: people's counts have their teams added up, and these the
    company. So a team is added up once, however many steps its people take, and nothing that could fail comes between.
    """
    _hold_marks()
    mark = ChangedWeek.objects.order_by("week", "-person_key", "team_key").first()
    if mark is None:
        return None
    if mark.person_key > 0:
        return _Taken(people=_count_people(mark.week, people_at_once))
    mark.delete()
    unit = _Unit(mark.team_key or None, mark.week)
    if mark.person_key == ChangedWeek.COMPANY_SUM:
        _add_up_company(mark.week)
        return _Taken(ends_week=True)
    if mark.person_key == ChangedWeek.TEAM_SUM:
        _add_up(unit)
        _mark_sums(mark.week, [0], ChangedWeek.COMPANY_SUM)
        return _Taken()
    return _Taken(people=_count_everybody(unit, people_at_once))


def _count_people(week: date, people_at_once: int) -> int:
    marks = ChangedWeek.objects.filter(week=week, person_key__gt=0).order_by("-person_key")
    people = list(marks.values_list("person_key", flat=True)[:people_at_once])
    marks.filter(person_key__in=people).delete()
    definitions = countable(list(MetricDefinition.objects.current()))
    teams = _teams_of(people, week)
    _mark_sums(week, [team_id or 0 for team_id in teams], ChangedWeek.TEAM_SUM)
    for team_id in teams:
        _count(_Unit(team_id, week), definitions, people)
    return len(people)


def _count_everybody(unit: _Unit, people_at_once: int) -> int:
    """Everybody in the team; where they are too many for one transaction, mark each of them instead."""
    people = {person for person, _day in unit.pairs(None)}
    people |= set(_counted_of(unit).order_by().values_list("person_id", flat=True).distinct())
    _mark_sums(unit.week, [unit.team_id or 0], ChangedWeek.TEAM_SUM)
    if len(people) > people_at_once:
        marks = [ChangedWeek(person_key=person, week=unit.week) for person in sorted(people)]
        ChangedWeek.objects.bulk_create(marks, ignore_conflicts=True)
        return 0
    _count(unit, countable(list(MetricDefinition.objects.current())), None)
    return len(people)


def _mark_sums(week: date, team_keys: Sequence[int], which: int) -> None:
    """Before anything is counted: a topic learned meanwhile is told by these marks where it was counted as `OTHER`."""
    marks = [ChangedWeek(team_key=team, person_key=which, week=week) for team in team_keys]
    ChangedWeek.objects.bulk_create(marks, ignore_conflicts=True)


def _counted_of(unit: _Unit) -> QuerySet[PersonSegmentRollup]:
    return PersonSegmentRollup.objects.filter(team=unit.team_id, week=unit.week)


def _teams_of(people: Collection[int], week: date) -> list[int | None]:
    """The teams these people's days of the week count for, and those they were counted for before."""
    now = Rollup.objects.filter(person__in=people, day__range=(week, week + timedelta(days=6)))
    before = PersonSegmentRollup.objects.filter(person__in=people, week=week)
    found = {team for rows_of in (now, before) for team in rows_of.order_by().values_list("team_id", flat=True).distinct()}
    return sorted(found, key=lambda team: team or 0)


def _count(unit: _Unit, definitions: Sequence[MetricDefinition], people: Collection[int] | None) -> None:
    """Count a unit anew, of some people or of everybody."""
    stale = _counted_of(unit)
    if people is not None:
        stale = stale.filter(person__in=people)
    stale.delete()
    pairs = unit.pairs(people)
    if pairs:
        _learn_values(pairs)
        for part in rows.in_parts(pairs, by_person=True):
            _Week(unit, definitions, part).write()


def count_changed_weeks(limit: int | None = None) -> int:
    """Count every marked week again, in at most `limit` transactions; how many weeks came to their end.

    Safe to kill and to run beside itself.
    """
    pace = Pace(PEOPLE_AT_ONCE)
    weeks = steps = 0
    while limit is None or steps < limit:
        with pace.step() as step:
            taken = _count_next(pace.size)
            step.pieces = taken.people if taken else 0
        if taken is None:
            break
        steps += 1
        weeks += taken.ends_week
    return weeks


@transaction.atomic
def rebuild() -> None:
    """Choose the most frequent topics and segments anew and mark every week; `count_changed_weeks` does the counting."""
    _hold_marks()
    ReportedValue.objects.all().delete()
    queries = {
        Dimension.TOPIC: f"SELECT x.topic FROM {INTERACTION} x WHERE x.topic NOT IN ('', '{OTHER}') "
        "GROUP BY x.topic ORDER BY COUNT(*) DESC, x.topic",
        Dimension.SEGMENT: f"SELECT a.segment FROM {ACCOUNT} a WHERE a.segment NOT IN ('', '{OTHER}') "
        "GROUP BY a.segment ORDER BY COUNT(*) DESC, a.segment",
    }
    for dimension, query in queries.items():
        with connection.cursor() as cursor:
            cursor.execute(f"{query} LIMIT {ROOM[dimension]}")
            names = [row[0] for row in cursor.fetchall()]
        ReportedValue.objects.bulk_create([ReportedValue(dimension=dimension, name=name) for name in names])
    marking.note_all_weeks(ROLLUP)
