"""Refusals of the API: always JSON, always with what to do."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from coaching.feeds.intake import BatchRefused
from coaching.feeds.services import NoSuchWebhook, Replayed
from coaching.feeds.signing import SignatureError


class ApiProblem(Exception):
    """A refusal with its status, its words and headers."""

    def __init__(self, status: int, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers or {}


def problem(
    status: int, detail: str, *, errors: list[dict[str, str]] | None = None, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """The answer of a refusal."""
    body: dict[str, Any] = {"status": status, "title": HTTPStatus(status).phrase, "detail": detail, "errors": errors or []}
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store", **(headers or {})})


def no_token() -> HttpResponse:
    """Nobody, or nobody any more, is behind the request."""
    return problem(
        401,
        _("This needs a valid API token: send the header “Authorization: Bearer unc_…”. Administrators make tokens."),
        headers={"WWW-Authenticate": "Bearer"},
    )


def not_here() -> HttpResponse:
    """Neither an operation nor a thing that this caller may know of."""
    return problem(404, _("There is nothing here. Check the address and the id."))


def handle_refusals(api: NinjaAPI) -> None:
    """Have every refusal of the API answered in this form."""

    def on(error: type[Exception], answer: Any) -> None:
        api.add_exception_handler(error, answer)

    on(ApiProblem, lambda request, error: problem(error.status, error.detail, headers=error.headers))
    on(AuthenticationError, lambda request, error: no_token())
    on(PermissionDenied, lambda request, error: problem(403, str(error)))
    on(Http404, lambda request, error: not_here())
    on(BatchRefused, lambda request, error: problem(422, str(error)))
    on(NoSuchWebhook, lambda request, error: problem(404, str(error)))
    on(SignatureError, lambda request, error: problem(401, str(error)))
    on(Replayed, lambda request, error: problem(409, str(error)))
    on(HttpError, lambda request, error: problem(400, _("The body is no JSON. Send application/json in UTF-8.")))
    on(ValidationError, _invalid)


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    faults = [
        {
            "where": ".".join(str(part) for part in fault["loc"] if part not in {"payload"})
            .encode("utf-8", "replace")
            .decode()[:200],
            "reason": str(fault["msg"]).encode("utf-8", "replace").decode()[:300],
        }
        for fault in error.errors[:20]
    ]
    return problem(422, _("The request is not as the description of the API says. Nothing was stored."), errors=faults)
