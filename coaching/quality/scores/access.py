"""Whose scores somebody may read: their own, those of the people they lead today, and for the head all."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from coaching.quality.access import leads_somebody
from foundation.access import ALLOWED, Decision, denied
from people.access import people_visible_to, teams_visible_to
from people.models import Person, Role, Team


def get_scored_person_for(viewer: Person, pk: int, on: date) -> Person:
    """Somebody whose score this person may read; 404 otherwise."""
    person = people_visible_to(viewer, on).filter(pk=pk).first()
    if person is None:
        raise Http404
    return person


def can_read_team_scores(person: Person, on: date) -> Decision:
    if leads_somebody(person, on):
        return ALLOWED
    return denied(_("Only leads and the head of support see a team’s scores. Yours are under “Scores”."))


def can_read_all_scores(person: Person) -> Decision:
    if person.has_role(Role.HEAD):
        return ALLOWED
    return denied(_("Only the head of support sees all teams. A lead sees their own."))


def can_read_what_criteria_predict(person: Person) -> Decision:
    """Figures of all cases together, nobody's own: for who answers for the scorecards and the standards behind them."""
    if person.has_role(Role.HEAD, Role.REVIEWER, Role.EDITOR):
        return ALLOWED
    return denied(_("Only the head of support, QA reviewers and editors see what criteria go together with."))


def scored_teams(person: Person, on: date) -> QuerySet[Team]:
    """Teams whose scores this person may read."""
    return teams_visible_to(person, on)


def get_scored_team_for(person: Person, pk: int, on: date) -> Team:
    team = scored_teams(person, on).filter(pk=pk).first()
    if team is None:
        raise Http404
    return team
