"""Writing down what other systems are to be told. A light module: the playbook's handlers load it at every start."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from coaching.feeds.delivery_tasks import deliver_event
from coaching.feeds.models import Delivery, EventType, OutboxEvent, OutgoingWebhook


@transaction.atomic
def send_event(*, event_type: str, data: Mapping[str, Any], now: datetime) -> OutboxEvent | None:
    """Write down that something happened, for every address that wants to be told; None where none does.

    Call in the transaction in which it happened: both are stored or neither. It is sent after the commit.
    `data` holds ids and states, never what a customer or colleague wrote.
    """
    wanted = [endpoint for endpoint in OutgoingWebhook.objects.filter(active=True) if event_type in endpoint.event_types]
    if not wanted:
        return None
    event = OutboxEvent.objects.create(
        event_id=f"evt_{secrets.token_hex(16)}", event_type=EventType(event_type), occurred_at=now, data=dict(data)
    )
    for endpoint in wanted:
        delivery = Delivery.objects.create(endpoint=endpoint, event=event, next_try_at=now)
        transaction.on_commit(partial(deliver_event.enqueue, delivery.pk))
    return event
