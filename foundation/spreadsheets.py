"""The one way a cell gets into a CSV or spreadsheet we write.

A spreadsheet program runs a cell that begins with `=`, `+`, `-`, `@`, a tab or a line break as a
formula, whoever typed it. Such text gets an apostrophe in front; plain numbers stay numbers.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import chain
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

# The full-width forms count too: some programs fold them to the plain ones.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?%?", re.ASCII)


def safe_cell(value: object) -> object:
    """The value as it may stand in a cell. Numbers and dates pass; dangerous text gets a leading apostrophe."""
    if value is None:
        return ""
    if isinstance(value, (bool, int, float, Decimal, date, datetime)):
        return value
    text = str(value).replace("\x00", "")
    if text.startswith(DANGEROUS) or text.lstrip().startswith(DANGEROUS):
        return text if PLAIN_NUMBER.fullmatch(text) else f"'{text}"
    return text


def safe_row(values: Iterable[object]) -> list[object]:
    """`safe_cell` for a whole row."""
    return [safe_cell(value) for value in values]


class SafeWriter:
    """A CSV writer whose every cell is safe to open in a spreadsheet program."""

    def __init__(self, stream: IO[str]) -> None:
        self._writer = csv.writer(stream)

    def writerow(self, values: Iterable[object]) -> None:
        self._writer.writerow(safe_row(values))

    def writerows(self, rows: Iterable[Iterable[object]]) -> None:
        for row in rows:
            self.writerow(row)


def csv_text(header: Sequence[object], rows: Iterable[Iterable[object]]) -> str:
    """A whole file as text: comma-separated, with a byte-order mark so that spreadsheet programs read UTF-8."""
    stream = StringIO(newline="")
    writer = SafeWriter(stream)
    writer.writerow(header)
    writer.writerows(rows)
    return "\ufeff" + stream.getvalue()


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """As `csv_text`, line by line: for files too long to hold. The first of the rows is the header."""
    yield "\ufeff"
    for row in rows:
        stream = StringIO(newline="")
        SafeWriter(stream).writerow(row)
        yield stream.getvalue()


def xlsx_bytes(sheets: Mapping[str, tuple[Sequence[object], Iterable[Iterable[object]]]]) -> bytes:
    """A workbook of named sheets (header, rows). Text is text whatever it begins with, and no cell is a formula."""
    book = Workbook(write_only=True)
    for name, (header, rows) in sheets.items():
        sheet = book.create_sheet(name[:31])
        for row in chain([header], rows):
            sheet.append([_xlsx_cell(sheet, value) for value in row])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _xlsx_cell(sheet: Any, value: object) -> Any:
    value = safe_cell(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = value.replace(tzinfo=None)  # the format knows no zones; the caller has chosen one
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
    if cell.data_type == "f":
        cell.data_type = "s"
    return cell
