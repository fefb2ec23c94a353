"""Questions as JSON and back, their fingerprint, and what is wrong with one that nobody could answer fairly."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from learning.modules.questions.kinds import (
    Accepted,
    Answer,
    Choice,
    FreeText,
    Hotspot,
    Item,
    Match,
    Numeric,
    Order,
    Pair,
    Question,
    Region,
    ShortText,
    Span,
    TrueFalse,
)

_MAKERS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "single": lambda data: {"multiple": False, "answers": tuple(Answer(**row) for row in data["answers"])},
    "multiple": lambda data: {"multiple": True, "answers": tuple(Answer(**row) for row in data["answers"])},
    "true_false": lambda data: {key: data[key] for key in ("is_true", "feedback_true", "feedback_false")},
    "short": lambda data: {
        "accepted": tuple(Accepted(**row) for row in data["accepted"]),
        "case_sensitive": data["case_sensitive"],
    },
    "numeric": lambda data: {
        "accepted": tuple(
            Span(Decimal(row["low"]), Decimal(row["high"]), row["percent"], row["feedback"]) for row in data["accepted"]
        ),
        "wrong_feedback": data["wrong_feedback"],
    },
    "match": lambda data: {"pairs": tuple(Pair(**row) for row in data["pairs"]), "extra": tuple(data["extra"])},
    "order": lambda data: {"items": tuple(Item(**row) for row in data["items"])},
    "hotspot": lambda data: {
        "picture": data["picture"],
        "alt": data["alt"],
        "regions": tuple(Region(**row) for row in data["regions"]),
    },
    "free": lambda data: {"guidance": data["guidance"]},
}
_CLASSES: dict[str, type[Any]] = {
    "single": Choice,
    "multiple": Choice,
    "true_false": TrueFalse,
    "short": ShortText,
    "numeric": Numeric,
    "match": Match,
    "order": Order,
    "hotspot": Hotspot,
    "free": FreeText,
}


def to_json(question: Question) -> dict[str, Any]:
    """Everything but the id, which belongs to the quiz and not to the question."""
    data = {"kind": question.kind, **asdict(question)}
    del data["id"]
    data.pop("multiple", None)
    for row in data.get("accepted", ()) if question.kind == "numeric" else ():
        row["low"], row["high"] = str(row["low"]), str(row["high"])
    return json.loads(json.dumps(data))


def from_json(data: Mapping[str, Any], id: str) -> Question:
    """The question that `to_json` kept. Raises KeyError or TypeError where this is none."""
    shared = {key: data[key] for key in ("prompt", "explanation", "html")}
    made: Question = _CLASSES[data["kind"]](id=id, **shared, **_MAKERS[data["kind"]](data))
    return made


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over the canonical JSON of a question."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def fault_of(question: Question) -> str:
    """Why nobody could answer this question fairly, and what to do; "" where it is fine."""
    if not question.prompt.strip():
        return _("The question has no words. Write what is asked.")
    match question:
        case Choice():
            return _fault_of_choice(question)
        case ShortText():
            return _full_marks(question.accepted, _("Name at least one answer that is fully right."))
        case Numeric():
            if any(span.low > span.high for span in question.accepted):
                return _("A range ends below where it begins. Swap the two numbers.")
            return _full_marks(question.accepted, _("Name at least one number or range that is fully right."))
        case Match():
            lefts = [pair.left for pair in question.pairs]
            if len(lefts) < 2 or len(question.choices) < 2:
                return _("Give at least two pairs that differ on both sides.")
            return _twice(lefts)
        case Order():
            return _twice([item.text for item in question.items]) or (
                "" if len(question.items) > 1 else _("Give at least two things to put in order.")
            )
        case Hotspot():
            if len(question.regions) < 2 or not any(region.correct for region in question.regions):
                return _("Draw at least two regions and mark at least one as right.")
            return _twice([region.name for region in question.regions])
    return ""


def _fault_of_choice(question: Choice) -> str:
    if len(question.answers) < 2:
        return _("Give at least two answers to choose from.")
    right = len(question.right_ids)
    weighted = any(answer.weight is not None for answer in question.answers)
    if right == 0 or (right > 1 and not question.multiple and not weighted):
        return _("Mark the answer that is right: exactly one, or let several be chosen.")
    return _twice([answer.text for answer in question.answers])


def _full_marks(accepted: Sequence[Accepted | Span], fault: str) -> str:
    return "" if any(row.percent >= 100 for row in accepted) else fault


def _twice(texts: Sequence[str]) -> str:
    plain = [" ".join(text.split()).casefold() for text in texts]
    if "" in plain:
        return _("One of the answers has no words. Write it or leave it out.")
    return _("Two answers read the same. Change one of them.") if len(set(plain)) < len(plain) else ""
