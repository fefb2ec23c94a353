"""What an H5P exercise asks of the content host: a place for what it keeps, and one for its results.

As in content_views, the key in the address is the whole right. The answers are shaped as H5P expects them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_POST

from learning.packages import services
from learning.packages.access import get_launch_by_token
from learning.packages.commits import MOST_BYTES
from learning.packages.content_headers import apart
from learning.packages.faults import CommitRefused
from learning.packages.models import Launch
from learning.packages.statements import data_key, read_data, read_finished, read_statement

Answer = dict[str, Any]


def _of_launch(view: Callable[..., Answer]) -> Callable[..., HttpResponseBase]:
    """Find the launch, refuse what is too long, and answer as H5P expects it, also where something is refused."""

    @wraps(view)
    def answered(request: HttpRequest, token: str, **parts: Any) -> HttpResponseBase:
        try:
            launch = get_launch_by_token(token, timezone.now())
        except Http404:
            return _refused("This launch has run out.", 403)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > MOST_BYTES:
            return _refused("The report is larger than 512 kB.", 413)
        try:
            return apart(JsonResponse({"success": True, **view(request, launch, **parts)}))
        except CommitRefused as error:
            return _refused(str(error), 400)

    return answered


def _refused(message: str, status: int) -> HttpResponseBase:
    return apart(JsonResponse({"success": False, "message": message}, status=status))


@require_POST
@_of_launch
def statement(request: HttpRequest, launch: Launch, number: int) -> Answer:
    """A statement of xAPI with the seconds of this visit, as JSON whatever its content type says."""
    result = read_statement(request.body)
    if result is None:
        return {"counted": False}
    done = services.record_result(launch=launch, number=number, result=result, now=timezone.now())
    return {"counted": True, "done": done}


@require_POST
@_of_launch
def finished(request: HttpRequest, launch: Launch, number: int) -> Answer:
    """H5P's own report of a result: score and time."""
    services.record_result(launch=launch, number=number, result=read_finished(_form(request)), now=timezone.now())
    return {}


@_of_launch
def user_data(request: HttpRequest, launch: Launch, number: int, content: str, kind: str, part: str) -> Answer:
    """What an exercise keeps under a name: read by GET, kept or forgotten by POST."""
    key = data_key(kind, part)
    if request.method == "GET":
        visit = services.visit_of_exercise(launch=launch, number=number)
        return {"data": (visit.runtime_data.get("data") or {}).get(key, False)}
    if request.method != "POST":
        raise CommitRefused("Data is kept by POST.")
    services.keep_data(launch=launch, number=number, key=key, data=read_data(_form(request)), now=timezone.now())
    return {}


def _form(request: HttpRequest) -> QueryDict:
    """The body as a form, also of a beacon."""
    return QueryDict(request.body, encoding="utf-8")
