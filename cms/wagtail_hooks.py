"""How the editors' admin looks and what it refuses; who is let in to read pages and files."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from cms import services
from cms.access import can_read_guide
from cms.models import Credo, GuideIndex, Standard
from cms.queries import editors_places
from people.audit import record
from people.requests import PersonRequest

# --- What editors edit beside pages ----------------------------------------------------------


class StandardViewSet(SnippetViewSet):
    model = Standard
    icon = "check"
    menu_label = gettext_lazy("Standards")
    menu_order = 150
    add_to_admin_menu = True
    list_display = ["title", "key", "behaviour", "live"]
    list_filter = ["live"]
    copy_view_enabled = False  # a copy would carry the key; two standards never share one


class CredoViewSet(SnippetViewSet):
    model = Credo
    icon = "openquote"
    menu_label = gettext_lazy("Credos")
    menu_order = 160
    add_to_admin_menu = True
    list_display = ["sentence", "standard", "sort_order", "live"]
    copy_view_enabled = False


register_snippet(StandardViewSet)
register_snippet(CredoViewSet)


# --- Readers ---------------------------------------------------------------------------------


@hooks.register("before_serve_page")
def staff_only(page: Page, request: PersonRequest, *args: Any) -> HttpResponse | None:
    if not can_read_guide(request.user):
        return redirect_to_login(request.get_full_path())
    return None


@hooks.register("before_serve_document")
def staff_only_files(document: models.Model, request: PersonRequest) -> HttpResponse | None:
    if not can_read_guide(request.user):
        return redirect_to_login(request.get_full_path())
    return None


# --- The admin's menus and first page --------------------------------------------------------

HIDDEN_MAIN = {"help", "snippets"}  # standards and credos have entries of their own
HIDDEN_SETTINGS = {"users", "groups", "sites", "redirects"}
HIDDEN_REPORTS = {"site-history", "workflows", "workflow-tasks", "page-types-usage"}


def _without(items: list[MenuItem], names: Iterable[str]) -> None:
    items[:] = [item for item in items if item.name not in names]


@hooks.register("construct_main_menu")
def calm_main_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    _without(items, HIDDEN_MAIN)


@hooks.register("construct_settings_menu")
def calm_settings_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    _without(items, HIDDEN_SETTINGS)


@hooks.register("construct_reports_menu")
def calm_reports_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    _without(items, HIDDEN_REPORTS)


@hooks.register("register_admin_menu_item")
def way_back() -> MenuItem:
    return MenuItem(gettext_lazy("Read the guide"), "/guide/", icon_name="view", order=50)


@hooks.register("insert_global_admin_css")
def house_colours() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("css/editors.css"))


class EditorsStart(Component):
    """Three sentences on the admin's first page: what is edited here, and in which order."""

    order = 10
    template_name = "cms/admin/start.html"

    def get_context_data(self, parent_context: dict[str, Any] | None) -> dict[str, Any]:
        return {"places": editors_places()}


@hooks.register("construct_homepage_panels")
def first_page(request: HttpRequest, panels: list[Component]) -> None:
    panels.insert(0, EditorsStart())


# --- Refusals --------------------------------------------------------------------------------


@hooks.register("before_delete_snippet")
def keep_standards_in_use(request: HttpRequest, instances: Iterable[models.Model]) -> HttpResponse | None:
    for instance in instances:
        if not isinstance(instance, Standard):
            continue
        try:
            services.check_standard_unused(instance)
        except services.StandardInUse as refusal:
            messages.error(request, str(refusal))
            return redirect(instance.snippet_viewset.get_url_name("edit"), instance.pk)
    return None


@hooks.register("before_delete_page")
@hooks.register("before_unpublish_page")
def keep_the_guide(request: HttpRequest, page: Page) -> HttpResponse | None:
    if page.specific_class is not GuideIndex:
        return None
    messages.error(request, _("The guide's first page stays: everything else stands below it."))
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("before_bulk_action")
def keep_the_guide_in_bulk(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> HttpResponse | None:
    if action_type in {"delete", "unpublish", "move"} and any(
        isinstance(item, Page) and item.specific_class is GuideIndex for item in objects
    ):
        messages.error(request, _("The guide's first page stays: everything else stands below it."))
        return redirect("wagtailadmin_home")
    return None


# --- The audit log ---------------------------------------------------------------------------


def _note(verb: str, request: PersonRequest, *targets: models.Model) -> None:
    for target in targets:
        after = {"live": target.live} if hasattr(target, "live") else {}
        record(actor=request.user, verb=verb, target=target, after=after, now=timezone.now())


@hooks.register("after_create_page")
@hooks.register("after_copy_page")
def note_page_created(request: PersonRequest, page: Page, *args: Any) -> None:
    _note("page.create", request, *(args[:1] or (page,)))


@hooks.register("after_edit_page")
def note_page_edited(request: PersonRequest, page: Page) -> None:
    _note("page.edit", request, page)


@hooks.register("after_publish_page")
def note_page_published(request: PersonRequest, page: Page) -> None:
    _note("page.publish", request, page)


@hooks.register("after_unpublish_page")
def note_page_unpublished(request: PersonRequest, page: Page) -> None:
    _note("page.unpublish", request, page)


@hooks.register("after_move_page")
def note_page_moved(request: PersonRequest, page: Page) -> None:
    _note("page.move", request, page)


@hooks.register("after_delete_page")
def note_page_deleted(request: PersonRequest, page: Page) -> None:
    _note("page.delete", request, page)


@hooks.register("after_create_snippet")
def note_snippet_created(request: PersonRequest, instance: models.Model) -> None:
    _note(f"{instance._meta.model_name}.create", request, instance)


@hooks.register("after_edit_snippet")
def note_snippet_edited(request: PersonRequest, instance: models.Model) -> None:
    _note(f"{instance._meta.model_name}.edit", request, instance)


@hooks.register("after_delete_snippet")
def note_snippets_deleted(request: PersonRequest, instances: Iterable[models.Model]) -> None:
    for instance in instances:
        _note(f"{instance._meta.model_name}.delete", request, instance)


@hooks.register("after_bulk_action")
def note_bulk_action(request: PersonRequest, action_type: str, objects: list[Any], action: Any) -> None:
    for item in objects:
        if isinstance(item, Page):
            _note(f"page.{action_type}", request, item)
