"""Marking one question: what was answered, what share of the question it is worth, and what to say about it.

An answer is a list of texts: ids of chosen answers or regions, "true" or "false", the text or number typed, or
"part=value" for match (pair=choice) and order (item=place, from 1). The order of the list never matters.

Shares, exact and in 0..1 (1 exactly where everything is right, never below 0):

- single: the chosen answer's weight over the greatest; without weights 1 or 0.
- multiple: without weights right chosen / right there are − wrong chosen / wrong there are; with weights the sum of
  those chosen over the sum of those above 0. Choosing everything is worth nothing.
- true or false, place on a picture: 1 or 0.
- short text, number: the greatest percent of all that fit.
- match: pairs put together rightly / pairs.
- put in order: (pairs of items in the right order − pairs in the wrong order) / pairs of items: Kendall's tau, so
  that guessing is worth nothing on average.
- free text: None, until a person has marked it.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import combinations

from django.utils.translation import gettext as _

from learning.modules.questions.kinds import (
    Accepted,
    Choice,
    FreeText,
    Hotspot,
    Match,
    Numeric,
    Order,
    Question,
    ShortText,
    Span,
    TrueFalse,
)

ZERO, ONE = Fraction(0), Fraction(1)
MOST_TEXT, MOST_FREE_TEXT = 400, 10_000
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,2})?")


@dataclass(frozen=True)
class Line:
    """One thing to say about an answer: `text` was `chosen` or not, and is `correct` or not (None: nobody knows yet)."""

    text: str
    chosen: bool
    correct: bool | None
    feedback: str = ""


@dataclass(frozen=True)
class MarkedQuestion:
    """`share` None waits for a person."""

    question: Question
    share: Fraction | None
    answers: tuple[Line, ...]

    @property
    def right(self) -> bool:
        return self.share == ONE

    @property
    def percent(self) -> int | None:
        """Rounded down, so that 100 is really all."""
        return None if self.share is None else int(self.share * 100)


def mark_question(question: Question, given: Sequence[str], *, partial: bool = True) -> MarkedQuestion:
    """Mark one answer. Without `partial` a question is worth everything or nothing. Whatever cannot be is not right."""
    share, lines = _marked(question, given)
    if share is not None and not partial:
        share = ONE if share == ONE else ZERO
    return MarkedQuestion(question, share, tuple(lines))


def number_typed(text: str) -> Decimal | None:
    """A number as people type it: a comma is a decimal point too. None where it is none."""
    text = text.strip().replace("−", "-").replace("\u00a0", "")
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None


def parts(given: Sequence[str]) -> dict[str, str]:
    """ "part=value" as a mapping."""
    return dict(entry.split("=", 1) for entry in given if "=" in entry)


def percent_share(percent: float) -> Fraction:
    return Fraction(str(percent)) / 100


def _marked(question: Question, given: Sequence[str]) -> tuple[Fraction | None, list[Line]]:
    match question:
        case Choice():
            return _choice(question, frozenset(given))
        case TrueFalse():
            return _true_false(question, given)
        case ShortText():
            return _short(question, given[0] if given else "")
        case Numeric():
            return _numeric(question, given[0] if given else "")
        case Match():
            return _match(question, parts(given))
        case Order():
            return _order(question, parts(given))
        case Hotspot():
            return _hotspot(question, frozenset(given))
        case FreeText():
            return None, [Line(text, chosen=True, correct=None) for text in given[:1]]


def _choice(question: Choice, chosen: frozenset[str]) -> tuple[Fraction, list[Line]]:
    lines = [Line(a.text, a.id in chosen, a.correct, a.feedback) for a in question.answers]
    answers = {answer.id: answer for answer in question.answers}
    if not chosen or not chosen <= answers.keys() or (not question.multiple and len(chosen) > 1):
        return ZERO, lines
    if any(answer.weight is not None for answer in question.answers):
        weights = {answer.id: _weight(answer.weight, answer.correct) for answer in question.answers}
        positive = [weight for weight in weights.values() if weight > 0]
        best = (sum(positive, ZERO) if question.multiple else max(positive, default=ZERO)) or ONE
        share = sum((weights[key] for key in chosen), ZERO) / best
        return min(ONE, max(ZERO, share)), lines
    right = question.right_ids
    wrong_there = len(answers) - len(right)
    if not question.multiple:
        return (ONE if chosen == right else ZERO), lines
    good = Fraction(len(chosen & right), len(right)) if right else ZERO
    bad = Fraction(len(chosen - right), wrong_there) if wrong_there else ZERO
    return max(ZERO, good - bad), lines


def _weight(weight: float | None, correct: bool) -> Fraction:
    return percent_share(weight) if weight is not None else (ONE if correct else ZERO)


def _true_false(question: TrueFalse, given: Sequence[str]) -> tuple[Fraction, list[Line]]:
    right = "true" if question.is_true else "false"
    lines = [
        Line(_("True"), "true" in given, question.is_true, question.feedback_true),
        Line(_("False"), "false" in given, not question.is_true, question.feedback_false),
    ]
    return (ONE if list(given) == [right] else ZERO), lines


def _short(question: ShortText, typed: str) -> tuple[Fraction, list[Line]]:
    fitting = [accepted for accepted in question.accepted if typed.strip() and _fits(accepted, typed, question.case_sensitive)]
    best = max(fitting, key=lambda accepted: accepted.percent, default=None)
    share = min(ONE, max(ZERO, percent_share(best.percent))) if best else ZERO
    lines = [Line(typed, chosen=True, correct=share == ONE, feedback=best.feedback if best else "")]
    if share < ONE:
        full = (accepted.text for accepted in question.accepted if accepted.percent >= 100)
        lines += [Line(text, chosen=False, correct=True) for text in full]
    return share, lines


def _fits(accepted: Accepted, typed: str, case_sensitive: bool) -> bool:
    wanted, typed = _plain(accepted.text, case_sensitive), _plain(typed, case_sensitive)
    pattern = ".*".join(re.escape(piece) for piece in wanted.split("*"))
    return re.fullmatch(pattern, typed, re.DOTALL) is not None


def _plain(text: str, case_sensitive: bool) -> str:
    text = " ".join(unicodedata.normalize("NFKC", text).split())
    return text if case_sensitive else text.casefold()


def _numeric(question: Numeric, typed: str) -> tuple[Fraction, list[Line]]:
    value = number_typed(typed)
    fitting = [span for span in question.accepted if value is not None and span.low <= value <= span.high]
    best = max(fitting, key=lambda span: span.percent, default=None)
    share = min(ONE, max(ZERO, percent_share(best.percent))) if best else ZERO
    lines = [Line(typed, chosen=True, correct=share == ONE, feedback=best.feedback if best else question.wrong_feedback)]
    if share < ONE:
        lines += [Line(span_text(span), chosen=False, correct=True) for span in question.accepted if span.percent >= 100]
    return share, lines


def span_text(span: Span) -> str:
    if span.low == span.high:
        return f"{span.low.normalize():f}"
    return _("%(low)s to %(high)s") % {"low": f"{span.low.normalize():f}", "high": f"{span.high.normalize():f}"}


def _match(question: Match, given: dict[str, str]) -> tuple[Fraction, list[Line]]:
    texts, good, lines = dict(question.choices), 0, []
    for pair in question.pairs:
        chosen = texts.get(given.get(pair.id, ""), "")
        right = chosen == pair.right
        good += right
        lines.append(Line(f"{pair.left} → {chosen or '—'}", chosen=True, correct=right))
        if not right:
            lines.append(Line(f"{pair.left} → {pair.right}", chosen=False, correct=True))
    return (Fraction(good, len(question.pairs)) if question.pairs else ZERO), lines


def _order(question: Order, given: dict[str, str]) -> tuple[Fraction, list[Line]]:
    places = {item.id: _place(given.get(item.id, "")) for item in question.items}
    balance = 0
    for first, second in combinations(question.items, 2):
        one, two = places[first.id], places[second.id]
        if one is not None and two is not None and one != two:
            balance += 1 if one < two else -1
    total = len(question.items) * (len(question.items) - 1) // 2
    share = max(ZERO, Fraction(balance, total)) if total else ZERO
    if not any(places.values()):
        return ZERO, [Line("", chosen=True, correct=False), *_in_order(question)]
    shown = sorted(question.items, key=lambda item: (places[item.id] is None, places[item.id] or 0))
    rank = {item.id: place for place, item in enumerate(question.items, 1)}
    lines = [
        Line(f"{places[item.id] or '—'}. {item.text}", chosen=True, correct=share == ONE or places[item.id] == rank[item.id])
        for item in shown
    ]
    return share, lines if share == ONE else lines + _in_order(question)


def _in_order(question: Order) -> list[Line]:
    return [Line(f"{place}. {item.text}", chosen=False, correct=True) for place, item in enumerate(question.items, 1)]


def _place(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


def _hotspot(question: Hotspot, chosen: frozenset[str]) -> tuple[Fraction, list[Line]]:
    lines = [Line(region.name, region.id in chosen, region.correct, region.feedback) for region in question.regions]
    right = len(chosen) == 1 and any(region.correct for region in question.regions if region.id in chosen)
    return (ONE if right else ZERO), lines
