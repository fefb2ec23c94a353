"""Rows of a file put aside on disk and read back in order, so that a case's rows come together.

An event log tells a case's story in rows spread over the whole file. Memory holds one chunk of them;
the rest waits in a temporary database of its own, which has nothing to do with the application's.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any


class Spool:
    """Rows of (group, order values…, line, data values…), read back by group, then order, then line."""

    def __init__(self, order: int, data: int) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="uncommon-spool-")
        self._database = sqlite3.connect(str(Path(self._folder.name) / "rows.sqlite3"), isolation_level=None)
        self._width = 2 + order + data
        orders = "".join(f", o{i}" for i in range(order))
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("PRAGMA synchronous=OFF")
        self._database.execute(f"CREATE TABLE row (grp TEXT{orders}, line INTEGER{''.join(f', d{i}' for i in range(data))})")
        self._order_by = f"grp{orders}, line"
        self.first_order = 1

    def add(self, rows: Sequence[tuple[Any, ...]]) -> None:
        self._database.execute("BEGIN")
        self._database.executemany(f"INSERT INTO row VALUES ({', '.join('?' * self._width)})", rows)  # noqa: S608
        self._database.execute("COMMIT")

    def groups(self, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """Chunks of about `size` rows that never cut a group in two."""
        cursor = self._database.execute(f"SELECT * FROM row ORDER BY {self._order_by}")  # noqa: S608
        chunk: list[tuple[Any, ...]] = []
        while fetched := cursor.fetchmany(2000):
            for row in fetched:
                if len(chunk) >= size and row[0] != chunk[-1][0]:
                    yield chunk
                    chunk = []
                chunk.append(row)
        if chunk:
            yield chunk

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._database.close()
        self._folder.cleanup()


def order_value(text: str) -> float | str:
    """Numbers sort as numbers and before text, whatever stands beside them."""
    try:
        return float(text)
    except ValueError:
        return text
