"""What the content host answers: the player, the files of the package, and what the package reports.

No session, no cookie, no person: the signed key in the address is the whole right, and it opens one launch. These views are reached
only through `middleware.ContentOrigin`; on the site's own host their addresses do not exist.
"""

from __future__ import annotations

import hashlib

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
from learning.packages.content_headers import apart, no_service_worker
from learning.packages.content_types import content_type_of, is_served
from learning.packages.faults import CommitRefused
from learning.packages.models import Launch, Package
from learning.packages.queries import states_of
from learning.packages.runtime_files import RUNTIME_FILES, path_of_runtime, runtime_version

PLAYERS: dict[str, str] = {Package.Kind.H5P: "learning/packages/content_h5p.html"}  # the others have that of SCORM
NO_ERROR = {"result": True, "errorCode": 0}


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


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
            "user": runtime.pseudonym(person),
            "iri": runtime.activity(launch.package),
            "menu": runtime.menu(launch.package, states_of(launch.attempt)),
            "base": f"/p/{token}/",
            "app": launch.app_origin,
            "review": launch.review,
            "words": _words(),
            "version": runtime_version(),
        }
        context = {
            "package": launch.package,
            "boot": boot,
            "several": len(launch.package.parts) > 1,
            "language": person.locale,
            "version": runtime_version(),
        }
        page = render_to_string(PLAYERS.get(launch.package.kind, "learning/packages/content_player.html"), context)
    return apart(HttpResponse(page), launch.app_origin)


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
        "again": _("That is saved, but it is not passed yet. Try it again, or close it and come back later."),
    }


@require_POST
def open_part(request: HttpRequest, token: str, part: int) -> HttpResponseBase:
    """Begin a visit of one part: the data its run-time starts with, and where it reports."""
    now = timezone.now()
    launch = get_launch_by_token(token, now)
    try:
        opened = services.open_part(launch=launch, part=part, now=now)
    except CommitRefused as error:
        return apart(_plain(str(error), 404))
    services.touch_launch(launch=launch, now=now)
    item = launch.package.parts[part]
    number = opened.visit.number
    exercise = launch.package.kind == Package.Kind.H5P
    data = {
        # An exercise reports in the way of H5P, below one address.
        "commit": f"/h5p/{token}/{number}/" if exercise else f"/commit/{token}/{part}/{number}/",
        "href": f"/p/{token}/f/{item.href}",
        "seconds": opened.state.seconds,
        # H5P begins before its own question for it is answered, so what it kept comes along.
        "kept": opened.visit.runtime_data.get("data", {}) if exercise else {},
        "start": {} if exercise else runtime.start_data(launch, item, opened.state, opened.previous),
    }
    return apart(JsonResponse(data))


@require_safe
def menu(request: HttpRequest, token: str) -> HttpResponseBase:
    """The parts with what is done by now."""
    launch = get_launch_by_token(token, timezone.now())
    return apart(JsonResponse({"menu": runtime.menu(launch.package, states_of(launch.attempt))}))


@require_POST
def alive(request: HttpRequest, token: str) -> HttpResponseBase:
    """The player says now and then that it is still open: somebody may watch a film for longer than an hour."""
    now = timezone.now()
    services.touch_launch(launch=get_launch_by_token(token, now), now=now)
    return apart(HttpResponse(status=204))


@require_safe
def member(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """One file of the package, out of its zip, under a content type of our table."""
    no_service_worker(request)
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
    return apart(in_parts(request, response), launch.app_origin)


def commit(request: HttpRequest, token: str, part: int = 0, number: int | None = None) -> HttpResponseBase:
    """What a part reports: JSON whatever its content type says, since a beacon may only send text/plain."""
    if request.method != "POST":
        return apart(refusal(_("Reports are sent by POST."), 405))
    now = timezone.now()
    try:
        launch: Launch = get_launch_by_token(token, now)
    except Http404:
        return apart(refusal("This launch has run out.", 403))
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        return apart(refusal("The report is larger than 512 kB.", 413))
    try:
        report = read_commit(request.body)
        services.record_commit(launch=launch, part=part, number=number, commit=report, now=now)
    except CommitRefused as error:
        return apart(refusal(str(error), 400, error.code))
    return apart(JsonResponse(NO_ERROR))


def refusal(message: str, status: int, code: int = 101) -> JsonResponse:
    return JsonResponse({"result": False, "errorCode": code, "errorMessage": message}, status=status)


@require_safe
def runtime_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """The run-time libraries and the player's own scripts and styles."""
    no_service_worker(request)
    if name not in RUNTIME_FILES:
        raise Http404
    response = FileResponse(path_of_runtime(name).open("rb"), content_type=content_type_of(name))
    response.headers["Cache-Control"] = "public, max-age=86400"
    return apart(response)
