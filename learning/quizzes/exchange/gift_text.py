"""The text level of GIFT: lines, comments, categories, where a question ends, what a backslash protects."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from learning.quizzes.exchange.found import UnreadableFile

BLANKS = " \t\r\n"
_ESCAPED = re.compile(r"\\([~=#{}:\\n])")
_COMMENT = re.compile(r"\s*//(.*)")
_ID, _TAG = re.compile(r"\[id:([^\]]+)\]"), re.compile(r"\[tag:([^\]]+)\]")
_CATEGORY = re.compile(r"\s*\$CATEGORY:(.*)", re.IGNORECASE)


@dataclass(frozen=True)
class Chunk:
    """What stands between two blank lines, without comments; `line` of the file where it begins, from 1."""

    line: int
    text: str
    id: str | None
    tags: tuple[str, ...]
    is_category: bool = False


def decode(data: bytes) -> str:
    """The text of a file: UTF-8 or UTF-16 where it says so, else Windows-1252, which exports of old systems are."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise UnreadableFile(_("The file is cut off in the middle of a character. Export it again.")) from error
    if b"\0" in data:
        raise UnreadableFile(_("This is not a text file. Export the questions as GIFT or Moodle XML and take that file."))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def chunks(text: str) -> Iterator[Chunk]:
    """Categories and questions in the order of the file. A blank line inside braces that are closed later ends nothing."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept: list[str] = []
    started, id_, tags = 0, None, ()
    for number, line in enumerate([*lines, ""], start=1):
        comment = _COMMENT.fullmatch(line)
        if comment:
            found_id, found_tags = _ID.search(comment[1]), tuple(_TAG.findall(comment[1]))
            id_, tags = (found_id[1].strip() if found_id else id_), (*tags, *found_tags)
            kept += [""] if kept and _is_open("\n".join(kept)) else []
            continue
        category = _CATEGORY.fullmatch(line) if not kept else None
        if category:
            yield Chunk(number, category[1].strip(), None, (), is_category=True)
            continue
        if line.strip(BLANKS):
            started = started if kept else number
            kept.append(line)
        elif kept and not (_is_open("\n".join(kept)) and _closes(lines[number:])):
            yield Chunk(started, "\n".join(kept), id_, tags)
            kept, id_, tags = [], None, ()
        elif kept:
            kept.append(line)


def find(text: str, wanted: str, start: int = 0) -> int:
    """Where `wanted` first stands unprotected, or -1."""
    position = start
    while position < len(text):
        if text[position] == "\\":
            position += 2
        elif text.startswith(wanted, position):
            return position
        else:
            position += 1
    return -1


def split(text: str, markers: str) -> list[tuple[str, str]]:
    """(marker, what follows it) at each unprotected marker; what stands before the first has the marker ""."""
    pieces, marker, start, position = [], "", 0, 0
    while position < len(text):
        if text[position] == "\\":
            position += 2
            continue
        if text[position] in markers:
            pieces.append((marker, text[start:position]))
            marker, start = text[position], position + 1
        position += 1
    return [*pieces, (marker, text[start:])]


def plain(text: str, format: str) -> str:
    """Protected characters as themselves; line ends are blanks, but in HTML and Markdown, where they mean something."""
    text = text.strip(BLANKS)
    if format in {"moodle", "plain"}:
        text = re.sub(r"[ \t\r]*\n[ \t\r\n]*", " ", text)
    return _ESCAPED.sub(lambda match: "\n" if match[1] == "n" else match[1], text)


def protect(text: str) -> str:
    """The other way round: what `plain` makes this text again."""
    return re.sub(r"([~=#{}:\\])", r"\\\1", text).replace("\n", "\\n")


def _is_open(text: str) -> bool:
    opening = find(text, "{")
    return opening >= 0 and find(text, "}", opening + 1) < 0


def _closes(lines: list[str]) -> bool:
    """Does the next unprotected brace close?"""
    rest = "\n".join(lines)
    closing, opening = find(rest, "}"), find(rest, "{")
    return closing >= 0 and (opening < 0 or closing < opening)
