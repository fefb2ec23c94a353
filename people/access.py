"""Who may see whom. Everything that shows people's data starts from these querysets.

A rep sees themselves; a lead the teams they lead today, and those below; the head everyone.
An administrator keeps accounts, teams and imports, and sees nobody's cases, scores or notes.
"""

from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from foundation.access import ALLOWED, Decision, denied
from people.models import Absence, AuditEntry, ExternalId, Membership, Person, Role, Team


def teams_led_by(person: Person, on: date) -> QuerySet[Team]:
    """The teams this person leads on that day, with all teams below them; none without the role, whatever is left in a team."""
    if not person.has_role(Role.LEAD):
        return Team.objects.none()
    return Team.objects.at_or_below(_teams_led_themselves(person, on))


def _teams_led_themselves(person: Person, on: date) -> list[Team]:
    """As of the first look in this request, as roles are: a page asks several times whom its reader leads."""
    seen: dict[date, list[Team]] = person.__dict__.setdefault("_teams_led", {})
    if on not in seen:
        leads = Membership.objects.on(on).filter(person=person, kind=Membership.Kind.LEAD)
        seen[on] = list(Team.objects.filter(pk__in=leads.values("team_id")))
    return seen[on]


def teams_visible_to(person: Person, on: date) -> QuerySet[Team]:
    """Teams whose figures this person may read: the head all, a lead their own and below."""
    if person.has_role(Role.HEAD):
        return Team.objects.all()
    return teams_led_by(person, on)


def people_visible_to(person: Person, on: date) -> QuerySet[Person]:
    """People whose cases, figures, reviews and learning this person may read, themselves included."""
    if person.has_role(Role.HEAD):
        return Person.objects.all()
    led = Person.objects.in_teams(teams_led_by(person, on), on)
    return Person.objects.filter(pk__in=led.values("pk")) | Person.objects.filter(pk=person.pk)


def people_led_by(person: Person, on: date) -> QuerySet[Person]:
    """Whom `people_visible_to` shows but this person themselves.

    Asked without "or this person": a database that has to join a large table with it cannot tell how few they are otherwise.
    """
    led = Person.objects.all() if person.has_role(Role.HEAD) else Person.objects.in_teams(teams_led_by(person, on), on)
    return led.exclude(pk=person.pk)


def get_person_for(viewer: Person, pk: int, on: date) -> Person:
    """A person the viewer may read; 404 where the viewer may not know that they exist."""
    person = people_visible_to(viewer, on).filter(pk=pk).first()
    if person is None:
        raise Http404
    return person


def can_manage_people(person: Person) -> Decision:
    if person.has_role(Role.ADMIN):
        return ALLOWED
    return denied(_("Only an administrator keeps accounts, teams and roles."))


def can_read_audit_log(person: Person) -> Decision:
    if person.has_role(Role.ADMIN):
        return ALLOWED
    return denied(_("Only an administrator reads the audit log."))


def audit_entries_visible_to(person: Person) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.all() if can_read_audit_log(person) else AuditEntry.objects.none()


def can_act_as(actor: Person, person: Person) -> Decision:
    """May `actor` see the site as `person` does (to look only)?"""
    if not actor.has_role(Role.ADMIN):
        return denied(_("Only an administrator may see the site as somebody else."))
    if actor.pk == person.pk:
        return denied(_("You see the site as yourself already."))
    if person.has_role(Role.ADMIN):
        return denied(_("Nobody may see the site as an administrator."))
    if not person.is_active:
        return denied(_("This account is switched off."))
    return ALLOWED


def get_person_to_manage(viewer: Person, pk: int) -> Person:
    """Any person, for an administrator; 403 before anything is looked up for everybody else."""
    can_manage_people(viewer).or_403()
    return get_object_or_404(Person, pk=pk)


def get_team_to_manage(viewer: Person, pk: int) -> Team:
    """Any team, for an administrator; 403 for everybody else."""
    can_manage_people(viewer).or_403()
    return get_object_or_404(Team, pk=pk)


def get_membership_to_manage(viewer: Person, person_pk: int, pk: int) -> Membership:
    can_manage_people(viewer).or_403()
    return get_object_or_404(Membership.objects.select_related("person", "team"), pk=pk, person_id=person_pk)


def get_external_id_to_manage(viewer: Person, person_pk: int, pk: int) -> ExternalId:
    can_manage_people(viewer).or_403()
    return get_object_or_404(ExternalId.objects.select_related("person"), pk=pk, person_id=person_pk)


def people_to_note_absences_of(person: Person, on: date) -> QuerySet[Person]:
    """Whose absences this person keeps: their own, those of the people they lead; the head and administrators everybody's."""
    if person.has_role(Role.ADMIN):
        return Person.objects.active()
    return people_visible_to(person, on).filter(is_active=True)


def absences_visible_to(person: Person, on: date) -> QuerySet[Absence]:
    """Days away, never the note (see `may_read_note`)."""
    if person.has_role(Role.ADMIN):
        return Absence.objects.all()
    return Absence.objects.filter(Q(person=person) | Q(person__in=people_visible_to(person, on).values("pk")))


def get_absence_for(person: Person, pk: int, on: date) -> Absence:
    """An absence this person may see and remove; 404 otherwise."""
    absence = absences_visible_to(person, on).select_related("person").filter(pk=pk).first()
    if absence is None:
        raise Http404
    return absence


def may_read_note(person: Person, absence: Absence) -> bool:
    """Only who is away and who wrote it."""
    return person.pk in (absence.person_id, absence.recorded_by_id)
