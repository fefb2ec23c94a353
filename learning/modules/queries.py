"""Reads of modules, ready for a screen."""

import re
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag
from wagtail.search.backends import get_search_backend

from cms.models import Standard
from cms.search import excerpt
from cms.thread import ThreadEntry, register
from learning.modules.access import modules_visible_to
from learning.modules.certificate_templates import CertificateTemplate
from learning.modules.content import from_revision
from learning.modules.languages import Language, language_of
from learning.modules.models import Module, ModuleTag
from people.models import Person

MOST_WORDS, MOST_FOUND = 8, 500


def catalogue(
    person: Person, *, search: str = "", standard: str = "", tag: str = "", language: str = "", minutes: int | None = None
) -> QuerySet[Module]:
    """Published modules by title. Every word of `search` must be found: in the module's words, its tags or published standards.

    `standard` is a key, `tag` a slug, `minutes` the longest that the editor's estimate may be.
    """
    modules = modules_visible_to(person).prefetch_related("standards", "tagged_items__tag").order_by("title", "pk")
    for word in words_of(search):
        modules = modules.filter(pk__in=_found_by(word))
    if standard:
        modules = modules.filter(standards__key=standard, standards__live=True)
    if tag:
        modules = modules.filter(pk__in=ModuleTag.objects.filter(tag__slug=tag).values("content_object"))
    if language:
        modules = modules.filter(language=language)
    if minutes:
        modules = modules.filter(estimated_minutes__lte=minutes)
    # A search shows where in the lessons the words stand.
    return modules.defer("quiz") if search else modules.defer("lessons", "quiz")


def words_of(search: str) -> list[str]:
    return search.split()[:MOST_WORDS]


def _found_by(word: str) -> QuerySet[Module, Any]:
    """The modules in whose title, summary, lessons, tags or published standards the word, or its beginning, stands."""
    hit = Q(title__icontains=word) | Q(summary__icontains=word) | Q(standards__title__icontains=word, standards__live=True)
    hit |= Q(tagged_items__tag__name__icontains=word)
    terms = " ".join(re.findall(r"\w+", word))
    if terms:
        in_text = get_search_backend().autocomplete(terms, Module.objects.live())[:MOST_FOUND]
        hit |= Q(pk__in=[module.pk for module in in_text])
    return Module.objects.filter(hit).values("pk")


def where_found(module: Module, words: Sequence[str]) -> str:
    """The words around the first one that is found only in the lessons; "" where the title or the summary says it already."""
    plain = f"{module.title} {module.summary}".lower()
    missing = [word for word in words if word.lower() not in plain]
    text = " ".join(module.lessons.stream_block.get_searchable_content(module.lessons)) if missing else ""
    return excerpt(text, missing) if any(word.lower() in text.lower() for word in missing) else ""


def tags_used(person: Person) -> QuerySet[Tag]:
    """The tags of published modules, by name, for the catalogue's filter."""
    used = ModuleTag.objects.filter(content_object__in=modules_visible_to(person).values("pk"))
    return Tag.objects.filter(pk__in=used.values("tag")).order_by("name")


def languages_used(person: Person) -> list[Language]:
    """The languages in which there are published modules, by name."""
    codes = modules_visible_to(person).order_by().values_list("language", flat=True).distinct()
    return sorted((language_of(code) for code in codes), key=lambda language: language.name)


def standards_taught(person: Person) -> QuerySet[Standard]:
    """The published standards that at least one published module teaches, for the catalogue's filter."""
    taught = modules_visible_to(person).values("standards")
    return Standard.objects.published().filter(pk__in=taught)


def modules_teaching(standard: Standard, person: Person) -> QuerySet[Module]:
    """The published modules that teach a standard."""
    return modules_visible_to(person).filter(standards=standard).order_by("title")


def modules_promising(template: CertificateTemplate) -> QuerySet[Module]:
    """The modules that give a certificate by this template, published or not."""
    return Module.objects.filter(certificate_template=template).order_by("title", "pk")


def certificate_promised(module: Module) -> CertificateTemplate | None:
    """What completing the published version gives. A draft may promise something else already."""
    if module.live_revision is None:
        return None
    return find_template(from_revision(module.live_revision).certificate_template_id)


def find_template(pk: int | None) -> CertificateTemplate | None:
    """The certificate template that a revision names; None where it names none, or one that is gone."""
    return None if pk is None else CertificateTemplate.objects.filter(pk=pk).first()


@register
def module_entries(standard: Standard, person: Person) -> list[ThreadEntry]:
    """The modules that teach a standard, for its page in the guide."""
    return [
        ThreadEntry(_("Module"), module.title, reverse("module_detail", args=[module.pk]))
        for module in modules_teaching(standard, person)
    ]
