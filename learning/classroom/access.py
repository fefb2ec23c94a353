"""Who reads the reports: the head about everybody, a lead about the teams they lead, as of today."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.access import ALLOWED, Decision, denied
from learning.assignments.models import Completion
from people.access import people_led_by, teams_visible_to
from people.models import Person, Role, Team


def can_read_reports(person: Person) -> Decision:
    if person.has_role(Role.LEAD, Role.HEAD):
        return ALLOWED
    return denied(
        _("Team leads and the head of support read the reports. What you have learnt yourself stands under My learning.")
    )


def people_reported_to(person: Person, on: date) -> QuerySet[Person]:
    """Whose learning this person's reports hold; for the head themselves too, for a lead not themselves."""
    if person.has_role(Role.HEAD):
        return Person.objects.all()
    return people_led_by(person, on)


def teams_reported_to(person: Person, on: date) -> QuerySet[Team]:
    return teams_visible_to(person, on)


def completions_reported_to(person: Person, on: date) -> QuerySet[Completion]:
    """The proofs of these people, also of those whose account is switched off."""
    if person.has_role(Role.HEAD):
        return Completion.objects.all()
    return Completion.objects.filter(person__in=people_reported_to(person, on).values("pk"))
