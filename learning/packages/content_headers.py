"""The headers of everything a package can see: nothing from any other host, framed by the player and its site alone."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

# Inline scripts and eval, because most packages need them.
POLICY = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self'; form-action 'self'; frame-ancestors 'self' {app}"


def apart(response: HttpResponseBase, app_origin: str = "") -> HttpResponseBase:
    """The response with those headers."""
    response.headers["Content-Security-Policy"] = POLICY.format(app=app_origin).rstrip()
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def no_service_worker(request: HttpRequest) -> None:
    """A service worker would outlive its launch and stand between the host and every other package."""
    if request.headers.get("Service-Worker") == "script":
        raise Http404
