"""Publishing modules from outside the editors' admin: the starter content."""

import json
import tomllib
import uuid
from collections.abc import Mapping
from datetime import datetime
from importlib import resources
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.models import Page
from wagtail.search import index as search_index

from cms.models import Standard
from cms.services import ensure_site, publish_as_of
from learning.modules import starter
from learning.modules.certificate_templates import CertificateTemplate
from learning.modules.languages import HOUSE_LANGUAGE
from learning.modules.models import Module, ModuleIndex
from learning.modules.package_rules import why_no_certificate
from learning.modules.translation_rule import why_no_translation
from people.audit import record
from people.models import Person

STARTER_CERTIFICATE = "Twice a year"
_NAMESPACE = uuid.UUID("6f1f0f5e-8f0e-4a53-9a0f-2f2f8f3d6b11")


@transaction.atomic
def create_learning_page(*, actor: Person | None, parent: Page | None = None, now: datetime) -> ModuleIndex:
    """The page "Learning" that holds all modules; the existing one where there is one.

    Without `parent` it lies at the root of the page tree, beside the guide. Editors have their rights
    on the whole tree (`cms.editor_rights`).
    """
    index = ModuleIndex.objects.first()
    if index is not None:
        return index
    if parent is None:
        # A flushed database has lost even Wagtail's root page.
        parent = Page.get_first_root_node() or ensure_site(now=now).get_parent()
    index = parent.add_child(instance=ModuleIndex(title="Learning", slug="learning"))
    record(actor=actor, verb="module.create_index", target=index, now=now)
    return index


@transaction.atomic
def publish_module(*, actor: Person | None, module: Module, now: datetime) -> Module:
    """Check a module as the editor does, store it as a revision and publish that. Returns it as published.

    A module without a place in the tree goes below the page "Learning". Raises ValidationError where a
    lesson or question breaks a rule of the editor.
    """
    for field in ("lessons", "quiz"):
        stream = getattr(module, field)
        setattr(module, field, stream.stream_block.clean(stream))
    if not module.lessons and not module.package_digest:
        raise ValidationError({"lessons": _("Write at least one lesson.")})
    reason = why_no_certificate(module.certificate_template_id, module.package_digest, has_quiz=bool(module.quiz))
    if reason:
        raise ValidationError({"certificate_template": reason})
    if not module.path:
        create_learning_page(actor=actor, now=now).add_child(instance=module)
    revision = publish_as_of(module, actor, now)
    search_index.insert_or_update_object(module)  # at once: no worker need run where content is set up
    record(actor=actor, verb="module.publish", target=module, after={"revision": revision.pk}, now=now)
    return module


class TranslationError(Exception):
    """This module cannot be translated so; the message says why."""


@transaction.atomic
def make_translation(*, actor: Person, module: Module, language: str, now: datetime) -> Module:
    """A draft in another language, with all that the module has, for an editor to put into other words.

    Of a translation, one of its original. Raises TranslationError where there is one in that language already.
    """
    original = module.translation_of or module
    why_not = why_no_translation(Module(), original, language)
    if why_not:
        raise TranslationError(why_not)
    slug = free_slug(f"{original.slug}-{language}")
    changes = {"slug": slug, "language": language}
    draft: Module = original.copy(update_attrs=changes, copy_revisions=False, keep_live=False, user=actor, log_action=None)
    draft.translation_of = original  # what a plain copy forgets
    draft.save()
    draft.save_revision(user=actor)
    record(actor=actor, verb="module.translate", target=draft, after={"of": original.pk, "language": language}, now=now)
    return draft


def free_slug(title: str) -> str:
    """A slug that no module has yet."""
    base = slugify(title)[:200] or "module"
    taken = set(Module.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return base if base not in taken else next(name for n in range(2, len(taken) + 3) if (name := f"{base}-{n}") not in taken)


@transaction.atomic
def publish_starter_modules(*, actor: Person | None, parent: Page | None = None, now: datetime) -> list[Module]:
    """Publish the six starter modules and link them to those of their standards that exist.

    Doing it again leaves what editors have made of them alone; only a module that is linked to no
    standard at all is linked now. `parent` holds the page "Learning" where there is none yet.
    """
    create_learning_page(actor=actor, parent=parent, now=now)
    existing = {module.starter_key: module for module in Module.objects.exclude(starter_key="")}
    modules = []
    for data in starter_data():
        standards = list(Standard.objects.filter(key__in=data["standards"]))
        module = existing.get(data["key"])
        if module is None:
            module = module_from(data)
            module.starter_key = data["key"]
            if data.get("certificate"):
                module.certificate_template = ensure_starter_certificate(actor=actor, now=now)
            module.standards.set(standards)
            module = publish_module(actor=actor, module=module, now=now)
        elif standards and not module.standards.exists():
            module.standards.set(standards)
            module = publish_module(actor=actor, module=module, now=now)
        modules.append(module)
    return modules


@transaction.atomic
def ensure_starter_certificate(*, actor: Person | None, now: datetime) -> CertificateTemplate:
    """A certificate template to start from: good for half a year, then renewed. An editor's own one of that name is kept."""
    template, made = CertificateTemplate.objects.get_or_create(
        title=STARTER_CERTIFICATE,
        defaults={
            "body": "has learnt “{module}” on {completed}, and may say so until {valid_until}.",
            "valid_months": 6,
            "renewal": CertificateTemplate.Renewal.ANNIVERSARY,
            "window_days": 30,
        },
    )
    if made:
        record(actor=actor, verb="certificatetemplate.create", target=template, now=now)
    return template


def module_from(data: Mapping[str, Any]) -> Module:
    """A module in memory, as a starter file describes it; its standards are not linked yet."""
    module = Module(
        title=data["title"],
        slug=data["key"],
        summary=data["summary"],
        estimated_minutes=data["estimated_minutes"],
        pass_mark=data.get("pass_mark", 80),
        language=data.get("language", HOUSE_LANGUAGE),
        lessons=json.dumps([_lesson(data["key"], lesson) for lesson in data["lessons"]]),
        quiz=json.dumps([_question(data["key"], question) for question in data["questions"]]),
    )
    module.tags.add(*data.get("tags", []))
    return module


def starter_data() -> list[dict[str, Any]]:
    """The starter files as written, in the order in which a newcomer should meet them."""
    files = sorted((f for f in resources.files(starter).iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return [tomllib.loads(f.read_text(encoding="utf-8")) for f in files]


def _block_id(*parts: str) -> str:
    """The same id for the same place of the starter content, wherever it is installed."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(parts)))


def _lesson(key: str, lesson: Mapping[str, Any]) -> dict[str, Any]:
    body = []
    for number, block in enumerate(lesson["blocks"]):
        kind, value = block["type"], block.get("value")
        if value is None:
            value = {name: content for name, content in block.items() if name != "type"}
        place = _block_id(key, lesson["key"], str(number))
        body.append({"type": kind, "value": _with_items(value, place), "id": place})
    return {"type": "lesson", "value": {"title": lesson["title"], "body": body}, "id": _block_id(key, lesson["key"])}


def _with_items(value: Any, place: str) -> Any:
    """A block's value as Wagtail keeps it: every list of parts, at any depth, as items with ids."""
    if not isinstance(value, Mapping):
        return value
    return {
        name: [
            {"type": "item", "value": _with_items(part, inner), "id": inner}
            for part, inner in ((part, _block_id(place, name, str(number))) for number, part in enumerate(content))
        ]
        if isinstance(content, list)
        else content
        for name, content in value.items()
    }


def _question(key: str, question: Mapping[str, Any]) -> dict[str, Any]:
    answers = [
        {
            "type": "item",
            "id": _block_id(key, question["key"], str(number)),
            "value": {"text": answer["text"], "correct": answer.get("correct", False), "feedback": answer.get("feedback", "")},
        }
        for number, answer in enumerate(question["answers"])
    ]
    return {
        "type": question["type"],
        "id": _block_id(key, question["key"]),
        "value": {"prompt": question["prompt"], "answers": answers, "explanation": question["explanation"]},
    }
