"""Writing the files: one row at a time, every cell safe to open in a spreadsheet program."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from coaching.quality.exchange.exports.tables import FORMAT, VERSION, Scope, Table
from foundation.spreadsheets import SafeWriter, safe_row

AT_ONCE = 500
MOST_ROWS = 1_048_000  # of a sheet, which holds 1,048,576
Step = Callable[[int], None]


def write_file(
    path: Path, kind: str, tables: Sequence[Table], scope: Scope, *, now: datetime, step: Step | None = None
) -> tuple[int, set[int]]:
    """Write an export; (rows, ids of the people in it). `step` is told every few hundred rows how many there are so far."""
    run = _Run(scope, step)
    {"csv": _write_csv, "xlsx": _write_xlsx, "json": _write_json}[kind](path, tables, run, now)
    return run.rows, run.people


class _Run:
    def __init__(self, scope: Scope, step: Step | None) -> None:
        self.scope, self.step = scope, step
        self.rows, self.people = 0, set[int]()

    def of(self, table: Table) -> Iterator[list[object]]:
        for row in table.source(self.scope).iterator(chunk_size=AT_ONCE):
            subject = table.subject(row)
            if subject is not None:
                self.people.add(subject)
            self.rows += 1
            if self.step is not None and self.rows % AT_ONCE == 0:
                self.step(self.rows)
            yield [column.value(row) for column in table.columns]


def _cell(value: object) -> object:
    """As it stands in a table: moments in the organisation's time zone, lists in one cell."""
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(settings.TIME_ZONE)).replace(tzinfo=None, microsecond=0)
    if isinstance(value, list):
        return "\n".join(str(each) for each in value)
    return value


def _described(tables: Sequence[Table]) -> Iterator[list[object]]:
    for table in tables:
        for column in table.columns:
            yield [table.key, column.key, str(column.meaning)]


def _write_csv(path: Path, tables: Sequence[Table], run: _Run, now: datetime) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables:
            with _member(archive, f"{table.key}.csv") as stream:
                writer = SafeWriter(stream)
                writer.writerow(column.key for column in table.columns)
                for row in run.of(table):
                    writer.writerow(map(_cell, row))
        with _member(archive, "columns.csv") as stream:
            writer = SafeWriter(stream)
            writer.writerow(["table", "column", "meaning"])
            writer.writerows(_described(tables))


def _member(archive: zipfile.ZipFile, name: str) -> io.TextIOWrapper:
    """With a byte-order mark, so that spreadsheet programs read UTF-8."""
    return io.TextIOWrapper(archive.open(name, "w", force_zip64=True), encoding="utf-8-sig", newline="")


def _write_xlsx(path: Path, tables: Sequence[Table], run: _Run, now: datetime) -> None:
    book = Workbook(write_only=True)
    for table in tables:
        number = 1
        sheet = book.create_sheet(table.key)
        sheet.append([column.key for column in table.columns])
        for place, row in enumerate(run.of(table), 1):
            if place % MOST_ROWS == 0:
                number += 1
                sheet = book.create_sheet(f"{table.key} {number}")
                sheet.append([column.key for column in table.columns])
            sheet.append([_clean(value) for value in safe_row(map(_cell, row))])
    sheet = book.create_sheet("columns")
    sheet.append(["table", "column", "meaning"])
    for described in _described(tables):
        sheet.append(safe_row(described))
    book.save(path)


def _clean(value: object) -> object:
    return ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value


def _write_json(path: Path, tables: Sequence[Table], run: _Run, now: datetime) -> None:
    head = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": now.isoformat(),
        "since": run.scope.since.isoformat(),
        "until": run.scope.until.isoformat(),
        "about": _("Columns are described in docs/guides/quality-export.md."),
    }
    with path.open("w", encoding="utf-8") as stream:
        stream.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "tables": {')
        for place, table in enumerate(tables):
            stream.write(("," if place else "") + f"\n{json.dumps(table.key)}: [")
            keys = [column.key for column in table.columns]
            for number, row in enumerate(run.of(table)):
                stream.write(",\n" if number else "\n")
                stream.write(json.dumps(dict(zip(keys, row, strict=True)), ensure_ascii=False, default=_json))
            stream.write("]")
        stream.write("\n}}\n")


def _json(value: Any) -> str:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value)
