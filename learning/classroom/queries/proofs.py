"""Who completed which version when, and the hours they learnt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from learning.assignments.groups.audience import members_below
from learning.assignments.hours import Hours, hours_of, in_year, midnight
from learning.assignments.models import Completion, PastTraining
from learning.classroom.access import completions_reported_to, people_reported_to
from people.models import Person, Team

GROUP = 500


def completions(
    viewer: Person,
    on: date,
    *,
    search: str = "",
    module_id: int | None = None,
    team: Team | None = None,
    since: date | None = None,
    until: date | None = None,
    how: str = "",
) -> QuerySet[Completion]:
    """The proofs, the latest first. `how` is "hand" or "learner"; the days are those of the organisation's clock."""
    rows = completions_reported_to(viewer, on).select_related("person", "module", "revision", "recorded_by", "assignment")
    rows = rows.defer("module__lessons", "module__quiz", "revision__content", "criteria")
    for word in search.split()[:8]:
        rows = rows.filter(Q(person__display_name__icontains=word) | Q(person__email__icontains=word) | Q(title__icontains=word))
    if module_id is not None:
        rows = rows.filter(module_id=module_id)
    if team is not None:
        rows = rows.filter(person__in=members_below([team.pk], on).values("pk"))
    if since is not None:
        rows = rows.filter(completed_at__gte=midnight(since))
    if until is not None:
        rows = rows.filter(completed_at__lt=midnight(until + timedelta(days=1)))
    if how:
        rows = rows.filter(recorded_by__isnull=how != "hand")
    return rows.order_by("-completed_at", "-pk")


def completion_header() -> list[str]:
    return [
        _("Person"), _("E-mail"), _("Module"), _("Title as completed"), _("Completed on"), _("Version of"), _("Version no."),
        _("Digest of the content"), _("Minutes"), _("Comes from"), _("By hand by"),
    ]  # fmt: skip


def completion_rows(rows: Iterable[Completion]) -> Iterator[list[object]]:
    """Under `completion_header`; moments in the reader's time zone."""
    for row in rows:
        yield [
            row.person, row.person.email, row.module.title, row.title,
            f"{timezone.localtime(row.completed_at):%Y-%m-%d %H:%M}", f"{timezone.localtime(row.revision.created_at):%Y-%m-%d %H:%M}",
            row.revision_id, row.content_digest, round(row.seconds / 60), row.assignment.get_source_display(), row.recorded_by or "",
        ]  # fmt: skip


def years(viewer: Person, on: date) -> list[int]:
    """The years from the first in which anything was learnt to this one, the latest first."""
    first = completions_reported_to(viewer, on).order_by().aggregate(first=Min("completed_at"))["first"]
    before = _past(viewer, on).order_by().aggregate(first=Min("completed_on"))["first"]
    begun = [day.year for day in (timezone.localtime(first) if first else None, before) if day is not None]
    return list(range(on.year, min([on.year, *begun]) - 1, -1))


def _past(viewer: Person, on: date) -> QuerySet[PastTraining]:
    return PastTraining.objects.filter(person__in=people_reported_to(viewer, on).values("pk"))


def learners_of_year(viewer: Person, on: date, year: int, *, search: str = "", team: Team | None = None) -> QuerySet[Person]:
    """Who learnt anything in that year, and everybody with an account in use, by name."""
    people = people_reported_to(viewer, on)
    if team is not None:
        people = people.filter(pk__in=members_below([team.pk], on).values("pk"))
    for word in search.split()[:8]:
        people = people.filter(Q(display_name__icontains=word) | Q(email__icontains=word))
    learnt = Completion.objects.filter(in_year(year), person=OuterRef("pk"))
    return people.filter(Q(is_active=True) | Exists(learnt)).order_by("display_name", "email", "pk")


def hours_of_all(people: QuerySet[Person], year: int) -> Iterator[Hours]:
    """As `hours_of`, for any number of people: in groups, so that no statement names too many."""
    found = list(people)
    for start in range(0, len(found), GROUP):
        yield from hours_of(found[start : start + GROUP], year)


def hours_header() -> list[str]:
    return [
        _("Person"),
        _("E-mail"),
        _("Year"),
        _("Modules"),
        _("Other trainings"),
        _("Hours here"),
        _("Hours elsewhere"),
        _("Hours"),
    ]


def hours_rows(rows: Iterable[Hours], year: int) -> Iterator[list[object]]:
    """Under `hours_header`; hours with two digits."""
    for row in rows:
        yield [
            row.person, row.person.email, year, row.modules, row.trainings,
            round(row.seconds_here / 3600, 2), round(row.seconds_before / 3600, 2), round(row.seconds / 3600, 2),
        ]  # fmt: skip
