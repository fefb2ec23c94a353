"""Counting by channel, topic and segment: one team's week at a time, set-based, on SQLite and PostgreSQL.

**When.** The daily recount writes a `ChangedWeek` for every team-week whose rollups it touched, in its own
transaction; these are counted afterwards, each in one transaction that takes its mark. Killed anywhere, the
marks that are left say what is still to do. A whole week is counted once however many of its days changed.

**From what.** From the person-days that `Rollup` names, joined with their raw rows: so the team is the team of the
day, and the sums over all kinds of cases are those of `Rollup`, by construction.

**Why the mark table is locked on PostgreSQL**: for the reason given in `recount`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from coaching.interactions.models import Account
from coaching.metrics import recount
from coaching.metrics.explorer import marking
from coaching.metrics.explorer.models import OTHER, ChangedWeek, PersonSegmentRollup, ReportedValue, SegmentRollup
from coaching.metrics.models import MetricDefinition

Dimension = ReportedValue.Dimension
ROOM = {Dimension.TOPIC: 40, Dimension.SEGMENT: 12}  # how many values of each get rows of their own

ACCOUNT = Account._meta.db_table
REPORTED = ReportedValue._meta.db_table
BY_TEAM = SegmentRollup._meta.db_table
BY_PERSON = PersonSegmentRollup._meta.db_table
KIND = "channel, topic, segment"


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


def _is_of_ratings(recipe: recount.Recipe) -> bool:
    return recipe.table == recount.SURVEY


def _case_of(recipe: recount.Recipe) -> str:
    """The join that makes `c` the case of each counted rating `x`; a counted case is its own."""
    return f"LEFT JOIN {recount.INTERACTION} c ON c.id = x.interaction_id" if _is_of_ratings(recipe) else ""


def _c(recipe: recount.Recipe) -> str:
    return "c" if _is_of_ratings(recipe) else "x"


def _rows(recipe: recount.Recipe, unit: _Unit) -> str:
    """Each counted row `x` of the unit's person-days with its kind. Parameters: definition, team, two days."""
    c = _c(recipe)
    return f"""FROM {recount.ROLLUP} r CROSS JOIN {recount.HANDLER} h CROSS JOIN {recipe.table} x {_case_of(recipe)}
        LEFT JOIN {ACCOUNT} a ON a.source_id = {c}.source_id AND a.external_key = {c}.account AND {c}.account <> ''
        LEFT JOIN {REPORTED} rt ON rt.dimension = '{Dimension.TOPIC.value}' AND rt.name = {c}.topic
        LEFT JOIN {REPORTED} rs ON rs.dimension = '{Dimension.SEGMENT.value}' AND rs.name = a.segment
        WHERE r.definition_id = %s AND r.{unit.sql} AND r.day BETWEEN %s AND %s
        AND h.person_id = r.person_id AND x.handler_id = h.id AND x.{recipe.day} = r.day AND {recipe.condition}"""


def _kind(recipe: recount.Recipe) -> str:
    """Channel, topic and segment of a counted row; parts beyond the reported values fall together."""
    c = _c(recipe)
    return f"""COALESCE({c}.channel, '') AS channel,
        CASE WHEN COALESCE({c}.topic, '') = '' THEN '' WHEN rt.id IS NULL THEN '{OTHER}' ELSE rt.name END AS topic,
        CASE WHEN COALESCE(a.segment, '') = '' THEN '' WHEN rs.id IS NULL THEN '{OTHER}' ELSE rs.name END AS segment"""


def _counting_query(recipe: recount.Recipe, unit: _Unit, *, per_person: bool) -> str:
    person, columns = ("r.person_id AS person_id, ", f"person_id, {KIND}") if per_person else ("", KIND)
    places = ", ".join(str(number) for number in range(1, 5 if per_person else 4))
    if not recipe.histogram:
        return f"""SELECT {person}{_kind(recipe)}, {recipe.numerator} AS numerator, COUNT(*) AS denominator, NULL AS histogram
            {_rows(recipe, unit)} GROUP BY {places}"""
    as_json = "json_group_object(c.bin, c.n)" if connection.vendor == "sqlite" else "jsonb_object_agg(c.bin, c.n)"
    return f"""SELECT {columns}, SUM(c.seconds) AS numerator, SUM(c.n) AS denominator, {as_json} AS histogram
        FROM (
            SELECT {columns}, {recount._bin()} AS bin, SUM(b.seconds) AS seconds, COUNT(*) AS n
            FROM (SELECT {person}{_kind(recipe)}, {recount._seconds()} AS seconds {_rows(recipe, unit)}) b
            GROUP BY {places}, {5 if per_person else 4}
        ) c GROUP BY {places}"""


def _count(unit: _Unit, definition: MetricDefinition) -> None:
    """Count one definition of the unit; what was there before is gone already."""
    recipe = recount.RECIPES[MetricDefinition.Recipe(definition.recipe)]
    found = (definition.pk, *unit.params, unit.week, unit.week + timedelta(days=6))
    histogram = "g.histogram" if connection.vendor == "sqlite" else "CAST(g.histogram AS jsonb)"
    head = (definition.pk, unit.team_id, unit.week)
    fixed = "CAST(%s AS bigint), CAST(%s AS bigint), CAST(%s AS date)" if connection.vendor == "postgresql" else "%s, %s, %s"
    counts = "numerator, denominator, histogram"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {BY_PERSON} (definition_id, team_id, week, person_id, {KIND}, {counts})
            SELECT {fixed}, g.person_id, g.channel, g.topic, g.segment, g.numerator, g.denominator, {histogram}
            FROM ({_counting_query(recipe, unit, per_person=True)}) g""",
            (*head, *found),
        )
        if recipe.histogram:
            cursor.execute(
                f"""INSERT INTO {BY_TEAM} (definition_id, team_id, week, {KIND}, {counts})
                SELECT {fixed}, g.channel, g.topic, g.segment, g.numerator, g.denominator, {histogram}
                FROM ({_counting_query(recipe, unit, per_person=False)}) g""",
                (*head, *found),
            )
        else:
            cursor.execute(
                f"""INSERT INTO {BY_TEAM} (definition_id, team_id, week, {KIND}, {counts})
                SELECT p.definition_id, p.team_id, p.week, p.channel, p.topic, p.segment, SUM(p.numerator), SUM(p.denominator), NULL
                FROM {BY_PERSON} p WHERE p.{unit.sql} AND p.week = %s AND p.definition_id = %s
                GROUP BY p.definition_id, p.team_id, p.week, p.channel, p.topic, p.segment""",
                (*unit.params, unit.week, definition.pk),
            )


def _learn_values(unit: _Unit, definitions: Sequence[MetricDefinition]) -> None:
    """Give topics and segments met for the first time rows of their own, while there is room."""
    known = dict.fromkeys(ROOM, 0)
    for dimension in ReportedValue.objects.values_list("dimension", flat=True):
        known[Dimension(dimension)] += 1
    definition = next((d for d in definitions if d.recipe == MetricDefinition.Recipe.CASES_TAKEN), definitions[0])
    recipe = recount.RECIPES[MetricDefinition.Recipe(definition.recipe)]
    for dimension, value, reported in (
        (Dimension.TOPIC, f"{_c(recipe)}.topic", "rt"),
        (Dimension.SEGMENT, "a.segment", "rs"),
    ):
        room = ROOM[dimension] - known[dimension]
        if room <= 0:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT DISTINCT {value} {_rows(recipe, unit)} AND {value} NOT IN ('', '{OTHER}') AND {reported}.id IS NULL
                ORDER BY 1 LIMIT {room}""",
                (definition.pk, *unit.params, unit.week, unit.week + timedelta(days=6)),
            )
            names = [row[0] for row in cursor.fetchall()]
        if names:
            ReportedValue.objects.bulk_create(
                [ReportedValue(dimension=dimension, name=name) for name in names], ignore_conflicts=True
            )
            marking.note_weeks_with_other(dimension)


def _hold_marks() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {marking.WEEK} IN SHARE ROW EXCLUSIVE MODE")


def countable(definitions: Sequence[MetricDefinition]) -> list[MetricDefinition]:
    """Those of the definitions that are counted from raw rows of a day, so that a row has a kind."""
    return [d for d in definitions if d.recipe in recount.RECIPES]


@transaction.atomic
def _count_next() -> bool:
    """Count the oldest marked week; False where none waits."""
    _hold_marks()
    mark = ChangedWeek.objects.order_by("week", "team_key").first()
    if mark is None:
        return False
    unit = _Unit(mark.team_key or None, mark.week)
    definitions = countable(list(MetricDefinition.objects.current()))
    mark.delete()
    with connection.cursor() as cursor:
        for table in (BY_TEAM, BY_PERSON):
            cursor.execute(f"DELETE FROM {table} WHERE {unit.sql} AND week = %s", (*unit.params, unit.week))
    if definitions:
        _learn_values(unit, definitions)
        for definition in definitions:
            _count(unit, definition)
    return True


def count_changed_weeks(limit: int | None = None) -> int:
    """Count every marked week again, at most `limit`; the number of them. Safe to kill and to run beside itself."""
    done = 0
    while (limit is None or done < limit) and _count_next():
        done += 1
    return done


@transaction.atomic
def rebuild() -> None:
    """Choose the most frequent topics and segments anew and mark every week; `count_changed_weeks` does the counting."""
    _hold_marks()
    ReportedValue.objects.all().delete()
    queries = {
        Dimension.TOPIC: f"SELECT x.topic FROM {recount.INTERACTION} x WHERE x.topic NOT IN ('', '{OTHER}') "
        "GROUP BY x.topic ORDER BY COUNT(*) DESC, x.topic",
        Dimension.SEGMENT: f"SELECT a.segment FROM {ACCOUNT} a WHERE a.segment NOT IN ('', '{OTHER}') "
        "GROUP BY a.segment ORDER BY COUNT(*) DESC, a.segment",
    }
    for dimension, query in queries.items():
        with connection.cursor() as cursor:
            cursor.execute(f"{query} LIMIT {ROOM[dimension]}")
            names = [row[0] for row in cursor.fetchall()]
        ReportedValue.objects.bulk_create([ReportedValue(dimension=dimension, name=name) for name in names])
    marking.note_all_weeks(recount.ROLLUP)
