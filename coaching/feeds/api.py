"""The API under /api/v1/. A view loads, calls one service, answers; what may be done is decided in `access`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Header, NinjaAPI, Path, Status
from ninja.security import HttpBearer

from coaching.feeds import access, queries, services
from coaching.feeds.api_errors import ApiProblem, handle_refusals
from coaching.feeds.batches import (
    BatchResult,
    EventTaken,
    InteractionBatch,
    InteractionState,
    MessageBatch,
    Problem,
    SurveyBatch,
)
from coaching.feeds.intake import Received
from coaching.feeds.models import ApiToken, Scope
from coaching.interactions.models import ImportJob

DESCRIPTION = (
    "Send cases, messages and survey answers as they happen; they are checked, stored and counted exactly like imported files. "
    "A row is known by its source and id: sending it twice changes nothing, sending it changed changes what changed, and a field "
    "that is left out stays as it is. Every call carries a token: `Authorization: Bearer unc_…`. A token may make 120 calls a "
    "minute; a body may have 10 MB."
)
REFUSALS: dict[int, Any] = {
    400: Problem,
    401: Problem,
    403: Problem,
    413: Problem,
    422: Problem,
    429: Problem,
}


class TokenAuth(HttpBearer):
    """Who is calling, and have they called too often? Then: is the body small enough to be read?"""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        now = timezone.now()
        found = services.find_token(text=token, now=now)
        if found is None:
            return None
        wait = services.count_call(token=found, now=now)
        if wait:
            raise ApiProblem(
                429,
                _("This token has made %(n)s calls within a minute. Wait %(wait)s s, and send more rows in each call.")
                % {"n": services.CALLS_PER_MINUTE, "wait": wait},
                headers={"Retry-After": str(wait)},
            )
        read_body(request)
        return found


def read_body(request: HttpRequest) -> bytes:
    """The raw body; refused where it is too large or was cut off."""
    try:
        return request.body
    except RequestDataTooBig as error:
        raise ApiProblem(413, _("The body is larger than 10 MB. Send fewer rows in each call.")) from error
    except UnreadablePostError as error:
        raise ApiProblem(400, _("The body ended too early. Send the request again.")) from error


api = NinjaAPI(
    title="Uncommon",
    version="1",
    description=DESCRIPTION,
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
    auth=TokenAuth(),
)
handle_refusals(api)


def _example(body: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"content": {"application/json": {"example": body}}}}


def _token(request: HttpRequest, scope: str, source_key: str) -> ApiToken:
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    access.can_use(token, scope).or_403()
    access.can_write_source(token, source_key).or_403()
    return token


def _answer(received: Received) -> Status[BatchResult]:
    result = BatchResult.of(received)
    return Status(207 if result.rejected else 200, result)


@api.post(
    "/interactions",
    response={200: BatchResult, 207: BatchResult, **REFUSALS},
    operation_id="send_interactions",
    summary="Send cases",
    description="Stores up to 1,000 cases. 200: all rows were taken; 207: some were rejected, and the answer says which and why.",
    tags=["Send"],
    url_name="send_interactions",
    openapi_extra=_example(
        {
            "source": "zendesk",
            "rows": [
                {
                    "external_id": "4711",
                    "opened_at": "2026-06-15T08:12:00Z",
                    "first_reply_at": "2026-06-15T08:31:00Z",
                    "resolved_at": "2026-06-15T09:30:00Z",
                    "status": "resolved",
                    "channel": "email",
                    "handler_email": "rita@example.com",
                    "topic": "Delivery",
                }
            ],
        }
    ),
)
def send_interactions(request: HttpRequest, payload: InteractionBatch) -> Status[BatchResult]:
    token = _token(request, Scope.INTERACTIONS_WRITE, payload.source)
    return _answer(
        services.receive_by_token(
            token=token,
            kind=ImportJob.Kind.INTERACTIONS,
            source_key=payload.source,
            rows=payload.rows,
            now=timezone.now(),
        )
    )


@api.post(
    "/messages",
    response={200: BatchResult, 207: BatchResult, **REFUSALS},
    operation_id="send_messages",
    summary="Send messages",
    description="Stores up to 1,000 messages. Cases that nobody has sent yet are opened from them.",
    tags=["Send"],
    url_name="send_messages",
    openapi_extra=_example(
        {
            "source": "zendesk",
            "rows": [
                {
                    "case": "4711",
                    "external_id": "m-1",
                    "sent_at": "2026-06-15T08:12:00Z",
                    "author_kind": "customer",
                    "body": "Where is my parcel?",
                }
            ],
        }
    ),
)
def send_messages(request: HttpRequest, payload: MessageBatch) -> Status[BatchResult]:
    token = _token(request, Scope.MESSAGES_WRITE, payload.source)
    return _answer(
        services.receive_by_token(
            token=token,
            kind=ImportJob.Kind.MESSAGES,
            source_key=payload.source,
            rows=payload.rows,
            now=timezone.now(),
        )
    )


@api.post(
    "/surveys",
    response={200: BatchResult, 207: BatchResult, **REFUSALS},
    operation_id="send_surveys",
    summary="Send survey answers",
    description="Stores up to 1,000 survey answers of one kind. They count for whoever handled the case, or for the named handler.",
    tags=["Send"],
    url_name="send_surveys",
    openapi_extra=_example(
        {
            "source": "zendesk",
            "kind": "csat",
            "rows": [{"external_id": "s-1", "case": "4711", "value": 5, "responded_at": "2026-06-15T11:00:00Z"}],
        }
    ),
)
def send_surveys(request: HttpRequest, payload: SurveyBatch) -> Status[BatchResult]:
    token = _token(request, Scope.SURVEYS_WRITE, payload.source)
    return _answer(
        services.receive_by_token(
            token=token,
            kind=ImportJob.Kind.SURVEYS,
            source_key=payload.source,
            rows=payload.rows,
            survey=payload.options(),
            now=timezone.now(),
        )
    )


@api.get(
    "/interactions/{source}/{path:external_id}",
    response={200: InteractionState, 401: Problem, 403: Problem, 404: Problem, 429: Problem},
    operation_id="read_interaction",
    summary="Look up a case",
    description="What is stored of a case: states and times, to check that a delivery arrived. Never what was written in it.",
    tags=["Look up"],
    url_name="read_interaction",
)
def read_interaction(
    request: HttpRequest,
    source: str = Path(..., description="The source's key.", example="zendesk"),
    external_id: str = Path(..., description="The case's id in the source.", example="4711"),
) -> InteractionState:
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    access.can_use(token, Scope.INTERACTIONS_READ).or_403()
    found = queries.interaction_state(access.interactions_readable_with(token), source, external_id)
    if found is None:
        raise Http404
    return found


@api.post(
    "/webhooks/{endpoint_key}",
    auth=None,
    response={
        200: EventTaken,
        202: EventTaken,
        400: Problem,
        401: Problem,
        404: Problem,
        409: Problem,
        413: Problem,
        422: Problem,
    },
    operation_id="take_webhook",
    summary="Deliver an event",
    description=(
        "For systems that send webhooks after Standard Webhooks. The raw body is stored before it is read and processed "
        "right after: 202 means it is safely stored, 200 that this id was stored before. Signed is `id.timestamp.body`, with "
        "HMAC-SHA256 and the secret of the address; each attempt is signed with its own time."
    ),
    tags=["Webhooks"],
    url_name="take_webhook",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "properties": {
                            "type": {"type": "string", "description": "interactions, messages or surveys"},
                            "timestamp": {
                                "type": "string",
                                "description": "When it happened: an older event never undoes a newer one.",
                            },
                            "data": {
                                "type": "object",
                                "description": "What the API takes under the same name, without “source”.",
                            },
                        },
                    },
                    "example": {
                        "type": "interactions",
                        "timestamp": "2026-06-15T09:30:00Z",
                        "data": {"rows": [{"external_id": "4711", "opened_at": "2026-06-15T08:12:00Z", "status": "resolved"}]},
                    },
                }
            },
        }
    },
)
def take_webhook(
    request: HttpRequest,
    endpoint_key: str = Path(..., description="As shown with the address.", example="Zk3…"),
    webhook_id: str = Header("", alias="webhook-id", description="The event's id, the same at every attempt."),
    webhook_timestamp: str = Header(
        "", alias="webhook-timestamp", description="When this attempt was signed, in seconds since 1970."
    ),
    webhook_signature: str = Header("", alias="webhook-signature", description="One or more “v1,…”, separated by spaces."),
) -> Status[EventTaken]:
    event, is_new = services.take_delivery(
        key=endpoint_key,
        webhook_id=webhook_id,
        timestamp=webhook_timestamp,
        signature=webhook_signature,
        body=read_body(request),
        now=timezone.now(),
    )
    return Status(202 if is_new else 200, EventTaken(state="stored" if is_new else "known", id=event.webhook_id))


def description() -> dict[str, Any]:
    """The API in words of OpenAPI 3.1."""
    return dict(api.get_openapi_schema(path_prefix="/api/v1/"))
