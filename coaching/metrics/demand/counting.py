"""Keeping the days of demand true: the recount says which days changed, and each is counted anew, whole.

One read of a day's cases serves all that is kept of it (`BY_DAY`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from django.db import transaction
from django.db.models import QuerySet

from coaching.interactions.models import Interaction, SurveyResponse
from coaching.metrics.accounts.models import AccountDay
from coaching.metrics.demand import customers, reading
from coaching.metrics.demand.models import CaseRanking, ChangedDemandDay, CompanyDemandDay, CustomerDay, DemandDay
from coaching.metrics.demand.reading import Columns
from coaching.metrics.packing import ACCOUNTS, KEPT, RANKED, account_key, keys_of
from foundation.writers import Pace
from people.models import Membership

QUARTER = 900  # seconds
DAY = 86_400
DAYS_AT_ONCE = 7
EPOCH = date(1970, 1, 1)
BY_DAY = (DemandDay, CompanyDemandDay, CustomerDay, CaseRanking, AccountDay)  # all that is kept of a day
LOWEST_QUARTER, QUARTERS = -192, 512  # what a day can hold, whatever its time zone, and more


def note_days(days: Iterable[date] | QuerySet[Any]) -> None:
    """Have these days counted again; inside the caller's transaction."""
    rows = [ChangedDemandDay(day=day) for day in sorted(set(days))]
    ChangedDemandDay.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def note_all_days() -> None:
    """Every day that has a case or a rating of a matched person, or a count."""
    days: set[date] = set()
    for kept in BY_DAY:
        days |= set(kept.objects.order_by().values_list("day", flat=True).distinct())
    for part in reading.parts_of(sorted(reading.people_of_handlers())):
        days |= set(Interaction.objects.filter(handler__in=part).order_by().values_list("opened_on", flat=True).distinct())
        days |= set(SurveyResponse.objects.filter(handler__in=part).order_by().values_list("responded_on", flat=True).distinct())
    note_days(days)


def count_demand_days(now: datetime) -> int:
    """Count every noted day anew, then what is said of today's customers; how many days.

    Each batch of seven days, fewer on SQLite, is one transaction: safe to kill and to run twice.
    """
    done, pace = 0, Pace(DAYS_AT_ONCE)
    people = None
    while days := list(ChangedDemandDay.objects.order_by("day").values_list("day", flat=True)[: pace.size]):
        with pace.step(), transaction.atomic():
            # Whoever deletes the mark counts the day: a second run waits here, and finds it gone.
            held = list(ChangedDemandDay.objects.select_for_update().filter(day__in=days).values_list("pk", "day"))
            ChangedDemandDay.objects.filter(pk__in=[pk for pk, _day in held]).delete()
            people = reading.people_of_handlers() if people is None else people
            _count([day for _pk, day in held], people)
        done += len(held)
    customers.keep_summaries(now)
    return done


def _count(days: list[date], people: dict[int, int]) -> None:
    for kept in BY_DAY:
        kept.objects.filter(day__in=days).delete()
    if not days:
        return
    handlers = sorted(people)
    for part in reading.days_in_parts(days, handlers):
        cases = reading.cases_opened_on(part, handlers)
        _count_by_team(cases, _teams_of(cases, part, people))
        CaseRanking.objects.bulk_create(_rankings(cases), batch_size=100)
        AccountDay.objects.bulk_create(_accounts(cases, reading.ratings_of_accounts(part, handlers)), batch_size=100)


# --- By team --------------------------------------------------------------------------------------------------


def teams_on(day: date) -> dict[int, int]:
    """Person id → team they were a member of that day; the later membership where old data overlap."""
    members = Membership.objects.on(day).filter(kind=Membership.Kind.MEMBER).order_by("starts_on", "pk")
    return dict(members.values_list("person_id", "team_id"))


def _teams_of(cases: Columns, days: Sequence[date], people: dict[int, int]) -> np.ndarray:
    """Of each case the team that whoever it counts for was in on that day; 0 for none."""
    teams = np.zeros(len(cases["day"]), dtype=np.int64)
    for day in days:
        here = np.flatnonzero(cases["day"] == (day - EPOCH).days)
        handlers, place = np.unique(cases["handler"][here].astype(np.int64), return_inverse=True)
        of_person = teams_on(day)
        teams[here] = np.array([of_person.get(people[handler], 0) for handler in handlers.tolist()], dtype=np.int64)[place]
    return teams


def _count_by_team(cases: Columns, teams: np.ndarray) -> None:
    day = cases["day"].astype(np.int64)
    groups, place = np.unique(day << 40 | teams, return_inverse=True)
    if not len(groups):
        return
    counts = _demand_of(cases, place, len(groups))
    keys, known = keys_of(cases["customer"]), cases["customer"] != ""
    case = cases["case"].astype(np.int64)
    order = np.lexsort((case, keys, place))
    order = order[known[order]]
    bounds = np.searchsorted(place[order], np.arange(len(groups) + 1))
    rows, who = [], []
    for number, group in enumerate(groups.tolist()):
        of: dict[str, Any] = {"day": EPOCH + timedelta(days=group >> 40), "team_id": (group & (1 << 40) - 1) or None}
        mine = order[bounds[number] : bounds[number + 1]]
        unknown = counts[number]["cases"] - len(mine)
        rows.append(DemandDay(**of, **counts[number]))
        who.append(CustomerDay(**of, customers=keys[mine].tobytes(), cases=case[mine].astype("<i8").tobytes(), unknown=unknown))
    days, place = np.unique(day, return_inverse=True)
    of_all = zip(days.tolist(), _demand_of(cases, place, len(days)), strict=True)
    CompanyDemandDay.objects.bulk_create(
        [CompanyDemandDay(day=EPOCH + timedelta(days=number), **found) for number, found in of_all], batch_size=200
    )
    DemandDay.objects.bulk_create(rows, batch_size=200)
    CustomerDay.objects.bulk_create(who, batch_size=50)


def _demand_of(cases: Columns, place: np.ndarray, groups: int) -> list[dict[str, Any]]:
    """Of each group what `DemandDay` counts; `place` is the number of each case's group."""
    quarter = (cases["opened"].astype(np.int64) // 1_000_000 - cases["day"].astype(np.int64) * DAY) // QUARTER
    names = [str(number + LOWEST_QUARTER) for number in range(QUARTERS)]
    counted = {
        "cases": np.bincount(place, minlength=groups).tolist(),
        "quarters": _dicts(place, quarter - LOWEST_QUARTER, names, groups),
        "topics": _named_dicts(place, cases["topic"], groups),
        "channels": _named_dicts(place, cases["channel"], groups),
    }
    return [dict(zip(counted, values, strict=True)) for values in zip(*counted.values(), strict=True)]


def _named_dicts(place: np.ndarray, values: np.ndarray, groups: int) -> list[dict[str, int]]:
    codes, names = pd.factorize(values)
    return _dicts(place, codes, names.tolist(), groups)


def _dicts(place: np.ndarray, codes: np.ndarray, names: Sequence[str], groups: int) -> list[dict[str, int]]:
    """Of each group how often each name comes."""
    found: list[dict[str, int]] = [{} for _group in range(groups)]
    width = max(1, len(names))
    pairs, counts = np.unique(place * width + codes, return_counts=True)
    for pair, n in zip(pairs.tolist(), counts.tolist(), strict=True):
        found[pair // width][names[pair % width]] = n
    return found


# --- The hardest cases ----------------------------------------------------------------------------------------


def ranked_by(cases: Columns) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Rank → (what is ranked by, what decides between equals); NaN where a case has no place in it."""
    opened, nothing = cases["opened"], np.zeros(len(cases["opened"]))
    started = np.floor_divide(opened, 1_000_000)

    def some(name: str) -> np.ndarray:
        return np.where(cases[name] > 0, cases[name], np.nan)

    return {
        "newest": (opened, nothing),
        "replies": (some("replies"), opened),
        "customer_replies": (some("customer_replies"), opened),
        "handle": (some("handle"), opened),
        "reopens": (some("reopens"), opened),
        "response": (cases["replied"] - started, nothing),
        "resolution": (cases["ended"] - started, nothing),
    }


def _rankings(cases: Columns) -> list[CaseRanking]:
    rows = []
    ranks = ranked_by(cases)
    for day in np.unique(cases["day"]).tolist():
        here = np.flatnonzero(cases["day"] == day)
        for rank, (values, second) in ranks.items():
            mine = here[~np.isnan(values[here])]
            first = mine[np.lexsort((-cases["case"][mine], -second[mine], -values[mine]))][:KEPT]
            packed = np.empty(len(first), dtype=RANKED)
            packed["value"], packed["second"], packed["case"] = values[first], second[first], cases["case"][first]
            if len(mine):
                rows.append(CaseRanking(day=EPOCH + timedelta(days=int(day)), rank=rank, n=len(mine), cases=packed.tobytes()))
    return rows


# --- Accounts -------------------------------------------------------------------------------------------------


def _accounts(cases: Columns, ratings: Columns) -> list[AccountDay]:
    named = cases["account"] != ""
    sources = np.concatenate([cases["source"][named], ratings["source"]]).astype(np.int64)
    codes, names = pd.factorize(np.concatenate([cases["account"][named], ratings["account"]]))
    pairs, of_pair = np.unique(sources << 32 | codes, return_inverse=True)
    keys = np.array([account_key(pair >> 32, names[pair & 0xFFFFFFFF]) for pair in pairs.tolist()], dtype="<i8")
    account = keys[of_pair] if len(pairs) else np.empty(0, dtype="<i8")
    day = np.concatenate([cases["day"][named], ratings["day"]])
    size, rated = int(named.sum()), len(ratings["day"])
    resolved = cases["resolved"][named] == 1
    counted = {
        "cases": np.r_[np.ones(size), np.zeros(rated)],
        "resolved": np.r_[resolved, np.zeros(rated)],
        "reopened": np.r_[resolved & (cases["reopens"][named] > 0), np.zeros(rated)],
        "rated": np.r_[np.zeros(size), np.ones(rated)],
        "dissatisfied": np.r_[np.zeros(size), ratings["polarity"] == -1],
    }
    rows = []
    for number in np.unique(day).tolist():
        here = np.flatnonzero(day == number)
        unique, place = np.unique(account[here], return_inverse=True)
        packed = np.zeros(len(unique), dtype=ACCOUNTS)
        packed["account"] = unique
        for name, values in counted.items():
            packed[name] = np.bincount(place, weights=values[here], minlength=len(unique))
        rows.append(AccountDay(day=EPOCH + timedelta(days=int(number)), counts=packed.tobytes()))
    return rows
