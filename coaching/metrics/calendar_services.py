"""Writing business hours. Every figure in business hours follows: its days are counted again by a worker."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from coaching.metrics import recount
from coaching.metrics.models import BusinessCalendar, MetricDefinition
from coaching.metrics.tasks import recount_waiting_days
from coaching.metrics.variants import uses_business_hours
from people.audit import record
from people.models import Person, Team

Minutes = list[list[int]]


class CalendarError(Exception):
    """Hours that cannot be; the message says why and what to do."""


def _check(spans: Minutes) -> None:
    for start, end in spans:
        if not 0 <= start < end <= 1440:
            raise CalendarError(_("Hours end later than they begin, within one day. Hours over midnight go into two days."))
    for earlier, later in zip(sorted(spans), sorted(spans)[1:], strict=False):
        if later[0] < earlier[1]:
            raise CalendarError(_("Two spans of one day overlap. Join them."))


def _state(calendar: BusinessCalendar) -> dict[str, Any]:
    return {
        "time_zone": calendar.time_zone,
        "hours": calendar.week,
        "country": " ".join(filter(None, (calendar.country, calendar.region))),
        "closed_on": calendar.closed_on,
        "open_on": calendar.open_on,
    }


@transaction.atomic
def save_calendar(
    *,
    actor: Person | None,
    team: Team | None,
    time_zone: str,
    week: list[Minutes],
    country: str = "",
    region: str = "",
    closed_on: list[date],
    open_on: dict[date, Minutes],
    now: datetime,
) -> BusinessCalendar:
    """Write a team's business hours, or the organisation's (team None). Hours are minutes after local midnight.

    Nothing happens where they are what they were. Raises CalendarError for spans that overlap or run backwards.
    """
    for spans in [*week, *open_on.values()]:
        _check(spans)
    calendar = BusinessCalendar.objects.select_for_update().filter(team=team).first()
    before = _state(calendar) if calendar else {}
    calendar = calendar or BusinessCalendar(team=team)
    calendar.time_zone, calendar.country, calendar.region = time_zone, country, region
    calendar.week = [sorted(spans) for spans in week]
    calendar.closed_on = [day.isoformat() for day in sorted(set(closed_on))]
    calendar.open_on = {day.isoformat(): sorted(spans) for day, spans in sorted(open_on.items())}
    if before == _state(calendar):
        return calendar
    calendar.updated_at, calendar.updated_by = now, actor
    calendar.save()
    record(actor=actor, verb="calendar.save", target=calendar, before=before, after=_state(calendar), now=now)
    _count_again(team)
    return calendar


@transaction.atomic
def remove_calendar(*, actor: Person | None, calendar: BusinessCalendar, now: datetime) -> None:
    """Take a team's own hours away: those of the team above, or of the organisation, count again."""
    team = calendar.team
    record(actor=actor, verb="calendar.remove", target=calendar, before=_state(calendar), after={}, now=now)
    calendar.delete()
    _count_again(team)


def _count_again(team: Team | None) -> None:
    """Mark the days of the team and the teams below it; of everybody where the organisation's hours changed."""
    teams = None if team is None else list(Team.objects.at_or_below([team]).values_list("pk", flat=True))
    concerned = [definition for definition in MetricDefinition.objects.current() if uses_business_hours(definition)]
    if recount.mark_days_of_teams(teams, concerned):
        transaction.on_commit(recount_waiting_days.enqueue)
