"""Places: join, be put down for, give back; who was there; what they say. The session's row is held while places are counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from learning.assignments.models import Assignment
from learning.assignments.services import AlreadyAssigned, AssignmentError, assign_module
from learning.group_sessions.models import GroupSession, Place
from learning.group_sessions.queries import own_place
from learning.group_sessions.services import GroupSessionError, lock_session, move_up, must_be_ahead, tell
from people.audit import record
from people.models import Person

FOLLOW_UP_DAYS = timedelta(days=7)


@transaction.atomic
def join(*, actor: Person, session: GroupSession, now: datetime) -> Place:
    """Take a place, or stand at the end of the wait list where none is free. Doing it twice changes nothing.

    Raises GroupSessionError where the session is cancelled or over, or is not open and nobody asked this person.
    """
    session = lock_session(session)
    must_be_ahead(session, now)
    place = own_place(actor, session)
    if place is None and not session.open_to_all:
        raise GroupSessionError(_("This session is for those who were asked to it. Talk to %(host)s.") % {"host": session.host})
    if place is not None and place.state != Place.State.LEFT:
        return place
    return _give(actor=actor, person=actor, session=session, place=place, invited_by=None, now=now)


@dataclass(frozen=True)
class Invited:
    """Who got a place, who waits, and who had one already."""

    held: tuple[Person, ...]
    waiting: tuple[Person, ...]
    already: tuple[Person, ...]


@transaction.atomic
def invite(*, actor: Person, session: GroupSession, people: Iterable[Person], now: datetime) -> Invited:
    """Put people down for a session, in this order; where places run out, the rest waits. They may give their place back."""
    session = lock_session(session)
    must_be_ahead(session, now)
    there = {place.person_id: place for place in session.places.all()}
    held: list[Person] = []
    waiting: list[Person] = []
    already: list[Person] = []
    for person in people:
        place = there.get(person.pk)
        if place is not None and place.state != Place.State.LEFT:
            already.append(person)
            continue
        if not person.is_active:
            raise GroupSessionError(_("%(person)s has no active account any more.") % {"person": person})
        place = _give(actor=actor, person=person, session=session, place=place, invited_by=actor, now=now)
        (held if place.state == Place.State.HELD else waiting).append(person)
    return Invited(tuple(held), tuple(waiting), tuple(already))


def _give(
    *, actor: Person, person: Person, session: GroupSession, place: Place | None, invited_by: Person | None, now: datetime
) -> Place:
    held = session.places.filter(state=Place.State.HELD).count()
    free = session.capacity is None or held < session.capacity
    state = Place.State.HELD if free else Place.State.WAITING
    if place is None:
        place = Place(session=session, person=person)
    place.state, place.queued_at, place.invited_by = state, now, invited_by
    place.save()
    verb = "group_session.invite" if invited_by else "group_session.join"
    record(actor=actor, verb=verb, target=session, subject=person, after={"state": str(state)}, now=now)
    if free:
        tell(place, "invited" if invited_by else "joined")
    return place


@transaction.atomic
def leave(*, actor: Person, session: GroupSession, now: datetime) -> Place | None:
    """Give one's place back; the first who waits moves up. Doing it twice changes nothing; None where there was no place."""
    session = lock_session(session)
    must_be_ahead(session, now)
    place = own_place(actor, session)
    if place is None or place.state == Place.State.LEFT:
        return place
    had = place.state == Place.State.HELD
    place.state = Place.State.LEFT
    place.save(update_fields=["state"])
    record(actor=actor, verb="group_session.leave", target=session, subject=actor, now=now)
    if had:
        tell(place, "left")
        move_up(session=session, now=now)
    return place


@transaction.atomic
def check_in(*, actor: Person, session: GroupSession, code: str, now: datetime) -> Place:
    """Say by the code on the slide that one is there. Raises GroupSessionError for a wrong code, too early or too late, or
    without a place."""
    session = lock_session(session)
    if not session.takes_check_ins(now):
        raise GroupSessionError(_("You can check in from half an hour before it begins until an hour after it ends."))
    place = own_place(actor, session)
    if place is None or place.state != Place.State.HELD:
        raise GroupSessionError(_("You have no place in this session. Ask who holds it to put you on the list."))
    if "".join(code.split()).upper() != session.check_in_code:
        raise GroupSessionError(_("This is not the code. Look again: it stands on the screen of the session."))
    if place.attendance != Place.Attendance.PRESENT:
        place.checked_in_at = now
        _note(actor=actor, place=place, attendance=Place.Attendance.PRESENT, session=session, now=now)
    return place


@transaction.atomic
def note_attendance(*, actor: Person, session: GroupSession, attendance: Mapping[int, str], now: datetime) -> int:
    """Note who was there, by the id of the place; how many were changed. Who was there gets the follow-up module.

    Raises GroupSessionError before it begins, or where it was cancelled.
    """
    session = lock_session(session)
    if session.is_cancelled:
        raise GroupSessionError(_("This session was cancelled."))
    if now < session.starts_at:
        raise GroupSessionError(_("It has not begun yet."))
    changed = 0
    for place in session.places.filter(state=Place.State.HELD).select_related("person"):
        wanted = attendance.get(place.pk, place.attendance)
        if wanted in Place.Attendance.values and wanted != place.attendance:
            _note(actor=actor, place=place, attendance=wanted, session=session, now=now)
            changed += 1
    return changed


def _note(*, actor: Person, place: Place, attendance: str, session: GroupSession, now: datetime) -> None:
    before = place.attendance
    place.attendance = attendance
    place.save(update_fields=["attendance", "checked_in_at"])
    record(
        actor=actor,
        verb="group_session.attendance",
        target=session,
        subject=place.person,
        before={"attendance": before},
        after={"attendance": str(attendance)},
        now=now,
    )
    if attendance == Place.Attendance.PRESENT and session.follow_up is not None and place.person.is_active:
        _follow_up(place=place, session=session, now=now)


def _follow_up(*, place: Place, session: GroupSession, now: datetime) -> None:
    """Assign the module that goes with the session, once; who has it to do already keeps what they have."""
    if session.follow_up is None:
        return
    person = place.person
    with override(person.locale):
        because = _("You were at “%(title)s” on %(day)s. This goes with it.") % {
            "title": session.title,
            "day": date_format(timezone.localtime(session.starts_at), "j F Y"),
        }
    try:
        with transaction.atomic():
            assign_module(
                actor=session.host,
                person=person,
                module=session.follow_up,
                due_on=timezone.localdate(max(now, session.ends_at)) + FOLLOW_UP_DAYS,
                source=Assignment.Source.LEAD,
                because=because,
                cause=f"group_session:{session.pk}:person:{person.pk}",
                now=now,
            )
    except AlreadyAssigned:
        return
    except AssignmentError:
        return  # unpublished by now: that somebody was there is noted all the same


@transaction.atomic
def give_feedback(*, actor: Person, session: GroupSession, rating: int, comment: str, now: datetime) -> Place:
    """Say how it was, 1 to 5, once it has begun; saying it again replaces it. Raises GroupSessionError for who was not there."""
    place = Place.objects.select_for_update(of=("self",)).filter(session=session, person=actor, state=Place.State.HELD).first()
    if place is None or place.attendance == Place.Attendance.ABSENT or now < session.starts_at or session.is_cancelled:
        raise GroupSessionError(_("Only who was there can say how it was."))
    place.rating, place.comment = min(5, max(1, rating)), comment.strip()
    place.save(update_fields=["rating", "comment"])
    record(actor=actor, verb="group_session.feedback", target=session, subject=actor, now=now)
    return place
