"""Holding a session: plan it, change it, cancel it. Who has a place is told by a mail with the calendar entry."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learning.group_sessions.models import GroupSession, Place
from learning.group_sessions.tasks import mail_place
from learning.modules.models import Module
from people.audit import record
from people.models import Person

# What the entry in somebody's calendar shows: a change of one of these is mailed.
IN_THE_CALENDAR = ("title", "description", "starts_at", "ends_at", "time_zone", "place", "link")


class GroupSessionError(Exception):
    """A wish that cannot be met; the message says why and what to do."""


@transaction.atomic
def plan_session(
    *,
    actor: Person,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    time_zone: str,
    description: str = "",
    place: str = "",
    link: str = "",
    capacity: int | None = None,
    open_to_all: bool = True,
    material: str = "",
    follow_up: Module | None = None,
    now: datetime,
) -> GroupSession:
    """Plan a session that `actor` holds. Raises GroupSessionError where it lies in the past, ends before it begins or is nowhere."""
    _check(starts_at, ends_at, place, link, now)
    session = GroupSession.objects.create(
        host=actor,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        time_zone=time_zone,
        description=description,
        place=place,
        link=link,
        capacity=capacity,
        open_to_all=open_to_all,
        material=material,
        follow_up=follow_up,
        created_at=now,
    )
    record(actor=actor, verb="group_session.plan", target=session, after={"starts_at": starts_at.isoformat()}, now=now)
    return session


@transaction.atomic
def change_session(*, actor: Person, session: GroupSession, changes: dict[str, Any], now: datetime) -> GroupSession:
    """Change it. Who has a place gets the entry anew where the calendar shows a difference; more places let people move up.

    Raises GroupSessionError where it is cancelled or over, or more people have a place than there would be.
    """
    session = lock_session(session)
    must_be_ahead(session, now)
    before = {name: getattr(session, name) for name in changes}
    for name, value in changes.items():
        setattr(session, name, value)
    _check(session.starts_at, session.ends_at, session.place, session.link, now)
    held = session.places.filter(state=Place.State.HELD).count()
    if session.capacity is not None and session.capacity < held:
        raise GroupSessionError(
            ngettext(
                "%(n)s person has a place already. Keep at least that many places.",
                "%(n)s people have a place already. Keep at least that many places.",
                held,
            )
            % {"n": held}
        )
    changed = sorted(name for name, value in before.items() if value != getattr(session, name))
    if not changed:
        return session
    session.save(update_fields=changed)
    record(actor=actor, verb="group_session.change", target=session, after={"changed": changed}, now=now)
    if set(changed) & set(IN_THE_CALENDAR):
        tell_all(session, "changed")
    move_up(session=session, now=now)
    return session


@transaction.atomic
def cancel_session(*, actor: Person, session: GroupSession, reason: str, now: datetime) -> GroupSession:
    """Call it off; everybody with a place is told, and their calendars strike it out. Doing it twice changes nothing.

    Raises GroupSessionError without a reason, or where it is over.
    """
    session = lock_session(session)
    if session.is_cancelled:
        return session
    must_be_ahead(session, now)
    if not reason.strip():
        raise GroupSessionError(_("Say why you cancel it: everybody who wanted to come reads the reason."))
    session.cancelled_at, session.cancelled_reason = now, reason.strip()
    session.save(update_fields=["cancelled_at", "cancelled_reason"])
    record(actor=actor, verb="group_session.cancel", target=session, now=now)
    tell_all(session, "cancelled")
    return session


def lock_session(session: GroupSession) -> GroupSession:
    """The session as it is now, held to the end of the transaction: places are counted and given while it is held."""
    return GroupSession.objects.select_for_update(of=("self",)).select_related("host", "follow_up").get(pk=session.pk)


def must_be_ahead(session: GroupSession, now: datetime) -> None:
    if session.is_cancelled:
        raise GroupSessionError(_("This session was cancelled."))
    if session.is_over(now):
        raise GroupSessionError(_("This session is over."))


def tell(place: Place, kind: str) -> None:
    """Raise the place's sequence and mail its entry after commit."""
    Place.objects.filter(pk=place.pk).update(sequence=F("sequence") + 1)
    place.refresh_from_db(fields=["sequence"])
    transaction.on_commit(partial(mail_place.enqueue, place.pk, kind, place.sequence))


def tell_all(session: GroupSession, kind: str) -> None:
    for place in session.places.filter(state=Place.State.HELD):
        tell(place, kind)


def move_up(*, session: GroupSession, now: datetime) -> list[Place]:
    """Give free places to those who wait, the first first. The session must be held. Who moved up is told."""
    if session.is_cancelled or session.is_over(now):
        return []
    waiting = session.places.filter(state=Place.State.WAITING, person__is_active=True).order_by("queued_at", "pk")
    held = session.places.filter(state=Place.State.HELD).count()
    free = None if session.capacity is None else max(0, session.capacity - held)
    moved = []
    for place in waiting if free is None else waiting[:free]:
        place.state = Place.State.HELD
        place.save(update_fields=["state"])
        record(actor=None, verb="group_session.move_up", target=session, subject=place.person, now=now)
        tell(place, "promoted")
        moved.append(place)
    return moved


def _check(starts_at: datetime, ends_at: datetime, place: str, link: str, now: datetime) -> None:
    if starts_at <= now:
        raise GroupSessionError(_("It would have begun already. Choose a later day or hour."))
    if ends_at <= starts_at:
        raise GroupSessionError(_("It would end before it begins."))
    if not place and not link:
        raise GroupSessionError(_("Say where it is: a place, a link, or both."))
    if link and urlsplit(link).scheme not in ("http", "https"):
        raise GroupSessionError(_("The link must begin with https:// or http://."))
