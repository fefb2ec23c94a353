"""Whose hours count: each team's own calendar, else that of the nearest team above, else the organisation's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from coaching.metrics.business_hours import Hours, Span
from coaching.metrics.models import BusinessCalendar
from people.models import Team


def _spans(minutes: list[list[int]]) -> tuple[Span, ...]:
    return tuple((start * 60, end * 60) for start, end in minutes)


def hours_of(calendar: BusinessCalendar) -> Hours:
    """A stored calendar as the arithmetic takes it."""
    return Hours(
        calendar.time_zone,
        tuple(_spans(day) for day in calendar.week),
        calendar.country,
        calendar.region,
        frozenset(date.fromisoformat(day) for day in calendar.closed_on),
        tuple(sorted((date.fromisoformat(day), _spans(spans)) for day, spans in calendar.open_on.items())),
    )


def default_hours() -> Hours:
    """Monday to Friday, 9 to 17, in the organisation's time zone: until somebody writes a calendar."""
    return Hours(settings.TIME_ZONE)


@dataclass(frozen=True)
class CalendarBook:
    """All calendars at once, for reading many teams' hours."""

    own: dict[int | None, Hours]
    paths: dict[int, str]

    def of_team(self, team_id: int | None) -> Hours:
        """The hours that count for a team; the organisation's for nobody's team."""
        if team_id is not None and len(self.own) > (None in self.own):
            for pk in reversed(self.paths.get(team_id, "").strip("/").split("/")):
                if pk and int(pk) in self.own:
                    return self.own[int(pk)]
        return self.own.get(None) or default_hours()


def calendar_book() -> CalendarBook:
    """One query while there is no team's calendar, else two."""
    own = {calendar.team_id: hours_of(calendar) for calendar in BusinessCalendar.objects.all()}
    paths = dict(Team.objects.values_list("pk", "path")) if any(pk is not None for pk in own) else {}
    return CalendarBook(own, paths)
