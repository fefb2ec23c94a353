"""GIFT as a tree: what a question of a file says, before anything is made of it.

Where other readers disagree, this one takes what people write: `{#3:2~#Wrong}` is a number with feedback for every
other; signs such as `";` left over behind the braces are reported and ignored.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from learning.quizzes.exchange.gift_text import BLANKS, Chunk, find, plain, split

_TITLE = re.compile(r"\s*::((?:\\.|(?!::).)*)::", re.DOTALL)
_FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_TRUE_FALSE = re.compile(r"(TRUE|T|FALSE|F)[ \t\r\n]*(#.*)?", re.IGNORECASE | re.DOTALL)
_WEIGHT = re.compile(r"[ \t\r\n]*%(-?\d+(?:\.\d*)?)%")
_NUMBER = r"[ \t\r\n]*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?)[ \t\r\n]*"
_STRAY = re.compile(r"[\"'`;,]+")
GAP = "_____"


class GiftFault(Exception):
    """This question cannot be read; the message says why and what to do."""


@dataclass(frozen=True)
class Words:
    format: str
    text: str


@dataclass(frozen=True)
class Number:
    """`kind` is how the file wrote it: "simple", "range" (middle and tolerance) or "high-low"."""

    kind: str
    low: Decimal
    high: Decimal
    middle: Decimal | None = None


@dataclass(frozen=True)
class Option:
    correct: bool
    weight: float | None
    value: Words | Number
    feedback: Words | None


@dataclass
class Tree:
    """`type` is one of Description, Essay, TF, Numerical, Matching, Short, MC."""

    chunk: Chunk
    type: str
    title: str | None
    stem: Words
    embedded: bool = False
    general: Words | None = None
    is_true: bool = False
    feedback_true: Words | None = None
    feedback_false: Words | None = None
    options: list[Option] = field(default_factory=list)
    pairs: list[tuple[Words, str]] = field(default_factory=list)
    wrong_feedback: Words | None = None
    notes: list[str] = field(default_factory=list)


def parse(chunk: Chunk) -> Tree:
    """One question. Raises GiftFault where it makes no sense."""
    text = chunk.text
    title_match = _TITLE.match(text)
    title = plain(title_match[1], "moodle") if title_match else None
    text = text[title_match.end() :] if title_match else text
    format, text = _format(text, "moodle")
    opening = find(text, "{")
    if opening < 0:
        if find(text, "}") >= 0:
            raise GiftFault(_("A brace is closed that was never opened. Write \\} where a brace is meant."))
        return Tree(chunk, "Description", title, Words(format, plain(text, format)))
    closing = find(text, "}", opening + 1)
    if closing < 0:
        raise GiftFault(_("The brace of the answers is never closed. Add } behind them."))
    before, inside, after = text[:opening], text[opening + 1 : closing], text[closing + 1 :].strip(BLANKS)
    if find(after, "{") >= 0 or find(after, "}") >= 0:
        raise GiftFault(_("There is a second pair of braces. Part the questions with an empty line."))
    notes = []
    if after and _STRAY.fullmatch(after):
        notes.append(_("“%(text)s” behind the answers is ignored.") % {"text": after})
        after = ""
    stem = plain(before, format)
    if after:
        stem = f"{stem} {GAP} {plain(after, format)}".strip()
    tree = Tree(chunk, "", title, Words(format, stem), embedded=bool(after), notes=notes)
    _read_answers(tree, inside.strip(BLANKS), format)
    return tree


def _format(text: str, inherited: str) -> tuple[str, str]:
    match = _FORMAT.match(text)
    return (match[1].lower(), text[match.end() :]) if match else (inherited, text)


def _words(text: str, inherited: str) -> Words | None:
    format, text = _format(text, inherited)
    shown = plain(text, format)
    return Words(format, shown) if shown else None


def _read_answers(tree: Tree, inside: str, format: str) -> None:
    general = find(inside, "####")
    if general >= 0:
        tree.general = _words(inside[general + 4 :], format)
        inside = inside[:general].strip(BLANKS)
    truth = _TRUE_FALSE.fullmatch(inside)
    if not inside:
        tree.type = "Essay"
    elif truth:
        tree.type, tree.is_true = "TF", truth[1][0].upper() == "T"
        said = [piece for _mark, piece in split(truth[2] or "", "#")][1:]
        tree.feedback_true = _words(said[0], format) if said else None
        tree.feedback_false = _words(said[1], format) if len(said) > 1 else None
    elif inside.startswith("#"):
        _read_numbers(tree, inside[1:], format)
    else:
        _read_options(tree, inside, format)


def _read_numbers(tree: Tree, inside: str, format: str) -> None:
    tree.type = "Numerical"
    for marker, piece in split(inside, "=~"):
        if not piece.strip(BLANKS):
            continue
        weight, rest = _weight(piece)
        (_start, value), *said = split(rest, "#")
        feedback = _words("#".join(text for _mark, text in said), format) if said else None
        if marker == "~" and not value.strip(BLANKS):
            tree.wrong_feedback = feedback
            continue
        if marker == "~":
            raise GiftFault(_("“~%(text)s” in a question for a number: mark each right number with =.") % {"text": value.strip()})
        tree.options.append(Option(True, weight, _number(value), feedback))
    if not tree.options:
        raise GiftFault(_("No right number is named. Write it behind the #."))


def _number(text: str) -> Number:
    for kind, pattern in (("simple", _NUMBER), ("range", f"{_NUMBER}:{_NUMBER}"), ("high-low", rf"{_NUMBER}\.\.{_NUMBER}")):
        match = re.fullmatch(pattern, text)
        if match:
            values = [Decimal(part) for part in match.groups()]
            if kind == "simple":
                return Number(kind, values[0], values[0], values[0])
            if kind == "range":
                return Number(kind, values[0] - abs(values[1]), values[0] + abs(values[1]), values[0])
            return Number(kind, *values)
    raise GiftFault(_("“%(text)s” is not a number. Write 3.14, 3.14:0.01 or 3..4.") % {"text": text.strip(BLANKS)[:60]})


def _read_options(tree: Tree, inside: str, format: str) -> None:
    (_none, stray), *pieces = split(inside, "=~")
    if stray.strip(BLANKS):
        if not pieces:
            raise GiftFault(_("The answers have no marks. Put = before a right one and ~ before a wrong one."))
        tree.notes.append(_("“%(text)s” before the first answer is ignored.") % {"text": stray.strip(BLANKS)[:60]})
    if all(marker == "=" and find(piece, "->") >= 0 for marker, piece in pieces):
        tree.type = "Matching"
        for _marker, piece in pieces:
            arrow = find(piece, "->")
            part_format, left = _format(piece[:arrow], format)
            tree.pairs.append((Words(part_format, plain(left, part_format)), plain(piece[arrow + 2 :], "moodle")))
        return
    tree.type = "Short" if all(marker == "=" for marker, _piece in pieces) else "MC"
    for marker, piece in pieces:
        weight, rest = _weight(piece)
        (_start, value), *said = split(rest, "#")
        part_format, value = _format(value, format)
        feedback = _words("#".join(text for _mark, text in said), format) if said else None
        tree.options.append(Option(marker == "=", weight, Words(part_format, plain(value, part_format)), feedback))


def _weight(piece: str) -> tuple[float | None, str]:
    match = _WEIGHT.match(piece)
    return (float(match[1]), piece[match.end() :]) if match else (None, piece)
