"""Business hours ready for a screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.shortcuts import get_object_or_404
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coaching.metrics.access import can_edit_calendars, teams_visible_to
from coaching.metrics.models import BusinessCalendar
from people.models import Person, Team


@dataclass(frozen=True)
class TeamHours:
    """Which hours count for a team, and whose they are."""

    team: Team
    depth: int
    calendar: BusinessCalendar | None  # None: the built-in hours
    own: bool


def hours_by_team(viewer: Person, on: date) -> list[TeamHours]:
    """The teams the viewer may see (all, for who may change hours), in the order of the tree."""
    teams = Team.objects.all() if can_edit_calendars(viewer) else teams_visible_to(viewer, on)
    calendars = {calendar.team_id: calendar for calendar in BusinessCalendar.objects.select_related("team")}
    found = []
    for team in teams.order_by("path"):
        above = [int(pk) for pk in team.path.strip("/").split("/")]
        owner = next((pk for pk in reversed(above) if pk in calendars), None)
        found.append(TeamHours(team, len(above) - 1, calendars.get(owner), owner == team.pk))
    return found


def calendar_of(team: Team | None) -> BusinessCalendar | None:
    """A team's own calendar; the organisation's for None."""
    return BusinessCalendar.objects.filter(team=team).first()


def own_calendar_or_404(team: Team) -> BusinessCalendar:
    return get_object_or_404(BusinessCalendar, team=team)


def nearest_calendar(team: Team | None) -> BusinessCalendar | None:
    """What a new calendar of the team starts from: its own hours or those it has today."""
    above = [int(pk) for pk in team.path.strip("/").split("/")] if team else []
    by_team = {calendar.team_id: calendar for calendar in BusinessCalendar.objects.all()}
    return next((by_team[pk] for pk in [*reversed(above), None] if pk in by_team), None)


def clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def spans_text(spans: list[list[int]]) -> str:
    """ "09:00-12:00, 13:00-17:00", as the form takes it."""
    return ", ".join(f"{clock(start)}-{clock(end)}" for start, end in spans)


def week_in_words(week: list[list[list[int]]]) -> list[str]:
    """Days with the same hours together: "Mon–Fri 09:00-17:00", "Sat–Sun closed"."""
    names = [date_format(date(2024, 1, 1 + day), "D") for day in range(7)]  # 1 January 2024 was a Monday
    lines, first = [], 0
    for day in range(1, 8):
        if day < 7 and week[day] == week[first]:
            continue
        span = names[first] if day - first == 1 else f"{names[first]}–{names[day - 1]}"
        lines.append(f"{span} {spans_text(week[first]) or _('closed')}")
        first = day
    return lines
