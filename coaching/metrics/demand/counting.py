"""Keeping `DemandDay` true: the recount says which days changed, and each is counted anew, whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Func, IntegerField, QuerySet

from coaching.interactions.models import Handler, Interaction
from coaching.metrics.demand.models import ChangedDemandDay, DemandDay
from people.models import Membership

QUARTER = 900  # seconds
BACK = 172_800  # seconds added before dividing, so that quarters before midnight UTC round down on every engine
DAYS_AT_ONCE = 7
HANDLERS_AT_ONCE = 500


class QuarterOfDay(Func):
    """Quarters of an hour from midnight UTC of a date (second argument) to a time (first argument); may be negative."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        (moment, first), (day, second) = [compiler.compile(part) for part in self.source_expressions]
        sql = f"((unixepoch(substr({moment}, 1, 19)) - unixepoch({day}) + {BACK}) / {QUARTER} - {BACK // QUARTER})"
        return sql, (*first, *second)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        (moment, first), (day, second) = [compiler.compile(part) for part in self.source_expressions]
        seconds = f"floor(extract(epoch FROM {moment})) - extract(epoch FROM {day}::timestamp) + {BACK}"
        return f"(floor(({seconds}) / {QUARTER})::int - {BACK // QUARTER})", (*first, *second)


@dataclass
class DayCount:
    """One team's day, as `DemandDay` keeps it."""

    cases: int = 0
    quarters: dict[str, int] = field(default_factory=dict)
    topics: dict[str, int] = field(default_factory=dict)
    channels: dict[str, int] = field(default_factory=dict)


def note_days(days: Iterable[date] | QuerySet[Any]) -> None:
    """Have these days counted again; inside the caller's transaction."""
    rows = [ChangedDemandDay(day=day) for day in sorted(set(days))]
    ChangedDemandDay.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def note_all_days() -> None:
    """Every day that has a case of a matched person, or a count."""
    days = set(DemandDay.objects.order_by().values_list("day", flat=True).distinct())
    for part in _parts(sorted(_people_of_handlers())):
        days |= set(Interaction.objects.filter(handler__in=part).order_by().values_list("opened_on", flat=True).distinct())
    note_days(days)


def count_demand_days() -> int:
    """Count every noted day anew; how many. Each batch of seven days is one transaction: safe to kill and to run twice."""
    done = 0
    people = None
    while days := list(ChangedDemandDay.objects.order_by("day").values_list("day", flat=True)[:DAYS_AT_ONCE]):
        with transaction.atomic():
            # Whoever deletes the mark counts the day: a second run waits here, and finds it gone.
            held = list(ChangedDemandDay.objects.select_for_update().filter(day__in=days).values_list("pk", "day"))
            ChangedDemandDay.objects.filter(pk__in=[pk for pk, _day in held]).delete()
            people = _people_of_handlers() if people is None else people
            _count([day for _pk, day in held], people)
        done += len(held)
    return done


def _people_of_handlers() -> dict[int, int]:
    return dict(Handler.objects.exclude(person=None).values_list("pk", "person_id"))


def _parts(values: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(values), HANDLERS_AT_ONCE):
        yield values[start : start + HANDLERS_AT_ONCE]


def _count(days: list[date], people: dict[int, int]) -> None:
    DemandDay.objects.filter(day__in=days).delete()
    if not days:
        return
    counts: dict[tuple[date, int | None], DayCount] = defaultdict(DayCount)
    teams = {day: teams_on(day) for day in days}
    for part in _parts(sorted(people)):
        # Handler by handler and day by day through the index on both.
        cases = Interaction.objects.filter(handler__in=part, opened_on__in=days).order_by()
        by_quarter = cases.values_list("opened_on", "handler_id", QuarterOfDay(F("opened_at"), F("opened_on")))
        for day, handler, quarter, n in by_quarter.annotate(n=Count("pk")):
            count = counts[day, teams[day].get(people[handler])]
            count.cases += n
            count.quarters[str(quarter)] = count.quarters.get(str(quarter), 0) + n
        for day, handler, topic, channel, n in cases.values_list("opened_on", "handler_id", "topic", "channel").annotate(
            n=Count("pk")
        ):
            count = counts[day, teams[day].get(people[handler])]
            count.topics[topic] = count.topics.get(topic, 0) + n
            count.channels[channel] = count.channels.get(channel, 0) + n
    DemandDay.objects.bulk_create(
        [
            DemandDay(
                day=day, team_id=team, cases=count.cases, quarters=count.quarters, topics=count.topics, channels=count.channels
            )
            for (day, team), count in counts.items()
        ],
        batch_size=200,
    )


def teams_on(day: date) -> dict[int, int]:
    """Person id → team they were a member of that day; the later membership where old data overlap."""
    members = Membership.objects.on(day).filter(kind=Membership.Kind.MEMBER).order_by("starts_on", "pk")
    return dict(members.values_list("person_id", "team_id"))


# --- The slow recount that proves it ----------------------------------------------------------------------


def slow_counts() -> dict[tuple[date, int | None], DayCount]:
    """The same from raw rows, one by one in plain Python."""
    counts: dict[tuple[date, int | None], DayCount] = defaultdict(DayCount)
    teams: dict[date, dict[int, int]] = {}
    rows = Interaction.objects.filter(handler__person__isnull=False).values_list(
        "handler__person_id", "opened_on", "opened_at", "topic", "channel"
    )
    for person, day, moment, topic, channel in rows.iterator(chunk_size=2000):
        if day not in teams:
            teams[day] = teams_on(day)
        count = counts[day, teams[day].get(person)]
        quarter = str(_quarter(moment, day))
        count.cases += 1
        count.quarters[quarter] = count.quarters.get(quarter, 0) + 1
        count.topics[topic] = count.topics.get(topic, 0) + 1
        count.channels[channel] = count.channels.get(channel, 0) + 1
    return counts


def _quarter(moment: datetime, day: date) -> int:
    """Whole quarters from midnight UTC of `day` to the moment, rounded down."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=moment.tzinfo)
    return (moment - midnight) // timedelta(seconds=QUARTER)


def differences() -> list[str]:
    """Where the demand days are not what the raw rows say, one line each."""
    slow = slow_counts()
    faults = []
    for row in DemandDay.objects.all().iterator(chunk_size=500):
        stored = DayCount(row.cases, row.quarters, row.topics, row.channels)
        counted = slow.pop((row.day, row.team_id), None)
        if stored != counted:
            faults.append(f"{row.day} team {row.team_id}: stored {stored.cases} cases, counted {counted.cases if counted else 0}")
    faults += [
        f"{day} team {team}: stored nothing, counted {count.cases}" for (day, team), count in sorted(slow.items(), key=str)
    ]
    return faults
