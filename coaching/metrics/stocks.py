"""What is open at a moment, and on average over a window, exactly, from flows.

Cases that open and cases that are resolved are counted per day (recipe `backlog`), and the cases open now by
the day they were opened (`open_cases`). Going back from now over the flows gives what was open at any local
midnight; the mean over a window adds, for each event, the rest of the window after it:

    mean = open at the start + (Σ opened (end − t) − Σ resolved (end − t)) / (end − start)

A window is from local midnight to local midnight of each person, or up to the moment of reading; people of one
time zone are added up together. A team has what its members of the window's last day have: cases move with
the person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum

from coaching.metrics.adding import Window
from coaching.metrics.business_hours import EPOCH
from coaching.metrics.figures import AGE_EDGES, Figure
from coaching.metrics.models import MetricDefinition, Rollup
from coaching.metrics.variants import STOCKS

Recipe = MetricDefinition.Recipe
DAY = 86_400


@dataclass
class Level:
    """Open cases of somebody (or of several, added up) over one window."""

    mean: float = 0.0
    snapshot: int = 0
    seen: bool = False  # is anything known of them?
    ages: tuple[int, ...] = (0,) * (len(AGE_EDGES) + 1)

    def add(self, other: Level) -> None:
        self.mean += other.mean
        self.snapshot += other.snapshot
        self.seen = self.seen or other.seen
        self.ages = tuple(a + b for a, b in zip(self.ages, other.ages, strict=True))


def has_stocks(definitions: Sequence[MetricDefinition]) -> bool:
    return any(definition.recipe in STOCKS for definition in definitions)


def levels_of(
    rollups: QuerySet[Rollup], group: str | None, windows: Sequence[Window], as_of: datetime
) -> dict[tuple[Any, int], Level]:
    """(group, number of the window) → level, in one query. `group` names a column of a rollup's person; None: everybody."""
    first = min(window.first for window in windows)
    columns = ["definition__recipe", *([group] if group else []), "person__time_zone", "day"]
    sums = (Sum("numerator"), Sum("denominator"))
    of_recipe = {recipe: rollups.filter(definition__recipe=recipe, definition__is_current=True).order_by() for recipe in STOCKS}
    now = of_recipe[Recipe.OPEN_CASES].values_list(*columns).annotate(*sums)
    flows = of_recipe[Recipe.BACKLOG].filter(day__gte=first).values_list(*columns).annotate(*sums)
    open_now: dict[tuple[Any, str], list[tuple[date, int]]] = defaultdict(list)
    moved: dict[tuple[Any, str], list[tuple[date, int, int]]] = defaultdict(list)
    for recipe, *key, zone, day, net, offsets in now.union(flows, all=True):
        owner = (key[0] if key else None, zone)
        if recipe == Recipe.OPEN_CASES:
            open_now[owner].append((day, net))
        else:
            moved[owner].append((day, net, offsets))
    levels: dict[tuple[Any, int], Level] = defaultdict(Level)
    for owner, zone in {*open_now, *moved}:
        standing, events = open_now.get((owner, zone), []), moved.get((owner, zone), [])
        total = sum(n for _day, n in standing)
        ages = _ages(standing, as_of.astimezone(ZoneInfo(zone)).date())
        for number, window in enumerate(windows):
            mean, snapshot = _level(total, events, window, zone, as_of)
            levels[owner, number].add(Level(mean, snapshot, True, ages))
    return levels


def _level(total: int, events: Sequence[tuple[date, int, int]], window: Window, zone: str, as_of: datetime) -> tuple[float, int]:
    """(mean over the window, open at its end) from what is open now and what has happened since it began."""
    start = _midnight(window.first, zone)
    end = min(_midnight(window.last + timedelta(days=1), zone), int(as_of.timestamp()))
    before = total - sum(net for day, net, _offsets in events if day >= window.first)
    inside = [(day, net, offsets) for day, net, offsets in events if window.first <= day <= window.last]
    snapshot = before + sum(net for _day, net, _offsets in inside)
    if end <= start:
        return float(snapshot), snapshot
    remaining = sum(net * (end - (day - EPOCH).days * DAY) - offsets for day, net, offsets in inside)
    return before + remaining / (end - start), snapshot


def _midnight(day: date, zone: str) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp())


def _ages(standing: Sequence[tuple[date, int]], today: date) -> tuple[int, ...]:
    """Open cases by how many days ago they were opened: the first band with the day's own, the last one open-ended."""
    bands = [0] * (len(AGE_EDGES) + 1)
    for day, n in standing:
        bands[sum((today - day).days >= edge for edge in AGE_EDGES)] += n
    return tuple(bands)


def stock_figure(definition: MetricDefinition, level: Level | None) -> Figure:
    """The figure of a stock; none where nothing is known of anybody."""
    if level is None or not level.seen:
        return Figure(definition, 0, 0, None, snapshot=None)
    value = level.mean if definition.recipe == Recipe.BACKLOG else float(level.snapshot)
    n = max(level.snapshot, round(level.mean), int(level.mean > 0))
    return Figure(definition, level.snapshot, n, value, snapshot=level.snapshot, ages=level.ages)
