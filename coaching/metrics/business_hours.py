"""How many business seconds lie between two moments. Pure arithmetic on whole seconds.

Hours are written in local wall time, lengths are measured in UTC: a span across a clock change is an
hour longer or shorter, as it is for those who work it. The time line is cut into pieces of constant
offset from UTC; in each, wall time is UTC plus the offset, so an hour that a clock shows twice counts
twice and one it skips does not count, in every zone (also where the clock moves by 30 minutes, or a
whole day is left out).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

DAY = 86_400
EPOCH = date(1970, 1, 1)

Span = tuple[int, int]  # seconds after local midnight, the end excluded; 86,400 is the next midnight
OFFICE: Span = (9 * 3600, 17 * 3600)
MONDAY_TO_FRIDAY: tuple[tuple[Span, ...], ...] = ((OFFICE,),) * 5 + ((), ())
ALWAYS: tuple[tuple[Span, ...], ...] = (((0, DAY),),) * 7


@dataclass(frozen=True)
class Hours:
    """A calendar's rules. `closed` and `opened` name single dates; the second win over holidays and the first."""

    zone: str
    week: tuple[tuple[Span, ...], ...] = MONDAY_TO_FRIDAY
    country: str = ""
    region: str = ""
    closed: frozenset[date] = frozenset()
    opened: tuple[tuple[date, tuple[Span, ...]], ...] = ()

    def between(self, start: int, end: int) -> int:
        """Business seconds from one moment to another, both in seconds since 1970 UTC; 0 where the end is not later."""
        clock = clock_for(self, start, end)
        worked: np.ndarray = clock.worked(np.array([start, end], dtype=np.int64))
        return max(0, int(worked[1] - worked[0]))


class Clock:
    """A calendar laid out as the spans it is open in, with what has been worked up to each of them."""

    def __init__(self, starts: np.ndarray, ends: np.ndarray) -> None:
        self.starts, self.ends = starts, ends
        self.before = np.concatenate(([0], np.cumsum(ends - starts)))

    def worked(self, moments: np.ndarray) -> np.ndarray:
        """Business seconds from the beginning of the layout up to each moment (seconds since 1970 UTC, int64)."""
        if not len(self.starts):
            return np.zeros(len(moments), dtype=np.int64)
        place = np.searchsorted(self.starts, moments, side="right")
        last = np.maximum(place - 1, 0)
        inside = np.minimum(moments, self.ends[last]) - self.starts[last]
        return np.where(place == 0, 0, self.before[last] + inside)


def clock_for(hours: Hours, first: int, last: int) -> Clock:
    """The layout that covers both moments; whole years, so that it is made once."""
    years = [datetime.fromtimestamp(moment, UTC).year for moment in (first, max(first, last))]
    return _clock(hours, years[0], years[1])


@lru_cache(maxsize=64)
def _clock(hours: Hours, first_year: int, last_year: int) -> Clock:
    begin = int(datetime(first_year, 1, 1, tzinfo=UTC).timestamp()) - DAY
    end = int(datetime(last_year + 1, 1, 1, tzinfo=UTC).timestamp()) + DAY
    days = _holidays(hours.country, hours.region, first_year - 1, last_year + 1) | hours.closed
    opened = dict(hours.opened)
    closed = np.array(sorted((day - EPOCH).days for day in days | set(opened)), dtype=np.int64)
    extra = {(day - EPOCH).days: spans for day, spans in opened.items()}
    parts: list[tuple[np.ndarray, np.ndarray]] = []
    for piece_begin, piece_end, offset in _pieces(hours.zone, begin, end):
        numbers = np.arange((piece_begin + offset) // DAY, (piece_end - 1 + offset) // DAY + 1)
        weekdays = (numbers + 3) % 7  # 1 January 1970 was a Thursday
        plain = ~np.isin(numbers, closed)
        for weekday, spans in enumerate(hours.week):
            at = numbers[plain & (weekdays == weekday)] * DAY - offset
            for start, stop in spans:
                parts.append((np.clip(at + start, piece_begin, piece_end), np.clip(at + stop, piece_begin, piece_end)))
        for number in numbers[np.isin(numbers, list(extra))].tolist():
            for start, stop in extra[number]:
                edges = np.clip(np.array([number * DAY - offset + start, number * DAY - offset + stop]), piece_begin, piece_end)
                parts.append((edges[:1], edges[1:]))
    if not parts:
        nothing = np.empty(0, dtype=np.int64)
        return Clock(nothing, nothing)
    starts = np.concatenate([part[0] for part in parts])
    ends = np.concatenate([part[1] for part in parts])
    order = np.argsort(starts, kind="stable")
    kept = order[ends[order] > starts[order]]
    return Clock(starts[kept], ends[kept])


@lru_cache(maxsize=256)
def _pieces(zone: str, begin: int, end: int) -> list[tuple[int, int, int]]:
    """(from, to, offset) of constant distance from UTC, in seconds. Looks once a day and then closer."""
    clock = ZoneInfo(zone)

    def offset_at(moment: int) -> int:
        found = datetime.fromtimestamp(moment, clock).utcoffset()
        return int((found or timedelta()).total_seconds())

    pieces: list[tuple[int, int, int]] = []
    since, offset = begin, offset_at(begin)
    for moment in range(begin + DAY, end + DAY, DAY):
        seen = offset_at(min(moment, end))
        if seen == offset:
            continue
        low, high = min(moment, end) - DAY, min(moment, end)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset_at(middle) == offset else (low, middle)
        pieces.append((since, high, offset))
        since, offset = high, seen
    pieces.append((since, end, offset))
    return pieces


@lru_cache(maxsize=64)
def _holidays(country: str, region: str, first_year: int, last_year: int) -> frozenset[date]:
    """Public holidays; none where no country is named, or the package knows none of that name."""
    if not country:
        return frozenset()
    known = holidays_package()
    try:
        found = known.country_holidays(country, subdiv=region or None, years=range(first_year, last_year + 1))
    except NotImplementedError:
        return frozenset()
    return frozenset(found)


def holidays_package() -> Any:
    """Loaded when first asked for: it takes 80 ms, and most starts need no calendar."""
    return import_module("holidays")
