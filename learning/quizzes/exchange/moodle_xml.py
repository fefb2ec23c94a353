"""Moodle XML files read into questions. What a kind of question is called there stands in `READERS`."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from foundation.row_problems import Problem
from learning.modules.questions.kinds import (
    Accepted,
    Choice,
    FreeText,
    Item,
    Match,
    Numeric,
    Order,
    Pair,
    Question,
    ShortText,
    Span,
    TrueFalse,
    part_id,
)
from learning.quizzes.exchange.found import Reading, UnreadableFile
from learning.quizzes.exchange.making import answer, category_of, keep, plain_words, prompt_of

FORMATS = {"moodle_auto_format": "moodle", "html": "html", "plain_text": "plain", "markdown": "markdown"}
Shared = dict[str, object]


class _Fault(Exception):
    """This question cannot be read; the message says why."""


def read_moodle_xml(data: bytes) -> Reading:
    """All questions of a file; kinds that are not known here stand in `problems` by name. Raises UnreadableFile."""
    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise UnreadableFile(
            _("The file declares entities or a DTD, which a question file needs not. Export it again.")
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise UnreadableFile(
            _("This is not XML: %(error)s. Export the questions as Moodle XML again.") % {"error": error}
        ) from error
    if root.tag != "quiz":
        raise UnreadableFile(_("This XML holds no Moodle questions: it begins with <%(tag)s>, not <quiz>.") % {"tag": root.tag})
    elements, reading, category = root.findall("question"), Reading(), ""
    lines = _lines(data, len(elements))
    for line, element in zip(lines, elements, strict=True):
        kind = element.get("type", "")
        if kind == "category":
            category = category_of(_text(element.find("category"))[0])
            continue
        reading.read += 1
        name = _text(element.find("name"))[0]
        reader = READERS.get(kind)
        if reader is None:
            text_only = kind == "description"
            reason = (
                _("This is a text without answers, not a question.")
                if text_only
                else _("Questions of the type “%(kind)s” cannot be asked here.") % {"kind": kind or "?"}
            )
            remedy = _("Put it into a lesson.") if text_only else _("Write it anew as one of the kinds of the question bank.")
            reading.problems.append(Problem(line, kind or _("type"), name, reason, remedy))
            continue
        try:
            question = reader(element, _shared(element))
        except _Fault as fault:
            reading.problems.append(Problem(line, kind, name, str(fault), _("Correct it there and export again.")))
            continue
        if element.find(".//file") is not None:
            note = _("Line %(line)s: pictures of “%(name)s” are not taken over.") % {"line": line, "name": name}
            reading.warnings.append(note)
        tags = tuple(_text(tag)[0] for tag in element.findall("tags/tag"))
        id = (element.findtext("idnumber") or "").strip()
        keep(reading, line=line, id=id, title=name, category=category, tags=tags, question=question, name=name)
    return reading


def _lines(data: bytes, count: int) -> list[int]:
    """The line of each question; where the text is not as plain as that, its place in the file."""
    found = [data.count(b"\n", 0, match.start()) + 1 for match in re.finditer(rb"<question[\s>]", data)]
    return found if len(found) == count else list(range(1, count + 1))


def _text(element: Element | None) -> tuple[str, str]:
    """(text, format) of an element that holds <text>."""
    if element is None:
        return "", "plain"
    inner = element.find("text")
    text = (inner.text if inner is not None else element.text) or ""
    return text.strip(), FORMATS.get(element.get("format", "plain_text"), "moodle")


def _words(element: Element | None) -> str:
    return plain_words(*_text(element))


def _shared(element: Element) -> Shared:
    prompt, is_html = prompt_of(*_text(element.find("questiontext")))
    return {"id": "q", "prompt": prompt, "html": is_html, "explanation": _words(element.find("generalfeedback"))}


def _fraction(element: Element) -> float:
    try:
        return float(element.get("fraction", "0"))
    except ValueError as error:
        raise _Fault(_("A fraction is not a number.")) from error


def _choice(element: Element, shared: Shared) -> Question:
    multiple = (element.findtext("single") or "true").strip() in {"false", "0"}
    rows = [(_words(row), _fraction(row), _words(row.find("feedback"))) for row in element.findall("answer")]
    plain = not multiple and sorted({fraction for _text_, fraction, _said in rows}) == [0, 100]
    several = sum(fraction == 100 for _text_, fraction, _said in rows) > 1
    answers = (answer(text, fraction > 0, said, None if plain and not several else fraction) for text, fraction, said in rows)
    return Choice(**shared, multiple=multiple, answers=tuple(answers))  # type: ignore[arg-type]


def _true_false(element: Element, shared: Shared) -> Question:
    rows = {_text(row)[0].lower(): row for row in element.findall("answer")}
    if set(rows) != {"true", "false"}:
        raise _Fault(_("A question of true or false needs exactly these two answers."))
    said = {f"feedback_{key}": _words(row.find("feedback")) for key, row in rows.items()}
    return TrueFalse(**shared, is_true=_fraction(rows["true"]) > 0, **said)  # type: ignore[arg-type]


def _short(element: Element, shared: Shared) -> Question:
    rows = [Accepted(_words(row), _fraction(row), _words(row.find("feedback"))) for row in element.findall("answer")]
    case = (element.findtext("usecase") or "0").strip() in {"1", "true"}
    return ShortText(**shared, accepted=tuple(rows), case_sensitive=case)  # type: ignore[arg-type]


def _numeric(element: Element, shared: Shared) -> Question:
    spans, wrong = [], ""
    for row in element.findall("answer"):
        text, said = _text(row)[0], _words(row.find("feedback"))
        if text == "*":
            wrong = said
            continue
        try:
            middle, tolerance = Decimal(text), abs(Decimal((row.findtext("tolerance") or "0").strip() or "0"))
        except InvalidOperation as error:
            raise _Fault(_("“%(text)s” is not a number.") % {"text": text}) from error
        if not (middle.is_finite() and tolerance.is_finite()):
            raise _Fault(_("“%(text)s” is not a number.") % {"text": text})
        spans.append(Span(middle - tolerance, middle + tolerance, _fraction(row), said))
    return Numeric(**shared, accepted=tuple(spans), wrong_feedback=wrong)  # type: ignore[arg-type]


def _match(element: Element, shared: Shared) -> Question:
    rows = [(_words(row), _words(row.find("answer"))) for row in element.findall("subquestion")]
    pairs = tuple(Pair(part_id(left), left, right) for left, right in rows if left)
    return Match(**shared, pairs=pairs, extra=tuple(sorted(right for left, right in rows if not left)))  # type: ignore[arg-type]


def _order(element: Element, shared: Shared) -> Question:
    texts = [_words(row) for row in sorted(element.findall("answer"), key=_fraction)]
    return Order(**shared, items=tuple(Item(part_id(text), text) for text in texts))  # type: ignore[arg-type]


def _free(element: Element, shared: Shared) -> Question:
    return FreeText(**shared, guidance=_words(element.find("graderinfo")))  # type: ignore[arg-type]


READERS: dict[str, Callable[[Element, Shared], Question]] = {
    "multichoice": _choice,
    "truefalse": _true_false,
    "shortanswer": _short,
    "numerical": _numeric,
    "matching": _match,
    "ordering": _order,
    "essay": _free,
}
