"""How regularly somebody practises, without shaming: only days count on which they worked and something was waiting."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

SHOWN_DAYS = 5
LOOKED_BACK = 28
SATURDAY = 5


@dataclass(frozen=True)
class Span:
    """Days from `first` to `last`, both included; `last` None: still going on."""

    first: date
    last: date | None = None

    def holds(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class Rhythm:
    """On how many of the last days that count there was practice; at most five days."""

    practised: int
    days: int


def rhythm(today: date, *, practised: Collection[date], off: Sequence[Span], waiting: Sequence[Span]) -> Rhythm:
    """Of the last five days that count, looking back four weeks.

    A day with practice counts, whatever day it was. One without counts only from Monday to Friday, outside of `off`
    (absences and pauses), where a card was `waiting`. Today is not over: it counts once there was practice.
    """
    counted: list[bool] = []
    for back in range(LOOKED_BACK):
        day = today - timedelta(days=back)
        if day in practised:
            counted.append(True)
        elif back and _counts(day, off, waiting):
            counted.append(False)
        if len(counted) == SHOWN_DAYS:
            break
    return Rhythm(sum(counted), len(counted))


def _counts(day: date, off: Sequence[Span], waiting: Sequence[Span]) -> bool:
    if day.weekday() >= SATURDAY or any(span.holds(day) for span in off):
        return False
    return any(span.holds(day) for span in waiting)
