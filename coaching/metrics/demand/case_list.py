"""The ranked list of cases.

What the head asks of all cases is answered from `CaseRanking`: the first 500 of each day hold the first 500 of any days.
Everything else (a team, a filter, a page further down) is read from the cases themselves, by handler and day; the newest
of them from as many days as the page needs, where it is known how many cases each day has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, overload

import numpy as np
from django.db.models import Count, F, Func, IntegerField, Q, QuerySet

from coaching.interactions.models import Interaction
from coaching.metrics.demand.models import CaseRanking, CompanyDemandDay
from coaching.metrics.packing import KEPT, RANKED, unpacked
from coaching.metrics.queries import Window

LONGEST = 91  # days the list may reach over
RANKS = ("newest", "replies", "customer_replies", "handle", "reopens", "response", "resolution")
CASES_AT_ONCE = 500
ZONES = timedelta(days=2)  # so much earlier may the day of one zone begin that comes later in another


@dataclass(frozen=True)
class CaseWish:
    """Which cases to list, and in what order. Empty: all of them."""

    rank: str = "newest"
    channel: str = ""
    topic: str = ""
    status: str = ""
    text: str = ""

    @property
    def is_for_all(self) -> bool:
        return not (self.channel or self.topic or self.status or self.text)


class SecondsBetween(Func):
    """Whole seconds from the first time to the second, the same on both engines and without a Python function per row."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        (start, first), (end, second) = [compiler.compile(part) for part in self.source_expressions]
        return f"(unixepoch(substr({end}, 1, 19)) - unixepoch(substr({start}, 1, 19)))", (*second, *first)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        (start, first), (end, second) = [compiler.compile(part) for part in self.source_expressions]
        return f"CAST(floor(extract(epoch FROM {end})) - floor(extract(epoch FROM {start})) AS bigint)", (*second, *first)


class RankedCases(Sequence[Any]):
    """Cases in an order, a slice at a time, as a paginator asks for them; each knows its `response` and how long it `took`."""

    def __init__(
        self,
        cases: QuerySet[Interaction],
        kept: QuerySet[CaseRanking] | None,
        by_day: Callable[[], dict[date, int]] | None = None,
    ) -> None:
        """`kept` and `by_day` (cases per day, of a list by time) say where there is a shorter way."""
        self.cases = cases
        self.kept = kept
        self.by_day = by_day
        self._kept: tuple[int, int, np.ndarray] | None = None
        self._days: dict[date, int] | None = None

    def _known(self, kept: QuerySet[CaseRanking]) -> tuple[int, int, np.ndarray]:
        """(how many cases there are, how many of the first are known, their keys in order)."""
        if self._kept is None:
            rows = list(kept.order_by().values_list("n", "cases"))
            found = unpacked((cases for _n, cases in rows), RANKED)
            order = np.lexsort((-found["case"], -found["second"], -found["value"]))
            total = sum(n for n, _cases in rows)
            whole = all(n <= KEPT for n, _cases in rows)
            self._kept = total, total if whole else KEPT, found["case"][order]
        return self._kept

    def __len__(self) -> int:
        if self.kept is not None:
            return self._known(self.kept)[0]
        return self.cases.count() if self.by_day is None else sum(self._counted(self.by_day).values())

    def _counted(self, by_day: Callable[[], dict[date, int]]) -> dict[date, int]:
        if self._days is None:
            self._days = by_day()
        return self._days

    def _keys(self, places: slice) -> list[int]:
        """From the cases themselves. Their keys alone: the database would else carry whole rows through the sorting."""
        keys = self.cases.values_list("pk", flat=True)
        if self.by_day is None or places.stop is None:
            return list(keys[places])
        days = self._counted(self.by_day)
        first, found = date.max, 0
        for first in sorted(days, reverse=True):
            found += days[first]
            if found >= places.stop:
                break
        else:
            return list(keys[places])
        # Days are local ones: those of other zones may begin before it.
        some = list(keys.filter(opened_on__gte=first - ZONES)[places])
        # Fewer than the days were counted with: they are about to be counted again.
        return some if len(some) == places.stop - (places.start or 0) else list(keys[places])

    @overload
    def __getitem__(self, places: int) -> Any: ...

    @overload
    def __getitem__(self, places: slice) -> list[Any]: ...

    def __getitem__(self, places: int | slice) -> Any:
        if isinstance(places, int):
            return self[places : places + 1][0]
        keys = None
        if self.kept is not None:
            total, known, found = self._known(self.kept)
            if min(places.stop if places.stop is not None else total, total) <= known:
                keys = found[places].tolist()
        if keys is None:
            keys = self._keys(places)
        rows: dict[int, Any] = {}
        for start in range(0, len(keys), CASES_AT_ONCE):
            rows |= _measured(self.cases.filter(pk__in=keys[start : start + CASES_AT_ONCE]).order_by()).in_bulk()
        return [rows[key] for key in keys if key in rows]


def _measured(cases: QuerySet[Interaction]) -> QuerySet[Any]:
    return cases.select_related("source").annotate(
        response=SecondsBetween(F("opened_at"), F("first_reply_at")), took=SecondsBetween(F("opened_at"), F("resolved_at"))
    )


def ranked_cases(cases: QuerySet[Interaction], window: Window, wish: CaseWish, *, everything: bool) -> RankedCases:
    """The window's cases in the order asked for; a rank by something that a case does not have leaves that case out.

    `everything`: `cases` are those of everybody who is matched, so that the kept rankings say the same.
    """
    rows = cases.filter(opened_on__range=(window.first, window.last))
    if wish.channel:
        rows = rows.filter(channel=wish.channel)
    if wish.topic:
        rows = rows.filter(topic=wish.topic)
    if wish.status:
        rows = rows.filter(status=wish.status)
    if wish.text:
        rows = rows.filter(
            Q(subject__icontains=wish.text) | Q(external_id__icontains=wish.text) | Q(customer__icontains=wish.text)
        )
    kept = CaseRanking.objects.filter(rank=wish.rank, day__range=(window.first, window.last))
    return RankedCases(
        _in_order(rows, wish.rank),
        kept if everything and wish.is_for_all else None,
        _by_day(rows, window, wish, everything=everything),
    )


def _by_day(
    rows: QuerySet[Interaction], window: Window, wish: CaseWish, *, everything: bool
) -> Callable[[], dict[date, int]] | None:
    """How to know how many cases of the list each day has without reading them; None where there is no way."""
    if wish.rank != "newest" or wish.status or wish.text or (wish.topic and wish.channel):
        return None
    if not wish.topic and not wish.channel:
        # From the index on handler and day alone.
        return lambda: dict(rows.order_by().values_list("opened_on").annotate(Count("pk")))
    if not everything:
        return None
    what, name = ("topics", wish.topic) if wish.topic else ("channels", wish.channel)

    def counted() -> dict[date, int]:
        days = CompanyDemandDay.objects.filter(day__range=(window.first, window.last)).order_by()
        return {day: parts.get(name, 0) for day, parts in days.values_list("day", what)}

    return counted


def _in_order(rows: QuerySet[Interaction], rank: str) -> QuerySet[Interaction]:
    match rank:
        case "replies":
            return rows.filter(replies__gt=0).order_by("-replies", "-opened_at", "-pk")
        case "customer_replies":
            return rows.filter(customer_replies__gt=0).order_by("-customer_replies", "-opened_at", "-pk")
        case "handle":
            return rows.filter(handle_seconds__gt=0).order_by("-handle_seconds", "-opened_at", "-pk")
        case "reopens":
            return rows.filter(reopens__gt=0).order_by("-reopens", "-opened_at", "-pk")
        case "response":
            took = SecondsBetween(F("opened_at"), F("first_reply_at"))
            return rows.filter(first_reply_at__isnull=False).order_by(took.desc(), "-pk")
        case "resolution":
            took = SecondsBetween(F("opened_at"), F("resolved_at"))
            return rows.filter(resolved_at__isnull=False).order_by(took.desc(), "-pk")
        case _:
            return rows.order_by("-opened_at", "-pk")
