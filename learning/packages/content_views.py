"""What the content host answers: the player, the files of the package, and what the package reports.

No session, no cookie, no person: the signed key in the address is the whole right, and it opens one launch. These views are reached
only through `middleware.ContentOrigin`; on the site's own host their addresses do not exist.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.ranges import in_parts
from learning.packages import runtime, services, store
from learning.packages.access import get_launch_by_token
from learning.packages.commits import MOST_BYTES, read_commit
from learning.packages.content_types import content_type_of, is_served
from learning.packages.faults import CommitRefused
from learning.packages.models import Launch
from learning.packages.queries import states_of

# What packages are given: inline scripts and eval, because most need them, but nothing from any other host.
POLICY = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self'; form-action 'self'; frame-ancestors 'self' {app}"
# Our own files of the player by the name they have there, and where they lie among the static files.
RUNTIME_FILES = {
    "player.js": ("js/package_player.js", "text/javascript"),
    "player.css": ("css/package_player.css", "text/css"),
    "scorm12.js": ("vendor/scorm-again/dist/scorm12.min.js", "text/javascript"),
    "scorm2004.js": ("vendor/scorm-again/dist/scorm2004.min.js", "text/javascript"),
}
NO_ERROR = {"result": True, "errorCode": 0}


def _apart(response: HttpResponseBase, app_origin: str = "") -> HttpResponseBase:
    """The headers of everything a package can see."""
    response.headers["Content-Security-Policy"] = POLICY.format(app=app_origin).rstrip()
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def _no_service_worker(request: HttpRequest) -> None:
    """A service worker would outlive its launch and stand between the host and every other package."""
    if request.headers.get("Service-Worker") == "script":
        raise Http404


@require_safe
def player(request: HttpRequest, token: str) -> HttpResponseBase:
    """The frame that holds the run-time and the menu; the package runs in a frame within it, on the same host."""
    now = timezone.now()
    launch = get_launch_by_token(token, now)
    services.touch_launch(launch=launch, now=now)
    person = launch.attempt.assignment.person
    with translation.override(person.locale):
        boot = {
            "kind": launch.package.kind,
            "menu": runtime.menu(launch.package, states_of(launch.attempt)),
            "base": f"/p/{token}/",
            "app": launch.app_origin,
            "review": launch.review,
            "words": _words(),
        }
        context = {
            "package": launch.package,
            "boot": boot,
            "several": len(launch.package.parts) > 1,
            "language": person.locale,
            "version": runtime_version(),
        }
        page = render_to_string("learning/packages/content_player.html", context)
    return _apart(HttpResponse(page), launch.app_origin)


def _words() -> dict[str, str]:
    """What the player says; it is one script for all languages."""
    return {
        "offline": _(
            "Not saved yet: there is no connection. Leave this window open; it is saved as soon as the connection is back."
        ),
        "saved": _("Saved."),
        "ended": _("This window has run out, so nothing more is saved. Close it and open the package again."),
        "closed": _("That is saved. You can close the package now."),
        "next": _("That is saved. Go on with the next part, or close the package."),
        "choose": _("Choose a part of the menu."),
        "failed": _("The package could not be opened. Close it and try again."),
        "done": _("done"),
        "opened": _("opened"),
    }


@require_POST
def open_part(request: HttpRequest, token: str, part: int) -> HttpResponseBase:
    """Begin a visit of one part: the data its run-time starts with, and where it reports."""
    now = timezone.now()
    launch = get_launch_by_token(token, now)
    try:
        opened = services.open_part(launch=launch, part=part, now=now)
    except CommitRefused as error:
        return _apart(_plain(str(error), 404))
    services.touch_launch(launch=launch, now=now)
    item = launch.package.parts[part]
    data = {
        "commit": f"/commit/{token}/{part}/{opened.visit.number}/",
        "href": f"/p/{token}/f/{item.href}",
        "seconds": opened.state.seconds,
        "start": runtime.start_data(launch, item, opened.state, opened.previous),
    }
    return _apart(JsonResponse(data))


@require_safe
def menu(request: HttpRequest, token: str) -> HttpResponseBase:
    """The parts with what is done by now."""
    launch = get_launch_by_token(token, timezone.now())
    return _apart(JsonResponse({"menu": runtime.menu(launch.package, states_of(launch.attempt))}))


@require_POST
def alive(request: HttpRequest, token: str) -> HttpResponseBase:
    """The player says now and then that it is still open: somebody may watch a film for longer than an hour."""
    now = timezone.now()
    services.touch_launch(launch=get_launch_by_token(token, now), now=now)
    return _apart(HttpResponse(status=204))


@require_safe
def member(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """One file of the package, out of its zip, under a content type of our table."""
    _no_service_worker(request)
    now = timezone.now()
    launch = get_launch_by_token(token, now)
    if not is_served(name):
        raise Http404
    try:
        file, size = store.member(launch.package.sha256, name)
    except (KeyError, FileNotFoundError) as error:
        raise Http404 from error
    services.touch_launch(launch=launch, now=now)
    response = FileResponse(file, content_type=content_type_of(name))
    response.headers["Content-Length"] = str(size)
    response.headers["Content-Disposition"] = "inline"
    response.headers["ETag"] = f'"{hashlib.sha256(f"{launch.package.sha256}/{name}".encode()).hexdigest()[:32]}"'
    response.headers["Cache-Control"] = "private, max-age=3600"
    return _apart(in_parts(request, response), launch.app_origin)


def commit(request: HttpRequest, token: str, part: int = 0, number: int | None = None) -> HttpResponseBase:
    """What a part reports: JSON whatever its content type says, since a beacon may only send text/plain."""
    if request.method != "POST":
        return _apart(_refusal(_("Reports are sent by POST."), 405))
    now = timezone.now()
    try:
        launch: Launch = get_launch_by_token(token, now)
    except Http404:
        return _apart(_refusal("This launch has run out.", 403))
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        return _apart(_refusal("The report is larger than 512 kB.", 413))
    try:
        report = read_commit(request.body)
        services.record_commit(launch=launch, part=part, number=number, commit=report, now=now)
    except CommitRefused as error:
        return _apart(_refusal(str(error), 400, error.code))
    return _apart(JsonResponse(NO_ERROR))


def _refusal(message: str, status: int, code: int = 101) -> JsonResponse:
    return JsonResponse({"result": False, "errorCode": code, "errorMessage": message}, status=status)


@require_safe
def runtime_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """The run-time library and the player's own script and style."""
    _no_service_worker(request)
    if name not in RUNTIME_FILES:
        raise Http404
    path = _static(name)
    response = FileResponse(path.open("rb"), content_type=RUNTIME_FILES[name][1])
    response.headers["Cache-Control"] = "public, max-age=86400"
    return _apart(response)


def _static(name: str) -> Path:
    """Where a file lies: among the sources, or where the static files were collected."""
    inner = RUNTIME_FILES[name][0]
    found = cast(Any, finders.find(inner))
    return Path(found) if found else Path(settings.STATIC_ROOT) / inner


@lru_cache(maxsize=1)
def runtime_version() -> str:
    """Changes with any of the player's files, so that no browser mixes an old script with a new page."""
    stamps = {name: _static(name).stat().st_mtime_ns for name in RUNTIME_FILES}
    return hashlib.sha256(json.dumps(stamps, sort_keys=True).encode()).hexdigest()[:12]
