"""One's own calendar address: made, made anew, taken away. It is shown once; only its digest is kept."""

import secrets
from datetime import datetime

from django.db import transaction

from foundation.secrets import digest
from learning.group_sessions.models import CalendarFeed
from people.audit import record
from people.models import Person


@transaction.atomic
def make_feed(*, actor: Person, now: datetime) -> str:
    """The token of a new address; the one before ends."""
    token = secrets.token_urlsafe(32)
    feed, _made = CalendarFeed.objects.update_or_create(person=actor, defaults={"digest": digest(token), "created_at": now})
    record(actor=actor, verb="calendar_feed.make", target=feed, subject=actor, now=now)
    return token


@transaction.atomic
def end_feed(*, actor: Person, now: datetime) -> None:
    """No address any more; without one nothing happens."""
    feed = CalendarFeed.objects.select_for_update().filter(person=actor).first()
    if feed is not None:
        record(actor=actor, verb="calendar_feed.end", target=feed, subject=actor, now=now)
        feed.delete()
