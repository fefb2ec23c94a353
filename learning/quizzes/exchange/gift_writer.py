"""Questions written as GIFT, so that another system, or `gift_reader`, reads the same questions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from learning.modules.questions.kinds import (
    Accepted,
    Answer,
    Choice,
    FreeText,
    Match,
    Numeric,
    Question,
    ShortText,
    Span,
    TrueFalse,
)
from learning.quizzes.exchange.gift_text import protect

_LOOKS_LIKE_MARKUP = re.compile(r"\s*(\[|%)")


class NotInGift(Exception):
    """GIFT has no way to say this; the message says what."""


@dataclass(frozen=True)
class Labelled:
    """A question with what the bank knows about it."""

    question: Question
    id: str = ""
    title: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()


def write_gift(entries: Iterable[Labelled]) -> str:
    """A whole file; a question that GIFT cannot say leaves a comment behind."""
    pieces, category = [], ""
    for entry in entries:
        if entry.category != category:
            category = entry.category
            pieces.append(f"$CATEGORY: {category or 'top'}")
        try:
            text = gift_of(entry.question, entry.title)
        except NotInGift as reason:
            name = " ".join((entry.title or entry.question.prompt).split())[:80]
            pieces.append(f"// {_('Left out')}: {name}: {reason}")
            continue
        labels = [
            f"[id:{entry.id.replace(']', ')')}]" if entry.id else "",
            *(f"[tag:{tag.replace(']', ')')}]" for tag in entry.tags),
        ]
        comment = " ".join(label for label in labels if label)
        pieces.append(f"// {comment}\n{text}" if comment else text)
    return "\n\n".join([*pieces, ""])


def gift_of(question: Question, title: str = "") -> str:
    """One question. Raises NotInGift."""
    head = f"::{protect(title)}::" if title else ""
    kind = "html" if question.html else "plain"
    return f"{head}[{kind}]{protect(question.prompt)} {{{_answers(question)}}}"


def _answers(question: Question) -> str:
    rows = _rows(question)
    if question.explanation:
        rows.append(f"####{_text(question.explanation, question.html)}")
    if isinstance(question, TrueFalse | Numeric):
        first, *others = rows
        return "\n\t".join([first, *others]) + ("\n" if others else "")
    return "".join(f"\n\t{row}" for row in rows) + ("\n" if rows else "")


def _rows(question: Question) -> list[str]:
    html = question.html
    match question:
        case TrueFalse():
            said = [question.feedback_true, question.feedback_false]
            while said and not said[-1]:
                said.pop()
            return [("T" if question.is_true else "F") + "".join(f"#{_text(text, html)}" for text in said)]
        case Choice():
            return [_choice(question, answer) for answer in question.answers]
        case ShortText():
            if question.case_sensitive:
                raise NotInGift(_("capital letters matter"))
            if any("->" in row.text for row in question.accepted):
                raise NotInGift(_("an answer with an arrow would be a pair"))
            return [f"={_weight(row)}{_text(row.text, html)}{_feedback(row.feedback, html)}" for row in question.accepted]
        case Numeric():
            rows = [f"={_weight(span)}{_number(span)}{_feedback(span.feedback, html)}" for span in question.accepted]
            return ["#", *rows, *([f"~{_feedback(question.wrong_feedback, html)}"] if question.wrong_feedback else [])]
        case Match():
            if any("->" in pair.left for pair in question.pairs):
                raise NotInGift(_("an arrow within a pair"))
            pairs = [f"={_text(pair.left, html)} -> {protect(pair.right)}" for pair in question.pairs]
            return pairs + [f"= -> {protect(text)}" for text in question.extra]
        case FreeText():
            return []
    raise NotInGift(_("GIFT does not know this kind of question"))


def _choice(question: Choice, answer: Answer) -> str:
    weight = answer.weight
    if weight is None and question.multiple:
        right = len(question.right_ids)
        weight = round(100 / right, 5) if answer.correct else round(-100 / (len(question.answers) - right), 5)
    marker = "=" if not question.multiple and answer.correct and (weight is None or weight >= 100) else "~"
    share = "" if weight is None else f"%{_plain(weight)}%"
    return f"{marker}{share}{_text(answer.text, question.html)}{_feedback(answer.feedback, question.html)}"


def _weight(row: Accepted | Span) -> str:
    return "" if row.percent == 100 else f"%{_plain(row.percent)}%"


def _number(span: Span) -> str:
    low, high = f"{span.low:f}", f"{span.high:f}"
    return low if span.low == span.high else f"{low}..{high}"


def _plain(number: float) -> str:
    text = f"{Decimal(repr(number)):f}"
    return text.removesuffix(".0")


def _feedback(text: str, html: bool) -> str:
    return f"#{_text(text, html)}" if text else ""


def _text(text: str, html: bool) -> str:
    """Words that must not be read as HTML, nor their beginning as a format or a weight."""
    return ("[plain]" if text and (html or _LOOKS_LIKE_MARKUP.match(text)) else "") + protect(text)
