"""Counting rollups from raw rows, set-based, on SQLite and PostgreSQL alike.

Two scopes: the (person, day) pairs marked in `ChangedDay`, batch by batch, and one person's whole
history (`rebuild_rollups`). Each batch is one transaction that throws the pairs' rollups away,
counts them anew and takes their marks, so that a killed run leaves marks, never half a count.

**Why the mark table is locked on PostgreSQL.** An import writes cases and then marks in one
transaction. Where the mark already stands, its insert does nothing; a recount running beside it
would then count the old rows and delete the mark, and the import's change would never be counted.
SHARE ROW EXCLUSIVE waits for every transaction that has written a mark and keeps new ones out until
the batch is committed. SQLite has one writer at a time anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from coaching.interactions.models import ChangedDay, Handler, Interaction, SurveyResponse
from coaching.metrics.explorer import marking
from coaching.metrics.figures import BIN_EPSILON, BIN_FACTOR, FIRST_EDGE, LAST_BIN, TOP_EDGE
from coaching.metrics.models import LastRecount, MetricDefinition, Rollup
from people.models import Membership

BATCH = 500  # marked days per transaction

HANDLER = Handler._meta.db_table
INTERACTION = Interaction._meta.db_table
SURVEY = SurveyResponse._meta.db_table
MARK = ChangedDay._meta.db_table
ROLLUP = Rollup._meta.db_table
MEMBERSHIP = Membership._meta.db_table


@dataclass(frozen=True)
class Recipe:
    """Where a metric's numbers come from: which rows (`x`), of which day, counted how. SQL both engines read."""

    table: str
    day: str
    condition: str
    numerator: str
    histogram: bool = False


RECIPES = {
    MetricDefinition.Recipe.CASES_TAKEN: Recipe(INTERACTION, "opened_on", "1=1", "COUNT(*)"),
    MetricDefinition.Recipe.CASES_RESOLVED: Recipe(INTERACTION, "resolved_on", "x.resolved_on IS NOT NULL", "COUNT(*)"),
    MetricDefinition.Recipe.RESOLUTION_TIME: Recipe(
        INTERACTION, "resolved_on", "x.resolved_on IS NOT NULL AND x.resolved_at IS NOT NULL", "", histogram=True
    ),
    MetricDefinition.Recipe.REOPENED: Recipe(
        INTERACTION, "resolved_on", "x.resolved_on IS NOT NULL", "SUM(CASE WHEN x.reopens > 0 THEN 1 ELSE 0 END)"
    ),
    MetricDefinition.Recipe.SATISFIED: Recipe(
        SURVEY, "responded_on", "x.kind = 'csat'", "SUM(CASE WHEN x.polarity = 1 THEN 1 ELSE 0 END)"
    ),
    MetricDefinition.Recipe.ANSWERED: Recipe(
        INTERACTION, "opened_on", "x.answered IS NOT NULL", "SUM(CASE WHEN x.answered THEN 1 ELSE 0 END)"
    ),
}

# The team somebody was a member of on the day; the later membership where old data overlap.
TEAM_OF_DAY = f"""(SELECT m.team_id FROM {MEMBERSHIP} m WHERE m.person_id = g.person_id AND m.kind = 'member'
    AND m.starts_on <= g.day AND (m.ends_on IS NULL OR m.ends_on > g.day)
    ORDER BY m.starts_on DESC, m.id DESC LIMIT 1)"""


@dataclass(frozen=True)
class _Scope:
    """Which (person, day) pairs to count. CROSS JOIN keeps SQLite to the order written; PostgreSQL chooses."""

    source: str
    condition: str
    params: tuple[Any, ...]
    stale_rollups: str  # ids of the rollups to throw away first


def _marked(first: int, last: int) -> _Scope:
    return _Scope(
        f"{MARK} t CROSS JOIN {HANDLER} h CROSS JOIN",
        "t.id BETWEEN %s AND %s AND h.person_id = t.person_id AND x.handler_id = h.id AND x.{day} = t.day",
        (first, last),
        f"SELECT r.id FROM {MARK} t CROSS JOIN {ROLLUP} r "
        "WHERE t.id BETWEEN %s AND %s AND r.person_id = t.person_id AND r.day = t.day",
    )


def _whole_history(person_id: int) -> _Scope:
    return _Scope(
        f"{HANDLER} h CROSS JOIN",
        "h.person_id = %s AND x.handler_id = h.id",
        (person_id,),
        f"SELECT r.id FROM {ROLLUP} r WHERE r.person_id = %s",
    )


def _seconds() -> str:
    """Whole seconds from opening to resolution; fractions of both times are cut first."""
    if connection.vendor == "sqlite":
        return "(unixepoch(substr(x.resolved_at, 1, 19)) - unixepoch(substr(x.opened_at, 1, 19)))"
    return "CAST(floor(extract(epoch FROM x.resolved_at)) - floor(extract(epoch FROM x.opened_at)) AS bigint)"


def _bin() -> str:
    """`figures.bin_of` in SQL, with the same arithmetic."""
    number = "CAST(b.seconds AS double precision)"
    return f"""CASE WHEN b.seconds < {FIRST_EDGE} THEN 0 WHEN b.seconds >= {TOP_EDGE} THEN {LAST_BIN}
        ELSE 1 + CAST(floor(ln({number} / 10.0) * {BIN_FACTOR!r} + {BIN_EPSILON!r}) AS integer) END"""


def _counting_query(recipe: Recipe, scope: _Scope) -> str:
    rows = f"""FROM {scope.source} {recipe.table} x
        WHERE {scope.condition.format(day=recipe.day)} AND {recipe.condition}"""
    if not recipe.histogram:
        return f"""SELECT h.person_id AS person_id, x.{recipe.day} AS day, {recipe.numerator} AS numerator,
            COUNT(*) AS denominator, NULL AS histogram {rows} GROUP BY h.person_id, x.{recipe.day}"""
    as_json = "json_group_object(c.bin, c.n)" if connection.vendor == "sqlite" else "jsonb_object_agg(c.bin, c.n)"
    return f"""SELECT c.person_id, c.day, SUM(c.seconds) AS numerator, SUM(c.n) AS denominator, {as_json} AS histogram
        FROM (
            SELECT b.person_id, b.day, {_bin()} AS bin, SUM(b.seconds) AS seconds, COUNT(*) AS n
            FROM (SELECT h.person_id AS person_id, x.{recipe.day} AS day, {_seconds()} AS seconds {rows}) b
            GROUP BY 1, 2, 3
        ) c GROUP BY c.person_id, c.day"""


def _recount(scope: _Scope, definitions: list[MetricDefinition]) -> None:
    """Throw away and count anew; inside the caller's transaction. Weeks touched before or after are noted."""
    marking.note_weeks(ROLLUP, scope.stale_rollups, scope.params)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {ROLLUP} WHERE id IN ({scope.stale_rollups})", scope.params)
        for definition in definitions:
            recipe = RECIPES[MetricDefinition.Recipe(definition.recipe)]
            histogram = "g.histogram" if connection.vendor == "sqlite" else "CAST(g.histogram AS jsonb)"
            cursor.execute(
                f"""INSERT INTO {ROLLUP} (definition_id, person_id, team_id, day, numerator, denominator, histogram)
                SELECT CAST(%s AS bigint), g.person_id, {TEAM_OF_DAY}, g.day, g.numerator, g.denominator, {histogram}
                FROM ({_counting_query(recipe, scope)}) g""",
                (definition.pk, *scope.params),
            )
    marking.note_weeks(ROLLUP, scope.stale_rollups, scope.params)


def _hold_marks() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {MARK} IN SHARE ROW EXCLUSIVE MODE")


def recount_changed_days(now: datetime, limit: int | None = None) -> int:
    """Count every marked (person, day) again and take its mark; the number of days counted.

    Stops after about `limit` days where one is given. Safe to kill and to run beside itself: each
    batch of at most 500 days is one transaction.
    """
    done = 0
    while limit is None or done < limit:
        size = BATCH if limit is None else min(BATCH, limit - done)
        counted = _recount_batch(now, size)
        done += counted
        if counted < size:
            break
    return done


@transaction.atomic
def _recount_batch(now: datetime, size: int) -> int:
    _hold_marks()
    marks = list(ChangedDay.objects.order_by("pk").values_list("pk", flat=True)[:size])
    if marks:
        # Nobody can add a mark between the first and the last meanwhile: the table is held.
        _recount(_marked(marks[0], marks[-1]), list(MetricDefinition.objects.current()))
        marking.note_weeks_of_ratings(ROLLUP, marks[0], marks[-1])
        ChangedDay.objects.filter(pk__range=(marks[0], marks[-1])).delete()
    LastRecount.objects.update_or_create(id=1, defaults={"counted_at": now})
    return len(marks)


@transaction.atomic
def recount_person(person_id: int, now: datetime) -> None:
    """Count one person's whole history anew and take their marks: the unit of `rebuild_rollups`."""
    _hold_marks()
    _recount(_whole_history(person_id), list(MetricDefinition.objects.current()))
    ChangedDay.objects.filter(person_id=person_id).delete()
    LastRecount.objects.update_or_create(id=1, defaults={"counted_at": now})


def mark_all_days() -> None:
    """Mark every day that anybody has a case, a resolution or a rating on; for a changed way of counting."""
    statements = [
        f"SELECT h.person_id, x.{day} FROM {HANDLER} h JOIN {table} x ON x.handler_id = h.id "
        f"WHERE h.person_id IS NOT NULL AND x.{day} IS NOT NULL GROUP BY h.person_id, x.{day}"
        for table, day in ((INTERACTION, "opened_on"), (INTERACTION, "resolved_on"), (SURVEY, "responded_on"))
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {MARK} (person_id, day) {' UNION '.join(statements)} ON CONFLICT DO NOTHING")


def mark_days_of(person_id: int, from_day: date) -> int:
    """Mark the person's counted days from that day on; the number of days."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {MARK} (person_id, day) SELECT DISTINCT r.person_id, r.day FROM {ROLLUP} r "
            "WHERE r.person_id = %s AND r.day >= %s ON CONFLICT DO NOTHING",
            (person_id, from_day),
        )
        return int(cursor.rowcount)


def mark_moved_days() -> int:
    """Mark the days whose rollup names another team than the membership of that day; the number of days."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {MARK} (person_id, day) SELECT DISTINCT g.person_id, g.day FROM {ROLLUP} g "
            f"WHERE COALESCE(g.team_id, 0) <> COALESCE({TEAM_OF_DAY}, 0) ON CONFLICT DO NOTHING"
        )
        return int(cursor.rowcount)
