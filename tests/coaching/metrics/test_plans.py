"""The recount works by index even where PostgreSQL believes its tables to be all but empty, as right after a load."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from coaching.metrics import services
from tests.factories import interactions as make

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps to the order written; runs on PostgreSQL")

CASES = 120


class Explained:
    """Has the database tell, of every statement about given pairs of a person and a day, how many rows it went through."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "json_array_elements" not in sql or many:
            return execute(sql, params, many, context)
        with connection.connection.cursor() as cursor:
            cursor.execute("SAVEPOINT explained")
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
            (found,) = cursor.fetchone()
            cursor.execute("ROLLBACK TO SAVEPOINT explained")
        plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
        self.rows[sql] = max(self.rows.get(sql, 0), sum(through(plan)))
        return execute(sql, params, many, context)


def through(plan: dict[str, Any]) -> Iterator[int]:
    """The rows that each step of a plan made and threw away, over all its loops."""
    per_loop = plan["Actual Rows"] + plan.get("Rows Removed by Join Filter", 0) + plan.get("Rows Removed by Filter", 0)
    yield int(per_loop * plan["Actual Loops"])
    for step in plan.get("Plans", []):
        yield from through(step)


def believed_empty() -> None:
    """What is left in the statistics of a table that was vacuumed when all its rows had been taken back."""
    with connection.cursor() as cursor:
        cursor.execute(
            # A plan that goes through everything would not end before the night does: it fails.
            "SET LOCAL statement_timeout = '60s'; "
            "UPDATE pg_class SET reltuples = 0, relpages = GREATEST(relpages, 1) WHERE relname LIKE 'coaching_%' AND relkind IN ('r', 'i')"
        )


def test_no_statement_of_a_recount_reads_everything_for_every_row(cast, now):
    services.ensure_default_metrics(now=now)
    with make.at_once():
        for number in range(CASES):
            day = date(2026, 4, 20) + timedelta(days=number % 40)
            for person in (cast.rita, cast.ravi):
                make.rating(person, day, case=make.interaction(person, day, customer=f"c{number % 40}", topic="Refund"))
    services.recount_changed_days(now)
    believed_empty()
    with make.at_once():
        for person in (cast.rita, cast.ravi):
            make.mark(person, *(date(2026, 4, 20) + timedelta(days=number) for number in range(40)))
    explained = Explained()
    with connection.execute_wrapper(explained):
        services.recount_changed_days(now)
    assert len(explained.rows) > 10
    # Reading a small table whole for each case is what remains possible; for each pair of cases it is not.
    most = 2 * (2 * CASES) ** 2
    for sql, rows in explained.rows.items():
        assert rows < most, f"{rows} rows for {2 * CASES} cases: {sql}"
