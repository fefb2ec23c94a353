"""Hours, seasons, topics and channels from `DemandDay`, ready for a screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.conf import settings
from django.db.models import QuerySet, Sum, TextField
from django.db.models.functions import Cast

from coaching.interactions.models import Interaction
from coaching.metrics.demand.hours import HeatMap, heat_map, quarter_number
from coaching.metrics.demand.models import CompanyDemandDay, CustomerDay, DemandDay
from coaching.metrics.figures import NUMBERS_ONLY
from coaching.metrics.queries import Window
from foundation.statistics import Interval, wilson
from people.models import Membership, Team

DemandDays = QuerySet[DemandDay] | QuerySet[CompanyDemandDay]
TOP = 15
BEGINS = -1_000_000  # no quarter of a day has this number


def demand_days(teams: Sequence[Team], team: Team | None, *, everything: bool) -> DemandDays:
    """The days of the chosen team and those below; of all the viewer's teams; or of everybody."""
    if team is None and everything:
        return CompanyDemandDay.objects.all()
    return DemandDay.objects.filter(team__in=_below(teams, team))


def customer_days(teams: Sequence[Team], team: Team | None) -> QuerySet[CustomerDay]:
    """The days of the chosen team and those below, or of all the viewer's teams, by customer."""
    return CustomerDay.objects.filter(team__in=_below(teams, team))


def _below(teams: Sequence[Team], team: Team | None) -> list[int]:
    return [other.pk for other in teams if team is None or other.path.startswith(team.path)]


def zone_of(team: Team | None, on: date) -> str:
    """The zone that most of the team's members have today; the organisation's for all, and for an empty team."""
    if team is None:
        return settings.TIME_ZONE
    members = Membership.objects.on(on).filter(team__path__startswith=team.path, kind=Membership.Kind.MEMBER)
    zones = Counter(members.values_list("person__time_zone", flat=True))
    return min(zones, key=lambda zone: (-zones[zone], zone)) if zones else settings.TIME_ZONE


def hours_of_week(days: DemandDays, window: Window, zone: str) -> HeatMap:
    """The heat map of the window's local days in that zone. One query."""
    # A handler's day may begin elsewhere: the days around the window hold a few of its hours.
    around = (window.first - timedelta(days=2), window.last + timedelta(days=2))
    read = days.filter(day__range=around).order_by().values_list("day", Cast("quarters", TextField()))
    # All days of all teams as one row of numbers, each day's after a pair that tells where it begins.
    text = ",".join([f"{BEGINS},{quarter_number(day, 0)},{found}" for day, found in read if len(found) > len("{}")])
    pairs = np.fromstring(text.translate(NUMBERS_ONLY), sep=",", dtype=np.int64).reshape(-1, 2)
    begins = pairs[:, 0] == BEGINS
    starts = pairs[begins, 1][np.cumsum(begins) - 1]
    quarters, place = np.unique((pairs[:, 0] + starts)[~begins], return_inverse=True)
    cases = np.bincount(place, weights=pairs[~begins, 1], minlength=len(quarters)).astype(np.int64)
    return heat_map(dict(zip(quarters.tolist(), cases.tolist(), strict=True)), window.first, window.last, zone)


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


def months(days: DemandDays, on: date) -> list[Month]:
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


def parts(days: DemandDays, window: Window, what: str, top: int = TOP) -> Parts:
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
