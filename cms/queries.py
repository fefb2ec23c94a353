"""Reads of the guide, ready for a screen."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.db.models import ForeignObjectRel, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, ReferenceIndex
from wagtail.query import PageQuerySet

from cms.models import Credo, GuideIndex, GuidelineModule, Standard, Vision
from cms.models.guideline import Section, standard_ids_in
from cms.search import search_guide
from cms.thread import ThreadEntry, register
from people.models import Person

__all__ = ["search_guide"]


def editors_places() -> list[Page]:
    """The tops of the page tree, where editors work: the guide first."""
    guide = GuideIndex.objects.first()
    tops = Page.objects.filter(depth=2).order_by("path")
    return sorted(tops, key=lambda page: guide is None or page.pk != guide.pk)


def editors_first_place() -> Page | None:
    """Where "Pages" leads: the guide; None where nothing is set up."""
    return next(iter(editors_places()), None)


def standards_by_key(keys: Iterable[str]) -> dict[str, Standard]:
    """Published standards by key; keys without one are missing from the result."""
    return {standard.key: standard for standard in Standard.objects.published().filter(key__in=list(keys))}


def published_standards() -> QuerySet[Standard]:
    return Standard.objects.published()


def published_guideline_modules() -> PageQuerySet:
    """In the order the editors gave them."""
    return GuidelineModule.objects.live().order_by("path")


def credo_of_the_week(on: date) -> Credo | None:
    """The credo of that ISO week: all published ones in turn, the same for everybody, no draw.

    Weeks are counted from Monday 1 January 1900, so that the turn does not jump at New Year.
    """
    credos = list(Credo.objects.published().select_related("standard"))
    if not credos:
        return None
    week = (on - date(1900, 1, 1)).days // 7
    return credos[week % len(credos)]


@dataclass(frozen=True)
class ListedModule:
    """A guideline module as the index shows it."""

    number: int
    page: GuidelineModule
    standards: list[Standard]


@dataclass(frozen=True)
class GuideContents:
    vision: Vision | None
    credos: list[Credo]
    modules: list[ListedModule]
    number_of_standards: int


def guide_contents(index: GuideIndex) -> GuideContents:
    """Vision, credos and guideline modules below this index; 4 queries, however many there are."""
    standards = {standard.pk: standard for standard in published_standards()}
    pages = published_guideline_modules().child_of(index)
    modules = [
        ListedModule(number, page, [standards[pk] for pk in page.standard_ids() if pk in standards])
        for number, page in enumerate(pages, start=1)
    ]
    return GuideContents(
        vision=Vision.objects.live().child_of(index).first(),
        credos=list(Credo.objects.published().select_related("standard")),
        modules=modules,
        number_of_standards=len(standards),
    )


@dataclass(frozen=True)
class ModuleReading:
    """What a reader has around one guideline module."""

    sections: list[Section]
    standards: list[Standard]
    previous: GuidelineModule | None
    next: GuidelineModule | None
    number: int
    of: int


def module_reading(page: GuidelineModule) -> ModuleReading:
    """Contents, standards and neighbours of a guideline module; a draft under preview stands last."""
    siblings = list(published_guideline_modules().only("pk", "title", "slug", "url_path", "path", "depth"))
    place = next((i for i, sibling in enumerate(siblings) if sibling.pk == page.pk), len(siblings))
    ids = page.standard_ids()
    standards = {standard.pk: standard for standard in published_standards().filter(pk__in=ids)}
    return ModuleReading(
        sections=page.sections(),
        standards=[standards[pk] for pk in ids if pk in standards],
        previous=siblings[place - 1] if 0 < place <= len(siblings) else None,
        next=siblings[place + 1] if place + 1 < len(siblings) else None,
        number=place + 1,
        of=max(len(siblings), place + 1),
    )


def guideline_modules_with(standard: Standard) -> list[GuidelineModule]:
    """Published guideline modules in which this standard stands."""
    return [page for page in published_guideline_modules() if standard.pk in page.standard_ids()]


@register
def guideline_entries(standard: Standard, person: Person) -> list[ThreadEntry]:
    """cms's own part of the thread panel."""
    return [
        ThreadEntry(_("Guideline module"), page.title, f"{page.url}#standard-{standard.key}")
        for page in guideline_modules_with(standard)
    ]


@dataclass(frozen=True)
class Use:
    """One place that would break if a standard were deleted."""

    kind: str
    name: str


def uses_of_standard(standard: Standard) -> list[Use]:
    """Everything that points to this standard: pages (published or draft), and rows of any app.

    Foreign keys and guideline pages are read directly; Wagtail's reference index, which is brought
    up to date by a background task, adds references in other rich content.
    """
    found: dict[tuple[str, str], Use] = {}

    def add(kind: str, pk: object, name: str) -> None:
        found.setdefault((kind, str(pk)), Use(kind, name))

    for page in GuidelineModule.objects.select_related("latest_revision"):
        drafted = page.latest_revision.content.get("body", "[]") if page.latest_revision else "[]"
        if standard.pk in {*page.standard_ids(), *standard_ids_in(json.loads(drafted))}:
            add(str(GuidelineModule._meta.verbose_name), page.pk, page.title)
    # Links downward have no reverse name (related_name="+"), so hidden relations count too.
    for relation in Standard._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel):
            continue
        if relation.related_model._meta.auto_created:  # the table behind a many-to-many, met again as itself
            continue
        rows = relation.related_model._base_manager.filter(**{relation.field.name: standard})
        for row in rows[:50]:
            add(str(relation.related_model._meta.verbose_name), row.pk, str(row))
    content_type = ContentType.objects.get_for_model(Standard)
    references = ReferenceIndex.objects.filter(to_content_type=content_type, to_object_id=str(standard.pk)).exclude(
        base_content_type=content_type
    )
    for reference in references.select_related("content_type")[:50]:
        model = reference.content_type.model_class()
        if model is None:
            continue
        for referrer in model._base_manager.filter(pk=reference.object_id):
            add(str(model._meta.verbose_name), referrer.pk, str(referrer))
    return list(found.values())


@dataclass(frozen=True)
class StandardGroup:
    """The standards of one guideline module; `page` is None for those that stand in none."""

    page: GuidelineModule | None
    standards: list[Standard]


def standards_by_module() -> list[StandardGroup]:
    """Every published standard once, under the first guideline module that names it; two queries."""
    left = {standard.pk: standard for standard in published_standards()}
    groups = []
    for page in published_guideline_modules():
        here = [left.pop(pk) for pk in page.standard_ids() if pk in left]
        if here:
            groups.append(StandardGroup(page, here))
    if left:
        groups.append(StandardGroup(None, list(left.values())))
    return groups
