"""Whom a lead's form means, and what the lead's list holds as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from learning.assignments.access import people_assignable_by
from learning.assignments.groups.audience import members_below
from learning.assignments.models import Assignment, AssignmentQuerySet
from people.models import Person, Team


def people_meant(
    actor: Person, *, people: Iterable[Person], teams: Iterable[Team], roles: Iterable[str], on: date
) -> tuple[list[Person], list[Person]]:
    """(chosen by name, meant by team or role), each only whom the actor may give a module to, nobody twice.

    With teams and roles both given, somebody is meant who is in one of the teams and has one of the roles.
    """
    mine = people_assignable_by(actor, on)
    named = list(mine.filter(pk__in=[person.pk for person in people]))
    team_ids, wanted = [team.pk for team in teams], list(roles)
    if not team_ids and not wanted:
        return named, []
    if team_ids:
        mine = mine.filter(pk__in=members_below(team_ids, on).values("pk"))
    if wanted:
        mine = mine.filter(pk__in=Person.objects.filter(role_grants__role__in=wanted).values("pk"))
    return named, list(mine.exclude(pk__in=[person.pk for person in named]).order_by("display_name", "pk"))


def changeable(actor: Person, ids: Iterable[int], on: date) -> AssignmentQuerySet:
    """Of these assignments the ones whose dates this person may move and which they may withdraw, in the list's order."""
    return (
        Assignment.objects.filter(pk__in=list(ids), person__in=people_assignable_by(actor, on).values("pk"))
        .select_related("person", "module")
        .order_by("person__display_name", "pk")
    )


def list_header() -> list[str]:
    return [
        _("Person"), _("E-mail"), _("Module"), _("State"), _("Due"), _("Can be taken until"), _("Comes from"), _("Why"),
        _("Assigned on"), _("Assigned by"), _("Completed on"), _("Minutes"),
    ]  # fmt: skip


def list_rows(assignments: Iterable[Assignment]) -> Iterator[list[object]]:
    """One row of the lead's list for a spreadsheet, under `list_header`; days as YYYY-MM-DD."""
    for row in assignments:
        done = row.completion if row.state == Assignment.State.COMPLETED else None
        yield [
            row.person, row.person.email, row.module.title, row.get_state_display(), row.due_on, row.access_until,
            row.get_source_display(), row.because, date_format(row.assigned_at, "Y-m-d"), row.assigned_by or "",
            date_format(done.completed_at, "Y-m-d") if done else "", round(done.seconds / 60) if done else "",
        ]  # fmt: skip
