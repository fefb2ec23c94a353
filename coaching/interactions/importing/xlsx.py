"""From a sheet of an Excel file to chunks of text columns, with the line each row stands on."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from coaching.interactions.importing.mapping import Mapping
from coaching.interactions.importing.problems import ImportRefused, MappingError, Problem
from coaching.interactions.importing.records import RawChunk, objects, ragged
from coaching.interactions.importing.sniffing import BLOCK, Layout


class XlsxRows:
    """The values of one sheet. Formulas count with the value that was stored for them."""

    def __init__(self, layout: Layout, mapping: Mapping) -> None:
        self.layout = layout
        self.sheet_name = mapping.sheet
        self.skip = mapping.skip_lines
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                # As a stream: by its name openpyxl would refuse an upload, which is stored under one of ours.
                self.book = openpyxl.load_workbook(layout.path.open("rb"), read_only=True, data_only=True)
        except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
            raise ImportRefused(_("The Excel file is damaged. Save it again in your spreadsheet program.")) from error
        names = self.book.sheetnames
        if self.sheet_name and self.sheet_name not in names:
            raise MappingError(
                _("The file has no sheet “%(sheet)s”. It has: %(names)s.") % {"sheet": self.sheet_name, "names": ", ".join(names)}
            )
        self.sheet_name = self.sheet_name or names[0]
        if len(names) > 1 and not mapping.sheet:
            layout.notes.append(
                _("The file has %(n)s sheets; only “%(sheet)s” was read. Set “sheet” in the mapping to choose another.")
                % {"n": len(names), "sheet": self.sheet_name}
            )
        sheet = self.book[self.sheet_name]
        self.total = sheet.max_row or 0
        self.header = []
        self.header_line = 0
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            if number > self.skip and any(cell is not None for cell in row):
                self.header, self.header_line = [_cell(cell).strip() for cell in row], number
                break
        while self.header and not self.header[-1]:
            self.header.pop()
        if not self.header:
            raise ImportRefused(_("The sheet “%(sheet)s” is empty.") % {"sheet": self.sheet_name})

    def ends(self, count: int) -> tuple[list[tuple[int, list[str]]], list[str]]:
        """The first filled rows with their lines, and the cells of the last one."""
        first: list[tuple[int, list[str]]] = []
        last: list[str] = []
        for number, row in enumerate(self.book[self.sheet_name].iter_rows(values_only=True), start=1):
            if any(cell is not None for cell in row):
                last = [_cell(cell).strip() for cell in row]
                if len(first) < count:
                    first.append((number, last))
        return first, last

    def _formulas(self) -> Any:
        """The same sheet with formulas instead of values, where it has any."""
        with zipfile.ZipFile(self.layout.path) as archive:
            for name in archive.namelist():
                if not name.startswith("xl/worksheets/"):
                    continue
                with archive.open(name) as stream:
                    tail = b""
                    while block := stream.read(BLOCK):
                        if b"<f>" in tail + block or b"<f " in tail + block:
                            book = openpyxl.load_workbook(self.layout.path.open("rb"), read_only=True, data_only=False)
                            return book[self.sheet_name].iter_rows(values_only=True, min_row=self.header_line + 1)
                        tail = block[-4:]
        return None

    def chunks(self, columns: Sequence[str], size: int) -> Iterator[RawChunk]:
        wanted = [self.header.index(name) for name in columns]
        width = len(self.header)
        formulas = self._formulas()
        lines: list[int] = []
        rows: list[list[str]] = []
        problems: list[Problem] = []
        values = self.book[self.sheet_name].iter_rows(values_only=True, min_row=self.header_line + 1)
        for number, row in enumerate(values, start=self.header_line + 1):
            formula_row = next(formulas, None) if formulas is not None else None
            if formula_row is None and not any(cell is not None for cell in row):
                continue
            problem = _row_problem(number, row, formula_row, width, self.header)
            if problem is not None:
                problems.append(problem)
            elif any(cell is not None for cell in row):
                padded = [*row, *([None] * (width - len(row)))]
                lines.append(number)
                rows.append([_cell(padded[position]) for position in wanted])
            if len(lines) + len(problems) >= size:
                yield _xlsx_chunk(lines, rows, columns, problems)
                lines, rows, problems = [], [], []
        if lines or problems:
            yield _xlsx_chunk(lines, rows, columns, problems)


def _xlsx_chunk(lines: list[int], rows: list[list[str]], names: Sequence[str], problems: list[Problem]) -> RawChunk:
    columns = {name: objects([row[position] for row in rows]) for position, name in enumerate(names)}
    return RawChunk(np.array(lines, dtype=np.int64), columns, problems, len(lines) + len(problems))


def _row_problem(
    number: int, row: Sequence[Any], formulas: Sequence[Any] | None, width: int, header: list[str]
) -> Problem | None:
    if any(cell is not None for cell in row[width:]):
        return ragged(number, len(row), width)
    if formulas is not None:
        for position, formula in enumerate(formulas[:width]):
            if isinstance(formula, str) and formula.startswith("=") and (position >= len(row) or row[position] is None):
                return Problem(
                    number,
                    header[position],
                    formula,
                    _("The cell is a formula without a stored value."),
                    _("Open the file in a spreadsheet program and save it, or paste the values."),
                )
    return None


def _cell(value: Any) -> str:
    """A typed cell as the text a CSV would hold."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        return f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02d}:{seconds % 60:09.6f}"
    return str(value)
