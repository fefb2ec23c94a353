"""JSON as a quality system exports it, taken apart one object at a time: memory does not grow with the file.

Read are a file, a zip archive or a folder of files; in each, one document (an answer of the API, a list of answers or of
objects) or one object a line. An object is told apart by what it holds, never by the name of its file.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _

from coaching.interactions.importing.problems import ImportRefused, Problem

BLOCK = 1 << 18
SPACE = " \t\r\n"
ENDINGS = (".json", ".jsonl", ".ndjson")
# Where an answer of the API keeps its list.
LISTS = ("conversations", "disputes", "users", "scorecards", "data", "calibrationSessions", "rows")
MOST_FILES = 5_000
MOST_UNPACKED = 4 * 1024**3
MOST_RATIO = 200

CONVERSATION, DISPUTE, SCORECARD, USER, CALIBRATION, PAGE, UNKNOWN = (
    "conversation", "dispute", "scorecard", "user", "calibration", "page", "",
)  # fmt: skip


@dataclass(frozen=True)
class Found:
    """One object: what it is, the file it stands in (empty where there is one only), and its line, or its number in a document."""

    kind: str
    file: str
    line: int
    data: dict[str, Any]

    def field(self, name: str) -> str:
        """The name of a field with its file, for the list of rejected rows."""
        return f"{self.file}: {name}" if self.file else name


@dataclass(frozen=True)
class Part:
    """One file of what was given."""

    name: str
    open: Callable[[], IO[bytes]]


def kind_of(data: dict[str, Any]) -> str:
    """What an object is, by the fields that only its kind has."""
    if isinstance(data.get("reviews"), list):
        return CONVERSATION
    if "disputeId" in data or ("reviewId" in data and "status" in data):
        return DISPUTE
    if "dueAt" in data and isinstance(data.get("conversations"), list):
        return CALIBRATION
    if any(isinstance(data.get(name), list) for name in LISTS):
        return PAGE
    if "name" in data and ("groups" in data or "categories" in data):
        return SCORECARD
    if "email" in data and "id" in data:
        return USER
    return UNKNOWN


def records(path: Path) -> Iterator[Found | Problem]:
    """Every object of a file, zip archive or folder, and what cannot be read. Raises ImportRefused where nothing can be."""
    with parts_of(path) as parts:
        for part in parts:
            name = part.name if len(parts) > 1 else ""
            for line, value in _values(part):
                if isinstance(value, Problem):
                    yield value if not name else Problem(value.line, name, value.value, value.reason, value.remedy)
                else:
                    yield from _told_apart(name, line, value)


def _told_apart(file: str, line: int, value: Any) -> Iterator[Found | Problem]:
    if not isinstance(value, dict):
        reason = _("This is not an object with fields.")
        yield Problem(line, file, str(value)[:80], reason, _("Export it again, unchanged, from the API."))
        return
    kind = kind_of(value)
    if kind == PAGE:
        for name in LISTS:
            for held in value.get(name) or []:
                yield from _told_apart(file, line, held)
    elif kind != UNKNOWN:
        yield Found(kind, file, line, value)
    elif "pagination" not in value and "total" not in value:
        reason = _("This is no conversation with reviews, dispute, scorecard or user of the export.")
        yield Problem(line, file, ", ".join(value)[:80], reason, _("Export it again, unchanged, from the API."))


# --- Files ----------------------------------------------------------------------------------------


@contextmanager
def parts_of(path: Path) -> Iterator[list[Part]]:
    """The files of what was given, in the order of their names. Nothing is unpacked to disk."""
    try:
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.is_file() and file.name.lower().endswith(ENDINGS))
            yield _some([Part(file.relative_to(path).as_posix(), lambda file=file: file.open("rb")) for file in files])  # type: ignore[misc]
            return
        with path.open("rb") as stream:
            head = stream.read(4)
        if head.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(path) as archive:
                yield _some(_members(archive))
        elif head.startswith(b"\x1f\x8b"):
            yield [Part(path.name, lambda: gzip.open(path, "rb"))]  # type: ignore[arg-type,return-value]  # noqa: SIM115
        elif not head:
            raise ImportRefused(_("The file is empty. Export it again."))
        else:
            yield [Part(path.name, lambda: path.open("rb"))]
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
        raise ImportRefused(_("The archive is damaged or locked with a password. Pack it again without one.")) from error
    except OSError as error:
        raise ImportRefused(
            _("%(path)s cannot be opened: %(why)s.") % {"path": path.name, "why": error.strerror or error}
        ) from error


def _some(parts: list[Part]) -> list[Part]:
    if not parts:
        raise ImportRefused(_("There is no JSON file in it. Files end in .json, .jsonl or .ndjson."))
    return parts


def _members(archive: zipfile.ZipFile) -> list[Part]:
    """The JSON files of an archive, judged by what it declares before anything is unpacked."""
    members = archive.infolist()
    total = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if len(members) > MOST_FILES or total > MOST_UNPACKED or (total > 10 * 1024**2 and total / packed > MOST_RATIO):
        raise ImportRefused(
            _("The archive would unpack to %(size)s MB in %(count)s files, which is not what an export looks like.")
            % {"size": f"{total // 2**20:,}", "count": len(members)}
        )
    wanted = [member for member in members if not member.is_dir() and member.filename.lower().endswith(ENDINGS)]
    return [Part(m.filename, lambda m=m: archive.open(m)) for m in sorted(wanted, key=lambda m: m.filename)]  # type: ignore[misc]


# --- Values ---------------------------------------------------------------------------------------


def _encoding(stream: IO[bytes]) -> str:
    head = stream.read(4)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return "utf-8-sig"


def _values(part: Part) -> Iterator[tuple[int, Any]]:
    with part.open() as stream:
        encoding = _encoding(stream)
    with part.open() as raw, io.TextIOWrapper(raw, encoding=encoding) as stream:
        try:
            head = stream.readline(BLOCK)
            while head and not head.strip(SPACE):
                head = stream.readline(BLOCK)
        except UnicodeDecodeError as error:
            raise ImportRefused(_("The file is not text in UTF-8. Export it again as JSON.")) from error
        if not head.lstrip(SPACE).startswith(("{", "[")):
            raise ImportRefused(
                _(
                    "%(name)s is not JSON. Zendesk QA publishes its export as JSON only, so tables of reviews (CSV, XLSX) are not "
                    "supported: fetch /qa/api/export/reviews and import what it answers."
                )
                % {"name": part.name}
            )
    with part.open() as raw, io.TextIOWrapper(raw, encoding=encoding) as stream:
        try:
            yield from _lines(stream) if _one_per_line(head) else _document(stream)
        except UnicodeDecodeError:
            yield 1, _damaged(1, "")


def _one_per_line(head: str) -> bool:
    """The first line is one whole object, and it ends there."""
    if not head.endswith("\n") or not head.lstrip(SPACE).startswith("{"):
        return False
    try:
        json.loads(head)
    except (JSONDecodeError, RecursionError):
        return False
    return True


def _lines(stream: io.TextIOWrapper) -> Iterator[tuple[int, Any]]:
    longest = int(settings.IMPORT_MAX_LINE_BYTES)
    number, whole = 0, True
    while line := stream.readline(longest):
        number += whole
        if not line.endswith("\n") and len(line) == longest:
            whole = False  # the rest of a line that is too long: said once, at its end
            continue
        if not whole:
            whole = True
            yield number, _damaged(number, line)
            continue
        if not line.strip(SPACE):
            continue
        try:
            value = json.loads(line)
        except (JSONDecodeError, RecursionError, ValueError):
            yield number, _damaged(number, line)
            continue
        yield number, value


def _damaged(line: int, text: str) -> Problem:
    return Problem(line, "", text[:40], _("The JSON is damaged here, or cut off."), _("Export or download the file again."))


def _document(stream: io.TextIOWrapper) -> Iterator[tuple[int, Any]]:
    reader, number = _Reader(stream), 0
    try:
        for value in reader.values():
            number += 1
            yield number, value
    except (_Broken, JSONDecodeError, RecursionError, ValueError):
        reason = _("The JSON breaks off or is damaged here; nothing after this can be read.")
        yield number + 1, Problem(number + 1, "", reader.here(), reason, _("Export or download the file again."))


class _Broken(Exception):
    """The text goes on as no JSON does."""


class _Reader:
    """Takes documents apart that stand one after the other, holding no more than one object of a list."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self.stream = stream
        self.buffer, self.place = "", 0
        self.decoder = JSONDecoder()
        self.longest = int(settings.IMPORT_MAX_LINE_BYTES)

    def here(self) -> str:
        return self.buffer[self.place : self.place + 40]

    def _more(self) -> bool:
        block = self.stream.read(BLOCK)
        self.buffer, self.place = self.buffer[self.place :] + block, 0
        return bool(block)

    def _peek(self) -> str:
        while True:
            while self.place < len(self.buffer) and self.buffer[self.place] in SPACE:
                self.place += 1
            if self.place < len(self.buffer):
                return self.buffer[self.place]
            if not self._more():
                return ""

    def _value(self) -> Any:
        while True:
            try:
                value, end = self.decoder.raw_decode(self.buffer, self.place)
            except JSONDecodeError:
                if len(self.buffer) - self.place > self.longest or not self._more():
                    raise
                continue
            if end == len(self.buffer) and self._more():
                continue  # a number may go on in the next block
            self.place = end
            return value

    def values(self) -> Iterator[Any]:
        while sign := self._peek():
            if sign == "[":
                yield from self._list()
            elif sign == "{":
                yield from self._object()
            else:
                raise _Broken

    def _list(self) -> Iterator[Any]:
        self.place += 1
        while (sign := self._peek()) != "]":
            if sign == ",":
                self.place += 1
            elif not sign:
                raise _Broken
            else:
                yield self._value()
        self.place += 1

    def _object(self) -> Iterator[Any]:
        """The members of its lists one by one; an object without such a list as it is."""
        own: dict[str, Any] = {}
        listed = False
        self.place += 1
        while (sign := self._peek()) != "}":
            if sign == ",":
                self.place += 1
                continue
            if sign != '"':
                raise _Broken
            key = self._value()
            if self._peek() != ":":
                raise _Broken
            self.place += 1
            if self._peek() == "[" and key in LISTS:
                listed = True
                yield from self._list()
            else:
                own[key] = self._value()
        self.place += 1
        if not listed:
            yield own
