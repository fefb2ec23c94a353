"""A question put to the explorer: which figure, of whom, about what, over which days. Values only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from coaching.metrics.explorer.marking import monday
from coaching.metrics.models import MetricDefinition
from coaching.metrics.queries import Window
from people.models import Team


class By(models.TextChoices):
    TOGETHER = "together", _("Everything together")
    PERSON = "person", _("Person")
    TEAM = "team", _("Team")
    TOPIC = "topic", _("Topic")
    CHANNEL = "channel", _("Channel")
    SEGMENT = "segment", _("Customer segment")


class Per(models.TextChoices):
    DAY = "day", _("Day")
    WEEK = "week", _("Week")
    MONTH = "month", _("Month")


class Against(models.TextChoices):
    NOTHING = "", _("Nothing")
    PREVIOUS = "previous", _("The period before")
    YEAR = "year", _("The same weeks a year before")


KINDS = {By.TOPIC: "topic", By.CHANNEL: "channel", By.SEGMENT: "segment"}
MOST_PERIODS = 31
MOST_DAYS = 2 * 366


@dataclass(frozen=True)
class Filters:
    """Only these kinds of cases; None: all. An empty text is a kind too: none was stated."""

    channel: str | None = None
    topic: str | None = None
    segment: str | None = None

    def chosen(self) -> dict[str, str]:
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class Period:
    """One column: its days, and how it is written."""

    window: Window
    label: str


@dataclass(frozen=True)
class Question:
    definition: MetricDefinition
    by: By
    per: Per
    window: Window
    team: Team | None = None
    filters: Filters = field(default_factory=Filters)
    against: Against = Against.NOTHING
    with_mix: bool = False

    @property
    def is_by_kind(self) -> bool:
        """Read from the weekly counts by topic, channel and segment: whole weeks only."""
        return self.by in KINDS or bool(self.filters.chosen()) or self.with_mix

    @property
    def days(self) -> Window:
        """The days that are counted: those asked for, or the whole weeks they lie in."""
        if not self.is_by_kind:
            return self.window
        return Window(monday(self.window.first), monday(self.window.last) + timedelta(days=6))

    @property
    def is_widened(self) -> bool:
        return self.days != self.window

    def before(self) -> Question | None:
        """The same question of the period to compare with."""
        if self.against == Against.NOTHING:
            return None
        back = timedelta(days=self.days.days if self.against == Against.PREVIOUS else 364)
        return replace(
            self, window=Window(self.days.first - back, self.days.last - back), against=Against.NOTHING, with_mix=self.with_mix
        )

    def periods(self) -> list[Period]:
        """The columns in order. A week that is counted by topic belongs to the month of its Thursday, as in ISO 8601."""
        starts = sorted({self.start_of(day) for day in self._steps()})
        ends = [start - timedelta(days=1) for start in starts[1:]]
        found = []
        for number, start in enumerate(starts):
            last = ends[number] if number < len(ends) else self.days.last
            first = max(start, self.days.first)
            found.append(Period(Window(first, last), self._label(start, first, last)))
        return self._by_thursday(found) if self.is_by_kind and self.per == Per.MONTH else found

    def start_of(self, day: date) -> date:
        """The first day of the column that the day (or, by topic, its week) stands in."""
        if self.per == Per.DAY:
            return day
        if self.per == Per.WEEK:
            return monday(day)
        return (monday(day) + timedelta(days=3) if self.is_by_kind else day).replace(day=1)

    def _steps(self) -> list[date]:
        return [self.days.first + timedelta(days=number) for number in range(self.days.days)]

    def _by_thursday(self, periods: Sequence[Period]) -> list[Period]:
        weeks: dict[date, list[date]] = {}
        for day in self._steps():
            weeks.setdefault(self.start_of(day), []).append(day)
        return [
            Period(Window(days[0], days[-1]), period.label)
            for period, (_start, days) in zip(periods, sorted(weeks.items()), strict=True)
        ]

    def _label(self, start: date, first: date, last: date) -> str:
        if self.per == Per.MONTH:
            return date_format(start, "M Y")
        if self.per == Per.DAY or first == last:
            return date_format(first, "D j M")
        return date_format(first, "j M") if self.per == Per.WEEK else f"{date_format(first, 'j M')}–{date_format(last, 'j M')}"
