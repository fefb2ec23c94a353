"""Who writes again: how often customers wrote over some days, and who wrote most, from `CustomerDay`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Count, Max, QuerySet, Sum
from django.utils import timezone

from coaching.interactions.models import Interaction
from coaching.metrics.demand.models import CustomerDay, CustomerSummary
from coaching.metrics.packing import KEYS
from coaching.metrics.queries import Window, last_weeks
from foundation.statistics import Interval, wilson

WEEKS = (4, 8, 13)  # the periods that a page offers
BUCKETS = ((1, 1), (2, 2), (3, 3), (4, 4), (5, 9), (10, None))
TOP = 15
CASES_AT_ONCE = 500
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Bucket:
    """How many customers wrote that often. `high` None: that often or more."""

    low: int
    high: int | None
    customers: int
    share: float


@dataclass(frozen=True)
class Customer:
    name: str
    account: str
    cases: int
    topics: int
    newest: date


@dataclass(frozen=True)
class Frequency:
    """How often customers wrote, and who wrote most. `unknown` are cases whose customer the source does not tell."""

    buckets: list[Bucket]
    customers: int
    cases: int
    unknown: int
    top: list[Customer]

    @property
    def again(self) -> int:
        """Customers who wrote more than once."""
        return self.customers - self.buckets[0].customers

    @property
    def again_interval(self) -> Interval | None:
        return wilson(self.again, self.customers)


def frequency(days: QuerySet[CustomerDay], window: Window) -> Frequency:
    """How often customers wrote in the window, and the most frequent of them. Three queries."""
    return _said(_answer(_rows(days.filter(day__range=(window.first, window.last)))))


def frequency_of_everybody(window: Window) -> Frequency:
    """As `frequency` of all days; the kept answer as long as nothing has been counted since. Two queries."""
    days = CustomerDay.objects.filter(day__range=(window.first, window.last))
    kept = CustomerSummary.objects.filter(first=window.first, last=window.last).first()
    if kept is not None and kept.stamp == _stamp(days):
        return _said(kept.answer)
    return _said(_answer(_rows(days)))


def keep_summaries(now: datetime) -> None:
    """Keep what the page of all cases says today, where its days were counted again or another day has begun."""
    today = timezone.localdate(now)
    stale: list[tuple[Window, str]] = []
    for weeks in WEEKS:
        window = last_weeks(weeks, today)
        stamp = _stamp(CustomerDay.objects.filter(day__range=(window.first, window.last)))
        if not CustomerSummary.objects.filter(first=window.first, last=window.last, stamp=stamp).exists():
            stale.append((window, stamp))
    if stale:
        # The longest holds the others: its days are read once, after the stamps, so that a stamp is never newer than its answer.
        longest = min((window for window, _was in stale), key=lambda window: window.first)
        rows = _rows(CustomerDay.objects.filter(day__range=(longest.first, longest.last)))
        for window, stamp in stale:
            answer = _answer([row for row in rows if window.first <= row.day <= window.last])
            CustomerSummary.objects.update_or_create(
                first=window.first, last=window.last, defaults={"stamp": stamp, "answer": answer}
            )
    CustomerSummary.objects.filter(last__lt=today - timedelta(days=1)).delete()


def _stamp(days: QuerySet[CustomerDay]) -> str:
    """Changes whenever one of the days is counted again: it is another row then. Read from an index."""
    found = days.order_by().aggregate(n=Count("pk"), newest=Max("pk"), keys=Sum("pk"))
    return f"{found['n']} {found['newest']} {found['keys']}"


def _said(answer: dict[str, Any]) -> Frequency:
    total = answer["customers"]
    buckets = [
        Bucket(low, high, n, n / total if total else 0.0) for (low, high), n in zip(BUCKETS, answer["buckets"], strict=True)
    ]
    top = [
        Customer(name, account, cases, topics, date.fromisoformat(newest))
        for name, account, cases, topics, newest in answer["top"]
    ]
    return Frequency(buckets, total, answer["cases"], answer["unknown"], top)


@dataclass(frozen=True)
class _Row:
    """What is read of a `CustomerDay`."""

    day: date
    keys: np.ndarray
    unknown: int
    pk: int


def _rows(days: QuerySet[CustomerDay]) -> list[_Row]:
    read = days.order_by("day", "pk").values_list("day", "customers", "unknown", "pk")
    return [_Row(day, np.frombuffer(customers, dtype=KEYS), unknown, pk) for day, customers, unknown, pk in read]


def _answer(rows: list[_Row]) -> dict[str, Any]:
    keys = np.concatenate([row.keys for row in rows]) if rows else np.empty(0, dtype=KEYS)
    unique, counts = _counted(keys)
    often = np.bincount(counts) if len(counts) else np.zeros(1, dtype=np.int64)  # how many customers wrote that often
    buckets = [int(often[low : high + 1 if high else None].sum()) for low, high in BUCKETS]
    return {
        "customers": len(unique),
        "cases": len(keys),
        "unknown": sum(row.unknown for row in rows),
        "buckets": buckets,
        "top": _top(rows, keys, unique, counts, often),
    }


def _counted(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each key once, in order, and how often it comes."""
    ordered = np.sort(keys)
    if not len(ordered):
        return ordered, np.empty(0, dtype=np.int64)
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    return ordered[starts], np.diff(np.r_[starts, len(ordered)])


def _top(rows: list[_Row], keys: np.ndarray, unique: np.ndarray, counts: np.ndarray, often: np.ndarray) -> list[list[Any]]:
    """Most cases first, at least two; of equals whoever wrote last, and of those whose newest case has the higher key."""
    or_more = np.cumsum(often[::-1])[::-1]  # customers who wrote that often or more
    least = max(2, int(np.flatnonzero(or_more >= TOP).max(initial=0)))
    able = np.flatnonzero(counts >= least)
    candidates, times = unique[able], counts[able]
    if not len(candidates):
        return []
    place = np.minimum(np.searchsorted(candidates, keys), len(candidates) - 1)
    theirs = np.flatnonzero(candidates[place] == keys)
    # Only the rows that hold one of them are read for their cases.
    bounds = np.cumsum([0, *(len(row.keys) for row in rows)])
    of_row = np.searchsorted(bounds, theirs, side="right") - 1
    stored = _cases_of([rows[number].pk for number in np.unique(of_row).tolist()])
    case = np.array(
        [stored[rows[row].pk][at] for row, at in zip(of_row.tolist(), (theirs - bounds[of_row]).tolist(), strict=True)],
        dtype=np.int64,
    )
    day = np.array([(row.day - EPOCH).days for row in rows], dtype=np.int64)[of_row]
    whose = place[theirs]
    newest_first = np.lexsort((-case, -day, whose))
    first_of_each = newest_first[np.flatnonzero(np.r_[True, np.diff(whose[newest_first]) > 0])]
    ranked = np.lexsort((-case[first_of_each], -day[first_of_each], -times))[:TOP]
    told = _told({int(number): case[whose == number].tolist() for number in ranked.tolist()})
    return [[*told[number][:2], int(times[number]), *told[number][2:]] for number in ranked.tolist() if number in told]


def _cases_of(pks: list[int]) -> dict[int, np.ndarray]:
    found = CustomerDay.objects.filter(pk__in=pks).order_by().values_list("pk", "cases")
    return {pk: np.frombuffer(cases, dtype=KEYS) for pk, cases in found}


def _told(cases: dict[int, list[int]]) -> dict[int, tuple[str, str, int, str]]:
    """Customer → (name, account, topics, newest day), of the cases themselves; who has none any more is left out."""
    whose = {case: number for number, some in cases.items() for case in some}
    seen: dict[int, list[tuple[str, str, str, date]]] = defaultdict(list)
    asked = sorted(whose)
    for start in range(0, len(asked), CASES_AT_ONCE):
        some = Interaction.objects.filter(pk__in=asked[start : start + CASES_AT_ONCE]).order_by()
        for pk, name, account, topic, day in some.values_list("pk", "customer", "account", "topic", "opened_on"):
            seen[whose[pk]].append((name, account, topic, day))
    return {
        number: (
            max(about[0] for about in found),
            max(about[1] for about in found),
            len({about[2] for about in found}),
            max(about[3] for about in found).isoformat(),
        )
        for number, found in seen.items()
    }
