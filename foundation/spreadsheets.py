"""The one way a cell gets into a CSV or spreadsheet we write.

A spreadsheet program runs a cell that begins with `=`, `+`, `-`, `@`, a tab or a line break as a
formula, whoever typed it. Such text gets an apostrophe in front; plain numbers stay numbers.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import IO

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
