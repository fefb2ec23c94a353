"""Sessions as iCalendar (RFC 5545), and as invitations and cancellations (iTIP, RFC 5546).

One entry per person and session: its UID never changes, its SEQUENCE grows with each change that is sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from icalendar import Calendar, Event, vCalAddress, vText

from learning.group_sessions.agenda import Entry
from learning.group_sessions.models import Place
from people.models import Person

REQUEST, CANCEL = "REQUEST", "CANCEL"


def uid_of(place: Place) -> str:
    return f"{place.uid}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}"


def session_url(place: Place) -> str:
    return settings.BASE_URL.rstrip("/") + reverse("group_session_detail", args=[place.session_id])


def message(place: Place, method: str, now: datetime) -> bytes:
    """What a mail carries: one entry to take up (REQUEST) or to strike out (CANCEL)."""
    calendar = _calendar(method)
    calendar.add_component(_event(place, now, cancelled=method == CANCEL))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def feed(places: Iterable[Place], name: str, now: datetime, days: Iterable[Entry] = ()) -> bytes:
    """A calendar to subscribe to: sessions, and what falls on whole days. What is cancelled stays in it as cancelled, so that
    it does not just vanish."""
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=1), {"value": "DURATION"})
    for place in places:
        calendar.add_component(_event(place, now, cancelled=place.session.is_cancelled))
    for entry in days:
        calendar.add_component(_whole_day(entry, now))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def attach(mail: EmailMultiAlternatives, place: Place, method: str, now: datetime) -> None:
    """Add the entry as part of the mail, which mail programs act on."""
    mail.attach_alternative(message(place, method, now).decode(), f"text/calendar; method={method}; charset=utf-8")


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//Group sessions//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _event(place: Place, now: datetime, *, cancelled: bool) -> Event:
    session = place.session
    zone = ZoneInfo(session.time_zone)
    event = Event()
    event.add("uid", uid_of(place))
    event.add("sequence", place.sequence)
    event.add("dtstamp", now.astimezone(ZoneInfo("UTC")))
    event.add("dtstart", session.starts_at.astimezone(zone))
    event.add("dtend", session.ends_at.astimezone(zone))
    event.add("summary", session.title)
    event.add("description", "\n\n".join(filter(None, [session.description, session.link, session_url(place)])))
    event.add("location", ", ".join(filter(None, [session.place, session.link])))
    event.add("url", session_url(place))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("organizer", _address(session.host))
    attendee = _address(place.person)
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("NEEDS-ACTION" if place.invited_by_id else "ACCEPTED")
    attendee.params["RSVP"] = vText("FALSE")  # answers come by the page: no mailbox of ours reads them
    event.add("attendee", attendee, encode=False)
    return event


def _whole_day(entry: Entry, now: datetime) -> Event:
    """A due day or the last day of a certificate: nobody is busy by it, and it moves under the same UID."""
    event = Event()
    event.add("uid", f"{entry.key}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}")
    event.add("dtstamp", now.astimezone(ZoneInfo("UTC")))
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("summary", f"{entry.title} ({entry.note})")
    event.add("url", settings.BASE_URL.rstrip("/") + entry.url)
    event.add("description", settings.BASE_URL.rstrip("/") + entry.url)
    event.add("transp", "TRANSPARENT")
    event.add("status", "CONFIRMED")
    return event


def _address(person: Person) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    address.params["CN"] = vText(person.display_name)
    return address
