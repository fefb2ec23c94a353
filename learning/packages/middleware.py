"""Two sites from one process: on the host of `CONTENT_ORIGIN` only launches are answered, without session, cookie or person.

It stands before everything that knows files or people. What is asked for under another name goes on to the site, which
in turn knows none of the launch addresses.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from learning.packages.origin import content_host

URLS = "learning.packages.content_urls"


class ContentOrigin:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_content_host(request):
            return self.get_response(request)
        response = self._answer(request)
        # The address holds a key: Django's own line about a refused request would write it into the log.
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        try:
            match = resolve(request.path_info, urlconf=URLS)
            request.resolver_match = match
            return match.func(request, *match.args, **match.kwargs)  # type: ignore[no-any-return]
        except (Resolver404, Http404):
            return HttpResponse("Not found", status=404, content_type="text/plain; charset=utf-8")


def is_content_host(request: HttpRequest) -> bool:
    wanted = content_host()
    if wanted is None:
        return False
    name, _colon, port = request.get_host().lower().partition(":")
    return (name.rstrip("."), int(port) if port.isdigit() else (443 if request.is_secure() else 80)) == wanted
