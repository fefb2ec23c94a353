"""A module's content as plain data, read from a frozen revision: what the player shows and the digest covers.

Nothing here looks at the page as it is today. A revision keeps lessons and quiz as JSON with block ids, so a
learner, a marker and an auditor read the same words for as long as the revision lives.
"""

import hashlib
import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import nh3
from django.template.defaultfilters import linebreaksbr
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page, Revision
from wagtail.rich_text import expand_db_html

from learning.modules.languages import HOUSE_LANGUAGE, Language, language_of
from learning.modules.questions.from_blocks import DRAW, draw_from, question_from
from learning.modules.questions.kinds import Question
from learning.modules.questions.rules import Draw, QuizRules

_ALLOWED_TAGS = {"p", "br", "h3", "h4", "b", "strong", "i", "em", "ol", "ul", "li", "a", "blockquote"}
_ALLOWED_ATTRIBUTES = {"a": {"href"}}
# What the words of a question may hold beyond that: code and formulas come with imported ones.
_PROMPT_TAGS = _ALLOWED_TAGS | {"pre", "code", "sub", "sup", "span", "u"}
_SCHEMES = {"http", "https", "mailto"}
PLAIN_RULES = QuizRules()


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
class ModuleContent:
    """One revision of a module. `pass_mark` in percent, `estimated_minutes` for all of it; `package_digest` "" where it has none.

    `questions` are those written into the module; `draws` say which are drawn from the bank when a try begins.
    """

    title: str
    summary: str
    estimated_minutes: int
    pass_mark: int
    standard_ids: tuple[int, ...]
    lessons: tuple[Lesson, ...]
    questions: tuple[Question, ...]
    draws: tuple[Draw, ...] = ()
    rules: QuizRules = PLAIN_RULES
    package_digest: str = ""
    certificate_template_id: int | None = None
    language: str = HOUSE_LANGUAGE

    @property
    def spoken(self) -> Language:
        """The language it is written in, ready for a page."""
        return language_of(self.language)

    @property
    def has_quiz(self) -> bool:
        return bool(self.questions or self.draws)

    @property
    def quiz_length(self) -> int:
        """How many questions a try has: those written here and those drawn from the bank."""
        return len(self.questions) + sum(draw.number for draw in self.draws)

    @property
    def step_count(self) -> int:
        return len(self.lessons) + bool(self.package_digest) + self.has_quiz


def clean_html(source: str) -> SafeString:
    """An editor's rich text, made safe to show. Wagtail's own filter expands links and lets scripts through."""
    return SafeString(nh3.clean(expand_db_html(source), tags=_ALLOWED_TAGS, attributes=_ALLOWED_ATTRIBUTES, url_schemes=_SCHEMES))


def clean_prompt(source: str) -> str:
    """The HTML of an imported question, reduced to what its words may hold."""
    return nh3.clean(source, tags=_PROMPT_TAGS, attributes=_ALLOWED_ATTRIBUTES, url_schemes=_SCHEMES).strip()


def shown_prompt(question: Question) -> SafeString:
    """What a question asks, safe to show: HTML is cleaned again whatever was stored, plain text keeps its lines."""
    return SafeString(clean_prompt(question.prompt)) if question.html else linebreaksbr(question.prompt, autoescape=True)


def plain_prompt(question: Question) -> str:
    """What a question asks in one line of plain text, for lists."""
    text = html.unescape(strip_tags(question.prompt)) if question.html else question.prompt
    return " ".join(text.split())


def questions_written_in(revision: Revision) -> tuple[Question, ...]:
    """The questions of a revision alone: lessons and their media are not read."""
    quiz = stream_of(revision.content, "quiz")
    return tuple(question_from(entry) for entry in quiz if entry["type"] != DRAW)


def from_revision(revision: Revision) -> ModuleContent:
    """The content that this revision froze."""
    return _parse(revision.content)


def from_page(module: Page) -> ModuleContent:
    """The content of a page in memory, for the editors' preview."""
    return _parse(module.serializable_data())


def content_digest(revision: Revision) -> str:
    """SHA-256 (hex) over the canonical JSON of the frozen content, with the hash of each picture's and film's file and of the package.

    A file can be exchanged without a new revision; the digest then differs from the one stored before.
    """
    frozen = revision.content
    lessons, quiz = stream_of(frozen, "lessons"), stream_of(frozen, "quiz")
    asked = {entry["value"]["picture"] for entry in quiz if entry["type"] == "hotspot" and entry["value"]["picture"]}
    image_ids, file_ids = sorted({*_picture_ids(lessons), *asked}), _file_ids(lessons)
    hashes = {image.pk: image.get_file_hash() for image in get_image_model().objects.filter(pk__in=image_ids)}
    rules = _rules(frozen)
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
    if rules != PLAIN_RULES:
        # What had no rules of its own keeps the digest that proofs have named since before there were any.
        covered["rules"] = asdict(rules)
    if frozen.get("package_digest"):
        covered["package"] = frozen["package_digest"]
    canonical = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def stream_of(frozen: Mapping[str, Any], field: str) -> list[dict[str, Any]]:
    """The blocks of a stream field as a revision keeps them."""
    value = frozen.get(field) or "[]"
    return json.loads(value) if isinstance(value, str) else list(value)


def _parse(frozen: Mapping[str, Any]) -> ModuleContent:
    lessons, quiz = stream_of(frozen, "lessons"), stream_of(frozen, "quiz")
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
        questions=tuple(question_from(entry) for entry in quiz if entry["type"] != DRAW),
        draws=tuple(draw_from(entry) for entry in quiz if entry["type"] == DRAW),
        rules=_rules(frozen),
        # Revisions from before there were packages do not have the field.
        package_digest=frozen.get("package_digest") or "",
        # Revisions from before there were certificates do not know the field. No part of the digest: it is not taught.
        certificate_template_id=frozen.get("certificate_template"),
        # Nor a language; no part of the digest either: other words are another content anyway.
        language=frozen.get("language") or HOUSE_LANGUAGE,
    )


def _rules(frozen: Mapping[str, Any]) -> QuizRules:
    """The rules a revision froze; one made before there were rules has the plain ones."""
    known = {field.name: frozen.get(f"quiz_{field.name}") for field in fields(QuizRules)}
    return QuizRules(**{name: value for name, value in known.items() if value is not None})


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
