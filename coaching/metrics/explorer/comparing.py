"""What stands on the funnel, drivers and balance pages: reads of rollups, put through the formulas."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, Sum

from coaching.metrics import shrinkage
from coaching.metrics.explorer.access import Scope
from coaching.metrics.explorer.answers import MIX
from coaching.metrics.explorer.balance import Share, shares
from coaching.metrics.explorer.casemix import adjust, floor_of
from coaching.metrics.explorer.drivers import Cost, Decomposition, decompose, pareto
from coaching.metrics.explorer.funnel import over_dispersion
from coaching.metrics.explorer.questions import KINDS, By, Question
from coaching.metrics.explorer.reading import counts_by_kind, counts_by_person, figure_of
from coaching.metrics.figures import Figure
from coaching.metrics.models import MetricDefinition, Rollup
from coaching.metrics.queries import Counts, Window
from people.models import Person, Team


@dataclass(frozen=True)
class Estimate:
    """A person's rate as it is best estimated, with its 90 % interval."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Stand:
    """One person in the funnel: the rate as counted, the best estimate with its 90 % interval, and the verdict."""

    person: Person
    figure: Figure
    estimate: Estimate | None
    differs: int
    reliability: float
    rate: float | None  # as it is judged: with everybody's mix where that is asked for
    mix: float = 0.0


@dataclass(frozen=True)
class Funnel:
    mean: float
    tau2: float
    prior: shrinkage.Prior | None
    stands: list[Stand]

    @property
    def drawn(self) -> list[Stand]:
        """Those with enough cases to show a rate at all."""
        return [stand for stand in self.stands if stand.figure.is_enough and stand.rate is not None]


PerPerson = dict[int, tuple[int, int]]  # person → (part, whole)


def _per_person(
    scope: Scope, question: Question, learned: Window, people: Sequence[Person], as_of: datetime
) -> tuple[PerPerson, PerPerson]:
    """The counts of the question's days, and those of the days learned from; no day is read twice where it can be helped."""

    def read(window: Window) -> dict[int, Counts]:
        return counts_by_person(scope, replace(question, window=window), people=[person.pk for person in people], as_of=as_of)

    now = read(question.days)
    if question.days.first < learned.first:
        return _pairs(now), _pairs(read(learned))
    half_year = (
        {} if question.days.first == learned.first else read(Window(learned.first, question.days.first - timedelta(days=1)))
    )
    for person_id, counts in now.items():
        half_year.setdefault(person_id, Counts()).add(counts)
    return _pairs(now), _pairs(half_year)


def _pairs(counts: Mapping[int, Counts]) -> PerPerson:
    return {person_id: (found.numerator, found.denominator) for person_id, found in counts.items()}


def funnel(scope: Scope, question: Question, people: Sequence[Person], as_of: datetime) -> Funnel | None:
    """The people's rates against each other; None where nobody has a case.

    How alike people are is learned from the 26 weeks up to the last day, whatever days are looked at. With case mix,
    each rate is the adjusted one: floor + observed − expected.
    """
    question = replace(question, by=By.PERSON)
    learned = Window(question.days.last - timedelta(days=7 * shrinkage.LEARNING_WEEKS - 1), question.days.last)
    now, half_year = _per_person(scope, question, learned, people, as_of)
    n = sum(whole for _part, whole in now.values())
    if n == 0:
        return None
    mean = sum(part for part, _whole in now.values()) / n
    prior = shrinkage.learn_prior([part for part, _whole in half_year.values()], [whole for _part, whole in half_year.values()])
    if prior is not None and 0 < mean < 1:
        prior = shrinkage.Prior(mean, prior.strength)
    parts = {pk: float(part) for pk, (part, _whole) in now.items()}
    mixes: dict[int, float] = {}
    if question.with_mix:
        parts, mixes = _adjusted_parts(scope, question, people, as_of)
    wholes = [now.get(person.pk, (0, 0))[1] for person in people]
    judged = [
        min(float(whole), max(0.0, parts.get(person.pk, float(now.get(person.pk, (0, 0))[0]))))
        for person, whole in zip(people, wholes, strict=True)
    ]
    estimates, verdicts, reliable = _judged(judged, wholes, prior)
    stands = []
    for number, (person, whole) in enumerate(zip(people, wholes, strict=True)):
        shown = figure_of(question.definition, Counts(*now.get(person.pk, (0, 0))))
        stands.append(
            Stand(
                person,
                shown,
                estimates[number] if shown.is_enough else None,
                verdicts[number] if shown.is_comparable else 0,
                reliable[number],
                judged[number] / whole if whole else None,
                mixes.get(person.pk, 0.0),
            )
        )
    tau2 = over_dispersion([(round(parts.get(pk, 0.0)), whole) for pk, (_part, whole) in now.items()], mean)
    return Funnel(mean, tau2, prior, stands)


def _judged(
    parts: Sequence[float], wholes: Sequence[int], prior: shrinkage.Prior | None
) -> tuple[list[Estimate | None], list[int], list[float]]:
    """For everybody at once: (best estimates, verdicts, reliabilities); nothing is said without a prior."""
    if prior is None:
        return [None] * len(parts), [0] * len(parts), [0.0] * len(parts)
    found = shrinkage.shrink(parts, wholes, prior)
    estimates = [Estimate(*ends) for ends in zip(found.estimate.tolist(), found.low.tolist(), found.high.tolist(), strict=True)]
    k = prior.half_reliable_at
    return [*estimates], shrinkage.differs(parts, wholes, prior).tolist(), [shrinkage.reliability(n, k) for n in wholes]


def _adjusted_parts(
    scope: Scope, question: Question, people: Sequence[Person], as_of: datetime
) -> tuple[dict[int, float], dict[int, float]]:
    """(person → cases that would have gone well with everybody's mix, person → what the mix made of the rate)."""
    found = counts_by_kind(scope, question, kinds=MIX, people=[person.pk for person in people], per_person=True, as_of=as_of)
    mine: dict[int, dict[Hashable, tuple[int, int]]] = {}
    total: dict[Hashable, tuple[int, int]] = {}
    for (person_id, *kind), counts in found.items():
        key = tuple(kind)
        mine.setdefault(person_id, {})[key] = (counts.numerator, counts.denominator)
        part, whole = total.get(key, (0, 0))
        total[key] = (part + counts.numerator, whole + counts.denominator)
    floor = floor_of(total)
    parts, mixes = {}, {}
    for person_id, kinds in mine.items():
        if floor is not None and (adjusted := adjust(kinds, floor)) is not None:
            parts[person_id], mixes[person_id] = adjusted.adjusted * adjusted.n, adjusted.mix
    return parts, mixes


@dataclass(frozen=True)
class Drivers:
    """Why the share moved, and which kinds of cases cost most."""

    now: Window
    before: Window
    moved: Decomposition[str] | None
    costs: list[Cost[str]]
    figures: tuple[Figure, Figure]


def drivers(scope: Scope, question: Question, volume: MetricDefinition | None, as_of: datetime) -> Drivers:
    """Both reads by kind; `question` names the share, the kind and the other period, `volume` the metric that counts cases."""
    kind = KINDS[question.by]
    earlier = question.before() or question
    now, then = (
        {key: (c.numerator, c.denominator) for (key,), c in counts_by_kind(scope, asked, kinds=(kind,), as_of=as_of).items()}
        for asked in (question, earlier)
    )
    cases = {}
    if volume is not None:
        counted = counts_by_kind(scope, replace(question, definition=volume), kinds=(kind,), as_of=as_of)
        cases = {key: c.numerator for (key,), c in counted.items()}
    down = question.definition.direction == MetricDefinition.Direction.DOWN
    wrong = {key: (part if down else whole - part, whole) for key, (part, whole) in now.items()}
    figures = (_figure(question, now), _figure(question, then))
    return Drivers(question.days, earlier.days, decompose(then, now), pareto(cases, wrong), figures)


def _figure(question: Question, counts: dict[str, tuple[int, int]]) -> Figure:
    return figure_of(question.definition, Counts(sum(p for p, _w in counts.values()), sum(w for _p, w in counts.values())))


def balance(scope: Scope, window: Window, definition: MetricDefinition, team: Team | None) -> list[tuple[Person, Share[int]]]:
    """Each person's share of the cases taken in the window, by name; whoever had no case at all is left out."""
    people = list(scope.people_of(team))
    rows = (
        Rollup.objects.filter(definition=definition, day__range=(window.first, window.last), person__in=[p.pk for p in people])
        .order_by()
        .values_list("person_id")
        .annotate(Sum("numerator"), Count("day"))
    )
    cases, days = {}, {}
    for person_id, count, worked in rows:
        cases[person_id], days[person_id] = count, worked
    found = {share.who: share for share in shares(cases, days)}
    return [(person, found[person.pk]) for person in people if person.pk in found]
