"""A question with all its answers, as editors and markers read it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from learning.modules.content import shown_prompt
from learning.modules.questions.kinds import (
    KINDS,
    Choice,
    FreeText,
    Hotspot,
    Match,
    Numeric,
    Order,
    Question,
    ShortText,
    TrueFalse,
)
from learning.modules.questions.marking import Line, mark_question, span_text


@dataclass(frozen=True)
class Shown:
    """`lines` are the answers with what is right about each; `kind` in words."""

    question: Question
    prompt: SafeString
    kind: str | Promise
    lines: tuple[Line, ...]


def with_answers(questions: Sequence[Question]) -> list[Shown]:
    return [Shown(question, shown_prompt(question), KINDS[question.kind], _key(question)) for question in questions]


def as_asked(questions: Sequence[Question]) -> list[Shown]:
    """What learners may read of them: what there is to choose from, and nothing about what is right."""
    return [Shown(question, shown_prompt(question), KINDS[question.kind], _offered(question)) for question in questions]


def _offered(question: Question) -> tuple[Line, ...]:
    match question:
        case Choice() | TrueFalse() | Hotspot():
            return tuple(Line(line.text, chosen=False, correct=None) for line in mark_question(question, []).answers)
        case _:
            return ()


def _key(question: Question) -> tuple[Line, ...]:
    match question:
        case Choice() | TrueFalse() | Hotspot():
            lines = mark_question(question, []).answers
            weights = [answer.weight for answer in question.answers] if isinstance(question, Choice) else [None] * len(lines)
            return tuple(
                Line(
                    line.text if weight is None else _worth(line.text, weight),
                    chosen=False,
                    correct=line.correct,
                    feedback=line.feedback,
                )
                for line, weight in zip(lines, weights, strict=True)
            )
        case ShortText():
            return tuple(_part(row.text, row.percent, row.feedback) for row in question.accepted)
        case Numeric():
            spans = tuple(_part(span_text(span), span.percent, span.feedback) for span in question.accepted)
            wrong = Line(_("any other number"), chosen=False, correct=False, feedback=question.wrong_feedback)
            return (*spans, wrong) if question.wrong_feedback else spans
        case Match():
            pairs = tuple(Line(f"{pair.left} → {pair.right}", chosen=False, correct=True) for pair in question.pairs)
            return pairs + tuple(Line(text, chosen=False, correct=False) for text in question.extra)
        case Order():
            return tuple(
                Line(f"{place}. {item.text}", chosen=False, correct=True) for place, item in enumerate(question.items, 1)
            )
        case FreeText():
            return (Line(question.guidance, chosen=False, correct=None),) if question.guidance else ()


def _worth(text: str, percent: float) -> str:
    return _("%(text)s (%(percent)s %%)") % {"text": text, "percent": f"{percent:g}"}


def _part(text: str, percent: float, feedback: str) -> Line:
    return Line(text if percent == 100 else _worth(text, percent), chosen=False, correct=percent > 0, feedback=feedback)
