"""How long people learnt, by year: the reports and everybody's own page count it in the same way.

Days are those of the clock that runs now (the reader's).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, Q, Sum
from django.db.models.functions import ExtractYear
from django.utils import timezone

from learning.assignments.models import Completion, PastTraining
from people.models import Person


@dataclass(frozen=True)
class Hours:
    """One person's year: modules completed here, trainings before or elsewhere, and the seconds of both."""

    person: Person
    modules: int
    trainings: int
    seconds_here: int
    seconds_before: int
    year: int = 0

    @property
    def seconds(self) -> int:
        return self.seconds_here + self.seconds_before


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def in_year(year: int) -> Q:
    """Of completions."""
    return Q(completed_at__gte=midnight(date(year, 1, 1)), completed_at__lt=midnight(date(year + 1, 1, 1)))


def hours_of(people: Iterable[Person], year: int) -> list[Hours]:
    """What these people learnt in that year; two queries."""
    people = list(people)
    here = Completion.objects.filter(in_year(year), person__in=people).order_by().values("person_id")
    done = {row["person_id"]: row for row in here.annotate(n=Count("pk"), seconds=Sum("seconds"))}
    past = PastTraining.objects.filter(completed_on__year=year, person__in=people).order_by().values("person_id")
    before = {row["person_id"]: row for row in past.annotate(n=Count("pk"), minutes=Sum("minutes"))}
    nothing: dict[str, int] = {"n": 0, "seconds": 0, "minutes": 0}
    return [
        Hours(
            person,
            done.get(person.pk, nothing)["n"],
            before.get(person.pk, nothing)["n"],
            done.get(person.pk, nothing)["seconds"],
            before.get(person.pk, nothing)["minutes"] * 60,
            year,
        )
        for person in people
    ]


def hours_by_year(person: Person) -> list[Hours]:
    """One person's years in which they learnt anything, the latest first; two queries."""
    here = Completion.objects.filter(person=person).order_by().annotate(year=ExtractYear("completed_at")).values("year")
    done = {row["year"]: row for row in here.annotate(n=Count("pk"), seconds=Sum("seconds"))}
    past = PastTraining.objects.filter(person=person).order_by().annotate(year=ExtractYear("completed_on")).values("year")
    before = {row["year"]: row for row in past.annotate(n=Count("pk"), minutes=Sum("minutes"))}
    nothing: dict[str, int] = {"n": 0, "seconds": 0, "minutes": 0}
    return [
        Hours(
            person,
            done.get(year, nothing)["n"],
            before.get(year, nothing)["n"],
            done.get(year, nothing)["seconds"],
            before.get(year, nothing)["minutes"] * 60,
            year,
        )
        for year in sorted({*done, *before}, reverse=True)
    ]
