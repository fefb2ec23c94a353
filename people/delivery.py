"""When somebody may be written to: their quiet hours and weekends, on their own clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from people.models import DeliveryPreference, Person


def preference_of(person: Person) -> DeliveryPreference:
    """What they chose, or the defaults; not stored by asking."""
    return DeliveryPreference.objects.filter(person=person).first() or DeliveryPreference(person=person)


def preferences_of(people: Iterable[Person]) -> dict[int, DeliveryPreference]:
    """Per person id; one query."""
    people = list(people)
    chosen = {row.person_id: row for row in DeliveryPreference.objects.filter(person__in=[person.pk for person in people])}
    return {person.pk: chosen.get(person.pk) or DeliveryPreference(person=person) for person in people}


def local(person: Person, now: datetime) -> datetime:
    """The moment on this person's clock."""
    return now.astimezone(ZoneInfo(person.time_zone or "UTC"))


def local_day(person: Person, now: datetime) -> date:
    return local(person, now).date()


def is_quiet(person: Person, preference: DeliveryPreference, now: datetime) -> bool:
    """Is it within their quiet hours, or a weekend on which they want no mail?"""
    there = local(person, now)
    if there.weekday() >= 5 and not preference.weekends:
        return True
    start, end, clock = preference.quiet_from, preference.quiet_until, there.time()
    if start == end:
        return False
    return start <= clock < end if start < end else clock >= start or clock < end
