"""The slow recount of everything that is kept of a day: plain Python over raw rows, one by one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from coaching.interactions.models import Interaction, SurveyResponse
from coaching.metrics.accounts.models import AccountDay
from coaching.metrics.demand.counting import QUARTER, teams_on
from coaching.metrics.demand.models import CaseRanking, CompanyDemandDay, CustomerDay, DemandDay
from coaching.metrics.packing import ACCOUNTS, COUNTED, KEPT, KEYS, RANKED, account_key, key_of, unpacked

Place = tuple[date, int | None]  # day and team


@dataclass
class DayCount:
    """One team's day, as `DemandDay` and `CustomerDay` keep it."""

    cases: int = 0
    quarters: Counter[str] = field(default_factory=Counter)
    topics: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    customers: list[tuple[int, int]] = field(default_factory=list)
    unknown: int = 0


@dataclass
class SlowDays:
    """What should be kept: by day and team, by day and order, by day and account."""

    teams: dict[Place, DayCount]
    rankings: dict[tuple[date, str], list[tuple[int, int, int]]]
    accounts: dict[tuple[date, int], Counter[str]]


def slow_days() -> SlowDays:
    """Everything counted anew from raw rows."""
    found = SlowDays(defaultdict(DayCount), defaultdict(list), defaultdict(Counter))
    teams: dict[date, dict[int, int]] = {}
    rows = Interaction.objects.filter(handler__person__isnull=False).select_related("handler")
    for case in rows.iterator(chunk_size=2000):
        day = case.opened_on
        if day not in teams:
            teams[day] = teams_on(day)
        count = found.teams[day, teams[day].get(_person(case))]
        count.cases += 1
        count.quarters[str(_quarter(case.opened_at, day))] += 1
        count.topics[case.topic] += 1
        count.channels[case.channel] += 1
        if case.customer:
            count.customers.append((key_of(case.customer), case.pk))
        else:
            count.unknown += 1
        for rank, value, second in _ranks(case):
            found.rankings[day, rank].append((value, second, case.pk))
        if case.account:
            of = found.accounts[day, account_key(case.source_id, case.account)]
            of["cases"] += 1
            of["resolved"] += case.resolved_on is not None
            of["reopened"] += case.resolved_on is not None and case.reopens > 0
    ratings = SurveyResponse.objects.filter(
        kind=SurveyResponse.Kind.CSAT, handler__person__isnull=False, interaction__isnull=False
    ).exclude(interaction__account="")
    for rating in ratings.select_related("interaction").iterator(chunk_size=2000):
        about = rating.interaction
        if about is not None:
            of = found.accounts[rating.responded_on, account_key(about.source_id, about.account)]
            of["rated"] += 1
            of["dissatisfied"] += rating.polarity == -1
    return found


def _person(case: Interaction) -> int:
    return case.handler.person_id or 0 if case.handler else 0


def _quarter(moment: datetime, day: date) -> int:
    """Whole quarters from midnight UTC of `day` to the moment, rounded down."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=moment.tzinfo)
    return (moment - midnight) // timedelta(seconds=QUARTER)


def _micros(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=moment.tzinfo)) // timedelta(microseconds=1)


def _ranks(case: Interaction) -> Iterator[tuple[str, int, int]]:
    opened = _micros(case.opened_at)
    yield "newest", opened, 0
    for rank, value in (
        ("replies", case.replies),
        ("customer_replies", case.customer_replies),
        ("handle", case.handle_seconds),
        ("reopens", case.reopens),
    ):
        if value:
            yield rank, value, opened
    for rank, moment in (("response", case.first_reply_at), ("resolution", case.resolved_at)):
        if moment is not None:
            yield rank, _micros(moment) // 1_000_000 - opened // 1_000_000, 0


def differences() -> list[str]:
    """Where what is kept is not what the raw rows say, one line each."""
    slow = slow_days()
    return [*_of_teams(slow), *_of_everybody(slow), *_of_rankings(slow), *_of_accounts(slow)]


def _of_teams(slow: SlowDays) -> Iterator[str]:
    stored: dict[Place, DayCount] = defaultdict(DayCount)
    for row in DemandDay.objects.iterator(chunk_size=500):
        count = stored[row.day, row.team_id]
        count.cases = row.cases
        count.quarters, count.topics, count.channels = Counter(row.quarters), Counter(row.topics), Counter(row.channels)
    for who in CustomerDay.objects.iterator(chunk_size=100):
        count = stored[who.day, who.team_id]
        keys, cases = unpacked([who.customers], KEYS).tolist(), unpacked([who.cases], KEYS).tolist()
        count.customers, count.unknown = list(zip(keys, cases, strict=True)), who.unknown
    for place in sorted({*stored, *slow.teams}, key=str):
        counted = slow.teams.get(place, DayCount())
        counted.customers.sort()
        if stored.get(place, DayCount()) != counted:
            yield f"{place[0]} team {place[1]}: stored {stored[place].cases} cases, counted {counted.cases}, or otherwise divided"


def _of_everybody(slow: SlowDays) -> Iterator[str]:
    counted: dict[date, DayCount] = defaultdict(DayCount)
    for (day, _team), found in slow.teams.items():
        count = counted[day]
        count.cases += found.cases
        count.quarters += found.quarters
        count.topics += found.topics
        count.channels += found.channels
    stored = {
        row.day: DayCount(row.cases, Counter(row.quarters), Counter(row.topics), Counter(row.channels))
        for row in CompanyDemandDay.objects.iterator(chunk_size=500)
    }
    yield from _unequal(
        {(day, None): count for day, count in stored.items()}, {(day, None): count for day, count in counted.items()}, "everybody"
    )


def _of_rankings(slow: SlowDays) -> Iterator[str]:
    stored = {
        (row.day, row.rank): (row.n, unpacked([row.cases], RANKED).tolist())
        for row in CaseRanking.objects.iterator(chunk_size=100)
    }
    counted = {place: (len(cases), sorted(cases, reverse=True)[:KEPT]) for place, cases in slow.rankings.items()}
    yield from _unequal(stored, counted, "order")


def _of_accounts(slow: SlowDays) -> Iterator[str]:
    stored: dict[tuple[date, int], list[int]] = {}
    for row in AccountDay.objects.iterator(chunk_size=100):
        for account, *counts in unpacked([row.counts], ACCOUNTS).tolist():
            stored[row.day, account] = counts
    yield from _unequal(stored, {place: [of[name] for name in COUNTED] for place, of in slow.accounts.items()}, "account")


def _unequal(stored: dict[Any, Any], counted: dict[Any, Any], what: str) -> Iterator[str]:
    for place in sorted({*stored, *counted}, key=str):
        if stored.get(place) != counted.get(place):
            yield f"{place[0]} {what} {place[1]}: stored and counted differ"
