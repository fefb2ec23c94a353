"""What people announce upward."""

from dataclasses import dataclass
from datetime import date

from foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class TeamHistoryChanged(Event):
    """From that day on a person is a member of another team, or of none. The day may lie in the past.

    Announced inside the transaction that moves them.
    """

    person_id: int
    from_day: date
