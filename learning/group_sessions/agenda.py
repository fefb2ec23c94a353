"""What stands in a calendar: sessions, days by which modules are due, certificates that expire. Reads only.

Due days and certificates belong to rooms below this one, which has the calendar.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learning.assignments.models import Assignment
from learning.certificates.queries import expiring_between
from learning.group_sessions.models import GroupSession, Place
from people.access import people_led_by
from people.models import Person, Team

SESSION, DUE, OVERDUE, EXPIRES = "session", "due", "overdue", "expires"
NAMES_SHOWN = 3
EARLIEST, LATEST = 2000, 2100
FEED_AHEAD = timedelta(days=400)
FEED_BACK = timedelta(days=90)


@dataclass(frozen=True)
class Entry:
    """One line of a day. `at` only where it has an hour; `key` never changes, whatever becomes of it."""

    day: date
    kind: str
    title: str
    url: str
    key: str
    note: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Day:
    date: date
    entries: tuple[Entry, ...]
    today: bool


@dataclass(frozen=True)
class Month:
    """A month as a page shows it. `lead_in`: how many days of its first week belong to the month before (Monday is first)."""

    first: date
    lead_in: int
    days: tuple[Day, ...]

    @property
    def before(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        return (self.first + timedelta(days=32)).replace(day=1)

    @property
    def count(self) -> int:
        return sum(len(day.entries) for day in self.days)


def first_of(text: str, today: date) -> date:
    """The first day of a month typed as 2026-06; of this month for anything else."""
    try:
        wanted = date.fromisoformat(f"{text}-01")
    except ValueError:
        wanted = today
    return (wanted if EARLIEST <= wanted.year <= LATEST else today).replace(day=1)


def month_of(first: date, entries: Iterable[Entry], today: date) -> Month:
    by_day: dict[date, list[Entry]] = {}
    for entry in entries:
        by_day.setdefault(entry.day, []).append(entry)
    days = [first + timedelta(days=n) for n in range(monthrange(first.year, first.month)[1])]
    return Month(
        first, first.weekday(), tuple(Day(day, tuple(sorted(by_day.get(day, ()), key=_order)), day == today) for day in days)
    )


def last_of(first: date) -> date:
    return first.replace(day=monthrange(first.year, first.month)[1])


def _order(entry: Entry) -> tuple[bool, float, str]:
    """What lasts all day first, then by the hour."""
    return entry.at is not None, entry.at.timestamp() if entry.at else 0.0, entry.title


def _between(first: date, last: date) -> Q:
    """Sessions of these days, on the reader's clock."""
    begin = timezone.make_aware(datetime.combine(first, time()))
    end = timezone.make_aware(datetime.combine(last + timedelta(days=1), time()))
    return Q(starts_at__gte=begin, starts_at__lt=end)


# --- One's own -------------------------------------------------------------------------------------------------------


def own_entries(person: Person, first: date, last: date, today: date) -> list[Entry]:
    """Sessions one comes to, waits for or holds; what one has to learn; certificates that expire. Three queries."""
    return [*_own_sessions(person, first, last), *own_days(person, first, last, today)]


def own_days(person: Person, first: date, last: date, today: date) -> list[Entry]:
    """What falls on whole days: due modules and expiring certificates. Two queries."""
    rows = Assignment.objects.open().filter(person=person, due_on__gte=first, due_on__lte=last).exclude(access_until__lt=today)
    entries = [
        Entry(
            row.due_on,
            OVERDUE if row.due_on < today else DUE,
            row.module.title,
            reverse("assignment_detail", args=[row.pk]),
            f"assignment-{row.pk}",
            _("overdue") if row.due_on < today else _("due"),
        )
        for row in rows.select_related("module").defer("module__lessons", "module__quiz").order_by("due_on", "pk")
        if row.due_on is not None
    ]
    for certificate in expiring_between(Person.objects.filter(pk=person.pk), first, last):
        if certificate.valid_until is not None:
            url = reverse("certificate_detail", args=[certificate.pk])
            key = f"certificate-{certificate.pk}"
            entries.append(Entry(certificate.valid_until, EXPIRES, certificate.title, url, key, _("certificate expires")))
    return entries


def _own_sessions(person: Person, first: date, last: date) -> list[Entry]:
    going: dict[str, str] = {Place.State.HELD: "", Place.State.WAITING: _("on the wait list")}
    mine = Place.objects.filter(person=person, state__in=going)
    states = dict(mine.values_list("session_id", "state"))
    rows = GroupSession.objects.filter(_between(first, last), Q(host=person) | Q(pk__in=mine.values("session_id")))
    return [
        Entry(
            timezone.localdate(row.starts_at),
            SESSION,
            row.title,
            reverse("group_session_detail", args=[row.pk]),
            f"session-{row.pk}",
            _("cancelled") if row.is_cancelled else _("you hold it") if row.host_id == person.pk else going[states[row.pk]],
            row.starts_at,
        )
        for row in rows
    ]


# --- A lead's people -------------------------------------------------------------------------------------------------


def team_entries(lead: Person, first: date, last: date, today: date, team: Team | None = None) -> list[Entry]:
    """What the lead's people, or those of one of their teams, have to finish on which day; certificates; sessions they go to."""
    people = people_led_by(lead, today).filter(is_active=True)
    if team is not None:
        people = people.filter(pk__in=Person.objects.in_teams(Team.objects.at_or_below([team]), today).values("pk"))
    return [*_team_due(people, first, last, today), *_team_expiring(people, first, last), *_team_sessions(people, first, last)]


def _team_due(people: QuerySet[Person], first: date, last: date, today: date) -> list[Entry]:
    rows = Assignment.objects.open().filter(person__in=people.values("pk"), due_on__gte=first, due_on__lte=last)
    found: dict[tuple[date, int], list[str]] = {}
    titles: dict[int, str] = {}
    fields = ("due_on", "module_id", "module__title", "person__display_name")
    for due_on, module_id, title, name in rows.order_by("due_on", "person__display_name", "pk").values_list(*fields):
        found.setdefault((due_on, module_id), []).append(name)
        titles[module_id] = title
    address = reverse("learn_team")
    return [
        Entry(
            day,
            OVERDUE if day < today else DUE,
            titles[module_id],
            f"{address}?state=due&module={module_id}",
            f"module-{module_id}-{day}",
            _names(names),
        )
        for (day, module_id), names in found.items()
    ]


def _team_expiring(people: QuerySet[Person], first: date, last: date) -> list[Entry]:
    rows = expiring_between(people, first, last).select_related("person")
    note = _("certificate of %(person)s expires")
    return [
        Entry(
            row.valid_until,
            EXPIRES,
            row.title,
            reverse("certificate_detail", args=[row.pk]),
            f"certificate-{row.pk}",
            note % {"person": row.person},
        )
        for row in rows
        if row.valid_until is not None
    ]


def _team_sessions(people: QuerySet[Person], first: date, last: date) -> list[Entry]:
    theirs = Q(places__state=Place.State.HELD, places__person__in=people.values("pk"))
    rows = GroupSession.objects.planned().filter(_between(first, last)).annotate(coming=Count("places", filter=theirs))
    return [
        Entry(
            timezone.localdate(row.starts_at),
            SESSION,
            row.title,
            reverse("group_session_detail", args=[row.pk]),
            f"session-{row.pk}",
            ngettext("%(n)s of your people comes", "%(n)s of your people come", row.coming) % {"n": row.coming},
            row.starts_at,
        )
        for row in rows.filter(coming__gt=0)
    ]


def _names(names: list[str]) -> str:
    shown = ", ".join(names[:NAMES_SHOWN])
    more = len(names) - NAMES_SHOWN
    if more <= 0:
        return shown
    return ngettext("%(names)s and %(n)s more", "%(names)s and %(n)s more", more) % {"names": shown, "n": more}
