"""Where the records of a block of CSV lie, and what is said of those that are none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from django.utils.translation import gettext as _

from coaching.interactions.importing.problems import Problem

NEWLINE, QUOTE = 10, 34


@dataclass
class RawChunk:
    """Some rows of a file: text by column, the line of each, and rows that are none."""

    lines: np.ndarray
    columns: dict[str, np.ndarray]
    problems: list[Problem] = field(default_factory=list)
    read: int = 0


class Rows(Protocol):
    """A file as rows of text."""

    header: list[str]

    @property
    def total(self) -> int: ...

    def chunks(self, columns: Sequence[str], size: int) -> Iterator[RawChunk]: ...


@dataclass
class Records:
    """Where the records of a block lie, how many fields each has, on which line it begins."""

    starts: np.ndarray
    ends: np.ndarray
    widths: np.ndarray
    lines: np.ndarray
    consumed: int
    problems: list[Problem] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] | None = None

    @property
    def count(self) -> int:
        return len(self.lines)

    @classmethod
    def of_rows(cls, rows: list[tuple[int, list[str]]], problems: list[Problem], consumed: int) -> Records:
        none = np.zeros(len(rows), dtype=np.int64)
        widths = np.array([len(row) for _line, row in rows], dtype=np.int64)
        lines = np.array([line for line, _row in rows], dtype=np.int64)
        return cls(none, none, widths, lines, consumed, problems, rows)

    def without_first(self) -> Records:
        # Blank lines before the header go with it.
        first = 1
        while self.rows is None and first <= self.count and self.ends[first - 1] == self.starts[first - 1]:
            first += 1
        rows = None if self.rows is None else self.rows[first:]
        return Records(
            self.starts[first:], self.ends[first:], self.widths[first:], self.lines[first:], self.consumed, self.problems, rows
        )

    def is_blank(self, index: int) -> bool:
        return self.rows is None and bool(self.ends[index] == self.starts[index])

    def text(self, buffer: bytes, index: int) -> str:
        """A record as it stands in the file."""
        if self.rows is not None:
            return ",".join(self.rows[index][1])
        return buffer[self.starts[index] : self.ends[index]].decode("utf-8", "replace").strip().strip('"')

    def has_nul(self, buffer: bytes, index: int) -> bool:
        if self.rows is not None:
            return any("\x00" in cell for cell in self.rows[index][1])
        return buffer.find(b"\x00", self.starts[index], self.ends[index]) >= 0


def split_records(buffer: bytes, delimiter: str, line: int) -> Records | None:
    """The whole records of a block; None where its quotes need the csv module."""
    if len(delimiter.encode()) != 1:
        return None
    code = ord(delimiter)
    data = np.frombuffer(buffer, dtype=np.uint8)
    breaks = np.flatnonzero(data == NEWLINE)
    separators = np.flatnonzero(data == code)
    ends = breaks
    if b'"' in buffer:
        quotes = np.flatnonzero(data == QUOTE)
        ends = breaks[(np.searchsorted(quotes, breaks) & 1) == 0]
        if not len(ends):
            return None
        quotes = quotes[quotes < ends[-1]]
        opening, closing = quotes[0::2], quotes[1::2]
        before = data[opening - 1][opening > 0]
        after = data[closing + 1]
        fine = (before == code) | (before == NEWLINE) | (before == QUOTE)
        closed = (after == code) | (after == NEWLINE) | (after == QUOTE)
        if not (fine.all() and closed.all()):
            return None
        separators = separators[(np.searchsorted(quotes, separators) & 1) == 0]
    if not len(ends):
        return Records.of_rows([], [], 0)
    starts = np.concatenate(([0], ends[:-1] + 1))
    upto = np.searchsorted(separators, ends)
    widths = np.diff(upto, prepend=0) + 1
    lines = np.arange(len(ends), dtype=np.int64) if ends is breaks else np.searchsorted(breaks, starts)
    return Records(starts, ends, widths, lines + line, int(ends[-1]) + 1)


def objects(values: Sequence[Any]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def unclosed(line: int) -> Problem:
    return Problem(
        line,
        "",
        "",
        _("A quotation mark in this line is opened or closed in the wrong place."),
        _("Write a quotation mark inside a cell twice, and close every quoted cell."),
    )


def ragged(line: int, width: int, expected: int) -> Problem:
    return Problem(
        line,
        "",
        "",
        _("The row has %(width)s fields where the header has %(expected)s.") % {"width": width, "expected": expected},
        _("Put cells that contain the delimiter in quotation marks; check that the row is complete."),
    )


def nul(line: int) -> Problem:
    return Problem(line, "", "", _("The row contains a NUL byte."), _("The file is damaged here: export this row again."))
