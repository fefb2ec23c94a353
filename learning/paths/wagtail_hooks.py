"""What the editors' admin must know about paths: a module that a path leads through is not deleted, but unpublished."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.models import Page

from learning.paths.queries import module_is_on_a_path


@hooks.register("before_delete_page")
def keep_modules_of_paths(request: HttpRequest, page: Page) -> HttpResponse | None:
    if not module_is_on_a_path(page.path):
        return None
    messages.error(request, _("A learning path leads through this module. Take it out of the path first, or unpublish it."))
    return redirect("wagtailadmin_explore", page.get_parent().pk)
