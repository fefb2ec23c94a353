"""The slow count by channel, topic and segment: plain Python over raw rows, one person at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import floor
from typing import Any

from django.db.models import BigIntegerField, Value

from coaching.interactions.models import Account, Interaction, SurveyResponse
from coaching.metrics import check
from coaching.metrics.calendars import calendar_book
from coaching.metrics.check import Count
from coaching.metrics.counting import OPEN_KEY
from coaching.metrics.explorer.marking import monday
from coaching.metrics.explorer.models import OTHER, CompanySegmentRollup, PersonSegmentRollup, ReportedValue, SegmentRollup
from coaching.metrics.models import MetricDefinition
from coaching.metrics.variants import uses_business_hours
from people.models import Membership

Kind = tuple[str, str, str]  # channel, topic, segment
Key = tuple[int, int | None, date, Kind]  # definition, team, week, kind


@dataclass(frozen=True)
class SegmentDifference:
    """A weekly count by kind that is not what the raw rows say; `person_id` None: the team's, or with `of_all` everybody's."""

    definition: str
    person_id: int | None
    team_id: int | None
    week: date
    kind: Kind
    stored: Count | None
    counted: Count | None
    of_all: bool = False


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


class _Tally:
    """Adds what `check` reads of each row into (definition, team, week, kind) → count."""

    def __init__(self, team_of: Callable[[date], int | None]) -> None:
        self.counts: dict[Key, Count] = {}
        self.team_of = team_of
        self.kind: Kind = ("", "", "")

    def add(self, definition: MetricDefinition, day: date, part: int, whole: int = 1, bins: dict[int, int] | None = None) -> None:
        later = 24 * (day - monday(day)).days
        moved = {number + (later if number >= OPEN_KEY else 0): n for number, n in (bins or {}).items()}
        _add(self.counts, (definition.pk, self.team_of(day), monday(day), self.kind), part, whole, moved or None)


def _slow(person_id: int, definitions: Sequence[MetricDefinition], kinds: _Kinds) -> dict[Key, Count]:
    """As `check.slow_counts`, by kind and week."""
    memberships = list(Membership.objects.filter(person_id=person_id, kind=Membership.Kind.MEMBER).order_by("starts_on", "pk"))
    book = calendar_book()

    def team_of(day: date) -> int | None:
        inside = [m.team_id for m in memberships if m.starts_on <= day and (m.ends_on is None or m.ends_on > day)]
        return inside[-1] if inside else None

    def length(definition: MetricDefinition, day: date, since: datetime, until: datetime) -> int:
        if uses_business_hours(definition):
            return book.of_team(team_of(day)).between(floor(since.timestamp()), floor(until.timestamp()))
        return floor(until.timestamp()) - floor(since.timestamp())

    tally = _Tally(team_of)
    for case in Interaction.objects.filter(handler__person_id=person_id).iterator(chunk_size=2000):
        tally.kind = kinds.of(case.channel, case.topic, case.source_id, case.account)
        for definition in definitions:
            check.add_case(tally, definition, case, length)
    given = SurveyResponse.objects.filter(handler__person_id=person_id).select_related("interaction")
    for answer in given.iterator(chunk_size=2000):
        about = answer.interaction
        tally.kind = kinds.of(about.channel, about.topic, about.source_id, about.account) if about else ("", "", "")
        for definition in definitions:
            check.add_answer(tally, definition, answer)
    return tally.counts


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
    if rows.model is CompanySegmentRollup:
        rows = rows.annotate(team_id=Value(None, output_field=BigIntegerField()))
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

    def compare(
        stored: dict[Key, Count], counted: dict[Key, Count], person_id: int | None, *, of_all: bool = False
    ) -> Iterator[SegmentDifference]:
        for key in sorted({*stored, *counted}, key=str):
            if stored.get(key) != counted.get(key):
                definition_id, team_id, week, kind = key
                name = names.get(definition_id, str(definition_id))
                yield SegmentDifference(name, person_id, team_id, week, kind, stored.get(key), counted.get(key), of_all)

    for person_id in people:
        counted = _slow(person_id, definitions, kinds)
        for key, count in counted.items():
            _add(together, key, count.numerator, count.denominator, count.histogram)
        yield from compare(_stored(PersonSegmentRollup.objects.filter(person_id=person_id)), counted, person_id)
    yield from compare(_stored(SegmentRollup.objects.all()), together, None)
    everybody: dict[Key, Count] = {}
    for (definition_id, _team, week, kind), count in together.items():
        _add(everybody, (definition_id, None, week, kind), count.numerator, count.denominator, count.histogram)
    yield from compare(_stored(CompanySegmentRollup.objects.all()), everybody, None, of_all=True)
