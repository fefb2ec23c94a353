"""What a worker does with an event that is to be told: sign it, send it, note how it went, try again later."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx2
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from coaching.feeds.models import Delivery, OutgoingWebhook
from coaching.feeds.patience import wait_after
from coaching.feeds.signing import sign
from foundation.outgoing import OutgoingRefused, guarded_client
from foundation.secrets import SecretUnreadable, decrypt
from people.audit import record
from people.mail import send_to_person
from people.models import Person, Role

MAX_ATTEMPTS = 12
FAILURES_TO_STOP = 30
CLAIM_LASTS = timedelta(minutes=5)
GONE = 410


def body_of(delivery: Delivery) -> bytes:
    """The event as it is sent: the same bytes at every attempt."""
    event = delivery.event
    payload = {"type": event.event_type, "timestamp": event.occurred_at.astimezone(UTC).isoformat(), "data": event.data}
    return json.dumps(payload, separators=(",", ":"), sort_keys=True).encode()


def deliver_waiting(
    *,
    pk: int,
    clock: Callable[[], datetime],
    later: Callable[[datetime], None],
    client: Callable[..., httpx2.Client] = guarded_client,
) -> None:
    """Send one event to one address, and note the outcome; `later` is told when to try again.

    Claiming is one statement, and nothing is held while the other side is spoken to: of two workers one sends, and a
    worker that dies leaves a claim that ends by itself. So an event may arrive twice, always under the same id.
    """
    now = clock()
    claimable = Q(next_try_at=None) | Q(next_try_at__lte=now)
    claimed = Delivery.objects.filter(claimable, pk=pk, state=Delivery.State.WAITING, endpoint__active=True).update(
        attempts=F("attempts") + 1, last_tried_at=now, next_try_at=now + CLAIM_LASTS
    )
    if not claimed:
        return
    delivery = Delivery.objects.select_related("endpoint", "event").get(pk=pk)
    status, error, hopeless = _send(delivery, now, client)
    when = _note(delivery, status, error, hopeless=hopeless, now=clock())
    if when is not None:
        later(when)


def _send(delivery: Delivery, now: datetime, client: Callable[..., httpx2.Client]) -> tuple[int | None, str, bool]:
    """Status, what went wrong ("" for nothing), and whether trying again is pointless."""
    endpoint, body, timestamp = delivery.endpoint, body_of(delivery), int(now.timestamp())
    try:
        live = [decrypt(endpoint.secret)]
        if endpoint.old_secret and endpoint.old_secret_until is not None and endpoint.old_secret_until > now:
            live.append(decrypt(endpoint.old_secret))
        headers = {
            "Content-Type": "application/json",
            "webhook-id": delivery.event.event_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": " ".join(sign(secret, delivery.event.event_id, timestamp, body) for secret in live),
        }
        # A redirect is not followed: the address was agreed on, and a signed body goes nowhere else.
        with client(follow_redirects=False) as http:
            response = http.post(endpoint.url, content=body, headers=headers)
    except (OutgoingRefused, SecretUnreadable) as refused:
        return None, str(refused), True
    except httpx2.HTTPError as failed:
        return None, _("No answer (%(what)s).") % {"what": type(failed).__name__}, False
    if 200 <= response.status_code < 300:
        return response.status_code, "", False
    return response.status_code, _("The answer was %(status)s.") % {"status": response.status_code}, False


@transaction.atomic
def _note(delivery: Delivery, status: int | None, error: str, *, hopeless: bool, now: datetime) -> datetime | None:
    endpoint = OutgoingWebhook.objects.select_for_update().get(pk=delivery.endpoint_id)
    delivery.last_status, delivery.last_error = status, error[:300]
    if not error:
        delivery.state, delivery.next_try_at, delivery.finished_at = Delivery.State.DELIVERED, None, now
        endpoint.failures_in_a_row = 0
    else:
        endpoint.failures_in_a_row += 1
        if hopeless or status == GONE or delivery.attempts >= MAX_ATTEMPTS:
            delivery.state, delivery.next_try_at, delivery.finished_at = Delivery.State.FAILED, None, now
        else:
            delivery.next_try_at = now + wait_after(delivery.attempts)
        if endpoint.active and (status == GONE or endpoint.failures_in_a_row >= FAILURES_TO_STOP):
            _stop(endpoint, gone=status == GONE, now=now)
    delivery.save(update_fields=["state", "next_try_at", "finished_at", "last_status", "last_error"])
    endpoint.save(update_fields=["active", "failures_in_a_row", "disabled_at", "disabled_because"])
    return delivery.next_try_at if endpoint.active else None


def _stop(endpoint: OutgoingWebhook, *, gone: bool, now: datetime) -> None:
    """Switch an address off that cannot be reached, and tell the administrators."""
    endpoint.active, endpoint.disabled_at = False, now
    endpoint.disabled_because = (
        _("It answered 410: gone.") if gone else _("%(n)s attempts in a row failed.") % {"n": endpoint.failures_in_a_row}
    )
    after = {"active": False, "failures": endpoint.failures_in_a_row}
    record(actor=None, verb="webhook_out.stop", target=endpoint, after=after, now=now)
    context: dict[str, Any] = {
        "name": endpoint.name,
        "link": settings.BASE_URL.rstrip("/") + reverse("outgoing_detail", args=[endpoint.pk]),
    }
    for person in Person.objects.active().with_role(Role.ADMIN):
        transaction.on_commit(partial(send_to_person, person, "coaching/feeds/webhook_stopped", context))
