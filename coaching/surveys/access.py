"""Who keeps surveys, and who reads what customers answered.

Head and administrators write. Leads read, of the people they lead; the head everything. An administrator sees
wording and rules, and nobody's scores or comments.
"""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from coaching.surveys.models import Answer, Invitation, Snippet, Survey
from foundation.access import ALLOWED, Decision, denied
from people.access import people_visible_to
from people.models import Person, Role


def can_see_surveys(person: Person) -> Decision:
    if person.has_role(Role.LEAD, Role.HEAD, Role.ADMIN):
        return ALLOWED
    return denied(_("Surveys are kept by the head of support and administrators, and read by team leads."))


def can_manage_surveys(person: Person) -> Decision:
    if person.has_role(Role.HEAD, Role.ADMIN):
        return ALLOWED
    return denied(_("Only the head of support and administrators write surveys."))


def can_read_results(person: Person) -> Decision:
    if person.has_role(Role.LEAD, Role.HEAD):
        return ALLOWED
    return denied(_("Scores and comments are for team leads and the head of support."))


def can_read_everything(person: Person) -> Decision:
    """Answers that count for nobody, and cases of the whole organisation."""
    if person.has_role(Role.HEAD):
        return ALLOWED
    return denied(_("Only the head of support reads the whole."))


def surveys_visible_to(person: Person) -> QuerySet[Survey]:
    return Survey.objects.all() if can_see_surveys(person) else Survey.objects.none()


def get_survey_for(person: Person, pk: int) -> Survey:
    """A survey the person may look at; 403 for who may see none."""
    can_see_surveys(person).or_403()
    survey = surveys_visible_to(person).filter(pk=pk).first()
    if survey is None:
        raise Http404
    return survey


def get_survey_to_manage(person: Person, pk: int) -> Survey:
    can_manage_surveys(person).or_403()
    return get_survey_for(person, pk)


def get_survey_with_results_for(person: Person, pk: int) -> Survey:
    can_read_results(person).or_403()
    return get_survey_for(person, pk)


def get_snippet_to_manage(person: Person, survey_pk: int, pk: int) -> Snippet:
    can_manage_surveys(person).or_403()
    snippet = Snippet.objects.select_related("survey").filter(survey_id=survey_pk, pk=pk).first()
    if snippet is None:
        raise Http404
    return snippet


def answers_visible_to(person: Person, survey: Survey, on: date) -> QuerySet[Answer]:
    """Answers that count for people the person may read; the head also those that count for nobody."""
    if not can_read_results(person):
        return Answer.objects.none()
    answers = Answer.objects.filter(survey=survey)
    if can_read_everything(person):
        return answers
    return answers.filter(response__handler__person__in=people_visible_to(person, on))


def invitations_visible_to(person: Person, survey: Survey, on: date) -> QuerySet[Invitation]:
    """Invitations of a survey about cases of people the person may read; the head all."""
    return invitations_of_visible(person, on).filter(survey=survey)


def invitations_of_visible(person: Person, on: date) -> QuerySet[Invitation]:
    """The same of all surveys."""
    if not can_read_results(person):
        return Invitation.objects.none()
    invitations = Invitation.objects.all()
    if can_read_everything(person):
        return invitations
    return invitations.filter(interaction__handler__person__in=people_visible_to(person, on))
