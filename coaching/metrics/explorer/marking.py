"""Which weeks must be counted by topic again, and whose. Set-based, in the transaction of whoever calls.

A team's mark has the week counted anew for everybody who was in it. A person's has their week alone read again, in whatever teams
they were, and these teams' sums follow from the counts by person: a changed day costs one person's week, however many cases
their team takes.

Apart from `counting`, so that the daily recount can note weeks without knowing how they are counted.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from coaching.interactions.models import Account, ChangedDay, Interaction, SurveyResponse
from coaching.metrics.explorer.models import OTHER, ChangedWeek, PersonSegmentRollup, ReportedValue, SegmentRollup
from coaching.metrics.rows import HANDLER, handlers_of
from foundation.planning import looked_up

WEEK = ChangedWeek._meta.db_table


def monday_sql(day: str) -> str:
    """The Monday of a date's week."""
    if connection.vendor == "sqlite":
        return f"date({day}, 'weekday 0', '-6 days')"
    return f"CAST(date_trunc('week', {day}) AS date)"


def monday(day: date) -> date:
    """As `monday_sql`, for one date."""
    return day - timedelta(days=day.weekday())


def note_weeks(days: str, params: tuple[Any, ...]) -> None:
    """Note the weeks of these (person_id, day)s, given by an SQL query; a row without a person is nobody's."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {WEEK} (team_key, person_key, week) SELECT DISTINCT 0, d.person_id, {monday_sql("d.day")}
            FROM ({days}) d WHERE d.person_id IS NOT NULL ON CONFLICT DO NOTHING""",
            params,
        )


def _rated(handlers: str, cases: str) -> str:
    """SQL: whom the ratings of these handlers' cases `x` count for, and when they were given; as (person_id, day)."""
    joined = " ".join(
        looked_up(table, alias, condition)
        for table, alias, condition in (
            (Interaction._meta.db_table, "x", cases),
            (SurveyResponse._meta.db_table, "s", "s.interaction_id = x.id"),
            (HANDLER, "rated", "rated.id = s.handler_id"),
        )
    )
    return f"SELECT rated.person_id AS person_id, s.responded_on AS day FROM {handlers} {joined}"


def note_weeks_of_ratings(pairs: str, params: tuple[Any, ...]) -> None:
    """Note the weeks in which cases opened on these (person, day)s were rated; `pairs` is SQL of a table of them.

    A rating has the topic of its case, but a day of its own: a case whose topic changes marks its own days only.
    """
    note_weeks(_rated(f"{pairs} t {handlers_of('t')}", "x.handler_id = h.id AND x.opened_on = t.day"), params)


def note_weeks_of_ratings_of(person_id: int) -> None:
    """As `note_weeks_of_ratings`, of all cases of a person."""
    note_weeks(_rated(f"(SELECT id FROM {HANDLER} WHERE person_id = %s) h", "x.handler_id = h.id"), (person_id,))


def note_all_weeks(rollup_table: str) -> None:
    """Note every team's week that has daily counts, or counts by topic; single people's marks are in these."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {WEEK} WHERE person_key > 0")
        cursor.execute(
            f"""INSERT INTO {WEEK} (team_key, person_key, week)
            SELECT DISTINCT COALESCE(r.team_id, 0), 0, {monday_sql("r.day")} FROM {rollup_table} r
            UNION SELECT DISTINCT COALESCE(s.team_id, 0), 0, s.week FROM {SegmentRollup._meta.db_table} s
            WHERE 1 = 1 ON CONFLICT DO NOTHING"""
        )


def note_weeks_with_other(dimension: str) -> None:
    """Note the weeks that counted something as `OTHER`: a value of that dimension has just got rows of its own.

    Teams' counts tell which; where they are not added up yet (a mark says so), their people's.
    """
    column = "topic" if dimension == ReportedValue.Dimension.TOPIC else "segment"
    of_people = f"SELECT 1 FROM {PersonSegmentRollup._meta.db_table} p WHERE p.week = m.week AND p.{column} = %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {WEEK} (team_key, person_key, week) SELECT DISTINCT COALESCE(s.team_id, 0), 0, s.week
            FROM {SegmentRollup._meta.db_table} s WHERE s.{column} = %s
            UNION SELECT m.team_key, 0, m.week FROM {WEEK} m WHERE m.person_key = {ChangedWeek.TEAM_SUM} AND (
                EXISTS ({of_people} AND p.team_id = m.team_key) OR m.team_key = 0 AND EXISTS ({of_people} AND p.team_id IS NULL))
            ON CONFLICT DO NOTHING""",
            (OTHER, OTHER, OTHER),
        )


@transaction.atomic
def account_segments_changed(*, source_id: int, account_keys: list[str]) -> None:
    """Have the days of these accounts' cases counted again: their segment is another one now.

    For whoever imports accounts; in the transaction that changed them. Reads these accounts' cases by their index.
    """
    mark, handler, case = ChangedDay._meta.db_table, HANDLER, Interaction._meta.db_table
    account = Account._meta.db_table
    for start in range(0, len(account_keys), 500):
        keys = account_keys[start : start + 500]
        places = ", ".join(["%s"] * len(keys))
        parts = [
            f"SELECT h.person_id, x.{day} FROM {account} a JOIN {case} x ON x.source_id = a.source_id AND x.account = a.external_key "
            f"JOIN {handler} h ON h.id = x.handler_id WHERE a.source_id = %s AND a.external_key IN ({places}) AND NOT (x.account = '') "
            f"AND h.person_id IS NOT NULL AND x.{day} IS NOT NULL"
            for day in ("opened_on", "resolved_on")
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {mark} (person_id, day) {' UNION '.join(parts)} ON CONFLICT DO NOTHING",
                (source_id, *keys, source_id, *keys),
            )
