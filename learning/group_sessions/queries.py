"""Reads of sessions and places, ready for a screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet

from foundation.statistics import Interval, wilson
from learning.group_sessions.access import sessions_visible_to
from learning.group_sessions.models import CalendarFeed, GroupSession, GroupSessionQuerySet, Place
from people.busy import Busy, busy_between, register
from people.models import Person

FEED_GOES_BACK = timedelta(days=90)
GOOD_FROM = 4  # of five


def session_list(person: Person, now: datetime, *, search: str = "", which: str = "") -> GroupSessionQuerySet:
    """`which`: "" what comes, "mine" what comes and I have a place in or hold, "past" the last first."""
    rows = sessions_visible_to(person).select_related("host")
    for word in search.split()[:8]:
        rows = rows.filter(Q(title__icontains=word) | Q(description__icontains=word) | Q(host__display_name__icontains=word))
    past = which == "past"
    rows = rows.past(now).order_by("-starts_at", "-pk") if past else rows.upcoming(now).order_by("starts_at", "pk")
    if which == "mine":
        mine = Place.objects.filter(person=person).exclude(state=Place.State.LEFT).values("session_id")
        rows = rows.filter(Q(host=person) | Q(pk__in=mine))
    return rows.annotate(held=Count("places", filter=Q(places__state=Place.State.HELD)))


def own_places(person: Person, sessions: list[GroupSession]) -> dict[int, Place]:
    """By session id; one query."""
    return {place.session_id: place for place in Place.objects.filter(person=person, session__in=sessions)}


def own_place(person: Person, session: GroupSession) -> Place | None:
    return session.places.filter(person=person).first()


def places_left(session: GroupSession) -> int | None:
    """None where there is room for everybody."""
    if session.capacity is None:
        return None
    return max(0, session.capacity - session.places.filter(state=Place.State.HELD).count())


def waiting_before(place: Place) -> int:
    """How many stand before one on the wait list."""
    waiting = Place.objects.filter(session=place.session_id, state=Place.State.WAITING)
    return waiting.filter(Q(queued_at__lt=place.queued_at) | Q(queued_at=place.queued_at, pk__lt=place.pk)).count()


@dataclass(frozen=True)
class Feedback:
    """What those who were there said, with their names, as they were told. `share`: found it good or very good, of `count`."""

    count: int
    share: float | None
    interval: Interval | None
    there: int
    said: list[Place]


def feedback_of(session: GroupSession) -> Feedback:
    """One query. `there` counts who was there, or may have been: nobody noted that they were not."""
    held = session.places.filter(state=Place.State.HELD).exclude(attendance=Place.Attendance.ABSENT)
    rows = list(held.select_related("person").order_by("person__display_name", "pk"))
    said = [place for place in rows if place.rating is not None]
    good = sum(place.rating is not None and place.rating >= GOOD_FROM for place in said)
    share = good / len(said) if said else None
    return Feedback(len(said), share, wilson(good, len(said)), len(rows), said)


def session_key(session_id: int) -> str:
    return f"group_session:{session_id}"


def clashes(people: list[Person], session: GroupSession) -> list[Busy]:
    """What these people have at the same time, this session itself left out."""
    return busy_between(people, session.starts_at, session.ends_at, but=session_key(session.pk))


def clashes_if_moved(session: GroupSession, starts_at: datetime, ends_at: datetime) -> list[tuple[Person, str]]:
    """Who of those who come, and of who holds it, has something else at the new time; nothing where the time stays."""
    if (starts_at, ends_at) == (session.starts_at, session.ends_at):
        return []
    held = session.places.filter(state=Place.State.HELD).select_related("person").order_by("person__display_name", "pk")
    people = {person.pk: person for person in (session.host, *(place.person for place in held))}
    busy = busy_between(people.values(), starts_at, ends_at, but=session_key(session.pk))
    return [(people[one.person_id], one.what) for one in busy]


@register
def in_sessions(ids: list[int], starts_at: datetime, ends_at: datetime) -> list[Busy]:
    """Places held in group sessions at that time."""
    rows = Place.objects.filter(
        person__in=ids,
        state=Place.State.HELD,
        session__cancelled_at=None,
        session__starts_at__lt=ends_at,
        session__ends_at__gt=starts_at,
    )
    rows = rows.exclude(session__host=F("person"))  # see `holding`
    return [Busy(row.person_id, row.session.title, session_key(row.session_id)) for row in rows.select_related("session")]


@register
def holding(ids: list[int], starts_at: datetime, ends_at: datetime) -> list[Busy]:
    """Group sessions that these people hold themselves at that time."""
    rows = GroupSession.objects.planned().filter(host__in=ids, starts_at__lt=ends_at, ends_at__gt=starts_at)
    return [Busy(row.host_id, row.title, session_key(row.pk)) for row in rows]


def calendar_places(person: Person, now: datetime) -> QuerySet[Place]:
    """What stands in a person's calendar: places held, from three months ago on."""
    held = Place.objects.filter(person=person, state=Place.State.HELD, session__ends_at__gt=now - FEED_GOES_BACK)
    return held.select_related("session__host", "person").order_by("session__starts_at", "pk")


def calendar_feed(person: Person) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(person=person).first()
