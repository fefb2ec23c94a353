"""From quarters of an hour in UTC to hours of a local week. Pure functions.

A rate is cases ÷ how often that hour of the week really occurred in the window: the hour that a clock change
leaves out occurred once less, the one it repeats once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WEEK = tuple((weekday, hour) for weekday in range(7) for hour in range(24))
QUARTERS_OF_DAY = 96
EPOCH = date(1970, 1, 1)


def quarter_number(day: date, quarter: int) -> int:
    """Quarters of an hour since 1970: those of a day counted from its midnight UTC."""
    return (day - EPOCH).days * QUARTERS_OF_DAY + quarter


@lru_cache(maxsize=64)
def local_hours(first: date, last: date, zone: str) -> dict[int, tuple[int, int]]:
    """Quarter number → (weekday from Monday 0, hour), for every quarter of the local days first … last."""
    here = ZoneInfo(zone)
    begin = datetime.combine(first, time.min, here).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time.min, here).astimezone(UTC)
    number = int(begin.timestamp()) // 900
    hours: dict[int, tuple[int, int]] = {}
    for place in range(int((end - begin) / timedelta(minutes=15))):
        local = (begin + timedelta(minutes=15 * place)).astimezone(here)
        hours[number + place] = (local.weekday(), local.hour)
    return hours


@dataclass
class HourOfWeek:
    """One cell: cases opened in this hour, and how often the hour occurred."""

    cases: int = 0
    occurred: float = 0.0

    @property
    def rate(self) -> float | None:
        """Cases per such hour; None where it never occurred."""
        return self.cases / self.occurred if self.occurred else None


@dataclass
class HeatMap:
    cells: dict[tuple[int, int], HourOfWeek] = field(default_factory=dict)
    cases: int = 0

    @property
    def top(self) -> float:
        """The largest rate; 0 where nothing was opened."""
        return max((cell.rate or 0.0 for cell in self.cells.values()), default=0.0)

    def busiest(self, how_many: int = 3) -> list[tuple[tuple[int, int], HourOfWeek]]:
        """The hours with the highest rates, empty ones left out."""
        filled = [(place, cell) for place, cell in self.cells.items() if cell.cases]
        return sorted(filled, key=lambda item: (-(item[1].rate or 0), item[0]))[:how_many]


def heat_map(quarters: Mapping[int, int], first: date, last: date, zone: str) -> HeatMap:
    """Cases by hour of the week in `zone`, from quarter number → cases; quarters outside the days are left out."""
    hours = local_hours(first, last, zone)
    found = HeatMap({place: HourOfWeek() for place in WEEK})
    for place in hours.values():
        found.cells[place].occurred += 0.25
    for number, n in quarters.items():
        at = hours.get(number)
        if at is not None:
            found.cells[at].cases += n
            found.cases += n
    return found
