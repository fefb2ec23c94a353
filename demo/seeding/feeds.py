"""The live feed of the demo company: a token in use, one that was revoked, a webhook in and one out that waits to be switched on."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from coaching.feeds import services
from coaching.feeds.models import EventType, Scope
from coaching.feeds.signing import sign
from coaching.interactions.models import ImportJob
from people.models import Person

SOURCE = "kiosk"


def seed_feeds(admin: Person, *, now: datetime) -> None:
    """Make them as the administrator would, and send a little through each."""
    token, _text = services.create_token(
        actor=admin,
        name="Parcel-shop kiosks",
        scopes=[Scope.INTERACTIONS_WRITE, Scope.INTERACTIONS_READ],
        source_key=SOURCE,
        now=now,
    )
    old, _text = services.create_token(
        actor=admin, name="Trial connection", scopes=[Scope.SURVEYS_WRITE], now=now - timedelta(days=40)
    )
    services.revoke_token(actor=admin, token=old, now=now - timedelta(days=33))
    services.count_call(token=token, now=now)
    rows = [_case(number, now) for number in range(3)]
    services.receive_by_token(token=token, kind=ImportJob.Kind.INTERACTIONS, source_key=SOURCE, rows=rows, now=now)
    incoming, secret = services.create_incoming(actor=admin, name="Kiosk events", source_key=SOURCE, now=now)
    _deliver(incoming.key, secret, "evt_kiosk_1", {"rows": [_case(4, now)]}, now)
    _deliver(incoming.key, secret, "evt_kiosk_2", {"rows": [_case(5, now), {**_case(6, now), "channel": "pigeon"}]}, now)
    outgoing, _secret = services.create_outgoing(
        actor=admin,
        name="HR system",
        url="https://hr.pellgrove.example/hooks/uncommon",
        event_types=[EventType.ASSIGNMENT_CREATED, EventType.ASSIGNMENT_COMPLETED],
        now=now,
    )
    # The demo calls no other machine.
    services.pause_outgoing(actor=admin, endpoint=outgoing, now=now)


def _case(number: int, now: datetime) -> dict[str, object]:
    opened = now - timedelta(hours=3 + number)
    return {
        "external_id": f"kiosk-{number + 1}",
        "opened_at": opened.isoformat(),
        "resolved_at": (opened + timedelta(minutes=12)).isoformat(),
        "status": "resolved",
        "channel": "other",
        "subject": "Label does not print",
        "topic": "Parcel shop",
    }


def _deliver(key: str, secret: str, webhook_id: str, data: dict[str, object], now: datetime) -> None:
    body = json.dumps({"type": "interactions", "timestamp": now.isoformat(), "data": data}).encode()
    stamp = int(now.timestamp())
    services.take_delivery(
        key=key, webhook_id=webhook_id, timestamp=str(stamp), signature=sign(secret, webhook_id, stamp, body), body=body, now=now
    )
