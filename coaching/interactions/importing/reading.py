"""From a file to chunks of text columns, with the line each row stands on.

CSV goes block by block: numpy finds the records and counts their fields, `pandas.read_csv` parses
the wanted columns of the whole ones, rows with too many or too few fields are named. Where quotes
stand in odd places the block is read by the slower `csv` module instead.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _

from coaching.interactions.importing.derived import DerivedRows, is_period_line
from coaching.interactions.importing.json_rows import JsonRows, Reshape
from coaching.interactions.importing.mapping import Mapping, Section
from coaching.interactions.importing.problems import ImportRefused, MappingError, Problem
from coaching.interactions.importing.records import RawChunk, Records, Rows, nul, objects, ragged, split_records, unclosed
from coaching.interactions.importing.sniffing import BLOCK, DELIMITERS, NAMES, Layout, max_line_bytes, open_bytes
from coaching.interactions.importing.systems import RESHAPES
from coaching.interactions.importing.xlsx import XlsxRows

csv.field_size_limit(64 * 1024 * 1024)  # the line limit is ours, and lower


def open_rows(layout: Layout, mapping: Mapping, section: Section | None = None) -> Rows:
    """The rows of a sniffed file, as a section of the mapping sees them.

    Raises ImportRefused where there is no header or it lacks mapped columns.
    """
    rows: Rows
    if layout.kind == "json":
        rows = JsonRows(layout, section.file_columns() if section else (), reshape_of(section))
    else:
        rows = XlsxRows(layout, mapping) if layout.kind == "xlsx" else CsvRows(layout, mapping)
    if mapping.header or mapping.derive or mapping.first_of_repeated or mapping.period_lines:
        return DerivedRows(rows, mapping)
    return rows


def reshape_of(section: Section | None) -> Reshape | None:
    """The function a section's “reshape” names. Raises MappingError where there is none of that name."""
    name = section.options.get("reshape", "") if section else ""
    if name and name not in RESHAPES:
        raise MappingError(
            _("“reshape” knows no “%(name)s”. It knows: %(known)s.") % {"name": name, "known": ", ".join(RESHAPES)}
        )
    return RESHAPES.get(name)


def resolve_columns(header: Sequence[str], wanted: Sequence[str], optional: set[str], *, first: bool = False) -> dict[str, str]:
    """Which column of the file stands for each wanted name: exact, else without regard to case and spaces.

    With `first` the first of several is meant.

    Raises MappingError for names the file does not have, or has twice.
    """

    def plain(text: str) -> str:
        return " ".join(text.split()).casefold()

    found, missing = {}, []
    for name in wanted:
        same = [column for column in header if column == name] or [column for column in header if plain(column) == plain(name)]
        if len(same) > 1 and not first:
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
        self.period_lines = mapping.period_lines
        self.sample = self._sample()
        self.delimiter = self._delimiter(self.sample, mapping)
        self.header = self._header(self.sample)

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
            split = split_records(buffer, self.delimiter, line)
            if split is None:
                parsed, consumed = self._slow(buffer, line, last)
            else:
                parsed, consumed = split, split.consumed
            if not consumed and last:
                consumed = len(buffer)
                parsed = Records.of_rows([], [unclosed(line)], consumed)
            if not header_done and parsed.count:
                parsed = parsed.without_first()
                header_done = True
            if not consumed and len(buffer) > max_line_bytes():
                # A quotation mark that is never closed: give up its line, go on with the next.
                cut = buffer.find(b"\n") + 1
                parsed, consumed = Records.of_rows([], [unclosed(line)], cut), cut
            yield from self._cut(buffer, parsed, wanted, columns, size)
            line += buffer.count(b"\n", 0, consumed)
            buffer = buffer[consumed:]

    def _with_end(self) -> Iterator[bytes | None]:
        yield from self._normalised()
        yield None

    def _slow(self, buffer: bytes, line: int, last: bool) -> tuple[Records, int]:
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
                problems.append(unclosed(line + start))
                # Only this line is given up: what follows is read afresh.
                offset = start + 1
                reader = csv.reader(iter(physical[offset:]), delimiter=self.delimiter, strict=True)
                start = offset
                continue
            if row:
                rows.append((line + start, row))
            start = offset + reader.line_num
        consumed = sum(len(part.encode()) for part in physical[:start])
        return Records.of_rows(rows, problems, consumed), consumed

    def _cut(self, buffer: bytes, records: Records, wanted: list[int], names: Sequence[str], size: int) -> Iterator[RawChunk]:
        expected = len(self.header)
        problems = list(records.problems)
        keep = np.ones(records.count, dtype=bool)
        for index in np.flatnonzero(records.widths != expected):
            if records.is_blank(int(index)):
                keep[index] = False
                continue
            keep[index] = False
            if self.period_lines and records.widths[index] == 1 and is_period_line(records.text(buffer, int(index))):
                continue
            problems.append(ragged(int(records.lines[index]), int(records.widths[index]), expected))
        if b"\x00" in buffer:
            for index in np.flatnonzero(keep):
                if records.has_nul(buffer, int(index)):
                    keep[index] = False
                    problems.append(nul(int(records.lines[index])))
        chosen = np.flatnonzero(keep)
        if not len(chosen) and problems:
            yield RawChunk(
                np.array([], dtype=np.int64), {name: np.array([], dtype=object) for name in names}, problems, len(problems)
            )
            return
        # Chunks of the same length: a small last one costs a transaction as the others do.
        for part in np.array_split(chosen, -(-len(chosen) // size)) if len(chosen) else ():
            columns = self._columns(buffer, records, part, wanted)
            # Two fields may read the same column: one array serves both.
            yield RawChunk(records.lines[part], dict(zip(names, columns, strict=True)), problems, len(part) + len(problems))
            problems = []

    def _columns(self, buffer: bytes, records: Records, part: np.ndarray, wanted: list[int]) -> list[np.ndarray]:
        if records.rows is not None:
            rows = [records.rows[index][1] for index in part]
            return [objects([row[position] for row in rows]) for position in wanted]
        if len(part) == part[-1] - part[0] + 1:
            text = buffer[records.starts[part[0]] : records.ends[part[-1]] + 1]
        else:
            text = b"".join(buffer[records.starts[index] : records.ends[index] + 1] for index in part)
        if b'"' not in text and len(self.delimiter.encode()) == 1:
            # Every row has as many fields as the header: without quotes, splitting is all there is to do.
            cells = text.decode("utf-8", "replace")[:-1].replace("\n", self.delimiter).split(self.delimiter)
            return [objects(cells[position :: len(self.header)]) for position in wanted]
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
