"""What the editors' admin must know about assignments: a module that people learn is not deleted, but unpublished."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.models import Page

from learning.assignments.queries import has_assignments_below


@hooks.register("before_delete_page")
def keep_modules_with_assignments(request: HttpRequest, page: Page) -> HttpResponse | None:
    if not has_assignments_below(page):
        return None
    messages.error(
        request,
        _("People have learnt this module, and their proof names it. Unpublish it instead: then nobody can begin it any more."),
    )
    return redirect("wagtailadmin_explore", page.get_parent().pk)
