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
    """Categories and questions in the order of the file. A blank line inside braces that are closed later ends nothing.

    Takes time in proportion to the text, whatever stands in it.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept: list[str] = []
    started, id_, tags = 0, None, ()
    is_open, closed_at = False, 0
    for number, line in enumerate([*lines, ""], start=1):
        comment = _COMMENT.fullmatch(line)
        if comment:
            found_id, found_tags = _ID.search(comment[1]), tuple(_TAG.findall(comment[1]))
            id_, tags = (found_id[1].strip() if found_id else id_), (*tags, *found_tags)
            kept += [""] if kept and is_open else []
            continue
        category = _CATEGORY.fullmatch(line) if not kept else None
        if category:
            yield Chunk(number, category[1].strip(), None, (), is_category=True)
            continue
        if line.strip(BLANKS):
            started = started if kept else number
            kept.append(line)
            is_open = _still_open(line, is_open)
            continue
        if kept and is_open and number >= closed_at:
            closed_at = _closing_line(lines, number)
        if kept and is_open and number < closed_at:
            kept.append(line)
        elif kept:
            yield Chunk(started, "\n".join(kept), id_, tags)
            kept, id_, tags, is_open = [], None, (), False


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


def _still_open(line: str, is_open: bool) -> bool:
    """Is a brace open behind this line?"""
    for marker, _rest in split(line, "{}"):
        is_open = is_open if not marker else marker == "{"
    return is_open


def _closing_line(lines: list[str], after: int) -> int:
    """The number of the line behind this one whose first unprotected brace closes; 0 where another opens first, or none comes."""
    for number in range(after + 1, len(lines) + 1):
        closing, opening = find(lines[number - 1], "}"), find(lines[number - 1], "{")
        if closing >= 0 and (opening < 0 or closing < opening):
            return number
        if opening >= 0:
            return 0
    return 0
