"""Questions as a page asks them: one row each, with all that may be chosen and what was answered so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.images import get_image_model

from learning.modules.content import shown_prompt
from learning.modules.questions.kinds import Choice, Hotspot, Match, Order, Question, Region, TrueFalse
from learning.modules.questions.marking import MOST_FREE_TEXT, MOST_TEXT


@dataclass(frozen=True)
class Asked:
    """One question as the page asks it; `order` lists the ids of its parts where they were shuffled."""

    question: Question
    order: tuple[str, ...] = ()


@dataclass(frozen=True)
class Option:
    value: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class Select:
    """One line to be given a value: a pair's left side, or a thing to put in order."""

    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Row:
    """One question on the page; all its fields have the one name `question-<id>`."""

    question: Question
    kind: str
    prompt: SafeString
    unanswered: bool
    options: tuple[Option, ...]
    selects: tuple[Select, ...]
    text: str
    longest: int
    picture: Any
    regions: tuple[Region, ...]


def rows_of(asked: Sequence[Asked], answers: Mapping[str, Sequence[str]], unanswered: Sequence[str] = ()) -> list[Row]:
    """The rows of a try in its order. One query for all pictures, where there are any."""
    pictures = [row.question.picture for row in asked if isinstance(row.question, Hotspot)]
    images = get_image_model().objects.in_bulk(pictures) if pictures else {}
    rows = []
    for row in asked:
        question, given = row.question, list(answers.get(row.question.id, ()))
        rows.append(
            Row(
                question=question,
                kind=question.kind,
                prompt=shown_prompt(question),
                unanswered=question.id in unanswered,
                options=_options(question, given, row.order),
                selects=_selects(question, given),
                text=given[0] if given else "",
                longest=MOST_FREE_TEXT if question.kind == "free" else MOST_TEXT,
                picture=images.get(question.picture) if isinstance(question, Hotspot) else None,
                regions=question.regions if isinstance(question, Hotspot) else (),
            )
        )
    return rows


def _options(question: Question, given: Sequence[str], order: Sequence[str]) -> tuple[Option, ...]:
    match question:
        case Choice():
            pairs = [(answer.id, answer.text) for answer in question.answers]
            if order:
                pairs.sort(key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))
        case TrueFalse():
            pairs = [("true", _("True")), ("false", _("False"))]
        case Hotspot():
            pairs = [(region.id, region.name) for region in question.regions]
        case _:
            return ()
    return tuple(Option(value, text, value in given) for value, text in pairs)


def _selects(question: Question, given: Sequence[str]) -> tuple[Select, ...]:
    match question:
        case Match():
            parts, values = [(pair.id, pair.left) for pair in question.pairs], list(question.choices)
        case Order():
            parts = [(item.id, item.text) for item in question.shuffled]
            values = [(str(place), str(place)) for place in range(1, len(parts) + 1)]
        case _:
            return ()
    return tuple(
        Select(label, tuple(Option(f"{part}={value}", text, f"{part}={value}" in given) for value, text in [("", "—"), *values]))
        for part, label in parts
    )
