"""One chunk into one table: what is new is inserted, what differs is updated, what is equal stays untouched.

The usual case, a file of rows the database has never seen, takes the short way: COPY straight into
the table on PostgreSQL, one `INSERT … ON CONFLICT DO NOTHING` on SQLite. Only where a row is already
there is the chunk staged in a temporary table and compared, set-based.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import IntegrityError, connection, models, transaction

Row = tuple[Any, ...]
NULL = r"\N"


@dataclass(frozen=True)
class Written:
    """Rows of one chunk by what became of them."""

    created: int
    updated: int
    unchanged: int


@dataclass(frozen=True)
class Target:
    """A table and which of its columns a chunk fills, in the chunk's order."""

    model: type[models.Model]
    key: tuple[str, ...]
    data: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.key, *self.data)

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def stage(self) -> str:
        return f"stage_{self.table}"


def write_chunk(
    target: Target,
    columns: Sequence[Sequence[Any]],
    *,
    fresh: bool,
    before_update: Callable[[str], None] | None = None,
    after_update: Callable[[str], None] | None = None,
) -> Written:
    """Bring one chunk (parallel columns, in `target.columns` order, keys unique) into the table.

    Must run inside a transaction. `fresh` says that the source had no rows when the run began.
    `before_update` and `after_update` get a subquery that selects the ids of the rows that differ.
    """
    count = len(columns[0])
    if not count:
        return Written(0, 0, 0)
    if fresh and connection.vendor == "postgresql":
        try:
            with transaction.atomic():
                _copy(target.table, target.columns, columns)
            return Written(count, 0, 0)
        except IntegrityError:
            pass  # another run was faster with one of these rows: compare them one set at a time
    created = _insert_new(target, columns)
    if created == count:
        return Written(created, 0, 0)
    _stage(target, columns)
    changed = _changed_rows(target)
    updated = 0
    if changed:
        if before_update is not None:
            before_update(f"SELECT id FROM {_changed_table(target)}")  # noqa: S608
        updated = _update(target)
        if after_update is not None:
            after_update(f"SELECT id FROM {_changed_table(target)}")  # noqa: S608
    return Written(created, updated, count - created - updated)


def _names(columns: Sequence[str], prefix: str = "") -> str:
    dot = f"{prefix}." if prefix else ""
    return ", ".join(f"{dot}{connection.ops.quote_name(column)}" for column in columns)


def _insert_new(target: Target, columns: Sequence[Sequence[Any]]) -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _stage(target, columns)
            cursor.execute(
                f"INSERT INTO {target.table} ({_names(target.columns)}) "  # noqa: S608
                f"SELECT {_names(target.columns)} FROM {target.stage} ON CONFLICT DO NOTHING"
            )
            return int(cursor.rowcount)
        marks = ", ".join(["%s"] * len(target.columns))
        cursor.executemany(
            f"INSERT INTO {target.table} ({_names(target.columns)}) VALUES ({marks}) ON CONFLICT DO NOTHING",  # noqa: S608
            list(zip(*columns, strict=True)),
        )
        return max(0, int(cursor.rowcount))


def _stage(target: Target, columns: Sequence[Sequence[Any]]) -> None:
    """The chunk in a temporary table, which other connections do not see."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{target.stage}")
            cursor.execute(
                f"CREATE TEMPORARY TABLE {target.stage} ON COMMIT DROP AS "  # noqa: S608
                f"SELECT {_names(target.columns)} FROM {target.table} WITH NO DATA"
            )
            _copy(target.stage, target.columns, columns)
            return
        cursor.execute(f"DROP TABLE IF EXISTS temp.{target.stage}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE {target.stage} AS SELECT {_names(target.columns)} FROM {target.table} WHERE 0"  # noqa: S608
        )
        marks = ", ".join(["%s"] * len(target.columns))
        cursor.executemany(f"INSERT INTO {target.stage} VALUES ({marks})", list(zip(*columns, strict=True)))  # noqa: S608


def _changed_table(target: Target) -> str:
    return f"changed_{target.table}"


def _changed_rows(target: Target) -> int:
    """Ids of the rows that are there and differ, into a temporary table; their number."""
    same_key = " AND ".join(f"t.{c} = s.{c}" for c in target.key)
    differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
    with connection.cursor() as cursor:
        schema = "pg_temp" if connection.vendor == "postgresql" else "temp"
        cursor.execute(f"DROP TABLE IF EXISTS {schema}.{_changed_table(target)}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE {_changed_table(target)} AS SELECT t.id FROM {target.table} t "  # noqa: S608
            f"JOIN {target.stage} s ON {same_key} "
            f"WHERE ({_names(target.data, 't')}) {differs} ({_names(target.data, 's')})"
        )
        cursor.execute(f"SELECT COUNT(*) FROM {_changed_table(target)}")  # noqa: S608
        return int(cursor.fetchone()[0])


def _update(target: Target) -> int:
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(c)} = s.{quote(c)}" for c in target.data)
    same_key = " AND ".join(f"{target.table}.{c} = s.{c}" for c in target.key)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {target.table} SET {sets} FROM {target.stage} s "  # noqa: S608
            f"WHERE {same_key} AND {target.table}.id IN (SELECT id FROM {_changed_table(target)})"
        )
        return int(cursor.rowcount)


def _copy(table: str, names: Sequence[str], columns: Sequence[Sequence[Any]]) -> None:
    """COPY parallel columns as text: whole columns are turned into text first, rows are only joined."""
    texts = [_copy_texts(values) for values in columns]
    lines = "\n".join(map("\t".join, zip(*texts, strict=True)))
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({_names(names)}) FROM STDIN") as copy:
        copy.write(lines.encode() + b"\n")


def _copy_texts(values: Sequence[Any]) -> list[str]:
    texts = [NULL if value is None else value if type(value) is str else _copy_text(value) for value in values]
    if any(type(value) is str for value in values[:1]) or any(isinstance(value, str) for value in values):
        joined = "".join(value for value in values if isinstance(value, str))
        if "\\" in joined or "\t" in joined or "\n" in joined or "\r" in joined:
            return [NULL if value is None else _escaped(text) for value, text in zip(values, texts, strict=True)]
    return texts


def _copy_text(value: Any) -> str:
    if value is True:
        return "t"
    if value is False:
        return "f"
    return str(value)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


# --- from typed numpy columns to what a database takes --------------------------------------------


def times(values: np.ndarray) -> list[str | None]:
    """UTC times as the database's text form, None for missing."""
    seconds = values.astype("M8[s]")
    unit = "s" if bool((seconds == values)[~np.isnat(values)].all()) else "us"
    texts = np.datetime_as_string(values, unit=unit)
    if connection.vendor == "postgresql":
        return [None if text == "NaT" else f"{text}Z" for text in texts.tolist()]
    # Exactly as Django's SQLite backend writes them, so that equal times compare equal.
    plain = [None if text == "NaT" else text.replace("T", " ") for text in texts.tolist()]
    return plain if unit == "s" else [text.removesuffix(".000000") if text else None for text in plain]


def days(values: np.ndarray) -> list[str | None]:
    return [None if text == "NaT" else text for text in np.datetime_as_string(values, unit="D").tolist()]


def integers(values: np.ndarray) -> list[int | None]:
    if not np.isnan(values).any():
        return values.astype(np.int64).tolist()  # type: ignore[no-any-return]
    return [None if value != value else int(value) for value in values.tolist()]


def flags(values: np.ndarray) -> list[bool | None]:
    return [None if value != value else bool(value) for value in values.tolist()]
