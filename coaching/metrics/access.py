"""Who may read figures: a rep their own, a lead their teams', the head everybody's."""

from datetime import date

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from coaching.interactions.access import get_interaction_for
from coaching.interactions.models import Interaction, SurveyResponse
from foundation.access import ALLOWED, Decision, denied
from people.access import get_person_for, people_visible_to, teams_visible_to
from people.models import Person, Role, Team

__all__ = [
    "can_compare_people",
    "can_define_metrics",
    "can_edit_calendars",
    "can_read_calendars",
    "can_read_definitions",
    "can_read_metrics",
    "can_show_personal_data",
    "get_case_for",
    "get_person_with_figures_for",
    "get_team_of_calendar_for",
    "people_with_figures_for",
    "ratings_visible_to",
    "teams_visible_to",
]


def can_read_metrics(person: Person) -> Decision:
    """May this person open the figures at all?"""
    if person.has_role(Role.REP, Role.LEAD, Role.HEAD):
        return ALLOWED
    return denied(_("Figures are for reps (their own), team leads (their team's) and the head of support."))


def can_read_definitions(person: Person) -> Decision:
    """What is counted is no secret: editors, too, follow a standard to the metrics that measure it."""
    return ALLOWED


def can_define_metrics(person: Person) -> Decision:
    """May this person change how a figure is counted?"""
    if person.has_role(Role.HEAD, Role.ADMIN):
        return ALLOWED
    return denied(_("Only the head of support and administrators decide how figures are counted."))


def can_read_calendars(person: Person) -> Decision:
    """May this person see when the teams work?"""
    if person.has_role(Role.LEAD, Role.HEAD, Role.ADMIN):
        return ALLOWED
    return denied(_("Business hours are for team leads, the head of support and administrators."))


def can_edit_calendars(person: Person) -> Decision:
    """May this person change them? Every business-hours figure follows."""
    if person.has_role(Role.HEAD, Role.ADMIN):
        return ALLOWED
    return denied(_("Only the head of support and administrators change business hours."))


def get_team_of_calendar_for(person: Person, pk: int) -> Team:
    """The team whose hours somebody is to change. 403 for who may not, 404 where there is none."""
    can_edit_calendars(person).or_403()
    return get_object_or_404(Team, pk=pk)


def can_compare_people(person: Person) -> Decision:
    """May this person see several people side by side?"""
    if person.has_role(Role.LEAD, Role.HEAD):
        return ALLOWED
    return denied(_("Only team leads and the head of support see several people side by side."))


def people_with_figures_for(viewer: Person, on: date) -> QuerySet[Person]:
    """The reps whose figures the viewer may read, as of that day's teams; active accounts, by name."""
    return people_visible_to(viewer, on).filter(is_active=True, role_grants__role=Role.REP).order_by("display_name", "pk")


def get_person_with_figures_for(viewer: Person, pk: int, on: date) -> Person:
    """One person whose figures the viewer may read. 403 for who may read none, 404 for a stranger."""
    can_read_metrics(viewer).or_403()
    return get_person_for(viewer, pk, on)


def get_case_for(viewer: Person, pk: int, on: date) -> Interaction:
    """One case with its conversation. 403 for who may read no figures, 404 for a stranger's case."""
    can_read_metrics(viewer).or_403()
    return get_interaction_for(viewer, pk, on)


def can_show_personal_data(viewer: Person, case: Interaction, on: date) -> Decision:
    """Whoever leads the person whose case it is may look behind the mask, message by message, as beside a review; a rep never."""
    person = case.handler.person_id if case.handler else None
    leads = viewer.has_role(Role.LEAD, Role.HEAD) and person != viewer.pk
    if leads and people_visible_to(viewer, on).filter(pk=person or 0).exists():
        return ALLOWED
    return denied(_("Only the team lead and the head of support see what is masked."))


def ratings_visible_to(person: Person, on: date) -> QuerySet[SurveyResponse]:
    """Ratings that count for people the person may read."""
    return SurveyResponse.objects.filter(handler__person__in=people_visible_to(person, on))
