"""From API objects to chunks of text columns.

Two kinds of file: one object a line (NDJSON), and one document with a list in it, as an API answers. Both are
read as a stream, an object at a time. What cannot be read is named by its line; in a document
everything after that place is lost, in NDJSON only the line.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator, Sequence
from json import JSONDecodeError, JSONDecoder
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from coaching.interactions.importing.flattening import flatten
from coaching.interactions.importing.problems import ImportRefused, Problem
from coaching.interactions.importing.records import RawChunk, objects
from coaching.interactions.importing.sniffing import Layout, max_line_bytes, open_bytes

BLOCK = 1 << 20
SAMPLE = 1_000
MAX_COLUMNS = 2_000
# Where APIs keep their lists, and what they wrap around those.
LISTS = {
    "tickets", "conversations", "satisfaction_ratings", "survey_responses", "calls", "results", "result", "payload", "data",
}  # fmt: skip
ENVELOPES = {"data", "_embedded"}
SPACE = " \t\r\n"

Item = tuple[int, "dict[str, Any] | Problem"]
Reshape = Callable[[dict[str, Any]], "list[dict[str, Any]]"]


class JsonRows:
    """The rows of a JSON file. `reshape` makes the rows of one object; without it an object is a row."""

    def __init__(self, layout: Layout, wanted: Sequence[str] = (), reshape: Reshape | None = None) -> None:
        self.layout = layout
        self.reshape = reshape
        self.total = 0
        self.header = self._header(set(wanted))

    def _header(self, wanted: set[str]) -> list[str]:
        """The columns of the first thousand objects, and those wanted that only later ones have."""
        names: dict[str, None] = {}
        missing, first_problem = set(wanted), None
        for number, (_line, row) in enumerate(self.rows()):
            if isinstance(row, Problem):
                first_problem = first_problem or row
                continue
            self.total = number + 1
            if number < SAMPLE:
                names.update(dict.fromkeys(list(row)[: MAX_COLUMNS - len(names)]))
                missing -= row.keys()
            elif missing:
                names.update(dict.fromkeys(sorted(missing & row.keys())))
                missing -= row.keys()
            else:
                break
        self.total = max(self.total, self.layout.lines)
        if not names and first_problem is not None:
            raise ImportRefused(
                _("Line %(line)s: %(reason)s %(remedy)s")
                % {"line": first_problem.line, "reason": first_problem.reason, "remedy": first_problem.remedy}
            )
        return list(names)

    def chunks(self, columns: Sequence[str], size: int) -> Iterator[RawChunk]:
        lines: list[int] = []
        cells: list[list[str]] = [[] for _name in columns]
        problems: list[Problem] = []
        for line, row in self.rows():
            if isinstance(row, Problem):
                problems.append(row)
            else:
                lines.append(line)
                for name, column in zip(columns, cells, strict=True):
                    column.append(row.get(name, ""))
            if len(lines) + len(problems) >= size:
                yield _chunk(lines, columns, cells, problems)
                lines, cells, problems = [], [[] for _name in columns], []
        if lines or problems:
            yield _chunk(lines, columns, cells, problems)

    def rows(self) -> Iterator[tuple[int, dict[str, str] | Problem]]:
        """Flat rows with the line they stand on (in a document: the number of the object), or what is wrong there."""
        for line, item in self.objects():
            if isinstance(item, Problem):
                yield line, item
                continue
            try:
                rows = [flatten(row) for row in (self.reshape(item) if self.reshape else [item])]
            except (AttributeError, TypeError, KeyError, ValueError, IndexError):
                reason = _("This object does not have the documented shape.")
                yield line, Problem(line, "", _shown(item), reason, _("Export it again, unchanged, from the API."))
                continue
            for row in rows:
                yield line, row

    def objects(self) -> Iterator[Item]:
        """The objects as they stand in the file."""
        head = "".join(_first_blocks(self.layout))
        if _one_per_line(head, self.layout.lines):
            yield from _lines(_blocks(self.layout))
        else:
            yield from _document(_blocks(self.layout))


def _chunk(lines: list[int], names: Sequence[str], cells: list[list[str]], problems: list[Problem]) -> RawChunk:
    columns = {name: objects(column) for name, column in zip(names, cells, strict=True)}
    return RawChunk(np.array(lines, dtype=np.int64), columns, problems, len(lines) + len(problems))


def _blocks(layout: Layout) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(layout.encoding)("replace")
    with open_bytes(layout) as stream:
        while block := stream.read(BLOCK):
            if text := decoder.decode(block):
                yield text
    if rest := decoder.decode(b"", final=True):
        yield rest


def _first_blocks(layout: Layout) -> Iterator[str]:
    blocks = _blocks(layout)
    yield next(blocks, "")
    blocks.close()  # type: ignore[attr-defined]


def _one_per_line(head: str, lines: int) -> bool:
    head = head.lstrip(SPACE + "\ufeff")
    first, broken, rest = head.partition("\n")
    if not first.startswith("{"):
        return False
    if not broken:
        return lines > 1
    try:
        json.loads(first)
    except (JSONDecodeError, RecursionError):
        # A document over many lines opens a bracket and goes on; a damaged line is followed by the next object.
        return rest.lstrip(SPACE).startswith("{")
    return bool(rest.strip(SPACE))


def _lines(blocks: Iterator[str]) -> Iterator[Item]:
    number, buffer, limit, too_long = 0, "", max_line_bytes(), False
    for block in _and_end(blocks):
        buffer += block if block is not None else "\n"
        *whole, buffer = buffer.split("\n")
        for line in whole:
            number += 1
            if too_long or len(line) > limit:
                too_long = False
                yield number, _too_long(number)
            elif line := line.strip(SPACE + "\ufeff"):
                yield from _of_line(number, line)
        if len(buffer) > limit:
            buffer, too_long = "", True


def _of_line(number: int, line: str) -> Iterator[Item]:
    try:
        value = json.loads(line)
    except (JSONDecodeError, RecursionError, ValueError):
        reason = _("This line is not one whole JSON object.")
        yield number, Problem(number, "", line[:80], reason, _("Export it again; the file may be cut off here."))
        return
    for item in _unwrapped(value):
        yield number, item if isinstance(item, dict) else _no_object(number, item)


def _unwrapped(value: Any) -> Iterator[Any]:
    """The objects of an API's answer that stands on one line, or the one object itself."""
    if isinstance(value, list):
        yield from value
        return
    if isinstance(value, dict):
        for key, held in value.items():
            if key in LISTS and isinstance(held, list) and all(isinstance(item, dict) for item in held):
                yield from held
                return
            if key in ENVELOPES and isinstance(held, dict) and any(isinstance(held.get(name), list) for name in LISTS):
                yield from _unwrapped(held)
                return
    yield value


def _document(blocks: Iterator[str]) -> Iterator[Item]:
    reader, number = _Reader(blocks), 0
    try:
        for value in reader.records():
            number += 1
            yield number, value if isinstance(value, dict) else _no_object(number, value)
        if reader.peek():
            raise _Broken
    except (_Broken, JSONDecodeError, RecursionError, ValueError):
        reason = _("The JSON breaks off or is damaged in line %(line)s; nothing after this can be read.") % {"line": reader.line}
        yield number + 1, Problem(number + 1, "", reader.here(), reason, _("Export or download the file again."))


class _Broken(Exception):
    """The text goes on as no JSON does."""


class _Reader:
    """Takes a document apart without ever holding more than one of its objects."""

    def __init__(self, blocks: Iterator[str]) -> None:
        self.blocks = blocks
        self.buffer, self.place, self.line = "", 0, 1
        self.decoder = JSONDecoder()
        self.limit = max_line_bytes()

    def here(self) -> str:
        return self.buffer[self.place : self.place + 40]

    def _more(self) -> bool:
        block = next(self.blocks, None)
        if block is None:
            return False
        self.line += self.buffer.count("\n", 0, self.place)
        self.buffer, self.place = self.buffer[self.place :] + block, 0
        return True

    def peek(self) -> str:
        while True:
            while self.place < len(self.buffer) and self.buffer[self.place] in SPACE + "\ufeff":
                self.place += 1
            if self.place < len(self.buffer):
                return self.buffer[self.place]
            if not self._more():
                return ""

    def value(self) -> Any:
        while True:
            try:
                value, end = self.decoder.raw_decode(self.buffer, self.place)
            except JSONDecodeError:
                if len(self.buffer) - self.place > self.limit or not self._more():
                    raise
                continue
            if end == len(self.buffer) and self._more():
                continue  # a number may go on in the next block
            self.place = end
            return value

    def records(self) -> Iterator[Any]:
        start = self.peek()
        if start == "[":
            yield from self._array()
        elif start == "{":
            found, own = yield from self._object()
            if not found:
                yield own
        else:
            raise _Broken

    def _array(self) -> Iterator[Any]:
        self.place += 1
        while (sign := self.peek()) != "]":
            if sign == ",":
                self.place += 1
            elif not sign:
                raise _Broken
            else:
                yield self.value()
        self.place += 1

    def _object(self) -> Any:
        found, own = False, {}
        self.place += 1
        while (sign := self.peek()) != "}":
            if sign == ",":
                self.place += 1
                continue
            if sign != '"':
                raise _Broken
            key = self.value()
            if self.peek() != ":":
                raise _Broken
            self.place += 1
            sign = self.peek()
            if key in LISTS and sign == "[":
                found = True
                yield from self._array()
            elif key in ENVELOPES and sign == "{":
                inner_found, held = yield from self._object()
                found = found or inner_found
                own[key] = held
            else:
                own[key] = self.value()
        self.place += 1
        return found, own


def _no_object(line: int, value: Any) -> Problem:
    return Problem(line, "", str(value)[:80], _("This is no object with fields."), _("Write one JSON object per case."))


def _too_long(line: int) -> Problem:
    return Problem(line, "", "", _("The line is longer than an import reads."), _("Export it again, with one object per line."))


def _shown(item: dict[str, Any]) -> str:
    return str(item.get("id", ""))[:80]


def _and_end(blocks: Iterator[str]) -> Iterator[str | None]:
    yield from blocks
    yield None
