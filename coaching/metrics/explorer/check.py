"""The slow count by channel, topic and segment: plain Python over raw rows, one person at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from coaching.interactions.models import Account, Interaction, SurveyResponse
from coaching.metrics.check import Count, slow_counts
from coaching.metrics.explorer.marking import monday
from coaching.metrics.explorer.models import OTHER, PersonSegmentRollup, ReportedValue, SegmentRollup
from coaching.metrics.figures import bin_of
from coaching.metrics.models import MetricDefinition

Recipe = MetricDefinition.Recipe
Kind = tuple[str, str, str]  # channel, topic, segment
Key = tuple[int, int | None, date, Kind]  # definition, team, week, kind


@dataclass(frozen=True)
class SegmentDifference:
    """A weekly count by kind that is not what the raw rows say; `person_id` None: the team's."""

    definition: str
    person_id: int | None
    team_id: int | None
    week: date
    kind: Kind
    stored: Count | None
    counted: Count | None


class _Kinds:
    """What kind a case counts as, from the values that have rows of their own."""

    def __init__(self) -> None:
        self.reported = {(v.dimension, v.name) for v in ReportedValue.objects.all()}
        self.segments = {(a.source_id, a.external_key): a.segment for a in Account.objects.exclude(segment="")}

    def _named(self, dimension: str, value: str) -> str:
        return value if not value or (dimension, value) in self.reported else OTHER

    def of(self, channel: str, topic: str, source_id: int, account: str) -> Kind:
        segment = self.segments.get((source_id, account), "") if account else ""
        return channel, self._named("topic", topic), self._named("segment", segment)


def _slow_rows(person_id: int, kinds: _Kinds) -> Iterator[tuple[Recipe, date, Kind, int, int | None]]:
    """(recipe, day, kind, part, seconds) of every row that counts for the person."""
    cases = Interaction.objects.filter(handler__person_id=person_id).values_list(
        "opened_on", "resolved_on", "opened_at", "resolved_at", "reopens", "answered", "channel", "topic", "source_id", "account"
    )
    for opened_on, resolved_on, opened_at, resolved_at, reopens, answered, *what in cases.iterator(chunk_size=2000):
        kind = kinds.of(*what)
        yield Recipe.CASES_TAKEN, opened_on, kind, 1, None
        if answered is not None:
            yield Recipe.ANSWERED, opened_on, kind, int(answered), None
        if resolved_on is not None:
            yield Recipe.CASES_RESOLVED, resolved_on, kind, 1, None
            yield Recipe.REOPENED, resolved_on, kind, int(reopens > 0), None
            if resolved_at is not None:
                seconds = int(resolved_at.timestamp() // 1) - int(opened_at.timestamp() // 1)
                yield Recipe.RESOLUTION_TIME, resolved_on, kind, seconds, seconds
    ratings = SurveyResponse.objects.filter(handler__person_id=person_id, kind=SurveyResponse.Kind.CSAT).values_list(
        "responded_on", "polarity", "interaction__channel", "interaction__topic", "interaction__source_id", "interaction__account"
    )
    for day, polarity, channel, topic, source_id, account in ratings.iterator(chunk_size=2000):
        kind = kinds.of(channel or "", topic or "", source_id or 0, account or "")
        yield Recipe.SATISFIED, day, kind, int(polarity == 1), None


def _slow(person_id: int, definitions: Sequence[MetricDefinition], kinds: _Kinds) -> dict[Key, Count]:
    team_of = {(recipe, day): count.team_id for (recipe, day), count in slow_counts(person_id).items()}
    counts: dict[Key, Count] = {}
    by_recipe = defaultdict(list)
    for definition in definitions:
        by_recipe[definition.recipe].append(definition.pk)
    for recipe, day, kind, part, seconds in _slow_rows(person_id, kinds):
        for definition_id in by_recipe[recipe]:
            team_id = team_of[str(recipe), day]
            _add(counts, (definition_id, team_id, monday(day), kind), part, 1, None if seconds is None else {bin_of(seconds): 1})
    return counts


def _add(counts: dict[Any, Count], key: Any, part: int, whole: int, histogram: dict[int, int] | None) -> None:
    count = counts.setdefault(key, Count())
    count.numerator += part
    count.denominator += whole
    if histogram is not None:
        count.histogram = count.histogram or {}
        for number, n in histogram.items():
            count.histogram[number] = count.histogram.get(number, 0) + n


def _stored(rows: Any) -> dict[Key, Count]:
    found = {}
    fields = ("definition_id", "team_id", "week", "channel", "topic", "segment", "numerator", "denominator", "histogram")
    for definition_id, team_id, week, channel, topic, segment, part, whole, histogram in rows.values_list(*fields).iterator(
        chunk_size=5000
    ):
        bins = None if histogram is None else {int(number): n for number, n in histogram.items()}
        found[definition_id, team_id, week, (channel, topic, segment)] = Count(None, part, whole, bins)
    return found


def segment_differences(people: Sequence[int], definitions: Sequence[MetricDefinition]) -> Iterator[SegmentDifference]:
    """Where the weekly counts of these people (everybody: for the teams' own counts) differ from the slow count."""
    kinds = _Kinds()
    names = {definition.pk: definition.key for definition in definitions}
    together: dict[Key, Count] = {}

    def compare(stored: dict[Key, Count], counted: dict[Key, Count], person_id: int | None) -> Iterator[SegmentDifference]:
        for key in sorted({*stored, *counted}, key=str):
            if stored.get(key) != counted.get(key):
                definition_id, team_id, week, kind = key
                name = names.get(definition_id, str(definition_id))
                yield SegmentDifference(name, person_id, team_id, week, kind, stored.get(key), counted.get(key))

    for person_id in people:
        counted = _slow(person_id, definitions, kinds)
        for key, count in counted.items():
            _add(together, key, count.numerator, count.denominator, count.histogram)
        yield from compare(_stored(PersonSegmentRollup.objects.filter(person_id=person_id)), counted, person_id)
    yield from compare(_stored(SegmentRollup.objects.all()), together, None)
