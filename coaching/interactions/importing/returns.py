"""Days whose figures depend on a case that comes later: a customer who is back about the same matter.

Whether an earlier case was settled at the first contact depends on this one. The recount finds such earlier
cases by itself for every case that counts for somebody (their day is marked, and it looks from there), so a
first load pays nothing. What it cannot see is marked here, in the transaction that writes the case: a new
case that counts for nobody yet, and what a changed case was about before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import connection

from coaching.interactions.importing.writing import Upsert, as_cells
from coaching.interactions.models import (
    LONGEST_RETURN_DAYS,
    ChangedDay,
    Handler,
    Interaction,
    Source,
    SurveyResponse,
)
from foundation.planning import looked_up

# What decides whether two cases are the same customer's about the same matter, and whose account a case and its
# ratings count for; kept of each case that changes.
LINKS = ("customer", "topic", "channel", "opened_at", "account")

INTERACTION = Interaction._meta.db_table


def mark_days_before(source: Source, written: Upsert, columns: dict[str, np.ndarray], unmatched: np.ndarray) -> None:
    """Mark the days of the earlier cases that the chunk just written concerns, where the recount would not look.

    `unmatched` says which rows of the chunk count for nobody. Call in the chunk's transaction.
    """
    alone = unmatched & written.created & (columns["customer"] != "")
    if alone.any() and Handler.objects.filter(source=source).exclude(person=None).exists():
        cells = zip(columns["customer"][alone].tolist(), as_cells(columns["opened_at"][alone], copy=False), strict=True)
        if connection.vendor == "sqlite":
            rows = "(SELECT value ->> 0 AS customer, value ->> 1 AS opened_at FROM json_each(%s))"
        else:
            rows = (
                "(SELECT value ->> 0 AS customer, (value ->> 1 || '+00')::timestamptz AS opened_at "
                "FROM json_array_elements(%s::json))"
            )
        _mark(source, rows, [json.dumps(list(cells))])
    if written.changed_links:
        which = f"WHERE {written.changed_links}"
        was = f"SELECT f.old_customer AS customer, f.old_opened_at AS opened_at FROM {written.found} f {which}"
        now = f"SELECT t.customer, t.opened_at FROM {written.found} f JOIN {INTERACTION} t ON t.id = f.found_id {which}"
        _mark(source, f"({was} UNION {now})", [])
        _mark_ratings(written)


def _mark_ratings(written: Upsert) -> None:
    """Mark the days on which the chunk's changed cases were rated: their ratings go with them to another account."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {ChangedDay._meta.db_table} (person_id, day) SELECT DISTINCT h.person_id, s.responded_on
            FROM {written.found} f {looked_up(SurveyResponse._meta.db_table, "s", "s.interaction_id = f.found_id")}
            {looked_up(Handler._meta.db_table, "h", "h.id = s.handler_id")}
            WHERE f.old_account IS DISTINCT FROM f.account AND h.person_id IS NOT NULL ON CONFLICT (person_id, day) DO NOTHING"""
        )


def _mark(source: Source, rows: str, parameters: Sequence[Any]) -> None:
    if connection.vendor == "sqlite":
        until = f"strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr(e.resolved_at, 1, 19), '+{LONGEST_RETURN_DAYS + 1} days')"
    else:
        until = f"(e.resolved_at + interval '{(LONGEST_RETURN_DAYS + 1) * 24} hours')"
    earlier = "e.customer = n.customer AND NOT (e.customer = '') AND e.opened_at < n.opened_at AND e.source_id = %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {ChangedDay._meta.db_table} (person_id, day) SELECT DISTINCT h.person_id, e.resolved_on
            FROM {rows} n {looked_up(INTERACTION, "e", f"{earlier} AND e.resolved_on IS NOT NULL AND {until} > n.opened_at")}
            {looked_up(Handler._meta.db_table, "h", "h.id = e.handler_id")} WHERE h.person_id IS NOT NULL
            ON CONFLICT (person_id, day) DO NOTHING""",
            [*parameters, source.pk],
        )
