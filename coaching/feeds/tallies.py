"""How much each token and webhook brings in, day by day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F

from coaching.feeds.intake import Received
from coaching.feeds.models import ApiToken, DayTally, IncomingWebhook
from people.audit import record
from people.models import Person


def tally_token(*, token: ApiToken, kind: str, received: Received, now: datetime) -> None:
    """Note what a token brought; call in the transaction that stores it."""
    _tally(token.owner, kind, received, now, token=token)


def tally_webhook(*, endpoint: IncomingWebhook, kind: str, received: Received, now: datetime) -> None:
    """Note what an event of a webhook brought; call in its transaction."""
    _tally(None, kind, received, now, endpoint=endpoint)


def _tally(actor: Person | None, kind: str, received: Received, now: datetime, **by: ApiToken | IncomingWebhook) -> None:
    """Add to the day's line; the first of a day also goes into the audit log, which would be flooded by every one.

    Under the source's lock, so nobody else adds the same line meanwhile.
    """
    counts = received.counts()
    line: dict[str, Any] = {**by, "source": received.source, "kind": kind, "day": now.date()}
    if DayTally.objects.filter(**line).update(calls=F("calls") + 1, **{name: F(name) + n for name, n in counts.items()}):
        return
    DayTally.objects.create(**line, calls=1, **counts)
    sender = {"token" if isinstance(what, ApiToken) else "webhook": what.pk for what in by.values()}
    record(actor=actor, verb="feed.receive", target=received.source, after={"kind": str(kind), **sender}, now=now)
