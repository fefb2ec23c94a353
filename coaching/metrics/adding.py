"""Adding rollups up: over days, people, teams. Counts first, one division at the end.

Three kinds of numbers depend on the moment of reading (`as_of`): the age of cases still open, which cases
are old enough to be in a figure at all, and what is open at the end of a window that is still running.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Case, IntegerField, QuerySet, Sum, TextField, Value, When
from django.db.models.functions import Cast
from django.utils import timezone

from coaching.metrics.business_hours import EPOCH, Clock, Hours, clock_for
from coaching.metrics.calendars import calendar_book
from coaching.metrics.counting import OPEN_HOURS_BEFORE, OPEN_KEY
from coaching.metrics.figures import NUMBERS_ONLY, Figure, bins_of, figure
from coaching.metrics.models import LastRecount, MetricDefinition, Rollup
from coaching.metrics.variants import HISTOGRAMS, STOCKS, uses_business_hours

Recipe = MetricDefinition.Recipe
DAY = 86_400


@dataclass(frozen=True)
class Window:
    """Calendar days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass
class Counts:
    """Counts that add up: over days, people, teams."""

    numerator: int = 0
    denominator: int = 0
    histogram: dict[int, int] = field(default_factory=dict)
    waiting: dict[int, int] = field(default_factory=dict)  # bin of its age → open cases
    beside: int = 0  # too young to be counted

    def add(self, other: Counts) -> None:
        self.numerator += other.numerator
        self.denominator += other.denominator
        self.beside += other.beside
        _add_into(self.histogram, other.histogram)
        _add_into(self.waiting, other.waiting)


def _add_into(total: dict[int, int], more: dict[int, int]) -> None:
    """Bin by bin, in place: a page adds thousands of histograms up, and a new dictionary each time costs most of it."""
    if not total:
        total.update(more)
        return
    for number, n in more.items():
        total[number] = total.get(number, 0) + n


CountsByGroup = dict[tuple[Any, int], Counts]
Groups = str | tuple[str, ...]  # columns of a rollup; the key of a group by several is a tuple


def needs_a_moment(definitions: Iterable[MetricDefinition]) -> bool:
    """Does any of these figures depend on when it is read?"""
    return any(d.maturity_days or d.recipe in STOCKS or d.recipe == Recipe.RESOLUTION_SURVIVAL for d in definitions)


def moment_of(as_of: datetime | None, definitions: Sequence[MetricDefinition], window: Window) -> datetime:
    """The moment figures are read at: the one given, else the last recount, else the end of the window."""
    if as_of is not None:
        return as_of
    last = LastRecount.objects.filter(pk=1).first() if needs_a_moment(definitions) else None
    if last is not None:
        return last.counted_at
    end = datetime.combine(window.last + timedelta(days=1), datetime.min.time())
    return timezone.make_aware(end)


def counts_of(
    rollups: QuerySet[Rollup], group: Groups, window: Window, definitions: Sequence[MetricDefinition], as_of: datetime
) -> CountsByGroup:
    """(group, definition id) → counts; two queries, one of them only where a definition needs a histogram.

    Stocks are not among them: see `stocks`.
    """
    names, key_of = _columns_of(group)
    definitions = [definition for definition in definitions if definition.recipe not in STOCKS]
    scoped = rollups.filter(day__range=(window.first, window.last)).order_by()
    counts: CountsByGroup = defaultdict(Counts)
    for *columns, definition_id, young, numerator, denominator in (
        scoped.filter(definition__in=definitions)
        .annotate(young=_too_young(definitions, as_of))
        .values_list(*names, "definition_id", "young")
        .annotate(Sum("numerator"), Sum("denominator"))
    ):
        found = counts[key_of(columns), definition_id]
        if young:
            found.beside += denominator
        else:
            found.numerator += numerator
            found.denominator += denominator
    drawn = [definition for definition in definitions if definition.recipe in HISTOGRAMS]
    if drawn:
        _add_histograms(counts, scoped.filter(definition__in=drawn), group, drawn, as_of)
    return counts


def _columns_of(group: Groups) -> tuple[tuple[str, ...], Callable[[Sequence[Any]], Any]]:
    """(the columns to group by, what makes a key of their values)."""
    if isinstance(group, str):
        return (group,), lambda values: values[0]
    return group, tuple


def _too_young(definitions: Sequence[MetricDefinition], as_of: datetime) -> Case:
    """1 for the days whose cases are not old enough for their definition."""
    by_days: dict[int, list[int]] = defaultdict(list)
    for definition in definitions:
        if definition.maturity_days:
            by_days[definition.maturity_days].append(definition.pk)
    today = timezone.localdate(as_of)
    whens = [
        When(definition__in=ids, day__gt=today - timedelta(days=days), then=Value(1)) for days, ids in sorted(by_days.items())
    ]
    return Case(*whens, default=Value(0), output_field=IntegerField())


def _add_histograms(
    counts: CountsByGroup, rollups: QuerySet[Rollup], group: Groups, definitions: Sequence[MetricDefinition], as_of: datetime
) -> None:
    """Parse all histograms at once as one row of numbers: a board reads some thousands of them."""
    names, key_of = _columns_of(group)
    read = rollups.values_list(*names, "definition_id", "day", "team_id", Cast("histogram", TextField()))
    rows = [(key_of(row[:-4]), *row[-4:]) for row in read]
    if not rows:
        return
    groups: dict[tuple[Any, int], int] = {}
    owner_of_row = np.array([groups.setdefault(row[:2], len(groups)) for row in rows], dtype=np.int64)
    # A pair (-1, 0) before each histogram tells where it begins.
    text = ",".join(["-1,0," + row[4][1:-1] if len(row[4]) > 2 else "-1,0" for row in rows]).translate(NUMBERS_ONLY)
    numbers = np.fromstring(text, sep=",", dtype=np.int64)
    keys, values = numbers[0::2], numbers[1::2]
    row_of_pair = np.cumsum(keys == -1) - 1
    kept = keys >= 0
    keys, values, row_of_pair = keys[kept], values[kept], row_of_pair[kept]
    surviving = np.array([d.pk for d in definitions if d.recipe == Recipe.RESOLUTION_SURVIVAL], dtype=np.int64)
    definition_of_row = np.array([row[1] for row in rows], dtype=np.int64)
    is_open = np.isin(definition_of_row[row_of_pair], surviving) & (keys >= OPEN_KEY)
    for (key, definition_id), histogram in _by_owner(groups, owner_of_row[row_of_pair], keys, values, ~is_open):
        counts[key, definition_id].histogram = histogram
    if is_open.any():
        day_of_row = np.array([(row[2] - EPOCH).days for row in rows], dtype=np.int64)
        places = row_of_pair[is_open]
        opened = day_of_row[places] * DAY + (keys[is_open] - OPEN_KEY - OPEN_HOURS_BEFORE) * 3600 + 1800
        worked = {d.pk for d in definitions if uses_business_hours(d)}
        ages = _ages(
            opened, [rows[place][3] for place in places.tolist()], np.isin(definition_of_row[places], list(worked)), as_of
        )
        keys = keys.copy()
        keys[is_open] = bins_of(ages)
        for (key, definition_id), waiting in _by_owner(groups, owner_of_row[row_of_pair], keys, values, is_open):
            counts[key, definition_id].waiting = waiting


def _by_owner(
    groups: dict[tuple[Any, int], int], owners: np.ndarray, keys: np.ndarray, values: np.ndarray, wanted: np.ndarray
) -> Iterable[tuple[tuple[Any, int], dict[int, int]]]:
    """(group, definition id) → summed histogram, of the wanted pairs."""
    stride = 1 << 20
    both, place = np.unique(owners[wanted] * stride + keys[wanted], return_inverse=True)
    sums = np.zeros(len(both), dtype=np.int64)
    np.add.at(sums, place, values[wanted])
    edges = np.searchsorted(both // stride, np.arange(len(groups) + 1)).tolist()
    numbers, totals = (both % stride).tolist(), sums.tolist()
    for (group, begin), end in zip(zip(groups, edges[:-1], strict=True), edges[1:], strict=True):
        if begin < end:
            yield group, dict(zip(numbers[begin:end], totals[begin:end], strict=True))


def _ages(opened: np.ndarray, teams: list[int | None], in_business: np.ndarray, as_of: datetime) -> np.ndarray:
    """Seconds each open case has waited until `as_of`, in its definition's hours; cases of the future have waited 0."""
    now = int(as_of.timestamp())
    ages = np.maximum(now - opened, 0)
    if not in_business.any():
        return ages
    book = calendar_book()
    hours_of_team = {team: book.of_team(team) for team in set(teams)}
    places: dict[Hours, list[int]] = defaultdict(list)
    for place in np.flatnonzero(in_business).tolist():
        places[hours_of_team[teams[place]]].append(place)
    for hours, these in places.items():
        clock: Clock = clock_for(hours, int(opened[these].min()), now)
        until = clock.worked(np.array([now], dtype=np.int64))[0]
        ages[these] = np.maximum(until - clock.worked(opened[these]), 0)
    return ages


def figure_of(counts: CountsByGroup, key: Any, definition: MetricDefinition) -> Figure:
    found = counts.get((key, definition.pk)) or Counts()
    return figure(definition, found.numerator, found.denominator, found.histogram, waiting=found.waiting, beside=found.beside)


def regroup(counts: CountsByGroup, group_of: Callable[[Any], Any]) -> CountsByGroup:
    """Add groups together; where `group_of` says None for a group, under None."""
    added: CountsByGroup = defaultdict(Counts)
    for (key, definition_id), found in counts.items():
        added[group_of(key), definition_id].add(found)
    return added
