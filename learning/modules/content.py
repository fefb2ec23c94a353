"""A module's content as plain data, read from a frozen revision: what the player shows and the digest covers.

Nothing here looks at the page as it is today. A revision keeps lessons and quiz as JSON with block ids, so a
learner, a marker and an auditor read the same words for as long as the revision lives.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import nh3
from django.utils.safestring import SafeString
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page, Revision
from wagtail.rich_text import expand_db_html

_ALLOWED_TAGS = {"p", "br", "h3", "h4", "b", "strong", "i", "em", "ol", "ul", "li", "a", "blockquote"}
_ALLOWED_ATTRIBUTES = {"a": {"href"}}


@dataclass(frozen=True)
class Block:
    """One part of a lesson: `kind` names the template that shows it, `value` is what the editor wrote, `id` is that of the revision."""

    kind: str
    value: Any
    id: str = ""

    @property
    def template(self) -> str:
        return f"learning/modules/blocks/{self.kind}.html"


@dataclass(frozen=True)
class Lesson:
    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Answer:
    id: str
    text: str
    correct: bool
    feedback: str


@dataclass(frozen=True)
class Question:
    id: str
    multiple: bool
    prompt: str
    answers: tuple[Answer, ...]
    explanation: str

    @property
    def right_ids(self) -> frozenset[str]:
        return frozenset(answer.id for answer in self.answers if answer.correct)


@dataclass(frozen=True)
class ModuleContent:
    """One revision of a module. `pass_mark` in percent, `estimated_minutes` for lessons and quiz together."""

    title: str
    summary: str
    estimated_minutes: int
    pass_mark: int
    standard_ids: tuple[int, ...]
    lessons: tuple[Lesson, ...]
    questions: tuple[Question, ...]

    @property
    def step_count(self) -> int:
        return len(self.lessons) + (1 if self.questions else 0)


def clean_html(source: str) -> SafeString:
    """An editor's rich text, made safe to show. Wagtail's own filter expands links and lets scripts through."""
    cleaned = nh3.clean(
        expand_db_html(source), tags=_ALLOWED_TAGS, attributes=_ALLOWED_ATTRIBUTES, url_schemes={"http", "https", "mailto"}
    )
    return SafeString(cleaned)


def from_revision(revision: Revision) -> ModuleContent:
    """The content that this revision froze."""
    return _parse(revision.content)


def from_page(module: Page) -> ModuleContent:
    """The content of a page in memory, for the editors' preview."""
    return _parse(module.serializable_data())


def content_digest(revision: Revision) -> str:
    """SHA-256 (hex) over the canonical JSON of the frozen content, with the hash of each picture's and video's file.

    A file can be exchanged without a new revision; the digest then differs from the one stored before.
    """
    frozen = revision.content
    lessons, quiz = stream_of(frozen, "lessons"), stream_of(frozen, "quiz")
    image_ids, file_ids = _picture_ids(lessons), _file_ids(lessons)
    hashes = {image.pk: image.get_file_hash() for image in get_image_model().objects.filter(pk__in=image_ids)}
    covered = {
        "title": frozen["title"],
        "summary": frozen["summary"],
        "estimated_minutes": frozen["estimated_minutes"],
        "pass_mark": frozen["pass_mark"],
        "standards": sorted(frozen["standards"]),
        "lessons": lessons,
        "quiz": quiz,
        "pictures": {str(pk): hashes.get(pk, "gone") for pk in image_ids},
    }
    if file_ids:  # only then: what was completed before there were videos keeps its digest
        of_files = {file.pk: file.get_file_hash() for file in get_document_model().objects.filter(pk__in=file_ids)}
        covered["files"] = {str(pk): of_files.get(pk, "gone") for pk in file_ids}
    canonical = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def stream_of(frozen: Mapping[str, Any], field: str) -> list[dict[str, Any]]:
    """The blocks of a stream field as a revision keeps them."""
    value = frozen.get(field) or "[]"
    return json.loads(value) if isinstance(value, str) else list(value)


def _parse(frozen: Mapping[str, Any]) -> ModuleContent:
    lessons = stream_of(frozen, "lessons")
    media = _media(lessons)
    return ModuleContent(
        title=frozen["title"],
        summary=frozen["summary"],
        estimated_minutes=frozen["estimated_minutes"],
        pass_mark=frozen["pass_mark"],
        standard_ids=tuple(frozen["standards"]),
        lessons=tuple(
            Lesson(
                id=entry["id"],
                title=entry["value"]["title"],
                blocks=tuple(Block(part["type"], _value(part, media), part["id"]) for part in entry["value"]["body"]),
            )
            for entry in lessons
        ),
        questions=tuple(_question(entry) for entry in stream_of(frozen, "quiz")),
    )


def _question(entry: Mapping[str, Any]) -> Question:
    value = entry["value"]
    return Question(
        id=entry["id"],
        multiple=entry["type"] == "multiple_choice",
        prompt=value["prompt"],
        explanation=value["explanation"],
        answers=tuple(
            Answer(item["id"], item["value"]["text"], bool(item["value"]["correct"]), item["value"].get("feedback") or "")
            for item in value["answers"]
        ),
    )


@dataclass(frozen=True)
class Media:
    """The pictures and files of a module, by their id; what was deleted since is missing."""

    pictures: Mapping[int, Any]
    files: Mapping[int, Any]


def _media(lessons: list[dict[str, Any]]) -> Media:
    """All pictures of all lessons in one query, and all files in another; descriptions stay where they are gone."""
    pictures, files = _picture_ids(lessons), _file_ids(lessons)
    return Media(
        get_image_model().objects.in_bulk(pictures) if pictures else {},
        get_document_model().objects.in_bulk(files) if files else {},
    )


def _parts(lessons: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (part for entry in lessons for part in entry["value"]["body"])


def _picture_ids(lessons: list[dict[str, Any]]) -> list[int]:
    found = (part["value"]["image"] for part in _parts(lessons) if part["type"] in {"picture", "hotspot"})
    return sorted({pk for pk in found if pk})


def _file_ids(lessons: list[dict[str, Any]]) -> list[int]:
    videos = [part["value"] for part in _parts(lessons) if part["type"] == "video"]
    return sorted({pk for video in videos for pk in (video["file"], video["captions"]) if pk})


def _items(value: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The values of a list block, without the wrapping that a revision keeps."""
    return [item["value"] for item in value[name]]


def _value(part: Mapping[str, Any], media: Media) -> Any:
    value = part["value"]
    match part["type"]:
        case "text":
            return clean_html(value)
        case "picture":
            return {**value, "image": media.pictures.get(value["image"])}
        case "conversation":
            return {**value, "turns": _items(value, "turns")}
        case "flip":
            return {**value, "cards": _items(value, "cards")}
        case "check":
            return {**value, "answers": _items(value, "answers")}
        case "hotspot":
            return {**value, "image": media.pictures.get(value["image"]), "spots": _items(value, "spots")}
        case "video":
            return {**value, "file": media.files.get(value["file"]), "captions": media.files.get(value["captions"])}
        case "dialogue":
            return {**value, "steps": [{**step, "choices": _items(step, "choices")} for step in _items(value, "steps")]}
        case _:
            return value
