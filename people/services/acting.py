"""An administrator sees the site as somebody else does: to look, never to act, and on record."""

from datetime import datetime, timedelta

from django.db import transaction

from people.access import can_act_as
from people.audit import record
from people.models import Person
from people.services.errors import PeopleError

ACTING_AS_LASTS = timedelta(minutes=30)


@transaction.atomic
def start_acting_as(*, actor: Person, person: Person, now: datetime) -> datetime:
    """Begin; returns when it ends by itself. Raises PeopleError where this is not allowed."""
    decision = can_act_as(actor, person)
    if not decision:
        raise PeopleError(str(decision.reason))
    until = now + ACTING_AS_LASTS
    record(actor=actor, verb="acting_as.start", target=person, subject=person, after={"until": until.isoformat()}, now=now)
    return until


@transaction.atomic
def stop_acting_as(*, actor: Person, person: Person, reason: str, now: datetime) -> None:
    """End; `reason` is "stopped", "expired" or "no longer allowed"."""
    record(actor=actor, verb="acting_as.stop", target=person, subject=person, after={"reason": reason}, now=now)
