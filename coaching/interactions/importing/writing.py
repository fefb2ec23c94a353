"""One chunk of typed columns into one table: staged, compared, inserted or updated, counted exactly.

PostgreSQL takes rows by COPY, SQLite by executemany: new ones straight into the table, those that
exist into a temporary table of the connection, where one statement compares them with what is stored
and one updates what differs. The days of the persons concerned, old and new, are marked.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from django.db import IntegrityError, connection, models, transaction

from coaching.interactions.models import ChangedDay, Handler

DAY_US = 86_400_000_000
NULL = "\\N"
COPY_ROWS = 5_000
# From so many days of each handler in one chunk on, it is the whole history that is marked: counting that once
# is quicker than each of its days, and marking it costs nothing.
DAYS_OF_A_HISTORY = 20


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
    """Database values of a typed column: text for COPY, or what the SQLite driver binds.

    Negative integers stand for "none" in key columns; NaN and NaT are null,
    written "" for SQLite.
    """
    kind = values.dtype.kind
    null: Any = NULL if copy else ""
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


def _all_null(values: np.ndarray) -> bool:
    kind = values.dtype.kind
    if kind == "f":
        return bool(np.isnan(values).all())
    if kind == "M":
        return bool(np.isnat(values).all())
    return bool(kind == "i" and (values < 0).all())


def _one_number(values: np.ndarray) -> int | None:
    """The whole number or flag that stands in every place."""
    if values.dtype.kind not in "ib" or not (values == values[0]).all():
        return None
    return int(values[0])


def _mark(values: np.ndarray) -> str:
    """How SQLite takes a column. The driver is slow in binding None: "" stands for null in columns that are no text."""
    kind = values.dtype.kind
    missing = np.isnan(values) if kind == "f" else np.isnat(values) if kind == "M" else values < 0 if kind == "i" else np.False_
    return "NULLIF(%s, '')" if missing.any() else "%s"


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
    """Writes chunks into one model's table. `days` names the date columns counted per handler.

    After each chunk `created` says which of its rows are new. `found` holds those updated, with what they were
    as old_<name>, and `changed_links` is the SQL condition on it (as `f`) for those in which a column named in
    `links` has changed: "" where there is none.
    """

    def __init__(
        self, model: type[models.Model], *, key: Sequence[str], days: Sequence[str] = (), links: Sequence[str] = ()
    ) -> None:
        self.model = model
        self.key = list(key)
        self.days = list(days)
        self.links = list(links)
        self.created = np.empty(0, dtype=bool)
        self.changed_links = ""
        self.postgresql = connection.vendor == "postgresql"
        self.table = connection.ops.quote_name(model._meta.db_table)
        self.columns = [field.column for field in model._meta.concrete_fields if field.column and not field.primary_key]
        self.defaulted = {
            field.column
            for field in model._meta.concrete_fields
            if field.has_db_default() and field.get_internal_type() == "CharField"
        }
        self.stage = f"stage_{model._meta.model_name}"
        self.found = f"found_{model._meta.model_name}"
        self.all_new = True

    def prepare(self) -> None:
        """Make the temporary tables of this connection. They are emptied before each use."""
        types = {f.column: f.db_type(connection) for f in self.model._meta.concrete_fields if not f.primary_key}
        columns = ", ".join(f"{name} {types[name]}" for name in self.columns)
        old = "".join(f", old_{name} {types[name]}" for name in self._old)
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {self.stage} ({columns})")
            cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {self.found} (found_id bigint{old}, {columns})")

    @property
    def _old(self) -> list[str]:
        return ["handler_id", *self.days, *self.links] if self.days else []

    def write(self, values: dict[str, np.ndarray], updates: Sequence[str]) -> Counts:
        """Bring rows in: all columns for new ones, only `updates` for those that exist.

        The keys must be unique within the chunk. Call inside the chunk's transaction, with the
        source's row locked: the counts are exact because nobody else writes it meanwhile.
        """
        size = len(values[self.key[0]])
        self.created, self.changed_links = np.ones(size, dtype=bool), ""
        if not size:
            return Counts()
        with connection.cursor() as cursor:
            if self.all_new:
                # Tried first: in a first load no row is there yet, and looking for each costs as much as writing it.
                try:
                    with transaction.atomic():
                        self._load(cursor, self.table, values)
                except IntegrityError:
                    self.all_new = False
                else:
                    self._mark_new_days(cursor, values)
                    return Counts(created=size)
            stored = self._stored(cursor, values)
            self.created = ~stored
            existing = int(stored.sum())
            if existing < size:
                new = values if not existing else {name: values[name][~stored] for name in self.columns}
                self._load(cursor, self.table, new)
                self._mark_new_days(cursor, new)
            updated = 0
            if existing:
                self._empty(cursor)
                self._load(cursor, self.stage, values if existing == size else {n: values[n][stored] for n in self.columns})
                updated = self._compare(cursor, list(updates))
            if updated:
                sets = ", ".join(f"{name} = f.{name}" for name in updates)
                with self._by_index(cursor):
                    cursor.execute(f"UPDATE {self.table} SET {sets} FROM {self.found} f WHERE {self.table}.id = f.found_id")
                    if self.days:
                        self._mark_changed_days(cursor)
                self.changed_links = self._links_differ(cursor, updates)
        return Counts(size - existing, updated, existing - updated)

    def _links_differ(self, cursor: Any, updates: Sequence[str]) -> str:
        """The condition that tells, among the rows of `found`, those in which a link has changed; "" where there are none."""
        asked = [name for name in self.links if name in updates]
        if not asked:
            return ""
        differ = " OR ".join(f"f.old_{name} IS DISTINCT FROM f.{name}" for name in asked)
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {self.found} f WHERE {differ})")
        return differ if cursor.fetchone()[0] else ""

    def changed_keys(self) -> list[tuple[Any, ...]]:
        """The keys of the rows that the last `write` updated. Meaningful only where it counted some as updated."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(self.key)} FROM {self.found}")
            return list(cursor.fetchall())

    def _stored(self, cursor: Any, values: dict[str, np.ndarray]) -> np.ndarray:
        """Which rows the table has already, found through the unique index on the key."""
        *leading, last = self.key
        keys = values[last].tolist()
        if all(len(pd.unique(values[name])) == 1 for name in leading):
            where = " AND ".join([*(f"{name} = %s" for name in leading), f"{last} IN {self._among(str)}"])
            constants = [as_cells(values[name][:1], copy=False)[0] for name in leading]
            cursor.execute(f"SELECT {last} FROM {self.table} WHERE {where}", [*constants, json.dumps(keys)])
            found = {key for (key,) in cursor.fetchall()}
            return np.array([key in found for key in keys], dtype=bool) if found else np.zeros(len(keys), dtype=bool)
        (first,) = leading
        owners = values[first].tolist()
        cursor.execute(
            f"SELECT {first}, {last} FROM {self.table} WHERE {first} IN {self._among(int)}", [json.dumps(sorted(set(owners)))]
        )
        pairs = set(cursor.fetchall())
        return np.array([pair in pairs for pair in zip(owners, keys, strict=True)], dtype=bool)

    def _among(self, kind: type) -> str:
        """The values of a list given as one JSON text."""
        if self.postgresql:
            return f"(SELECT value::{'bigint' if kind is int else 'text'} FROM json_array_elements_text(%s))"
        return "(SELECT value FROM json_each(%s))"

    def _empty(self, cursor: Any) -> None:
        for table in (self.stage, self.found):
            cursor.execute(f"TRUNCATE {table}" if self.postgresql else f"DELETE FROM {table}")

    def _load(self, cursor: Any, table: str, values: dict[str, np.ndarray]) -> None:
        # A column without any value is left out: null is what a row has by itself.
        filled = [name for name in self.columns if not _all_null(values[name])]
        if table == self.table:
            # Nor one of empty text that the database writes by itself.
            filled = [name for name in filled if name not in self.defaulted or values[name].any()]
        names = ", ".join(filled)
        if self.postgresql:
            # Errors of a COPY do not pass Django's cursor, so they are made its own here.
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                # Some at a time: the server takes them in while the next are written out for it.
                for start in range(0, len(values[filled[0]]), COPY_ROWS):
                    part = (as_cells(values[name][start : start + COPY_ROWS], copy=True) for name in filled)
                    copy.write("\n".join(map("\t".join, zip(*part, strict=True))))
                    copy.write("\n")
        else:
            # One number for all rows is part of the statement, and what is bound has as little done to it as can be.
            alike = {name: _one_number(values[name]) for name in filled}
            marks = ", ".join(_mark(values[name]) if alike[name] is None else str(alike[name]) for name in filled)
            cells = (as_cells(values[name], copy=False) for name in filled if alike[name] is None)
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", zip(*cells, strict=True))

    def _compare(self, cursor: Any, updates: list[str]) -> int:
        """Set what is staged beside what is stored, keep the rows that differ; how many they are."""
        same = " AND ".join(f"t.{name} = s.{name}" for name in self.key)
        differs = " OR ".join(f"t.{name} IS DISTINCT FROM s.{name}" for name in updates)
        names = ", ".join(["found_id", *(f"old_{name}" for name in self._old), *self.columns])
        picked = ", ".join(["t.id", *(f"t.{name}" for name in self._old), *(f"s.{name}" for name in self.columns)])
        with self._by_index(cursor):
            cursor.execute(
                f"INSERT INTO {self.found} ({names}) SELECT {picked} FROM {self.stage} s CROSS JOIN {self.table} t "
                f"WHERE {same} AND ({differs})"
            )
        cursor.execute(f"SELECT COUNT(*) FROM {self.found}")
        return int(cursor.fetchone()[0])

    @contextlib.contextmanager
    def _by_index(self, cursor: Any) -> Iterator[None]:
        """Look the rows up by index, never by reading the whole table for each chunk."""
        if self.postgresql:
            cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
        yield
        if self.postgresql:
            cursor.execute("SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on")

    def _mark_new_days(self, cursor: Any, values: dict[str, np.ndarray]) -> None:
        if not self.days:
            return
        handler = values["handler_id"]
        marks = []
        for name in self.days:
            day = values[name].astype("M8[D]")
            counted = (handler >= 0) & ~np.isnat(day)
            # Both in one number: sorting those finds each pair once, in the order of the table's index.
            marks.append(handler[counted] << 32 | day[counted].astype(np.int64))
        pairs = np.unique(np.concatenate(marks))
        if not len(pairs):
            return
        everybody = np.unique(pairs >> 32)
        if len(pairs) >= DAYS_OF_A_HISTORY * len(everybody):
            listed = json.dumps(everybody.tolist())
            self._mark(
                cursor,
                f"(SELECT id AS handler_id, CAST(NULL AS date) AS day FROM {self._handlers()} WHERE id IN {self._among(int)}) c",
                [listed],
                whole=True,
            )
            return
        handlers = (pairs >> 32).tolist()
        days = as_cells((pairs & 0xFFFFFFFF).astype("M8[D]"), copy=False)
        # As one or two long texts: neither driver has to bind the values one by one.
        if self.postgresql:
            rows = "unnest(string_to_array(%s, ',')::bigint[], string_to_array(%s, ',')::date[]) AS c(handler_id, day)"
            self._mark(cursor, rows, [",".join(map(str, handlers)), ",".join(days)])
        else:
            rows = "(SELECT value ->> 0 AS handler_id, value ->> 1 AS day FROM json_each(%s)) c"
            self._mark(cursor, rows, [json.dumps(list(zip(handlers, days, strict=True)))])

    def _mark_changed_days(self, cursor: Any) -> None:
        parts = []
        for day in self.days:
            parts.append(f"SELECT old_handler_id AS handler_id, old_{day} AS day FROM {self.found}")
            parts.append(
                f"SELECT t.handler_id AS handler_id, t.{day} AS day FROM {self.found} f CROSS JOIN {self.table} t WHERE t.id = f.found_id"
            )
        self._mark(cursor, f"({' UNION ALL '.join(parts)}) c", [])

    def _mark(self, cursor: Any, rows: str, parameters: list[Any], *, whole: bool = False) -> None:
        marked = connection.ops.quote_name(ChangedDay._meta.db_table)
        counted = "" if whole else "AND c.day IS NOT NULL "
        cursor.execute(
            f"INSERT INTO {marked} (person_id, day) SELECT DISTINCT h.person_id, c.day FROM {rows} "
            f"JOIN {self._handlers()} h ON h.id = c.handler_id WHERE h.person_id IS NOT NULL {counted}"
            "ON CONFLICT DO NOTHING",
            parameters or None,
        )

    def _handlers(self) -> str:
        return str(connection.ops.quote_name(Handler._meta.db_table))
