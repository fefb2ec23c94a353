"""Middleware that belongs to the whole site."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


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
