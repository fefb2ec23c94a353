"""Reads for reminders: what a lead's weekly overview says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from learning.assignments.models import Assignment
from people.access import people_led_by
from people.models import Person

MOST_NAMED = 15


@dataclass(frozen=True)
class PersonBehind:
    name: str
    overdue: int
    due_soon: int


@dataclass(frozen=True)
class Digest:
    """What the people of a lead have to learn: in all, overdue, due within a week, asking for more time; the furthest behind first."""

    open: int
    overdue: int
    due_soon: int
    asked: int
    people: tuple[PersonBehind, ...]
    more: int


def digest_of(lead: Person, on: date) -> Digest:
    """Two queries."""
    rows = Assignment.objects.open().filter(person__in=people_led_by(lead, on).filter(is_active=True).values("pk"))
    overdue, soon = Q(due_on__lt=on), Q(due_on__gte=on, due_on__lte=on + timedelta(days=7))
    totals = rows.aggregate(
        open=Count("pk"),
        overdue=Count("pk", filter=overdue),
        soon=Count("pk", filter=soon),
        asked=Count("pk", filter=Q(more_time_asked_at__isnull=False)),
    )
    each = (
        rows.filter(overdue | soon)
        .order_by()
        .values("person_id", "person__display_name")
        .annotate(overdue=Count("pk", filter=overdue), soon=Count("pk", filter=soon))
        .order_by("-overdue", "-soon", "person__display_name", "person_id")
    )
    people = [PersonBehind(row["person__display_name"], row["overdue"], row["soon"]) for row in each]
    return Digest(
        totals["open"], totals["overdue"], totals["soon"], totals["asked"],
        tuple(people[:MOST_NAMED]), max(0, len(people) - MOST_NAMED),
    )  # fmt: skip
