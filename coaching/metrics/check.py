"""The slow recount: plain Python over raw rows, one person at a time. It proves the fast one right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from math import floor

from coaching.interactions.models import Handler, Interaction, SurveyResponse
from coaching.metrics.figures import bin_of
from coaching.metrics.models import MetricDefinition, Rollup
from people.models import Membership

Recipe = MetricDefinition.Recipe


@dataclass
class Count:
    team_id: int | None = None
    numerator: int = 0
    denominator: int = 0
    histogram: dict[int, int] | None = None


@dataclass(frozen=True)
class Difference:
    """A rollup that is not what the raw rows say; None where one of the two is missing."""

    definition: str
    person_id: int
    day: date
    stored: Count | None
    counted: Count | None


def people_with_figures() -> list[int]:
    """Everybody with a matched handler or a rollup, by id."""
    matched = Handler.objects.exclude(person=None).values_list("person_id", flat=True)
    counted = Rollup.objects.order_by().values_list("person_id", flat=True).distinct()
    return sorted({*matched, *counted})


def slow_counts(person_id: int) -> dict[tuple[str, date], Count]:
    """(recipe, day) → count of one person, read row by row."""
    counts: dict[tuple[str, date], Count] = {}

    def add(recipe: Recipe, day: date, part: int, seconds: int | None = None) -> None:
        count = counts.setdefault((str(recipe), day), Count())
        count.denominator += 1
        count.numerator += part
        if seconds is not None:
            count.histogram = count.histogram or {}
            number = bin_of(seconds)
            count.histogram[number] = count.histogram.get(number, 0) + 1

    cases = Interaction.objects.filter(handler__person_id=person_id).values_list(
        "opened_on", "resolved_on", "opened_at", "resolved_at", "reopens", "answered"
    )
    for opened_on, resolved_on, opened_at, resolved_at, reopens, answered in cases.iterator(chunk_size=2000):
        add(Recipe.CASES_TAKEN, opened_on, 1)
        if answered is not None:
            add(Recipe.ANSWERED, opened_on, int(answered))
        if resolved_on is not None:
            add(Recipe.CASES_RESOLVED, resolved_on, 1)
            add(Recipe.REOPENED, resolved_on, int(reopens > 0))
            if resolved_at is not None:
                seconds = _whole_seconds(resolved_at) - _whole_seconds(opened_at)
                add(Recipe.RESOLUTION_TIME, resolved_on, seconds, seconds)
    ratings = SurveyResponse.objects.filter(handler__person_id=person_id, kind=SurveyResponse.Kind.CSAT)
    for day, polarity in ratings.values_list("responded_on", "polarity").iterator(chunk_size=2000):
        add(Recipe.SATISFIED, day, int(polarity == 1))
    memberships = list(Membership.objects.filter(person_id=person_id, kind=Membership.Kind.MEMBER).order_by("starts_on", "pk"))
    for (_recipe, day), count in counts.items():
        for membership in memberships:
            if membership.starts_on <= day and (membership.ends_on is None or membership.ends_on > day):
                count.team_id = membership.team_id
    return counts


def _whole_seconds(moment: datetime) -> int:
    return floor(moment.timestamp())


def differences_of(person_id: int, definitions: list[MetricDefinition]) -> Iterator[Difference]:
    """Where one person's rollups differ from the slow count."""
    slow = slow_counts(person_id)
    expected = {
        (definition.pk, day): count
        for definition in definitions
        for (recipe, day), count in slow.items()
        if recipe == definition.recipe
    }
    names = {definition.pk: definition.key for definition in definitions}
    for rollup in Rollup.objects.filter(person_id=person_id).iterator(chunk_size=2000):
        histogram = None if rollup.histogram is None else {int(number): n for number, n in rollup.histogram.items()}
        stored = Count(rollup.team_id, rollup.numerator, rollup.denominator, histogram)
        counted = expected.pop((rollup.definition_id, rollup.day), None)
        if stored != counted:
            yield Difference(names.get(rollup.definition_id, str(rollup.definition_id)), person_id, rollup.day, stored, counted)
    for (definition_id, day), counted in sorted(expected.items(), key=lambda item: item[0]):
        yield Difference(names[definition_id], person_id, day, None, counted)
