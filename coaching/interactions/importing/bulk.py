"""The interpreter and the connection set for many rows, and set back afterwards."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

from django.db import connection

SQLITE = {
    # The indexes' pages must fit: with SQLite's own 2 MB most of a load is reading them again.
    "cache_size": -65_536,
    # And go from the log into the file in larger strides: every chunk touches the same index pages again.
    "wal_autocheckpoint": 60_000,
    # The log then grows to a quarter of a gigabyte: it is cut again.
    "journal_size_limit": 67_108_864,
}


@contextlib.contextmanager
def bulk_load() -> Iterator[None]:
    """Around an import. What is in memory already is left out of the search for unused objects, which rows set off all the time."""
    gc.freeze()
    before: dict[str, int] = {}
    try:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                for name, value in SQLITE.items():
                    cursor.execute(f"PRAGMA {name}")
                    before[name] = cursor.fetchone()[0]
                    cursor.execute(f"PRAGMA {name} = {value}")
        yield
    finally:
        gc.unfreeze()
        if before:
            with connection.cursor() as cursor:
                for name, value in before.items():
                    cursor.execute(f"PRAGMA {name} = {value}")


def commit_later() -> None:
    """Let this transaction's commit return before the disk has it (PostgreSQL).

    A crash may lose the last chunks of an import, each whole with its marks and the job's progress, so a
    rerun or a resumed job brings them again. Later commits wait for the disk as ever, and for these too.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
