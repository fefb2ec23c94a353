"""What the rooms have to say on a first page: open signals, whether customers answer, who waits to be matched.

Each is shown only to who may open the room behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from coaching.metrics.matching.access import can_read_queue
from coaching.metrics.matching.queries import count_waiting
from coaching.signals.queries import open_signals_for
from coaching.signals.words import Told
from coaching.surveys.figures import Rate
from coaching.surveys.models import Survey
from coaching.surveys.queries import response_rates, window
from people.models import Person

DAYS = 90  # of the response rate, as on the page of surveys
MOST_SIGNALS = 5


@dataclass(frozen=True)
class News:
    signals: list[Told]
    more_signals: int
    rates: list[tuple[Survey, Rate]]
    unmatched: int

    @property
    def anything(self) -> bool:
        return bool(self.signals or self.rates or self.unmatched)


def read_news(person: Person, on: date, now: datetime, *, with_signals: bool = True) -> News:
    """`with_signals` False where they stand beside the people already."""
    signals = open_signals_for(person, on) if with_signals else []
    return News(
        signals[:MOST_SIGNALS],
        max(0, len(signals) - MOST_SIGNALS),
        response_rates(person, window(DAYS, now), on),
        count_waiting() if can_read_queue(person) else 0,
    )
