"""Today of one team from raw rows, by index: what waits, what came, what was done. Sums only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Count, Func, Max, Min, Q, QuerySet
from django.db.models.functions import Lower

from coaching.interactions.models import Handler, ImportJob, Interaction, SurveyResponse
from coaching.metrics.demand.queries import zone_of
from coaching.metrics.models import MetricDefinition
from coaching.metrics.rows import seconds_of
from foundation.statistics import Interval, wilson
from people.models import Person, Team

STALE_AFTER = timedelta(hours=1)
QUARTER = 900  # seconds
ENOUGH = 10  # ratings, where the definition of satisfied customers says nothing else


class UnixSeconds(Func):
    """A time as whole seconds since 1970: a day's thousands of them are read several times as fast as times."""

    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        sql, params = compiler.compile(self.source_expressions[0])
        return seconds_of(sql), tuple(params)

    as_postgresql = as_sqlite  # `seconds_of` knows both


@dataclass
class Hour:
    hour: int
    taken: int = 0
    resolved: int = 0


@dataclass(frozen=True)
class Wall:
    """What the screen shows. Times are seconds; `newest` is the last thing known to have happened or been brought in."""

    zone: str
    as_of: datetime
    waiting: int
    open: int
    oldest_seconds: float | None
    hours: list[Hour]
    replied: int
    first_reply_seconds: float | None
    satisfied: int
    rated: int
    enough_ratings: int
    newest: datetime | None
    people: int
    unassigned: int

    @property
    def taken(self) -> int:
        return sum(hour.taken for hour in self.hours)

    @property
    def resolved(self) -> int:
        return sum(hour.resolved for hour in self.hours)

    @property
    def satisfied_share(self) -> float | None:
        """None below the number it takes to say a share."""
        return self.satisfied / self.rated if self.rated >= self.enough_ratings else None

    @property
    def satisfied_interval(self) -> Interval | None:
        return wilson(self.satisfied, self.rated) if self.rated >= self.enough_ratings else None

    @property
    def is_stale(self) -> bool:
        return self.newest is None or self.as_of - self.newest > STALE_AFTER


def wall_of(team: Team, now: datetime) -> Wall:
    """The wall of a team and the teams below it, for today in the team's own time zone."""
    zone = zone_of(team, now.astimezone(ZoneInfo("UTC")).date())
    local = now.astimezone(ZoneInfo(zone))
    start = datetime.combine(local.date(), time.min, ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
    below = list(Team.objects.at_or_below([team]))
    people = Person.objects.in_teams(below, local.date())
    handlers = list(Handler.objects.filter(person__in=people).values_list("pk", flat=True))
    names = {other.name.casefold() for other in below}
    theirs = Q(handler__in=handlers)
    cases = Interaction.objects.order_by()
    # Days are the handler's own: yesterday and tomorrow of the team's day may be theirs.
    days = (local.date() - timedelta(days=1), local.date() + timedelta(days=1))
    unresolved = cases.filter(resolved_on__isnull=True, status=Interaction.Status.OPEN, opened_at__lte=now)
    opens = _open(unresolved.filter(theirs))
    loose = _open(_in_queues(unresolved, names))
    times = {"opened": UnixSeconds("opened_at"), "replied": UnixSeconds("first_reply_at")}
    today = cases.filter(opened_on__range=days, opened_at__range=(start, now)).annotate(**times)
    came = list(today.filter(theirs).values_list(*times))
    came += _in_queues(today, names).values_list(*times)
    resolved = cases.filter(theirs, resolved_on__range=days, resolved_at__range=(start, now))
    done = list(resolved.annotate(ended=UnixSeconds("resolved_at")).values_list("ended", flat=True))
    ratings = SurveyResponse.objects.order_by().filter(
        handler__in=handlers, kind=SurveyResponse.Kind.CSAT, responded_on__range=days, responded_at__range=(start, now)
    )
    rated = ratings.aggregate(n=Count("pk"), good=Count("pk", filter=Q(polarity=1)), newest=Max("responded_at"))
    answered = [(opened, replied) for opened, replied in came if replied is not None and replied <= now.timestamp()]
    replies = [replied - opened for opened, replied in answered]
    oldest = min((moment for moment in (opens["oldest"], loose["oldest"]) if moment is not None), default=None)
    happened = max([*(opened for opened, _replied in came), *(replied for _opened, replied in answered), *done], default=None)
    known = (None if happened is None else datetime.fromtimestamp(happened, UTC), rated["newest"], _last_import(now))
    return Wall(
        zone=zone,
        as_of=now,
        waiting=opens["waiting"] + loose["waiting"],
        open=opens["n"] + loose["n"],
        oldest_seconds=None if oldest is None else (now - oldest).total_seconds(),
        hours=_hours(start, now, zone, (opened for opened, _replied in came), done),
        replied=len(replies),
        first_reply_seconds=median(replies) if replies else None,
        satisfied=rated["good"],
        rated=rated["n"],
        enough_ratings=_enough_ratings(),
        newest=max((moment for moment in known if moment is not None), default=None),
        people=people.count(),
        unassigned=loose["n"],
    )


def _open(cases: QuerySet[Interaction]) -> dict[str, Any]:
    """How many are open, how many of them have had no reply, and since when those wait."""
    nobody = Q(first_reply_at__isnull=True)
    return cases.aggregate(n=Count("pk"), waiting=Count("pk", filter=nobody), oldest=Min("opened_at", filter=nobody))


def _in_queues(cases: QuerySet[Interaction], names: set[str]) -> QuerySet[Interaction]:
    """Cases without a handler that lie in a queue of one of these names."""
    return cases.filter(handler__isnull=True).alias(plain_queue=Lower("queue")).filter(plain_queue__in=names)


def _hours(start: datetime, now: datetime, zone: str, opened: Iterable[int], resolved: Iterable[int]) -> list[Hour]:
    """The hours of today up to now; those before the first case are left out, from seven o'clock on at the latest."""
    here = ZoneInfo(zone)
    hours = {hour: Hour(hour) for hour in range(now.astimezone(here).hour + 1)}
    # By quarter: no zone is off by less.
    for quarter, n in Counter(second // QUARTER for second in opened).items():
        hours[datetime.fromtimestamp(quarter * QUARTER, here).hour].taken += n
    for quarter, n in Counter(second // QUARTER for second in resolved).items():
        hours[datetime.fromtimestamp(quarter * QUARTER, here).hour].resolved += n
    first = next((hour for hour in hours.values() if hour.taken or hour.resolved), None)
    begin = min(7, first.hour if first else 7)
    return [hour for hour in hours.values() if hour.hour >= begin]


def _last_import(now: datetime) -> datetime | None:
    done = ImportJob.objects.filter(state=ImportJob.State.DONE, finished_at__lte=now).order_by("-finished_at")
    return done.values_list("finished_at", flat=True).first()


def _enough_ratings() -> int:
    found = MetricDefinition.objects.current().filter(recipe=MetricDefinition.Recipe.SATISFIED).first()
    return max(1, found.minimum_to_show) if found else ENOUGH
