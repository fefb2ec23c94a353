"""Periodic work: what there is, how often it is due. Rooms register theirs when they start; `operations` runs it.

A room names the function by its dotted path, so that registering costs a start nothing. The function takes the
moment and returns one sentence about what it did; where it cannot do it for a reason that somebody can mend, it
raises WorkFailed with that reason. It must be harmless to run twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.functional import Promise

DAY = timedelta(days=1)
# Cron starts a second earlier or later: that must not cost a whole turn.
MOST_SLACK = timedelta(seconds=30)


class WorkFailed(Exception):
    """Periodic work could not be done; the message says why, in words for an administrator."""


@dataclass(frozen=True)
class Work:
    """One piece of periodic work, due `every` so often or each day `at` a time of the organisation's clock.

    Nobody waits longer than `at_most` for a run that is never heard of again.
    """

    name: str
    title: str | Promise
    run: str  # dotted path of a function of (now) → what it did, in a sentence
    every: timedelta | None = None
    at: time | None = None
    at_most: timedelta = timedelta(minutes=15)

    def __post_init__(self) -> None:
        if (self.every is None) == (self.at is None):
            raise ValueError(f"{self.name}: say either how often it is due or at what time of the day")

    @property
    def interval(self) -> timedelta:
        return self.every or DAY

    def due_after(self, begun: datetime) -> datetime:
        """When it is due again, having begun then."""
        if self.every is not None:
            return begun + self.every - min(self.every / 10, MOST_SLACK)
        at = self.at or time()
        local = timezone.localtime(begun)
        day = local.date() if local.time() < at else local.date() + DAY
        return timezone.make_aware(datetime.combine(day, at))


_works: dict[str, Work] = {}


def register(work: Work) -> None:
    """Add a piece of work; registering the same again changes nothing, another of that name is a mistake."""
    if _works.setdefault(work.name, work) != work:
        raise ValueError(f"there is other periodic work called {work.name}")


def all_work() -> Iterable[Work]:
    """Everything registered: the frequent first, then by name."""
    return sorted(_works.values(), key=lambda work: (work.interval, work.name))


def find_work(name: str) -> Work | None:
    return _works.get(name)
