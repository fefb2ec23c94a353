"""One chunk of typed columns into one table: staged, compared, inserted or updated, counted exactly.

PostgreSQL takes the chunk by COPY, SQLite by executemany, both into a temporary table of the
connection. The rest is the same SQL: rows that exist are set beside what is stored, changed ones
updated, new ones inserted, and the days of the persons concerned, old and new, are marked.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from django.db import connection, models

from coaching.interactions.models import ChangedDay, Handler

DAY_US = 86_400_000_000
NULL = "\\N"


@dataclass
class Counts:
    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.created + other.created, self.updated + other.updated, self.unchanged + other.unchanged)


@lru_cache(maxsize=1)
def _clock() -> np.ndarray:
    texts = np.empty(86_400, dtype=object)
    texts[:] = [f" {s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(86_400)]
    return texts


def as_cells(values: np.ndarray, *, copy: bool) -> list[Any]:
    """Database values of a typed column: text for COPY, or what the SQLite driver stores.

    Negative integers stand for "none" in key columns; NaN and NaT are null.
    """
    kind = values.dtype.kind
    null: Any = NULL if copy else None
    if kind == "O":
        return _escaped(values) if copy else values.tolist()
    if kind == "M" and np.datetime_data(values.dtype)[0] == "D":
        return _mapped(values.view("i8"), np.isnat(values), lambda day: str(np.datetime64(day, "D")), null)
    if kind == "M":
        return _times(values, null)
    if kind == "f":
        missing = np.isnan(values)
        whole = np.where(missing, 0, values)
        if (whole == np.floor(whole)).all():
            return _mapped(whole.astype("i8"), missing, str if copy else int, null)
        return _mapped(whole, missing, str if copy else float, null)
    if kind == "b":
        return _mapped(
            values.astype("i8"), np.zeros(len(values), dtype=bool), (lambda x: "t" if x else "f") if copy else int, null
        )
    return _mapped(values, values < 0, str if copy else int, null)


def _mapped(values: np.ndarray, missing: np.ndarray, text: Any, null: Any) -> list[Any]:
    codes, unique = pd.factorize(values)
    table = np.empty(len(unique) + 1, dtype=object)
    table[:-1] = [text(value.item()) for value in unique]
    table[-1] = null
    if missing.any():
        codes = np.where(missing, len(unique), codes)
    return table[codes].tolist()


def _times(values: np.ndarray, null: Any) -> list[Any]:
    """As Django writes them for SQLite, which PostgreSQL reads as well: the session's zone is UTC."""
    missing = np.isnat(values)
    stamps = np.where(missing, 0, values.astype("M8[us]").view("i8"))
    days, rest = np.divmod(stamps, DAY_US)
    codes, unique = pd.factorize(days)
    dates = np.empty(len(unique), dtype=object)
    dates[:] = [str(np.datetime64(int(day), "D")) for day in unique]
    seconds, micros = np.divmod(rest, 1_000_000)
    texts = dates[codes] + _clock()[seconds] if len(unique) else np.empty(0, dtype=object)
    fractional = np.flatnonzero(micros)
    if len(fractional):
        texts[fractional] = [f"{text}.{micro:06d}" for text, micro in zip(texts[fractional], micros[fractional], strict=True)]
    texts[missing] = null
    return texts.tolist()


def _escaped(values: np.ndarray) -> list[str]:
    """Text for COPY. NUL bytes never get this far, so one serves as the joint."""
    cells: list[str] = values.tolist()
    if cells and any(cell is None for cell in cells):
        return [NULL if cell is None else cell for cell in cells]  # only flags have nulls
    joined = "\x00".join(cells)
    if "\\" in joined or "\n" in joined or "\t" in joined or "\r" in joined:
        joined = joined.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
        return joined.split("\x00")
    return cells


class Upsert:
    """Writes chunks into one model's table. `days` names the date columns counted per handler."""

    def __init__(self, model: type[models.Model], *, key: Sequence[str], days: Sequence[str] = ()) -> None:
        self.model = model
        self.key = list(key)
        self.days = list(days)
        self.postgresql = connection.vendor == "postgresql"
        self.table = connection.ops.quote_name(model._meta.db_table)
        self.columns = [field.column for field in model._meta.concrete_fields if field.column and not field.primary_key]
        self.stage = f"stage_{model._meta.model_name}"
        self.found = f"found_{model._meta.model_name}"

    def prepare(self) -> None:
        """Make the temporary tables of this connection, or empty them."""
        types = {f.column: f.db_type(connection) for f in self.model._meta.concrete_fields if not f.primary_key}
        columns = ", ".join(f"{name} {types[name]}" for name in self.columns)
        extra = "row_no integer, found_id bigint, changed boolean" + "".join(
            f", old_{name} {'bigint' if name == 'handler_id' else 'date'}" for name in self._old
        )
        temp = "TEMP" if self.postgresql else "TEMPORARY"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE {temp} TABLE IF NOT EXISTS {self.stage} (row_no integer, {columns})")
            cursor.execute(f"CREATE {temp} TABLE IF NOT EXISTS {self.found} ({extra}, {columns})")

    @property
    def _old(self) -> list[str]:
        return ["handler_id", *self.days] if self.days else []

    def write(self, values: dict[str, np.ndarray], updates: Sequence[str]) -> Counts:
        """Bring rows in: all columns for new ones, only `updates` for those that exist.

        The keys must be unique within the chunk. Call inside the chunk's transaction, with the
        source's row locked: the counts are exact because nobody else writes it meanwhile.
        """
        size = len(values[self.key[0]])
        if not size:
            return Counts()
        with connection.cursor() as cursor:
            self._fill(cursor, values, size)
            existing, updated = self._compare(cursor, list(updates))
            if updated:
                sets = ", ".join(f"{name} = f.{name}" for name in updates)
                with self._by_index(cursor):
                    cursor.execute(
                        f"UPDATE {self.table} SET {sets} FROM {self.found} f WHERE {self.table}.id = f.found_id AND f.changed"
                    )
            if existing < size:
                names = ", ".join(self.columns)
                only_new = "" if not existing else f" WHERE row_no NOT IN (SELECT row_no FROM {self.found})"
                cursor.execute(f"INSERT INTO {self.table} ({names}) SELECT {names} FROM {self.stage}{only_new}")
            if self.days and (updated or existing < size):
                self._mark_days(cursor, updated, existing, size)
        return Counts(size - existing, updated, existing - updated)

    def _fill(self, cursor: Any, values: dict[str, np.ndarray], size: int) -> None:
        empty = "TRUNCATE {}, {}" if self.postgresql else None
        if empty:
            cursor.execute(empty.format(self.stage, self.found))
        else:
            cursor.execute(f"DELETE FROM {self.stage}")
            cursor.execute(f"DELETE FROM {self.found}")
        cells = [as_cells(values[name], copy=self.postgresql) for name in self.columns]
        names = ", ".join(["row_no", *self.columns])
        if self.postgresql:
            lines = "\n".join(map("\t".join, zip(map(str, range(size)), *cells, strict=True)))
            with cursor.copy(f"COPY {self.stage} ({names}) FROM STDIN") as copy:
                copy.write(lines)
                copy.write("\n")
        else:
            marks = ", ".join(["%s"] * (len(self.columns) + 1))
            rows = zip(range(size), *cells, strict=True)
            cursor.executemany(f"INSERT INTO {self.stage} ({names}) VALUES ({marks})", rows)

    def _compare(self, cursor: Any, updates: list[str]) -> tuple[int, int]:
        """Set what is staged beside what is stored; how many exist, how many of them differ."""
        same = " AND ".join(f"t.{name} = s.{name}" for name in self.key)
        differs = " OR ".join(f"t.{name} IS DISTINCT FROM s.{name}" for name in updates) or "1 = 0"
        old = "".join(f", t.{name}" for name in self._old)
        names = ", ".join(self.columns)
        staged = ", ".join(f"s.{name}" for name in self.columns)
        olds = "".join(f", old_{name}" for name in self._old)
        with self._by_index(cursor):
            cursor.execute(
                f"INSERT INTO {self.found} (row_no, found_id, changed{olds}, {names}) "
                f"SELECT s.row_no, t.id, ({differs}){old}, {staged} FROM {self.stage} s CROSS JOIN {self.table} t WHERE {same}"
            )
        cursor.execute(f"SELECT COUNT(*), COALESCE(SUM(CASE WHEN changed THEN 1 ELSE 0 END), 0) FROM {self.found}")
        existing, updated = cursor.fetchone()
        return int(existing), int(updated)

    @contextlib.contextmanager
    def _by_index(self, cursor: Any) -> Any:
        """Look the rows up by index, never by reading the whole table for each chunk."""
        if not self.postgresql:
            yield
            return
        cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
        yield
        cursor.execute("SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on")

    def _mark_days(self, cursor: Any, updated: int, existing: int, size: int) -> None:
        handler = connection.ops.quote_name(Handler._meta.db_table)
        marked = connection.ops.quote_name(ChangedDay._meta.db_table)
        parts = []
        for day in self.days:
            if updated:
                parts.append(f"SELECT old_handler_id AS handler_id, old_{day} AS day FROM {self.found} WHERE changed")
                parts.append(
                    f"SELECT t.handler_id AS handler_id, t.{day} AS day FROM {self.found} f CROSS JOIN {self.table} t "
                    "WHERE t.id = f.found_id AND f.changed"
                )
            if existing < size:
                only_new = "" if not existing else f" WHERE row_no NOT IN (SELECT row_no FROM {self.found})"
                parts.append(f"SELECT handler_id, {day} AS day FROM {self.stage}{only_new}")
        union = " UNION ALL ".join(parts)
        with self._by_index(cursor) if updated else contextlib.nullcontext():
            cursor.execute(
                f"INSERT INTO {marked} (person_id, day) SELECT DISTINCT h.person_id, c.day FROM ({union}) c "
                f"JOIN {handler} h ON h.id = c.handler_id WHERE h.person_id IS NOT NULL AND c.day IS NOT NULL "
                "ON CONFLICT (person_id, day) DO NOTHING"
            )
