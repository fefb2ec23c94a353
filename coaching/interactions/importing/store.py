"""A temporary table on disk that puts the rows of a file into order by case.

An event or message file may spread a case over its whole length. The typed rows go into a SQLite
file of their own in the temporary folder (never the application's database), and come back sorted,
some whole cases at a time: memory holds one chunk, whatever the size of the file.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType

import numpy as np

from coaching.interactions.importing.parsing import Batch

NAT_INT = np.iinfo(np.int64).min


class OrderedStore:
    """Add batches in any order, read them back grouped by the first of `order`."""

    def __init__(self, order: Sequence[str]) -> None:
        self.order = list(order)
        self.names: list[str] = []
        self.kinds: dict[str, np.dtype] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="uncommon-import-")
        self._db = sqlite3.connect(Path(self._folder.name) / "rows.sqlite3", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute("PRAGMA cache_size=-65536")
        self.groups = 0

    def add(self, batch: Batch) -> None:
        if not self.names:
            self.names = ["line", *batch.columns]
            self.kinds = {name: values.dtype for name, values in batch.columns.items()}
            # No column types: a number is stored as a number, text as text.
            self._db.execute(f"CREATE TABLE rows ({', '.join(f'c{i}' for i in range(len(self.names)))})")
        cells = [batch.lines.tolist()]
        for values in batch.columns.values():
            if values.dtype.kind == "M":
                cells.append(values.astype("M8[us]").view("i8").tolist())
            elif values.dtype.kind == "f":
                cells.append([None if value != value else value for value in values.tolist()])
            else:
                cells.append(values.tolist())
        marks = ", ".join("?" * len(self.names))
        self._db.execute("BEGIN")
        self._db.executemany(f"INSERT INTO rows VALUES ({marks})", zip(*cells, strict=True))
        self._db.execute("COMMIT")

    def finish(self) -> None:
        """Call once all rows are in: counts the groups."""
        if self.names:
            first = f"c{self.names.index(self.order[0])}"
            self.groups = self._db.execute(f"SELECT COUNT(DISTINCT {first}) FROM rows").fetchone()[0]

    def batches(self, size: int) -> Iterator[Batch]:
        """Whole groups in order, about `size` rows at a time (one group is never cut)."""
        if not self.names:
            return
        order = ", ".join(f"c{self.names.index(name)}" for name in [*self.order, "line"])
        cursor = self._db.execute(f"SELECT * FROM rows ORDER BY {order}")
        key = self.names.index(self.order[0])
        kept: list[tuple[object, ...]] = []
        while rows := cursor.fetchmany(size):
            kept += rows
            last = kept[-1][key]
            cut = len(kept)
            while cut and kept[cut - 1][key] == last:
                cut -= 1
            if cut:
                yield self._batch(kept[:cut])
                kept = kept[cut:]
        if kept:
            yield self._batch(kept)

    def _batch(self, rows: list[tuple[object, ...]]) -> Batch:
        lines, *cells = zip(*rows, strict=True)
        columns = {}
        for name, values in zip(self.names[1:], cells, strict=True):
            kind = self.kinds[name]
            if kind.kind == "M":
                columns[name] = np.array(values, dtype=np.int64).view("M8[us]")
            elif kind.kind == "f":
                columns[name] = np.array([np.nan if value is None else value for value in values], dtype=float)
            else:
                column = np.empty(len(values), dtype=object)
                column[:] = values
                columns[name] = column
        return Batch(np.array(lines, dtype=np.int64), columns)

    def __enter__(self) -> OrderedStore:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._db.close()
        self._folder.cleanup()


def groups_of(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First and last position of each run of equal keys."""
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return starts, np.concatenate((starts[1:], [len(keys)])) - 1
