"""Demand ready for a screen: hours, seasons, topics and channels from `DemandDay`; customers from raw rows of a bounded window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Func, IntegerField, Max, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from coaching.interactions.models import Interaction
from coaching.metrics.demand.hours import HeatMap, heat_map, quarter_number
from coaching.metrics.demand.models import DemandDay
from coaching.metrics.queries import Window
from foundation.statistics import Interval, wilson
from people.models import Membership, Team

LONGEST = 91  # days a page may read raw rows of
BUCKETS = ((1, 1), (2, 2), (3, 3), (4, 4), (5, 9), (10, None))
TOP = 15


def demand_days(teams: Sequence[Team], team: Team | None, *, everything: bool) -> QuerySet[DemandDay]:
    """The days of the chosen team and those below; of all the viewer's teams; or of everybody."""
    if team is None and everything:
        return DemandDay.objects.all()
    below = teams if team is None else [other for other in teams if other.path.startswith(team.path)]
    return DemandDay.objects.filter(team__in=[other.pk for other in below])


def zone_of(team: Team | None, on: date) -> str:
    """The zone that most of the team's members have today; the organisation's for all, and for an empty team."""
    if team is None:
        return settings.TIME_ZONE
    members = Membership.objects.on(on).filter(team__path__startswith=team.path, kind=Membership.Kind.MEMBER)
    zones = Counter(members.values_list("person__time_zone", flat=True))
    return min(zones, key=lambda zone: (-zones[zone], zone)) if zones else settings.TIME_ZONE


def hours_of_week(days: QuerySet[DemandDay], window: Window, zone: str) -> HeatMap:
    """The heat map of the window's local days in that zone. One query."""
    # A handler's day may begin elsewhere: the days around the window hold a few of its hours.
    around = (window.first - timedelta(days=2), window.last + timedelta(days=2))
    quarters: Counter[int] = Counter()
    for day, found in days.filter(day__range=around).order_by().values_list("day", "quarters"):
        start = quarter_number(day, 0)
        for quarter, n in found.items():
            quarters[start + int(quarter)] += n
    return heat_map(quarters, window.first, window.last, zone)


@dataclass(frozen=True)
class Month:
    """One calendar month; `days` of it are covered, so a month still running is read per day."""

    year: int
    month: int
    cases: int
    days: int

    @property
    def per_day(self) -> float:
        return self.cases / self.days


def months(days: QuerySet[DemandDay], on: date) -> list[Month]:
    """Cases by calendar month since the first one counted, oldest first; months without any included."""
    by_day = dict(days.filter(day__lte=on).order_by("day").values_list("day").annotate(Sum("cases")))
    if not by_day:
        return []
    first = min(by_day)
    found: dict[tuple[int, int], list[int]] = {}
    day = first
    while day <= on:
        month = found.setdefault((day.year, day.month), [0, 0])
        month[0] += by_day.get(day, 0)
        month[1] += 1
        day += timedelta(days=1)
    return [Month(year, number, cases, n) for (year, number), (cases, n) in found.items()]


@dataclass(frozen=True)
class Part:
    """One topic or channel: cases now, and in as many days before."""

    name: str
    cases: int
    before: int
    share: float
    interval: Interval | None


@dataclass(frozen=True)
class Parts:
    """Parts of the window's cases, largest first; `rest` are those not named, `unnamed` those without a name."""

    named: list[Part]
    rest: int
    unnamed: int
    cases: int
    before: int


def parts(days: QuerySet[DemandDay], window: Window, what: str, top: int = TOP) -> Parts:
    """Topics or channels of the window beside the window before. One query."""
    earlier = Window(window.first - timedelta(days=window.days), window.first - timedelta(days=1))
    now: Counter[str] = Counter()
    before: Counter[str] = Counter()
    for day, found in days.filter(day__range=(earlier.first, window.last)).order_by().values_list("day", what):
        (now if day >= window.first else before).update(found)
    cases, unnamed = now.total(), now.pop("", 0)
    ranked = sorted(now.items(), key=lambda item: (-item[1], item[0]))
    named = [Part(name, n, before.get(name, 0), n / cases, wilson(n, cases)) for name, n in ranked[:top]]
    return Parts(named, sum(n for _name, n in ranked[top:]), unnamed, cases, before.total())


def channel_names() -> dict[str, str]:
    """Every channel in words, those of mentions and social networks too."""
    return {value: str(label) for value, label in Interaction.Channel.choices}


# --- Customers --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bucket:
    """How many customers wrote that often. `high` None: that often or more."""

    low: int
    high: int | None
    customers: int
    share: float


@dataclass(frozen=True)
class Frequency:
    """How often customers wrote. `unknown` are cases whose customer the source does not tell."""

    buckets: list[Bucket]
    customers: int
    cases: int
    unknown: int

    @property
    def again(self) -> int:
        """Customers who wrote more than once."""
        return self.customers - self.buckets[0].customers

    @property
    def again_interval(self) -> Interval | None:
        return wilson(self.again, self.customers)


def in_window(cases: QuerySet[Interaction], window: Window) -> QuerySet[Interaction]:
    return cases.filter(opened_on__range=(window.first, window.last)).order_by()


def _by_customer(rows: QuerySet[Interaction]) -> QuerySet[Any]:
    """The rows whose customer is known, as `who`.

    An expression and not the column: SQLite would else walk its index on customers, through every case there is, to save
    itself a sort of the window's.
    """
    return rows.annotate(who=Coalesce("customer", Value(""))).exclude(who="")


def frequency(cases: QuerySet[Interaction], window: Window) -> Frequency:
    """How many customers wrote once, twice, … in the window. Two queries."""
    rows = in_window(cases, window)
    per_customer = _by_customer(rows).values("who").annotate(n=Count("pk"))
    names = {f"b{low}": Count("who", filter=Q(n__gte=low) & (Q(n__lte=high) if high else Q())) for low, high in BUCKETS}
    found: Mapping[str, int] = per_customer.aggregate(customers=Count("who"), cases=Sum("n"), **names)
    total, customers = found["cases"] or 0, found["customers"]
    buckets = [Bucket(low, high, found[f"b{low}"], found[f"b{low}"] / customers if customers else 0.0) for low, high in BUCKETS]
    return Frequency(buckets, customers, total, rows.filter(customer="").count())


@dataclass(frozen=True)
class Customer:
    name: str
    account: str
    cases: int
    topics: int
    newest: date


def most_frequent(cases: QuerySet[Interaction], window: Window, top: int = TOP) -> list[Customer]:
    """Who wrote most often, at least twice. One query."""
    rows = _by_customer(in_window(cases, window)).values("who")
    ranked = rows.annotate(n=Count("pk"), newest=Max("opened_on"), account_=Max("account"), topics=Count("topic", distinct=True))
    return [
        Customer(row["who"], row["account_"], row["n"], row["topics"], row["newest"])
        for row in ranked.filter(n__gte=2).order_by("-n", "who")[:top]
    ]


# --- Cases ------------------------------------------------------------------------------------------------


class SecondsBetween(Func):
    """Whole seconds from the first time to the second, the same on both engines and without a Python function per row."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        (start, first), (end, second) = [compiler.compile(part) for part in self.source_expressions]
        return f"(unixepoch(substr({end}, 1, 19)) - unixepoch(substr({start}, 1, 19)))", (*second, *first)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        (start, first), (end, second) = [compiler.compile(part) for part in self.source_expressions]
        return f"CAST(floor(extract(epoch FROM {end})) - floor(extract(epoch FROM {start})) AS bigint)", (*second, *first)


RANKS = ("newest", "replies", "customer_replies", "handle", "reopens", "response", "resolution")


@dataclass(frozen=True)
class CaseWish:
    """Which cases to list, and in what order. Empty: all of them."""

    rank: str = "newest"
    channel: str = ""
    topic: str = ""
    status: str = ""
    text: str = ""


def ranked_cases(cases: QuerySet[Interaction], window: Window, wish: CaseWish) -> QuerySet[Interaction]:
    """The window's cases in the order asked for; a rank by something that a case does not have leaves that case out."""
    rows = in_window(cases, window).select_related("source")
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
    rows = rows.annotate(
        response=SecondsBetween(F("opened_at"), F("first_reply_at")), took=SecondsBetween(F("opened_at"), F("resolved_at"))
    )
    match wish.rank:
        case "replies":
            return rows.filter(replies__gt=0).order_by("-replies", "-opened_at", "-pk")
        case "customer_replies":
            return rows.filter(customer_replies__gt=0).order_by("-customer_replies", "-opened_at", "-pk")
        case "handle":
            return rows.filter(handle_seconds__gt=0).order_by("-handle_seconds", "-opened_at", "-pk")
        case "reopens":
            return rows.filter(reopens__gt=0).order_by("-reopens", "-opened_at", "-pk")
        case "response":
            return rows.filter(first_reply_at__isnull=False).order_by("-response", "-pk")
        case "resolution":
            return rows.filter(resolved_at__isnull=False).order_by("-took", "-pk")
        case _:
            return rows.order_by("-opened_at", "-pk")
