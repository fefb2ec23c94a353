"""A first load goes into a table without its secondary indexes; they are built when it has ended.

Sorting a million keys once is several times cheaper than putting each in its place, and nobody looks for
cases while there are none. Only the unique pair stays: it is what makes an import repeatable. A load that
was killed leaves the indexes out, so every later import, and `rebuild_rollups`, puts missing ones back.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.db import OperationalError, connection, models, transaction

LOCK_WAIT = "2s"  # a first load is not worth holding anybody up: without the lock it goes in as it is


def missing_indexes(model: type[models.Model]) -> list[models.Index]:
    """The declared secondary indexes that the table does not have."""
    with connection.cursor() as cursor:
        there = connection.introspection.get_constraints(cursor, model._meta.db_table)
    return [index for index in model._meta.indexes if index.name not in there]


def build_missing_indexes(model: type[models.Model]) -> int:
    """Build them; how many. Safe to run beside itself and beside imports, which wait meanwhile."""
    missing = missing_indexes(model)
    for index in missing:
        # Never entered: it only writes the statement, which needs none of what it would set on the connection.
        statement = str(index.create_sql(model, connection.schema_editor()))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.replace("CREATE INDEX", "CREATE INDEX IF NOT EXISTS", 1))
    return len(missing)


@contextlib.contextmanager
def indexes_built_after(model: type[models.Model]) -> Iterator[None]:
    """Around the first load of a table: without its secondary indexes inside, with them after, however it ends."""
    manager = model._meta.default_manager
    if manager is None or manager.exists():
        # A killed first load may have left some out.
        build_missing_indexes(model)
        yield
        return
    if not _dropped(model):
        yield
        return
    try:
        yield
    finally:
        build_missing_indexes(model)


def _dropped(model: type[models.Model]) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
            for index in model._meta.indexes:
                cursor.execute(f"DROP INDEX IF EXISTS {connection.ops.quote_name(index.name)}")
    except OperationalError:  # somebody reads the table for long
        return False
    return True
