"""The live feed of the demo company: two tokens, one of them revoked, a webhook in, and one out that is switched off."""

from __future__ import annotations

from datetime import datetime, timedelta

from coaching.feeds import services
from coaching.feeds.models import EventType, Scope
from people.models import Person

SOURCE = "kiosk"


def seed_feeds(admin: Person, *, now: datetime) -> None:
    """Make them as the administrator would. Nothing is sent: the company's cases come from its files."""
    services.create_token(
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
    services.create_incoming(actor=admin, name="Kiosk events", source_key=SOURCE, now=now)
    outgoing, _secret = services.create_outgoing(
        actor=admin,
        name="HR system",
        url="https://hr.pellgrove.example/hooks/uncommon",
        event_types=[EventType.ASSIGNMENT_CREATED, EventType.ASSIGNMENT_COMPLETED],
        now=now,
    )
    # The demo calls no other machine.
    services.pause_outgoing(actor=admin, endpoint=outgoing, now=now)
