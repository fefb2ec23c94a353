"""From a file to chunks of text columns, with the line each row stands on.

CSV goes block by block: numpy finds the records and counts their fields, `pandas.read_csv` parses
the wanted columns of the whole ones, rows with too many or too few fields are named. Where quotes
stand in odd places the block is read by the slower `csv` module instead.
"""

from __future__ import annotations

import codecs
import csv
import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

import numpy as np
import openpyxl
import pandas as pd
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from coaching.interactions.importing.mapping import Mapping
from coaching.interactions.importing.problems import ImportRefused, MappingError, Problem
from coaching.interactions.importing.sniffing import BLOCK, DELIMITERS, NAMES, Layout, max_line_bytes, open_bytes

NEWLINE, QUOTE = 10, 34
csv.field_size_limit(64 * 1024 * 1024)  # the line limit is ours, and lower


@dataclass
class RawChunk:
    """Some rows of a file: text by column, the line of each, and rows that are none."""

    lines: np.ndarray
    columns: dict[str, np.ndarray]
    problems: list[Problem] = field(default_factory=list)
    read: int = 0


class Rows(Protocol):
    header: list[str]
    total: int

    def chunks(self, columns: Sequence[str], size: int) -> Iterator[RawChunk]: ...


def open_rows(layout: Layout, mapping: Mapping) -> Rows:
    """The rows of a sniffed file. Raises ImportRefused where there is no header or it lacks mapped columns."""
    rows: Rows = XlsxRows(layout, mapping) if layout.kind == "xlsx" else CsvRows(layout, mapping)
    return rows


def resolve_columns(header: Sequence[str], wanted: Sequence[str], optional: set[str]) -> dict[str, str]:
    """Which column of the file stands for each wanted name: exact, else without regard to case and spaces.

    Raises MappingError for names the file does not have, or has twice.
    """

    def plain(text: str) -> str:
        return " ".join(text.split()).casefold()

    found, missing = {}, []
    for name in wanted:
        same = [column for column in header if column == name] or [column for column in header if plain(column) == plain(name)]
        if len(same) > 1:
            raise MappingError(
                _("The column “%(name)s” stands %(times)s times in the file. Rename one of them in the export.")
                % {"name": name, "times": len(same)}
            )
        if same:
            found[name] = same[0]
        elif name not in optional:
            missing.append(name)
    if missing:
        message = _("The file has no column %(missing)s. It has: %(columns)s. Correct the mapping or the export.") % {
            "missing": ", ".join(f"“{name}”" for name in missing),
            "columns": ", ".join(f"“{name}”" for name in header[:60]),
        }
        if len(header) == 1:
            message += " " + _("A single column usually means the wrong delimiter: set “delimiter” in the mapping.")
        raise MappingError(message)
    return found


class CsvRows:
    """A CSV file of any delimiter and encoding."""

    def __init__(self, layout: Layout, mapping: Mapping) -> None:
        self.layout = layout
        self.total = layout.lines
        self.skip = mapping.skip_lines
        sample = self._sample()
        self.delimiter = self._delimiter(sample, mapping)
        self.header = self._header(sample)

    def _sample(self) -> list[str]:
        """The first lines, decoded, after the preamble the mapping names."""
        collected = b""
        for block in self._normalised():
            collected += block
            if len(collected) >= 1 << 16:
                break
        lines = collected.decode("utf-8", "replace").split("\n")
        if len(collected) >= 1 << 16 and len(lines) > 1:
            lines = lines[:-1]
        lines = lines[self.skip :]
        if not any(line.strip() for line in lines):
            raise ImportRefused(_("The file has no rows after its first %(n)s lines.") % {"n": self.skip})
        return lines[:200]

    def _delimiter(self, lines: list[str], mapping: Mapping) -> str:
        wanted = {name.casefold() for name in mapping.all_file_columns()}

        def found(delimiter: str) -> tuple[int, int, int]:
            rows = [row for row in csv.reader(lines[:50], delimiter=delimiter) if row]
            header = {cell.strip().casefold() for cell in rows[0]} if rows else set()
            width = len(rows[0]) if rows else 0
            same = sum(len(row) == width for row in rows) if width > 1 else 0
            return len(wanted & header), same, width

        best = max(DELIMITERS, key=found)
        if mapping.delimiter:
            given = "\t" if mapping.delimiter in {"tab", "\\t"} else mapping.delimiter
            if len(given) != 1:
                raise MappingError(_("delimiter must be one character, or “tab”."))
            if found(given)[0] < found(best)[0]:
                raise MappingError(
                    _("The mapping says the fields are separated by “%(given)s”, but the file uses a %(best)s.")
                    % {"given": given, "best": NAMES[best]}
                )
            return given
        return best

    def _header(self, lines: list[str]) -> list[str]:
        for row in csv.reader(lines, delimiter=self.delimiter):
            if row:
                return [cell.strip() for cell in row]
        raise ImportRefused(_("The file has no header line."))

    def _normalised(self) -> Iterator[bytes]:
        """The file as UTF-8 with "\\n" line ends, in blocks that end anywhere."""
        decoder = None
        if self.layout.encoding not in {"utf-8", "utf-8-sig"}:
            decoder = codecs.getincrementaldecoder(self.layout.encoding)("replace")
        carriage = b""
        with open_bytes(self.layout) as stream:
            if self.layout.encoding == "utf-8-sig":
                stream.read(3)
            while block := stream.read(BLOCK):
                if decoder is not None:
                    block = decoder.decode(block).encode("utf-8", "replace")
                block = carriage + block
                carriage = b""
                if block.endswith(b"\r"):
                    block, carriage = block[:-1], b"\r"
                if b"\r" in block:
                    block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
                yield block
        if carriage:
            yield b"\n"

    def chunks(self, columns: Sequence[str], size: int) -> Iterator[RawChunk]:
        """Rows as text, at most `size` per chunk. Blank lines are passed over."""
        wanted = [self.header.index(name) for name in columns]
        line, to_skip, header_done = 1, self.skip, False
        buffer = b""
        for block in self._with_end():
            last = block is None
            if block is not None:
                buffer += block
                # Enough for a chunk at a time, but never cut a record in two.
                if len(buffer) < BLOCK:
                    continue
            elif buffer and not buffer.endswith(b"\n"):
                buffer += b"\n"
            while to_skip and (cut := buffer.find(b"\n")) >= 0:
                buffer, line, to_skip = buffer[cut + 1 :], line + 1, to_skip - 1
            if not buffer or to_skip:
                continue
            split = _split(buffer, self.delimiter, line)
            if split is None:
                parsed, consumed = self._slow(buffer, line, last)
            else:
                parsed, consumed = split, split.consumed
            if not consumed and last:
                consumed = len(buffer)
                parsed = _Records.of_rows([], [_unclosed(line)], consumed)
            if not header_done and parsed.count:
                parsed = parsed.without_first()
                header_done = True
            if not consumed and len(buffer) > max_line_bytes():
                # A quotation mark that is never closed: give up its line, go on with the next.
                cut = buffer.find(b"\n") + 1
                parsed, consumed = _Records.of_rows([], [_unclosed(line)], cut), cut
            yield from self._cut(buffer, parsed, wanted, columns, size)
            line += buffer.count(b"\n", 0, consumed)
            buffer = buffer[consumed:]

    def _with_end(self) -> Iterator[bytes | None]:
        yield from self._normalised()
        yield None

    def _slow(self, buffer: bytes, line: int, last: bool) -> tuple[_Records, int]:
        """The block through the csv module: exact for quotes in odd places."""
        text = buffer[: buffer.rfind(b"\n") + 1].decode("utf-8", "replace")
        physical = [part + "\n" for part in text.split("\n")[:-1]]
        rows: list[tuple[int, list[str]]] = []
        problems: list[Problem] = []
        reader, offset = csv.reader(iter(physical), delimiter=self.delimiter, strict=True), 0
        start = 0
        while True:
            try:
                row = next(reader)
            except StopIteration:
                break
            except csv.Error:
                unfinished = offset + reader.line_num >= len(physical)
                if unfinished and not last:
                    break
                problems.append(_unclosed(line + start))
                # Only this line is given up: what follows is read afresh.
                offset = start + 1
                reader = csv.reader(iter(physical[offset:]), delimiter=self.delimiter, strict=True)
                start = offset
                continue
            if row:
                rows.append((line + start, row))
            start = offset + reader.line_num
        consumed = sum(len(part.encode()) for part in physical[:start])
        return _Records.of_rows(rows, problems, consumed), consumed

    def _cut(self, buffer: bytes, records: _Records, wanted: list[int], names: Sequence[str], size: int) -> Iterator[RawChunk]:
        expected = len(self.header)
        problems = list(records.problems)
        keep = np.ones(records.count, dtype=bool)
        for index in np.flatnonzero(records.widths != expected):
            if records.is_blank(index):
                keep[index] = False
                continue
            keep[index] = False
            problems.append(_ragged(int(records.lines[index]), int(records.widths[index]), expected))
        if b"\x00" in buffer:
            for index in np.flatnonzero(keep):
                if records.has_nul(buffer, int(index)):
                    keep[index] = False
                    problems.append(_nul(int(records.lines[index])))
        chosen = np.flatnonzero(keep)
        if not len(chosen) and problems:
            yield RawChunk(
                np.array([], dtype=np.int64), {name: np.array([], dtype=object) for name in names}, problems, len(problems)
            )
            return
        for begin in range(0, len(chosen), size):
            part = chosen[begin : begin + size]
            columns = self._columns(buffer, records, part, wanted)
            # Two fields may read the same column: one array serves both.
            yield RawChunk(records.lines[part], dict(zip(names, columns, strict=True)), problems, len(part) + len(problems))
            problems = []

    def _columns(self, buffer: bytes, records: _Records, part: np.ndarray, wanted: list[int]) -> list[np.ndarray]:
        if records.rows is not None:
            rows = [records.rows[index][1] for index in part]
            return [_objects([row[position] for row in rows]) for position in wanted]
        if len(part) == part[-1] - part[0] + 1:
            text = buffer[records.starts[part[0]] : records.ends[part[-1]] + 1]
        else:
            text = b"".join(buffer[records.starts[index] : records.ends[index] + 1] for index in part)
        frame = pd.read_csv(
            io.BytesIO(text),
            header=None,
            names=list(range(len(self.header))),
            usecols=sorted(set(wanted)),
            index_col=False,
            dtype=object,
            na_filter=False,
            sep=self.delimiter,
            skip_blank_lines=False,
            encoding="utf-8",
            encoding_errors="replace",
            engine="c",
            low_memory=False,
        )
        if len(frame) != len(part):
            raise ImportRefused(_("The file cannot be read from line %(line)s on.") % {"line": int(records.lines[part[0]])})
        return [frame[position].to_numpy() for position in wanted]


@dataclass
class _Records:
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
    def of_rows(cls, rows: list[tuple[int, list[str]]], problems: list[Problem], consumed: int) -> _Records:
        none = np.zeros(len(rows), dtype=np.int64)
        widths = np.array([len(row) for _line, row in rows], dtype=np.int64)
        lines = np.array([line for line, _row in rows], dtype=np.int64)
        return cls(none, none, widths, lines, consumed, problems, rows)

    def without_first(self) -> _Records:
        # Blank lines before the header go with it.
        first = 1
        while self.rows is None and first <= self.count and self.ends[first - 1] == self.starts[first - 1]:
            first += 1
        rows = None if self.rows is None else self.rows[first:]
        return _Records(
            self.starts[first:], self.ends[first:], self.widths[first:], self.lines[first:], self.consumed, self.problems, rows
        )

    def is_blank(self, index: int) -> bool:
        return self.rows is None and bool(self.ends[index] == self.starts[index])

    def has_nul(self, buffer: bytes, index: int) -> bool:
        if self.rows is not None:
            return any("\x00" in cell for cell in self.rows[index][1])
        return buffer.find(b"\x00", self.starts[index], self.ends[index]) >= 0


def _split(buffer: bytes, delimiter: str, line: int) -> _Records | None:
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
        return _Records.of_rows([], [], 0)
    starts = np.concatenate(([0], ends[:-1] + 1))
    upto = np.searchsorted(separators, ends)
    widths = np.diff(upto, prepend=0) + 1
    lines = np.arange(len(ends), dtype=np.int64) if ends is breaks else np.searchsorted(breaks, starts)
    return _Records(starts, ends, widths, lines + line, int(ends[-1]) + 1)


def _objects(values: Sequence[Any]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _unclosed(line: int) -> Problem:
    return Problem(
        line,
        "",
        "",
        _("A quotation mark in this line is opened or closed in the wrong place."),
        _("Write a quotation mark inside a cell twice, and close every quoted cell."),
    )


def _ragged(line: int, width: int, expected: int) -> Problem:
    return Problem(
        line,
        "",
        "",
        _("The row has %(width)s fields where the header has %(expected)s.") % {"width": width, "expected": expected},
        _("Put cells that contain the delimiter in quotation marks; check that the row is complete."),
    )


def _nul(line: int) -> Problem:
    return Problem(line, "", "", _("The row contains a NUL byte."), _("The file is damaged here: export this row again."))


class XlsxRows:
    """The values of one sheet. Formulas count with the value that was stored for them."""

    def __init__(self, layout: Layout, mapping: Mapping) -> None:
        self.layout = layout
        self.sheet_name = mapping.sheet
        self.skip = mapping.skip_lines
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.book = openpyxl.load_workbook(layout.path, read_only=True, data_only=True)
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
                            book = openpyxl.load_workbook(self.layout.path, read_only=True, data_only=False)
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
    columns = {name: _objects([row[position] for row in rows]) for position, name in enumerate(names)}
    return RawChunk(np.array(lines, dtype=np.int64), columns, problems, len(lines) + len(problems))


def _row_problem(
    number: int, row: Sequence[Any], formulas: Sequence[Any] | None, width: int, header: list[str]
) -> Problem | None:
    if any(cell is not None for cell in row[width:]):
        return _ragged(number, len(row), width)
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
