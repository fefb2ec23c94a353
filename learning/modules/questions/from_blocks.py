"""The blocks of a module's quiz, as a revision keeps them, made into questions."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

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
    part_id,
)
from learning.modules.questions.rules import Draw

DRAW = "draw"


def draw_from(entry: Mapping[str, Any]) -> Draw:
    value = entry["value"]
    return Draw(entry["id"], int(value["number"]), tidy_category(value["category"]), tidy_tags(value["tags"]))


def tidy_category(text: str) -> str:
    """ "Tone / E-mail" as "Tone/E-mail"."""
    return "/".join(part for part in (" ".join(piece.split()) for piece in text.split("/")) if part)


def tidy_tags(text: str) -> tuple[str, ...]:
    """Tags as typed, parted by commas: lower case, each once, sorted."""
    return tuple(sorted({" ".join(tag.split()).casefold() for tag in text.split(",")} - {""}))


def question_from(entry: Mapping[str, Any]) -> Question:
    """One block of the quiz. Raises KeyError for a kind of block that this version does not know."""
    value, id = entry["value"], entry["id"]
    shared = {"id": id, "prompt": value["prompt"], "explanation": value["explanation"]}
    match entry["type"]:
        case "single_choice" | "multiple_choice":
            answers = (
                Answer(item["id"], item["value"]["text"], bool(item["value"]["correct"]), item["value"].get("feedback") or "")
                for item in value["answers"]
            )
            return Choice(**shared, multiple=entry["type"] == "multiple_choice", answers=tuple(answers))
        case "true_false":
            words = {key: value[key] for key in ("feedback_true", "feedback_false")}
            return TrueFalse(**shared, is_true=value["is_true"] == "true", **words)
        case "short_text":
            accepted = tuple(Accepted(item["value"]) for item in value["accepted"])
            return ShortText(**shared, accepted=accepted, case_sensitive=bool(value["case_sensitive"]))
        case "numeric":
            number, tolerance = Decimal(str(value["number"])), abs(Decimal(str(value["tolerance"] or 0)))
            span = Span(number - tolerance, number + tolerance)
            return Numeric(**shared, accepted=(span,), wrong_feedback=value["wrong_feedback"])
        case "match":
            rows = [(item["value"]["left"], item["value"]["right"]) for item in value["pairs"]]
            extra = tuple(item["value"] for item in value["extra"])
            return Match(**shared, pairs=tuple(Pair(part_id(id, a), a, b) for a, b in rows), extra=extra)
        case "order":
            texts = [item["value"] for item in value["items"]]
            return Order(**shared, items=tuple(Item(part_id(id, text), text) for text in texts))
        case "hotspot":
            return Hotspot(
                **shared, picture=value["picture"] or 0, alt=value["alt"], regions=tuple(map(_region, value["regions"]))
            )
        case "free_text":
            return FreeText(**shared, guidance=value["guidance"])
    raise KeyError(entry["type"])


def _region(item: Mapping[str, Any]) -> Region:
    value = item["value"]
    left, top, width, height = (float(value[key]) for key in ("left", "top", "width", "height"))
    return Region(item["id"], value["name"], left, top, width, height, bool(value["correct"]), value.get("feedback") or "")
