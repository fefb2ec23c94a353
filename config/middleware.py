"""Middleware that belongs to the whole site."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from people.models import Role

# Accounts and rights are kept on our own pages: whoever may change a user in Wagtail may become anybody.
CLOSED_IN_ADMIN = ("/cms/users/", "/cms/groups/")


class WagtailAdminPolicy:
    """A wider content policy for the editors' admin only: Wagtail's own pages use inline scripts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/cms/"):
            response._csp_replace = None  # type: ignore[attr-defined]
            response._csp_exempt = True  # type: ignore[attr-defined]
            response.headers["Content-Security-Policy"] = settings.WAGTAIL_ADMIN_POLICY
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response


class EditorsOnly:
    """Wagtail's admin is for editors: everybody else is told so, instead of being sent round in circles to sign in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: object) -> None:
        if not request.path.startswith("/cms/") or not request.user.is_authenticated:
            return
        if request.path in {"/cms/login/", "/cms/logout/"}:
            return
        if not request.user.has_role(Role.EDITOR):
            raise PermissionDenied(_("Content is edited by content editors. Ask an administrator for the role if you need it."))
        if request.path.startswith(CLOSED_IN_ADMIN):
            raise Http404
