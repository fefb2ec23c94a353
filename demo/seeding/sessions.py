"""Learning together: a session that was held, with who was there and what they said, and one to come that is full."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from demo.company import Company
from demo.seeding.people import Cast
from learning.group_sessions import places
from learning.group_sessions.models import GroupSession, Place
from learning.group_sessions.services import plan_session
from people.models import Person

ZONE = "Europe/Dublin"
TUESDAY = 1
SAID = (
    (5, "The three calls side by side. I heard myself in the second one."),
    (4, "Good, but the last one was cut short."),
    (3, ""),
)


def seed_sessions(company: Company, cast: Cast, *, now: datetime) -> int:
    """Two sessions of the first team's lead; how many have a place in the one to come."""
    lead = company.leads[0]
    host = cast.account(lead)
    team = [cast.account(rep) for rep in company.reps if rep.team == lead.team]
    others = [cast.account(rep) for rep in company.reps if rep.team != lead.team and rep.story != "new"][:2]
    _held(host, team[:4], now)
    coming = _coming(host, team[:3], others, now)
    return coming.places.filter(state=Place.State.HELD).count()


def _held(host: Person, people: list[Person], now: datetime) -> None:
    starts = _tuesday(now.date() - timedelta(days=20), 14)
    asked = starts - timedelta(days=12)
    session = plan_session(
        actor=host,
        title="Three calls, heard together",
        description="Three calls of last month. What would you have said at the turn?",
        starts_at=starts,
        ends_at=starts + timedelta(minutes=45),
        time_zone=ZONE,
        place="Kiln room",
        capacity=8,
        material="Read before: the guideline on difficult news. The recordings stay in the room.",
        now=asked,
    )
    places.invite(actor=host, session=session, people=people, now=asked)
    rows = list(session.places.select_related("person").order_by("pk"))
    there = {place.pk: Place.Attendance.ABSENT if n == 3 else Place.Attendance.PRESENT for n, place in enumerate(rows)}
    places.note_attendance(actor=host, session=session, attendance=there, now=session.ends_at)
    for place, (rating, comment) in zip(rows, SAID, strict=False):
        later = session.ends_at + timedelta(minutes=20)
        places.give_feedback(actor=place.person, session=session, rating=rating, comment=comment, now=later)


def _coming(host: Person, people: list[Person], others: list[Person], now: datetime) -> GroupSession:
    """As many places as the team needs, so that whoever comes later waits."""
    starts = _tuesday(now.date() + timedelta(days=5), 11)
    asked = now - timedelta(days=3)
    session = plan_session(
        actor=host,
        title="Saying no without closing the door",
        description="We write the answers to four refusals together, then swap.",
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        time_zone=ZONE,
        link="https://meet.pellgrove.example/no-without-closing",
        capacity=len(people),
        now=asked,
    )
    places.invite(actor=host, session=session, people=people, now=asked)
    for hours, person in enumerate(others, start=1):
        places.join(actor=person, session=session, now=asked + timedelta(hours=hours))
    return session


def _tuesday(day: date, hour: int) -> datetime:
    """The first Tuesday from that day on."""
    first = day + timedelta(days=(TUESDAY - day.weekday()) % 7)
    return datetime(first.year, first.month, first.day, hour, tzinfo=ZoneInfo(ZONE))
