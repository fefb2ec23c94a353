"""The slow recount: plain Python over raw rows, one person at a time. It proves the fast one right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from math import floor
from typing import Protocol

from coaching.interactions.models import Handler, Interaction, SurveyResponse
from coaching.metrics.business_hours import EPOCH
from coaching.metrics.calendars import calendar_book
from coaching.metrics.counting import OPEN_HOURS_BEFORE, OPEN_KEY
from coaching.metrics.figures import SQUARES, bin_of
from coaching.metrics.models import MetricDefinition, Rollup
from coaching.metrics.scores import CES_SCALE, NPS_SCALE, on_scale
from coaching.metrics.variants import repeat_rule, uses_business_hours, variant_of
from people.models import Membership

Recipe, Variant = MetricDefinition.Recipe, MetricDefinition.Variant
Length = Callable[[MetricDefinition, date, datetime, datetime], int]


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


class Adds(Protocol):
    """Where counts of rows are added up."""

    def add(
        self, definition: MetricDefinition, day: date, part: int, whole: int = 1, bins: dict[int, int] | None = None
    ) -> None: ...


class _Tally:
    """Adds row by row into (definition id, day) → count."""

    def __init__(self) -> None:
        self.counts: dict[tuple[int, date], Count] = {}

    def add(self, definition: MetricDefinition, day: date, part: int, whole: int = 1, bins: dict[int, int] | None = None) -> None:
        count = self.counts.setdefault((definition.pk, day), Count())
        count.numerator += part
        count.denominator += whole
        for number, n in (bins or {}).items():
            count.histogram = count.histogram or {}
            count.histogram[number] = count.histogram.get(number, 0) + n


def slow_counts(person_id: int, definitions: list[MetricDefinition]) -> dict[tuple[int, date], Count]:
    """(definition id, day) → count of one person, read row by row, in the words of the definitions."""
    tally = _Tally()
    memberships = list(Membership.objects.filter(person_id=person_id, kind=Membership.Kind.MEMBER).order_by("starts_on", "pk"))
    book = calendar_book()

    def team_of(day: date) -> int | None:
        team = None
        for membership in memberships:
            if membership.starts_on <= day and (membership.ends_on is None or membership.ends_on > day):
                team = membership.team_id
        return team

    def length(definition: MetricDefinition, day: date, since: datetime, until: datetime) -> int:
        if uses_business_hours(definition):
            return book.of_team(team_of(day)).between(_whole_seconds(since), _whole_seconds(until))
        return _whole_seconds(until) - _whole_seconds(since)

    for case in Interaction.objects.filter(handler__person_id=person_id).iterator(chunk_size=2000):
        for definition in definitions:
            add_case(tally, definition, case, length)
    for answer in SurveyResponse.objects.filter(handler__person_id=person_id).iterator(chunk_size=2000):
        for definition in definitions:
            add_answer(tally, definition, answer)
    for (_definition, day), count in tally.counts.items():
        count.team_id = team_of(day)
    return tally.counts


def add_case(tally: Adds, definition: MetricDefinition, case: Interaction, length: Length) -> None:
    opened_on, resolved_on, resolved_at = case.opened_on, case.resolved_on, case.resolved_at
    is_open = case.status == Interaction.Status.OPEN and resolved_at is None
    match definition.recipe:
        case Recipe.CASES_TAKEN:
            tally.add(definition, opened_on, 1)
        case Recipe.ANSWERED | Recipe.ABANDONED if case.answered is not None:
            tally.add(definition, opened_on, int(case.answered == (definition.recipe == Recipe.ANSWERED)))
        case Recipe.COMPLAINT if case.is_complaint is not None:
            tally.add(definition, opened_on, int(case.is_complaint))
        case Recipe.HANDLE_TIME if case.handle_seconds is not None:
            tally.add(definition, opened_on, case.handle_seconds, bins={SQUARES: case.handle_seconds**2})
        case Recipe.ANSWER_SPEED if case.wait_seconds is not None and case.answered is not False:
            tally.add(definition, opened_on, case.wait_seconds, bins={SQUARES: case.wait_seconds**2})
        case Recipe.FIRST_REPLY if case.first_reply_at is not None:
            seconds = length(definition, opened_on, case.opened_at, case.first_reply_at)
            tally.add(definition, opened_on, seconds, bins={bin_of(seconds): 1})
        case Recipe.OPEN_CASES if is_open:
            tally.add(definition, opened_on, 1)
        case Recipe.RESOLUTION_SURVIVAL if resolved_at is not None:
            seconds = length(definition, opened_on, case.opened_at, resolved_at)
            tally.add(definition, opened_on, seconds, bins={bin_of(seconds): 1})
        case Recipe.RESOLUTION_SURVIVAL if is_open:
            tally.add(
                definition,
                opened_on,
                0,
                bins={OPEN_KEY + OPEN_HOURS_BEFORE + _after_midnight(case.opened_at, opened_on) // 3600: 1},
            )
        case Recipe.BACKLOG:
            if resolved_at is not None or is_open:
                tally.add(definition, opened_on, 1, _after_midnight(case.opened_at, opened_on))
            if resolved_on is not None and resolved_at is not None:
                tally.add(definition, resolved_on, -1, -_after_midnight(resolved_at, resolved_on))
    if resolved_on is not None:
        _add_resolved_case(tally, definition, case, resolved_on)


def _add_resolved_case(tally: Adds, definition: MetricDefinition, case: Interaction, resolved_on: date) -> None:
    match definition.recipe:
        case Recipe.CASES_RESOLVED:
            tally.add(definition, resolved_on, 1)
        case Recipe.RESPONSE:
            tally.add(definition, resolved_on, 0)
        case Recipe.REOPENED:
            tally.add(definition, resolved_on, int(_reopened(case, definition.window_days)))
        case Recipe.RESOLUTION_TIME if case.resolved_at is not None:
            seconds = _whole_seconds(case.resolved_at) - _whole_seconds(case.opened_at)
            tally.add(definition, resolved_on, seconds, bins={bin_of(seconds): 1})
        case Recipe.FIRST_CONTACT:
            settled = _settled_at_first_contact(case, definition)
            if settled is not None:
                tally.add(definition, resolved_on, int(settled))


def _reopened(case: Interaction, window_days: int) -> bool:
    if case.reopens == 0 or not window_days or case.reopened_at is None or case.resolved_at is None:
        return case.reopens > 0
    return _whole_seconds(case.reopened_at) - _whole_seconds(case.resolved_at) <= window_days * 86400


def _settled_at_first_contact(case: Interaction, definition: MetricDefinition) -> bool | None:
    """None where the source does not tell enough to say."""
    one_hand = case.assignee_id is None or case.assignee_id == case.handler_id
    match variant_of(definition):
        case Variant.UNDER_TWO_REPLIES:
            return None if case.replies is None else case.replies < 2
        case Variant.ONE_REPLY:
            return None if case.replies is None else case.replies == 1
        case Variant.NO_CUSTOMER_REPLY:
            return None if case.customer_replies is None else case.customer_replies == 0
        case Variant.ONE_TEAMMATE:
            return case.reopens == 0 and one_hand
        case Variant.NO_RECONTACT:
            return _came_back(case, definition) is False if case.customer else None
        case Variant.WITHIN_15_MINUTES if case.resolved_at is not None:
            return _whole_seconds(case.resolved_at) - _whole_seconds(case.opened_at) <= 900
        case Variant.ONE_CONTACT if case.customer or case.replies is not None:
            one_contact = case.replies is None or case.replies <= 1
            return one_contact and case.reopens == 0 and not _came_back(case, definition)
    return None


def _came_back(case: Interaction, definition: MetricDefinition) -> bool:
    rule = repeat_rule(definition)
    if rule is None or not case.customer or case.resolved_at is None:
        return False
    days, same = rule
    later = Interaction.objects.filter(source=case.source_id, customer=case.customer, opened_at__gt=case.opened_at)
    until = _whole_seconds(case.resolved_at) + days * 86400
    return any(
        getattr(other, same) == getattr(case, same) and _whole_seconds(other.opened_at) <= until
        for other in later.only(same, "opened_at")
    )


def add_answer(tally: Adds, definition: MetricDefinition, answer: SurveyResponse) -> None:
    day, kind = answer.responded_on, answer.kind
    match definition.recipe:
        case Recipe.SATISFIED if kind == SurveyResponse.Kind.CSAT:
            if variant_of(definition) == Variant.ALL_RATED or answer.polarity != 0:
                tally.add(definition, day, int(answer.polarity == 1))
        case Recipe.RESPONSE if kind == SurveyResponse.Kind.CSAT:
            tally.add(definition, day, 1, 0)
        case Recipe.RECOMMEND if kind == SurveyResponse.Kind.NPS:
            _add_score(tally, definition, answer, NPS_SCALE)
        case Recipe.EFFORT if kind == SurveyResponse.Kind.CES:
            _add_score(tally, definition, answer, CES_SCALE)


def _add_score(tally: Adds, definition: MetricDefinition, answer: SurveyResponse, scale: tuple[int, int]) -> None:
    raw, low, high = (round(value * 1000) for value in (answer.raw_value, answer.scale_min, answer.scale_max))
    if low == high:
        return
    score = min(max(on_scale(raw, low, high, scale), scale[0] * 1000), scale[1] * 1000)
    tally.add(definition, answer.responded_on, score, bins={score: 1})


def _after_midnight(moment: datetime, day: date) -> int:
    """Whole seconds after the day's midnight in UTC; negative where the local day began earlier."""
    return _whole_seconds(moment) - (day - EPOCH).days * 86400


def _whole_seconds(moment: datetime) -> int:
    return floor(moment.timestamp())


def differences_of(person_id: int, definitions: list[MetricDefinition]) -> Iterator[Difference]:
    """Where one person's rollups differ from the slow count."""
    expected = slow_counts(person_id, definitions)
    names = {definition.pk: definition.key for definition in definitions}
    for rollup in Rollup.objects.filter(person_id=person_id).iterator(chunk_size=2000):
        histogram = None if rollup.histogram is None else {int(number): n for number, n in rollup.histogram.items()}
        stored = Count(rollup.team_id, rollup.numerator, rollup.denominator, histogram)
        counted = expected.pop((rollup.definition_id, rollup.day), None)
        if stored != counted:
            yield Difference(names.get(rollup.definition_id, str(rollup.definition_id)), person_id, rollup.day, stored, counted)
    for (definition_id, day), counted in sorted(expected.items(), key=lambda item: item[0]):
        yield Difference(names[definition_id], person_id, day, None, counted)
