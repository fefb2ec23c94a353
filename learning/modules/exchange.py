"""A module as one file: written with its pictures and films, and read into another installation as a draft.

The file is a ZIP with `module-content.json` and a folder `media`. Nothing in it is unpacked to disk by its own name: pictures and films are
read into objects of the library here, and get the names that this installation gives them.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image as Pillow
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from cms.models import Standard
from learning.modules.content import stream_of
from learning.modules.interactive import VIDEO_TYPES
from learning.modules.languages import HOUSE_LANGUAGE, language_choices
from learning.modules.models import Module
from learning.modules.questions.rules import QuizRules
from learning.modules.services import create_learning_page, free_slug
from people.audit import record
from people.models import Person

FORMAT, VERSION = "uncommon-module", 1
MOST_BYTES = 300 * 1024**2  # of all members unpacked, as declared; they are summed before anything is read
MOST_MEMBERS = 500
MOST_JSON_BYTES = 5 * 1024**2
PICTURE_FORMATS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp"}
FILM_EXTENSIONS = {*VIDEO_TYPES, "vtt"}
MEDIA_FIELDS = {"picture": ("image",), "hotspot": ("image",), "video": ("file", "captions")}
MOST_OF_A_TAG = 100
TEXTS = {"title": 255, "summary": 500}
RULES = [f"quiz_{rule.name}" for rule in fields(QuizRules)]
_NOT_BUILT = gettext_lazy("The lessons of this file are not built as lessons are: %(why)s.")


class ModuleFileError(Exception):
    """This file cannot be read as a module; the message says why and what to do."""


@dataclass
class Imported:
    """The draft, and what of the file has no counterpart here."""

    module: Module
    warnings: list[str] = field(default_factory=list)


# --- Writing ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def export_module(*, actor: Person, module: Module, now: datetime) -> bytes:
    """The published content of a module with its media, as a ZIP: on record, since the answers of the quiz are in it.

    Raises ModuleFileError where it was never published, or has a training package, which travels by itself.
    """
    if module.live_revision is None:
        raise ModuleFileError(_("Only a published module can be exported. Publish it first."))
    frozen = module.live_revision.content
    if frozen.get("package_digest"):
        raise ModuleFileError(
            _("This module has a training package. Take the package along by itself, and make a module of it there.")
        )
    lessons, quiz = stream_of(frozen, "lessons"), stream_of(frozen, "quiz")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        media: dict[str, Any] = {}
        for kind, pk in sorted({(_kind(name), values[name]) for values, name in [*_named_media(lessons), *_asked_media(quiz)]}):
            found = (get_image_model() if kind == "image" else get_document_model()).objects.filter(pk=pk).first()
            if found is None:
                continue  # deleted since: its description stays, as in the player
            with found.file.open("rb") as source:
                content = source.read()
            extension = found.file.name.rsplit(".", 1)[-1].lower()
            name = f"media/{hashlib.sha256(content).hexdigest()}.{extension}"
            media[f"{kind}:{pk}"] = {"name": name, "title": found.title}
            if name not in archive.namelist():
                archive.writestr(name, content)
        described = {
            "format": FORMAT,
            "version": VERSION,
            "title": frozen["title"],
            "summary": frozen["summary"],
            "estimated_minutes": frozen["estimated_minutes"],
            "pass_mark": frozen["pass_mark"],
            "rules": {name: frozen[name] for name in RULES if name in frozen},
            "language": frozen.get("language") or HOUSE_LANGUAGE,
            "tags": sorted(tag.name for tag in module.tag_list),
            "standards": list(Standard.objects.filter(pk__in=frozen["standards"]).order_by("key").values_list("key", flat=True)),
            "lessons": lessons,
            "quiz": quiz,
            "media": media,
        }
        archive.writestr("module-content.json", json.dumps(described, ensure_ascii=False, indent=1, sort_keys=True))
    record(actor=actor, verb="read.module_file", target=module, after={"revision": module.live_revision_id}, now=now)
    return stream.getvalue()


def _kind(name: str) -> str:
    """Of the library that the field `name` of a block refers to."""
    return "image" if name in {"image", "picture"} else "file"


def _named_media(lessons: list[Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Each place of the lessons that names a picture or film: the block's value, and the name of its field."""
    for lesson in lessons:
        for part in lesson["value"]["body"]:
            yield from ((part["value"], name) for name in MEDIA_FIELDS.get(part["type"], ()) if part["value"].get(name))


def _asked_media(quiz: list[Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """The same of the questions."""
    yield from ((entry["value"], "picture") for entry in quiz if entry["type"] == "hotspot" and entry["value"].get("picture"))


# --- Reading ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def import_module(*, actor: Person | None, content: bytes, now: datetime) -> Imported:
    """Read a module's file into a draft below the page "Learning". Nobody can learn it before an editor publishes it.

    Everything is checked as if an editor had written it. Raises ModuleFileError, and then nothing is stored.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        raise ModuleFileError(_("This is no file of a module. Choose the ZIP that “Export” wrote.")) from error
    with archive:
        described = _described(archive)
        warnings: list[str] = []
        media = _Media(archive, described.get("media") or {}, actor)
        lessons, quiz = _list(described, "lessons"), _list(described, "quiz")
        _take_media(lessons, quiz, media)
        module = Module(
            title=described["title"],
            slug=free_slug(described["title"]),
            summary=described["summary"],
            estimated_minutes=_whole(described, "estimated_minutes"),
            pass_mark=_whole(described, "pass_mark"),
            lessons=json.dumps(lessons),
            quiz=json.dumps(quiz),
            language=_language(described),
            live=False,
            **_rules(described),
        )
        _check(module)
        standards = list(Standard.objects.filter(key__in=[key for key in described.get("standards", []) if isinstance(key, str)]))
        missing = sorted({str(key) for key in described.get("standards", [])} - {standard.key for standard in standards})
        if missing:
            warnings.append(_("Standards that are not here: %(keys)s. Link others in the editor.") % {"keys": ", ".join(missing)})
        index = create_learning_page(actor=actor, now=now)
        index.add_child(instance=module)
        module.standards.set(standards)
        module.tags.set(_tags(described))
        module.save()
        module.save_revision(user=actor)
    record(actor=actor, verb="module.import", target=module, after={"title": module.title}, now=now)
    return Imported(module, warnings)


def _described(archive: zipfile.ZipFile) -> dict[str, Any]:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_BYTES:
        raise ModuleFileError(_("This file holds more than a module may. A module has at most 500 files of 300 MB together."))
    found = next((member for member in members if member.filename == "module-content.json"), None)
    if found is None:
        raise ModuleFileError(
            _("There is no “module-content.json” in this ZIP, so it is no file of a module. A SCORM package goes elsewhere.")
        )
    if found.file_size > MOST_JSON_BYTES:
        raise ModuleFileError(_("The words of this module are larger than 5 MB. Split it into two modules."))
    try:
        described = json.loads(_read(archive, found))
    except (UnicodeDecodeError, ValueError) as error:
        raise ModuleFileError(_("“module-content.json” cannot be read: %(why)s.") % {"why": error}) from error
    if not isinstance(described, dict) or described.get("format") != FORMAT:
        raise ModuleFileError(_("“module-content.json” does not describe a module of this product."))
    if described.get("version") != VERSION:
        raise ModuleFileError(
            _("This file was written by another version (%(version)s). Export it again from an installation of this version.")
            % {"version": described.get("version")}
        )
    for name, most in TEXTS.items():
        if not isinstance(described.get(name), str) or not 0 < len(described[name].strip()) <= most:
            raise ModuleFileError(_("“%(field)s” must be a text of at most %(most)s characters.") % {"field": name, "most": most})
    return described


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """One member, never more than it declared."""
    try:
        with archive.open(member) as stream:
            content = stream.read(member.file_size + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise ModuleFileError(_("“%(name)s” in this ZIP is damaged or encrypted.") % {"name": member.filename}) from error
    if len(content) > member.file_size:
        raise ModuleFileError(_("“%(name)s” in this ZIP is damaged or encrypted.") % {"name": member.filename})
    return content


def _list(described: Mapping[str, Any], name: str) -> list[Any]:
    found = described.get(name)
    if not isinstance(found, list):
        raise ModuleFileError(_("“%(field)s” must be a list.") % {"field": name})
    return found


def _whole(described: Mapping[str, Any], name: str) -> int:
    found = described.get(name)
    if not isinstance(found, int) or isinstance(found, bool):
        raise ModuleFileError(_("“%(field)s” must be a whole number.") % {"field": name})
    return found


def _rules(described: Mapping[str, Any]) -> dict[str, Any]:
    """The rules of the quiz; a file from before there were any has none. What they hold is checked with the module."""
    found = described.get("rules") or {}
    if not isinstance(found, dict):
        raise ModuleFileError(_("“%(field)s” must be a list of names with values.") % {"field": "rules"})
    return {name: found[name] for name in RULES if name in found}


def _language(described: Mapping[str, Any]) -> str:
    """A file from before there were languages is in that of the house."""
    code = described.get("language", HOUSE_LANGUAGE)
    if code not in dict(language_choices()):
        raise ModuleFileError(_("“%(field)s” is no language that is known here.") % {"field": "language"})
    return str(code)


def _tags(described: Mapping[str, Any]) -> list[str]:
    found = described.get("tags") or []
    if not isinstance(found, list) or not all(isinstance(tag, str) and 0 < len(tag.strip()) <= MOST_OF_A_TAG for tag in found):
        raise ModuleFileError(_("“%(field)s” must be a list of short texts.") % {"field": "tags"})
    return sorted({tag.strip() for tag in found})


def _check(module: Module) -> None:
    """As the editor's form does it. What JSON may hold and a block may not is an error of the file."""
    try:
        for name in ("lessons", "quiz"):
            stream = getattr(module, name)
            setattr(module, name, stream.stream_block.clean(stream))
        module.full_clean(exclude=["path", "depth", "slug", "content_type", "locale", "translation_key", "latest_revision"])
    except ValidationError as error:
        raise ModuleFileError(_("This module breaks a rule of the editor: %(why)s") % {"why": _in_words(error)}) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ModuleFileError(_NOT_BUILT % {"why": error}) from error


def _in_words(error: ValidationError) -> str:
    """The first message at the bottom of nested block errors."""
    block_errors = getattr(error, "block_errors", None)
    if block_errors:
        nested = block_errors.values() if isinstance(block_errors, Mapping) else block_errors
        for inner in nested:
            if isinstance(inner, ValidationError):
                return _in_words(inner)
    return " ".join(error.messages)


class _Media:
    """Pictures and films of the file, made objects of this library once each."""

    def __init__(self, archive: zipfile.ZipFile, described: Mapping[str, Any], actor: Person | None) -> None:
        self.archive, self.described, self.actor = archive, described, actor
        self.made: dict[str, int | None] = {}
        self.members = {member.filename: member for member in archive.infolist()}

    def get(self, kind: str, old: Any) -> int | None:
        """The id here of what had this id there; None where the file does not hold it."""
        key = f"{kind}:{old}"
        if key not in self.made:
            entry = self.described.get(key)
            member = self.members.get(entry.get("name", "")) if isinstance(entry, Mapping) else None
            if member is None or not isinstance(entry, Mapping):
                self.made[key] = None
            else:
                title, content = str(entry.get("title") or _("Imported"))[:255], _read(self.archive, member)
                self.made[key] = self._picture(title, content) if kind == "image" else self._film(title, content, member.filename)
        return self.made[key]

    def _picture(self, title: str, content: bytes) -> int:
        try:
            with Pillow.open(io.BytesIO(content)) as picture:
                picture.verify()
                extension = PICTURE_FORMATS[picture.format or ""]
        except (KeyError, OSError, SyntaxError, Pillow.DecompressionBombError) as error:
            raise ModuleFileError(_("The picture “%(title)s” is none that browsers show.") % {"title": title}) from error
        name = f"{slugify(title) or 'picture'}.{extension}"
        return (
            get_image_model()
            .objects.create(title=title, file=ImageFile(io.BytesIO(content), name=name), uploaded_by_user=self.actor)
            .pk
        )

    def _film(self, title: str, content: bytes, member: str) -> int:
        extension = member.rsplit(".", 1)[-1].lower()
        if extension not in FILM_EXTENSIONS:
            raise ModuleFileError(_("“%(title)s” is neither a video nor subtitles.") % {"title": title})
        name = f"{slugify(title) or 'film'}.{extension}"
        return (
            get_document_model().objects.create(title=title, file=ContentFile(content, name=name), uploaded_by_user=self.actor).pk
        )


def _take_media(lessons: list[Any], quiz: list[Any], media: _Media) -> None:
    """Give lessons and questions the ids of this library. Raises ModuleFileError where a picture or film is missing."""
    try:
        for values, name in [*_named_media(lessons), *_asked_media(quiz)]:
            values[name] = media.get(_kind(name), values[name])
            if values[name] is None:
                raise ModuleFileError(_("A picture or film of this module is not in the file. Export the module again."))
    except (AttributeError, KeyError, TypeError) as error:
        raise ModuleFileError(_NOT_BUILT % {"why": error}) from error
