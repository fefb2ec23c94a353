"""What the editors' admin must know about assignments: a module that people learn is not deleted, but unpublished."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.models import Page

from learning.assignments.changes.tasks import look_for_changes
from learning.assignments.queries import has_assignments_below
from learning.modules.models import Module

REFUSAL = _("People have learnt this module, and their proof names it. Unpublish it instead: then nobody can begin it any more.")


@hooks.register("before_delete_page")
def keep_modules_with_assignments(request: HttpRequest, page: Page) -> HttpResponse | None:
    if not has_assignments_below(page):
        return None
    messages.error(request, REFUSAL)
    return redirect("wagtailadmin_explore", page.get_parent().pk)


@hooks.register("before_bulk_action")
def keep_modules_with_assignments_in_bulk(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    pages = [item for item in objects if isinstance(item, Page)] if action_type == "delete" else []
    if not any(has_assignments_below(page) for page in pages):
        return None
    messages.error(request, REFUSAL)
    return redirect("wagtailadmin_explore", pages[0].get_parent().pk)


@hooks.register("after_publish_page")
def learn_again_after_a_material_change(request: HttpRequest, page: Page) -> None:
    """At once; publishes that no editor's form made (scheduled, approved) are found by the schedule."""
    if isinstance(page.specific_deferred, Module):
        transaction.on_commit(look_for_changes.enqueue)
