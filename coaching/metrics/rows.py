"""Reading the raw rows that a recount needs as columns of numbers, by index, on both engines.

Two scopes: given (person, day) pairs, and one person's whole history. Times come as whole seconds since
1970 UTC (fractions cut), days as whole days since 1970, flags as 0 and 1, nothing as NaN: all exact in a
double. Joins are made in the order written (`foundation.planning`): by index, whatever the database thinks of the tables.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

import numpy as np
from django.db import connection

from coaching.interactions.models import ChangedDay, Handler, Interaction, SurveyResponse
from foundation.planning import looked_up

HANDLER = Handler._meta.db_table
INTERACTION = Interaction._meta.db_table
MARK = ChangedDay._meta.db_table
SURVEY = SurveyResponse._meta.db_table
FETCH = 5_000
MOST_ROWS = 50_000  # that are held at once, as far as one day (or, by topic, one person's week) allows

Item = TypeVar("Item")
Columns = dict[str, np.ndarray]
Beside = tuple[dict[str, str], str]  # more columns, name → SQL of a number, and SQL of the tables joined for them
NOTHING: Beside = ({}, "")
Pair = tuple[int, date]


@dataclass(frozen=True)
class Scope:
    """Which rows (`x`) to read, by handler and by one of their days."""

    source: str  # SQL of the tables with the handlers `h`
    condition: str  # that `x` fits them; `{day}` stands for the day
    params: tuple[Any, ...]

    def rows(self, table: str, day: str, condition: str = "TRUE") -> str:
        """SQL after FROM: the handlers, and of each the rows of `table` with the day in the scope that fit `condition`."""
        return f"{self.source} {looked_up(table, 'x', f'{self.condition.format(day=day)} AND {condition}')}"


def pairs_as_rows(pairs: Iterable[Pair]) -> tuple[str, str]:
    """(SQL of a table with person_id and day, its one parameter)."""
    text = json.dumps([[person_id, day.isoformat()] for person_id, day in pairs])
    if connection.vendor == "sqlite":
        return "(SELECT value ->> 0 AS person_id, value ->> 1 AS day FROM json_each(%s))", text
    return "(SELECT (value ->> 0)::bigint AS person_id, (value ->> 1)::date AS day FROM json_array_elements(%s::json))", text


def handlers_of(pairs: str) -> str:
    """SQL, to follow a table with person_id: the handlers `h` of these people."""
    return looked_up(HANDLER, "h", f"h.person_id = {pairs}.person_id")


def of_pairs(pairs: Iterable[Pair]) -> Scope:
    rows, text = pairs_as_rows(pairs)
    return Scope(f"{rows} t {handlers_of('t')}", "x.handler_id = h.id AND x.{day} = t.day", (text,))


def of_person(person_id: int) -> Scope:
    return of_person_between(person_id, None, None)


def of_person_between(person_id: int, first: date | None, last: date | None) -> Scope:
    """One person's days from `first` to `last`, both included; None: as far as there are any."""
    condition, params = "x.handler_id = h.id", [person_id]
    for sign, day in ((">=", first), ("<=", last)):
        if day is not None:
            condition += f" AND x.{{day}} {sign} %s"
            params.append(day)  # type: ignore[arg-type]
    return Scope(f"(SELECT id, person_id FROM {HANDLER} WHERE person_id = %s) h", condition, tuple(params))


def _numbers(scope: Scope, keys: str) -> dict[tuple[Any, ...], int]:
    """How many cases were opened, and how many resolved, by the keys (SQL; `{day}` stands for the day): from the index alone."""
    found: dict[tuple[Any, ...], int] = defaultdict(int)
    for day in ("opened_on", "resolved_on"):
        by = keys.format(day=f"x.{day}")
        with connection.cursor() as cursor:
            source = scope.rows(INTERACTION, day, f"x.{day} IS NOT NULL")
            cursor.execute(f"SELECT {by}, COUNT(*) FROM {source} GROUP BY {by}", scope.params)
            for *key, n in cursor.fetchall():
                found[tuple(key)] += n
    return found


def in_loads(sizes: Iterable[tuple[Item, int]]) -> list[list[Item]]:
    """Items that stand for so many rows each, in their order, in lists of about `MOST_ROWS` rows at most."""
    loads: list[list[Item]] = [[]]
    held = 0
    for item, n in sizes:
        if loads[-1] and held + n > MOST_ROWS:
            loads.append([])
            held = 0
        loads[-1].append(item)
        held += n
    return loads


def spans_of(person_id: int) -> list[tuple[date | None, date | None]]:
    """A person's history in spans of days, in order, each with about `MOST_ROWS` cases at most; one open span where it is small."""
    by_day = _numbers(of_person(person_id), "{day}")
    if sum(by_day.values()) <= 2 * MOST_ROWS:
        return [(None, None)]
    loads = in_loads(sorted(((as_date(day), n) for (day,), n in by_day.items())))
    starts = [load[0] for load in loads[1:]]
    return list(zip([None, *starts], [*(start - timedelta(days=1) for start in starts), None], strict=True))


def in_parts(pairs: Sequence[Pair], *, by_person: bool = False) -> list[list[Pair]]:
    """The pairs in parts with about `MOST_ROWS` cases each at most; with `by_person`, nobody's days are parted."""
    counted = _numbers(of_pairs(pairs), "t.person_id, t.day")
    numbers = {(person_id, str(day)): n for (person_id, day), n in counted.items()}
    units: dict[Any, list[Pair]] = {}
    for pair in sorted(pairs):
        units.setdefault(pair[0] if by_person else pair, []).append(pair)
    sizes = ((unit, sum(numbers.get((person_id, day.isoformat()), 0) for person_id, day in unit)) for unit in units.values())
    return [[pair for unit in load for pair in unit] for load in in_loads(sizes)]


def seconds_of(column: str) -> str:
    """Whole seconds since 1970 UTC."""
    if connection.vendor == "sqlite":
        return f"unixepoch(substr({column}, 1, 19))"
    # A double tells microseconds apart until the year 2106; `extract` works in decimals, which takes three times as long.
    return f"CAST(floor(date_part('epoch', {column})) AS bigint)"


def day_of(column: str) -> str:
    """Whole days since 1970, of a date."""
    if connection.vendor == "sqlite":
        return f"unixepoch({column}) / 86400"
    return f"({column} - DATE '1970-01-01')"


def _seconds_later(column: str, seconds: int) -> str:
    """The first moment that is more than so many whole seconds after the time's own second, as it compares with a time."""
    if connection.vendor == "sqlite":
        return f"strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr({column}, 1, 19), '+{seconds + 1} seconds')"
    return f"(date_trunc('second', {column}) + interval '{seconds + 1} seconds')"


def came_back(days: int, same: str) -> str:
    """1 where the customer opened another case with the same topic (or channel) up to so many days after the resolution."""
    return f"""EXISTS (SELECT 1 FROM {INTERACTION} y WHERE y.customer = x.customer AND NOT (y.customer = '')
        AND y.opened_at > x.opened_at AND y.opened_at < {_seconds_later("x.resolved_at", days * 86400)}
        AND y.source_id = x.source_id AND y.{same} = x.{same})"""


def _case_columns(repeats: Sequence[tuple[int, str]]) -> dict[str, str]:
    columns = {
        "person": "h.person_id",
        "opened_on": day_of("x.opened_on"),
        "resolved_on": day_of("x.resolved_on"),
        "opened": seconds_of("x.opened_at"),
        "resolved": seconds_of("x.resolved_at"),
        "replied": seconds_of("x.first_reply_at"),
        "reopened": seconds_of("x.reopened_at"),
        "is_open": "CASE WHEN x.status = 'open' AND x.resolved_at IS NULL THEN 1 ELSE 0 END",
        "reopens": "x.reopens",
        "replies": "x.replies",
        "customer_replies": "x.customer_replies",
        "answered": "CAST(x.answered AS integer)",
        "complaint": "CAST(x.is_complaint AS integer)",
        "wait": "x.wait_seconds",
        "handle": "x.handle_seconds",
        "one_hand": "CASE WHEN x.assignee_id IS NULL OR x.assignee_id = x.handler_id THEN 1 ELSE 0 END",
        "customer": "CASE WHEN x.customer = '' THEN 0 ELSE 1 END",
    }
    for days, same in repeats:
        # Asked of resolved cases only: it is the one dear column.
        columns[f"back_{days}_{same}"] = (
            f"CASE WHEN x.resolved_at IS NULL OR x.customer = '' THEN 0 WHEN {came_back(days, same)} THEN 1 ELSE 0 END"
        )
    return columns


def _read(columns: dict[str, str], table: str, scope: Scope, day: str, condition: str = "TRUE", tables: str = "") -> Columns:
    """The rows as one array of doubles per column; `tables` is SQL of those that are joined to them."""
    parts: list[np.ndarray] = []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(columns.values())} FROM {scope.rows(table, day, condition)} {tables}",
            scope.params,
        )
        while rows := cursor.fetchmany(FETCH):
            parts.append(np.array(rows, dtype=float))
    whole = np.concatenate(parts) if parts else np.empty((0, len(columns)))
    return {name: whole[:, number] for number, name in enumerate(columns)}


def cases_opened(scope: Scope, beside: Beside = NOTHING) -> Columns:
    """The cases `x` opened on the scope's days, with what stands beside them."""
    columns, tables = beside
    return _read(_case_columns(()) | columns, INTERACTION, scope, "opened_on", tables=tables)


def cases_resolved(scope: Scope, repeats: Sequence[tuple[int, str]], beside: Beside = NOTHING) -> Columns:
    """The cases `x` resolved on the scope's days; a column back_<days>_<same> for each repeat rule, and what stands beside."""
    columns, tables = beside
    return _read(_case_columns(repeats) | columns, INTERACTION, scope, "resolved_on", "x.resolved_on IS NOT NULL", tables)


def all_cases(scope: Scope, repeats: Sequence[tuple[int, str]]) -> Columns:
    """Every case of a person; `resolved_on` is NaN where it is not resolved."""
    return _read(_case_columns(repeats), INTERACTION, scope, "opened_on")


def answers(scope: Scope, beside: Beside = NOTHING) -> Columns:
    """The survey answers given on the scope's days; `kind` is 0 for CSAT, 1 for NPS, 2 for CES; values in thousandths.

    What stands beside is of the case `c` that an answer is about, all of it null where none is known.
    """
    thousandths = "CAST(round(x.{} * 1000) AS integer)"
    columns = {
        "person": "h.person_id",
        "responded_on": day_of("x.responded_on"),
        "kind": "CASE x.kind WHEN 'csat' THEN 0 WHEN 'nps' THEN 1 ELSE 2 END",
        "polarity": "x.polarity",
        "raw": thousandths.format("raw_value"),
        "scale_min": thousandths.format("scale_min"),
        "scale_max": thousandths.format("scale_max"),
    }
    more, tables = beside
    case = looked_up(INTERACTION, "c", "c.id = x.interaction_id", or_nothing=True) if more else ""
    return _read(columns | more, SURVEY, scope, "responded_on", tables=f"{case} {tables}")


def days_before(marked: str, params: tuple[Any, ...], days: int) -> set[Pair]:
    """The (person, day) of earlier cases whose customers came back with a case opened on one of the marked days.

    `marked` is SQL of a table with person_id and day. Whether a case was resolved at the first contact
    depends on the cases after it: these days are to be counted again though nothing on them has changed.
    Days that are marked themselves, alone or with a whole history, are left out: they are counted anyway.
    """
    same = "e.customer = x.customer AND NOT (e.customer = '') AND e.opened_at < x.opened_at AND e.source_id = x.source_id"
    later = f"e.resolved_on IS NOT NULL AND {_seconds_later('e.resolved_at', days * 86400)} > x.opened_at"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT DISTINCT h2.person_id, e.resolved_on FROM {marked} t {handlers_of("t")}
            {looked_up(INTERACTION, "x", "x.handler_id = h.id AND x.opened_on = t.day")}
            {looked_up(INTERACTION, "e", f"{same} AND {later}")} {looked_up(HANDLER, "h2", "h2.id = e.handler_id")}
            WHERE h2.person_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {MARK} m WHERE m.person_id = h2.person_id
                AND (m.day = e.resolved_on OR m.day IS NULL))""",
            params,
        )
        return {(person_id, as_date(day)) for person_id, day in cursor.fetchall()}


def as_date(day: date | str) -> date:
    """SQLite hands a date over as text where the column is not read by a model."""
    return day if isinstance(day, date) else date.fromisoformat(day)
