"""One question to an OpenAI-compatible chat-completions endpoint, through the guarded client. Knows nothing of reviews."""

from __future__ import annotations

import json
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
from django.utils import timezone
from django.utils.translation import gettext as _

from coaching.quality.suggestions.assistant.endpoint import Endpoint
from foundation.outgoing import OutgoingRefused, guarded_client

SECONDS = 60.0
MAX_BYTES = 1024 * 1024
MOST_TOKENS = 4_000
LONGEST_WAIT = 900.0  # seconds that a Retry-After is heeded


class NoAnswer(Exception):
    """The assistant did not answer; the message says why. `final`: asking again does not help until somebody changes something.

    `busy`: it concerns the assistant, not this question, so others need not be asked now either. `wait`: seconds the
    other side asked to be left alone.
    """

    def __init__(self, text: str, *, final: bool = False, busy: bool = False, wait: float = 0.0) -> None:
        super().__init__(text)
        self.final = final
        self.busy = busy
        self.wait = wait


def complete(to: Endpoint, messages: Sequence[dict[str, str]], schema: dict[str, Any]) -> str:
    """The text that the model answers. Raises NoAnswer.

    Asks for JSON by the schema; an endpoint that does not know that option (400) is asked once more without it.
    """
    body = {"model": to.model, "messages": list(messages), "temperature": 0, "max_tokens": MOST_TOKENS}
    structured = {"type": "json_schema", "json_schema": {"name": "answers", "strict": False, "schema": schema}}
    headers = {"Authorization": f"Bearer {to.key}"} if to.key else {}
    try:
        # A redirect would carry the key and the conversation to another place.
        with guarded_client(
            headers=headers, follow_redirects=False, total_seconds=SECONDS, max_bytes=MAX_BYTES, also_allowed=[to.allowed]
        ) as client:
            response = client.post(to.url, json={**body, "response_format": structured})
            if response.status_code == 400:
                response = client.post(to.url, json=body)
    except OutgoingRefused as error:
        raise NoAnswer(_("The address of the assistant may not be called: %(why)s") % {"why": error}, final=True) from error
    except httpx2.TimeoutException as error:
        raise NoAnswer(_("The assistant did not answer within %(n)s seconds.") % {"n": round(SECONDS)}, busy=True) from error
    except httpx2.HTTPError as error:
        raise NoAnswer(_("The assistant cannot be reached."), busy=True) from error
    _must_be_well(response)
    try:
        text = response.json()["choices"][0]["message"]["content"]
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, IndexError, TypeError) as error:
        raise NoAnswer(_("The assistant answered in a form that is not known.")) from error
    if not isinstance(text, str):
        raise NoAnswer(_("The assistant answered in a form that is not known."))
    return text


def _must_be_well(response: httpx2.Response) -> None:
    status = response.status_code
    if status == 200:
        return
    if status == 429:
        raise NoAnswer(_("The assistant is busy."), busy=True, wait=_wait(response.headers.get("retry-after", "")))
    if status >= 500 or status == 408:
        raise NoAnswer(_("The assistant has a fault of its own (status %(status)s).") % {"status": status}, busy=True)
    if status in {401, 403}:
        raise NoAnswer(_("The assistant does not accept the key. An operator checks ASSISTANT_KEY."), final=True)
    if status == 404:
        raise NoAnswer(
            _("The assistant does not know this address or model. An operator checks ASSISTANT_URL and ASSISTANT_MODEL."),
            final=True,
        )
    raise NoAnswer(_("The assistant refused the question (status %(status)s).") % {"status": status}, final=True)


def _wait(value: str) -> float:
    """Seconds of a Retry-After header, a number or a date; 0 where it says nothing."""
    if value.strip().isdigit():
        return min(float(value), LONGEST_WAIT)
    try:
        seconds = (parsedate_to_datetime(value) - timezone.now()).total_seconds()
    except (TypeError, ValueError):
        return 0.0
    return min(max(seconds, 0.0), LONGEST_WAIT)
