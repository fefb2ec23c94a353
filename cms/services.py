"""What can be done to the guide outside Wagtail's own screens."""

from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import Collection, DraftStateMixin, Locale, Page, Revision, Site
from wagtail.search import index as search_index

from cms import editor_rights
from cms.models import Credo, GuideIndex, GuidelineModule, Standard, Vision
from cms.queries import Use, uses_of_standard
from cms.starter import CREDOS, GUIDE, MODULES, STANDARDS, VISION
from people.audit import record
from people.models import Person


class StandardInUse(Exception):
    """The standard cannot be deleted; `uses` are the places that point to it."""

    def __init__(self, standard: Standard, uses: list[Use]) -> None:
        self.standard, self.uses = standard, uses
        places = "; ".join(f"{use.kind}: {use.name}" for use in uses[:10])
        more = _(" and %(count)d more") % {"count": len(uses) - 10} if len(uses) > 10 else ""
        super().__init__(
            _(
                "“%(title)s” is in use and stays. Used in: %(places)s%(more)s. "
                "Take it out there first, or unpublish it so that no one reads it any more."
            )
            % {"title": standard.title, "places": places, "more": more}
        )


def ensure_editor_permissions() -> None:
    """Give the group "Editors" exactly the rights of `cms.editor_rights`. Changes nothing the second time."""
    with transaction.atomic():
        editor_rights.sync(apps)


@transaction.atomic
def ensure_site(*, now: datetime) -> GuideIndex:
    """The page tree with the guide as its site, served at /guide/. Changes nothing the second time.

    Works from an empty database too (a flushed one has lost even Wagtail's root page), and removes
    the welcome page that Wagtail brings.
    """
    code = get_supported_content_language_variant(settings.LANGUAGE_CODE)
    Locale.objects.get_or_create(language_code=code)
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))
    if Collection.get_first_root_node() is None:
        Collection.add_root(instance=Collection(name="Root"))
    guide = GuideIndex.objects.first()
    if guide is None:
        guide = GuideIndex(title=GUIDE["title"], lead=GUIDE["lead"], slug="guide", live=True)
        root.add_child(instance=guide)
        record(actor=None, verb="guide.create", target=guide, now=now)
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        Site.objects.create(hostname="localhost", port=80, root_page=guide, is_default_site=True, site_name=settings.SITE_NAME)
    elif site.root_page_id != guide.pk:
        site.root_page, site.site_name = guide, settings.SITE_NAME
        site.save()
    welcome = Page.objects.filter(depth=2, slug="home", content_type__model="page", content_type__app_label="wagtailcore").first()
    if welcome is not None and not welcome.get_children().exists():
        welcome.delete()
    ensure_editor_permissions()
    return GuideIndex.objects.get(pk=guide.pk)


@transaction.atomic
def delete_standard(*, actor: Person | None, standard: Standard, now: datetime) -> None:
    """Delete a standard that nothing uses. Raises StandardInUse, with the list, otherwise."""
    check_standard_unused(standard)
    record(actor=actor, verb="standard.delete", target=standard, before={"key": standard.key}, now=now)
    standard.delete()


def check_standard_unused(standard: Standard) -> None:
    """Raises StandardInUse where anything points to this standard."""
    uses = uses_of_standard(standard)
    if uses:
        raise StandardInUse(standard, uses)


@dataclass
class StarterResult:
    """How many of each kind were created; all 0 where everything was there already."""

    vision: int = 0
    standards: int = 0
    credos: int = 0
    modules: int = 0


@transaction.atomic
def publish_starter_content(*, actor: Person | None, now: datetime) -> StarterResult:
    """Publish the starter strategy: what is missing is added, what is there (edited or not) stays.

    A standard is known by its key, a credo by its sentence, a guideline module by its slug.
    """
    guide = ensure_site(now=now)
    result = StarterResult()
    standards = {standard.key: standard for standard in Standard.objects.all()}
    fresh: list[Standard | Credo | Vision | GuidelineModule] = []
    for key, fields in STANDARDS.items():
        if key not in standards:
            standards[key] = _publish(Standard(key=key, live=False, **fields), actor, now)
            fresh.append(standards[key])
            result.standards += 1
    for place, fields in enumerate(CREDOS, start=1):
        if not Credo.objects.filter(sentence=fields["sentence"]).exists():
            credo = Credo(
                sentence=fields["sentence"],
                explanation=fields["explanation"],
                standard=standards[fields["standard"]],
                sort_order=10 * place,
                live=False,
            )
            fresh.append(_publish(credo, actor, now))
            result.credos += 1
    if not Vision.objects.child_of(guide).exists():
        vision = Vision(**{**VISION, "objectives": [("objective", objective) for objective in VISION["objectives"]]}, live=False)
        fresh.append(_publish_page(guide, vision, actor, now))
        result.vision = 1
    existing = set(GuidelineModule.objects.child_of(guide).values_list("slug", flat=True))
    for module in MODULES:
        if module["slug"] not in existing:
            body = [(kind, _block_value(kind, value, standards)) for kind, value in module["body"]]
            page = GuidelineModule(title=module["title"], slug=module["slug"], intro=module["intro"], body=body, live=False)
            fresh.append(_publish_page(guide, page, actor, now))
            result.modules += 1
    for item in fresh:
        record(actor=actor, verb="guide.publish", target=item, after={"starter": True}, now=now)
        # Wagtail leaves this to a background task; the first search must find what was just published.
        search_index.insert_or_update_object(item)
    return result


def _block_value(kind: str, value: object, standards: dict[str, Standard]) -> object:
    return {"standards": [standards[key] for key in value]} if kind == "standards" else value  # type: ignore[attr-defined]


def publish_as_of(item: DraftStateMixin, actor: Person | None, now: datetime) -> Revision:
    """Store what `item` says as a revision and publish it, both dated `now`: Wagtail itself knows only the clock on the wall.

    Checks no permission and records nothing; the verbs that call it do.
    """
    first = item.first_published_at or now
    revision: Revision = item.save_revision(user=actor)
    revision.publish(user=actor, skip_permission_checks=True)
    dates = {"first_published_at": first, "last_published_at": now}
    if isinstance(item, Page):
        dates["latest_revision_created_at"] = now
    Revision.objects.filter(pk=revision.pk).update(created_at=now)
    type(item)._default_manager.filter(pk=item.pk).update(**dates)
    item.refresh_from_db()
    revision.refresh_from_db()
    return revision


def _publish(snippet: Standard | Credo, actor: Person | None, now: datetime) -> Standard | Credo:
    snippet.full_clean()
    snippet.save()
    publish_as_of(snippet, actor, now)
    return snippet


def _publish_page(
    guide: GuideIndex, page: Vision | GuidelineModule, actor: Person | None, now: datetime
) -> Vision | GuidelineModule:
    guide.refresh_from_db()
    page.owner = actor
    guide.add_child(instance=page)
    publish_as_of(page, actor, now)
    return page
