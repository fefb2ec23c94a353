"""Having a join run by index, in the order written, where PostgreSQL's statistics cannot be trusted yet.

PostgreSQL orders joins by what it last learnt of the tables. In the transaction that loads or counts, that is old: a
table that was empty when it was looked at is planned as if it held one row, and a join of five tables meant to follow
indexes then reads everything once for every row of everything. SQLite keeps to the order of CROSS JOINs anyway.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import Model


def looked_up(table: str, alias: str, condition: str, *, or_nothing: bool = False) -> str:
    """SQL, to follow the tables of a FROM: the rows of this one that fit a row of those, looked up for each in turn.

    An index should serve `condition`, which names the alias and may name the tables before. With `or_nothing` a row
    that nothing fits stays, beside nulls.
    """
    if connection.vendor == "sqlite":
        return f"{'LEFT' if or_nothing else 'CROSS'} JOIN {table} {alias} ON {condition}"
    # Of a LATERAL query with an OFFSET nothing is taken apart, so what it refers to has to be there first.
    found = f"LATERAL (SELECT {alias}.* FROM {table} {alias} WHERE {condition} OFFSET 0) {alias}"
    return f"LEFT JOIN {found} ON TRUE" if or_nothing else f"CROSS JOIN {found}"


def among_found(found: str) -> str:
    """SQL of the condition that a row's id is among those a query finds: first the query, then the rows by their key."""
    return f"id IN ({found})" if connection.vendor == "sqlite" else f"id = ANY(ARRAY({found}))"


def learn_sizes(*models: type[Model]) -> None:
    """Have PostgreSQL look at these tables now, after much was loaded, instead of when it next comes round.

    It reads a sample of fixed size, however large they are. SQLite needs none: what matters there has its order written.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE " + ", ".join(connection.ops.quote_name(model._meta.db_table) for model in models))
