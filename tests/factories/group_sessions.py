"""Sessions for tests, planned by the service."""

from datetime import datetime, timedelta
from typing import Any

from learning.group_sessions.models import GroupSession
from learning.group_sessions.services import plan_session
from people.models import Person


def make_session(host: Person, now: datetime, title: str = "Saying no kindly", **changes: Any) -> GroupSession:
    """A week from now, one hour, in the Blue room."""
    starts = changes.pop("starts_at", now + timedelta(days=7))
    fields = {"ends_at": starts + timedelta(hours=1), "time_zone": "Europe/Berlin", "place": "Blue room", **changes}
    return plan_session(actor=host, title=title, starts_at=starts, now=now, **fields)
