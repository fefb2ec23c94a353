"""Who may see which session, and who may do what: leads and the head hold them; everybody joins what is open or theirs."""

from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from foundation.access import ALLOWED, Decision, denied
from foundation.secrets import digest
from learning.assignments.access import people_assignable_by
from learning.group_sessions.models import CalendarFeed, GroupSession, GroupSessionQuerySet, Place
from people.access import people_visible_to
from people.models import Person, Role


def sessions_visible_to(person: Person) -> GroupSessionQuerySet:
    """Open ones, those one holds and those one was asked to; leads and the head, who invite, see all."""
    if person.has_role(Role.LEAD, Role.HEAD):
        return GroupSession.objects.all()
    own = Place.objects.filter(person=person).values("session_id")
    return GroupSession.objects.filter(Q(open_to_all=True) | Q(host=person) | Q(pk__in=own))


def get_session_for(person: Person, pk: int) -> GroupSession:
    """A session this person may read; 404 where it is not theirs to know."""
    session = sessions_visible_to(person).select_related("host", "follow_up").filter(pk=pk).first()
    if session is None:
        raise Http404
    return session


def places_visible_to(person: Person, session: GroupSession, on: date) -> QuerySet[Place]:
    """Whose places somebody sees: the host all, the head all, a lead those of their people, everybody their own."""
    places = session.places.select_related("person")
    if can_run(person, session):
        return places
    return places.filter(person__in=people_visible_to(person, on).values("pk"))


def can_hold(person: Person) -> Decision:
    if person.has_role(Role.LEAD, Role.HEAD):
        return ALLOWED
    return denied(_("Team leads and the head of support hold group sessions."))


def can_run(person: Person, session: GroupSession) -> Decision:
    """Change it, note who was there, read the feedback."""
    if session.host_id == person.pk or person.has_role(Role.HEAD):
        return ALLOWED
    return denied(_("Only %(name)s, who holds it, or the head of support can do this.") % {"name": session.host})


def can_invite(person: Person, session: GroupSession) -> Decision:
    return can_hold(person)


def people_to_invite(person: Person, session: GroupSession, on: date) -> QuerySet[Person]:
    """Those one may assign modules to, who have no place yet."""
    there = session.places.exclude(state=Place.State.LEFT).values("person_id")
    return people_assignable_by(person, on).exclude(pk__in=there)


def person_by_token(token: str) -> Person:
    """Whose calendar this secret address shows; 404 for one that is revoked, and as soon as the account is off."""
    feed = CalendarFeed.objects.select_related("person").filter(digest=digest(token), person__is_active=True).first()
    if feed is None:
        raise Http404
    return feed.person
