"""Figures about people: what their reviews say of all their cases. Days are the organisation's, first and last one included.

Only reviews of conversations drawn by lot count; what was picked by hand or for a reason is for coaching and says nothing about an
ordinary day. Each counts for as many cases as it stands for (`coaching.quality.scores.arithmetic`). A conversation drawn
and not reviewed yet is stood for by those reviewed of the same part of the same period.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import BigIntegerField, Case, CharField, Count, DateField, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import TruncMonth

from coaching.quality.models import Criterion, Rating, Review, ReviewDraw
from coaching.quality.queries.lists import day_range, standing_reviews
from coaching.quality.scores.arithmetic import Cell, Counted, Drawn, Share, cells_of, estimate, share, weigh
from people.models import Person

People = Iterable[Person] | QuerySet[Person]

# Draws from before the number of cases was kept are one cell per person, whatever their period and plan.
CELL_PERIOD = Case(
    When(draw__stratum_cases=None, then=Value("")), default=F("draw__period"), output_field=CharField(max_length=10)
)
CELL_PLAN = Case(
    When(draw__stratum_cases=None, then=Value(None)), default=F("draw__plan"), output_field=BigIntegerField(null=True)
)
CELL = ("cell_period", "cell_plan", "draw__stratum", "draw__stratum_cases")


def cycle_of(period: str, plan: int | None) -> str:
    """The period of a cell: two plans that draw in the same week draw from cases of their own, each with its own strata."""
    return period if plan is None else f"{period}/{plan}"


def _calendar_period(cycle: str) -> str:
    return cycle.partition("/")[0]


class Place(NamedTuple):
    """Where a review belongs: the key of its cell. `period` as `cycle_of` has it."""

    person: int
    period: str
    stratum: int | None
    cases: int | None


def month_of_publishing() -> TruncMonth:
    return TruncMonth("published_at", tzinfo=ZoneInfo(settings.TIME_ZONE), output_field=DateField())


def _place(row: dict[str, Any], person: str = "reviewee_id", draw: str = "draw__") -> Place:
    cases = row[f"{draw}stratum_cases"]
    # Without a size, the part is not known either.
    cycle = cycle_of(row["cell_period"], row["cell_plan"])
    return Place(row[person], cycle, None if cases is None else row[f"{draw}stratum"], cases)


def counted_reviews(people: People | None, since: date, until: date) -> QuerySet[Review]:
    """Standing reviews of these people (None: of everybody), of conversations drawn by lot, published in these days."""
    start, end = day_range(since, until)
    reviews = standing_reviews().filter(draw__method=ReviewDraw.Method.RANDOM, published_at__gte=start, published_at__lt=end)
    return reviews if people is None else reviews.filter(reviewee__in=people)


CELL_SUMS = {
    "reviews": Count("pk"),
    "n": Count("score_shown"),
    "total": Sum("score_shown"),
    "squares": Sum(F("score_shown") * F("score_shown")),
    "periods": Count("draw__period", distinct=True),
}


def _cell(row: dict[str, Any]) -> Cell:
    total, squares = row["total"] or 0.0, row["squares"] or 0.0
    return Cell(*_place(row), n=row["n"], total=total, squares=squares, reviews=row["reviews"], periods=row["periods"])


def read_cells(reviews: QuerySet[Review]) -> list[Cell]:
    """The cells these reviews make, added up in the database."""
    rows = (
        reviews.annotate(cell_period=CELL_PERIOD, cell_plan=CELL_PLAN)
        .values("reviewee_id", *CELL)
        .annotate(**CELL_SUMS)
        .order_by()
    )
    return [_cell(row) for row in rows]


def read_monthly_cells(reviews: QuerySet[Review]) -> dict[date, list[Cell]]:
    """Likewise by the month of publishing (its first day); a cell whose reviews fall into two months is in both."""
    rows = (
        reviews.annotate(cell_period=CELL_PERIOD, cell_plan=CELL_PLAN, month=month_of_publishing())
        .values("month", "reviewee_id", *CELL)
        .annotate(**CELL_SUMS)
        .order_by()
    )
    found: dict[date, list[Cell]] = defaultdict(list)
    for row in rows:
        found[row["month"]].append(_cell(row))
    return found


def read_drawn(people: People | None, cells: Iterable[Cell]) -> list[Drawn]:
    """The parts that something was drawn from, in the periods of these cells; reviewed or not, but not taken out."""
    periods = {_calendar_period(cell.period) for cell in cells if cell.cases is not None}
    if not periods:
        return []
    draws = ReviewDraw.objects.filter(method=ReviewDraw.Method.RANDOM, period__in=periods, stratum_cases__isnull=False)
    if people is not None:
        draws = draws.filter(reviewee__in=people)
    rows = (
        draws.exclude(state=ReviewDraw.State.REPLACED)
        .order_by()
        .values_list("reviewee_id", "period", "plan_id", "stratum", "stratum_cases")
        .distinct()
    )
    return [
        Drawn(person, cycle_of(period, plan), stratum, cases)
        for person, period, plan, stratum, cases in rows
        if cases is not None
    ]


def by_person(cells: Iterable[Cell]) -> dict[int, list[Cell]]:
    found: dict[int, list[Cell]] = defaultdict(list)
    for cell in cells:
        found[cell.person].append(cell)
    return found


def weights_per_review(cells: Iterable[Cell], drawn: Iterable[Drawn]) -> dict[Place, float]:
    """For how many cases one review of each cell counts."""
    return {
        Place(cell.person, cell.period, cell.stratum, cell.cases): cases / cell.reviews
        for cell, cases in weigh(cells, drawn)
        if cell.reviews
    }


def mean_score(people: People, since: date, until: date) -> dict[int, tuple[float, int, float | None, float | None]]:
    """(mean, n, low, high) of the scores shown, by person id, weighted by what each review stands for.

    The ends of the 95 % t-interval are None where no two reviews are alike in person and part. Who has no scored review is absent.
    """
    cells = read_cells(counted_reviews(people, since, until))
    drawn: dict[int, list[Drawn]] = defaultdict(list)
    for part in read_drawn(people, cells):
        drawn[part.person].append(part)
    result = {}
    for person_id, own in by_person(cells).items():
        found = estimate(own, drawn[person_id])
        if found is not None:
            ends = (found.interval.low, found.interval.high) if found.interval else (None, None)
            result[person_id] = (found.mean, found.n, *ends)
    return result


def _rating_rows(reviews: QuerySet[Review]) -> list[dict[str, Any]]:
    period = Case(
        When(review__draw__stratum_cases=None, then=Value("")),
        default=F("review__draw__period"),
        output_field=CharField(max_length=10),
    )
    plan = Case(
        When(review__draw__stratum_cases=None, then=Value(None)),
        default=F("review__draw__plan"),
        output_field=BigIntegerField(null=True),
    )
    place = ("cell_period", "cell_plan", "review__draw__stratum", "review__draw__stratum_cases")
    rows = (
        Rating.objects.filter(review__in=reviews, answer__isnull=False, criterion__is_bonus=False)
        .annotate(cell_period=period, cell_plan=plan)
        .values("review__reviewee_id", "criterion__key", *place)
        .annotate(n=Count("pk"), passed=Count("pk", filter=Q(answer__value__gte=F("criterion__fail_below"))))
        .order_by()
    )
    return [dict(row) for row in rows]


def criterion_results(people: People, since: date, until: date) -> dict[tuple[int, str], tuple[int, int]]:
    """(passed, n) by person id and criterion key, as seen. No rate is made of them: see `criterion_rates`.

    A bonus is never failed and is not among them. What was not asked in a review has no rating in it.
    """
    found: dict[tuple[int, str], tuple[int, int]] = {}
    for row in _rating_rows(counted_reviews(people, since, until)):
        key = (row["review__reviewee_id"], row["criterion__key"])
        passed, n = found.get(key, (0, 0))
        found[key] = (passed + row["passed"], n + row["n"])
    return found


@dataclass(frozen=True)
class CriterionRates:
    """How often criteria were passed: what was seen, and the rate of all cases with its interval."""

    counted: dict[tuple[int, str], list[Counted]]  # by person id and criterion key

    def of(self, person_id: int, key: str) -> Share | None:
        return share(self.counted.get((person_id, key), ()))

    def together(self, *keys: str) -> Share | None:
        """These criteria of everybody. The people are all of them, no sample of people, so how they differ makes it no less sure."""
        return share(one for key in keys for one in self._by_key.get(key, ()))

    @property
    def keys(self) -> set[str]:
        return set(self._by_key)

    @cached_property
    def _by_key(self) -> dict[str, list[Counted]]:
        found: dict[str, list[Counted]] = defaultdict(list)
        for (_person, key), counted in self.counted.items():
            found[key] += counted
        return dict(found)


def criterion_rates(people: People, since: date, until: date) -> CriterionRates:
    """As `criterion_results`, with the share of all cases that it stands for."""
    reviews = counted_reviews(people, since, until)
    rows = _rating_rows(reviews)
    weights: dict[Place, float] = {}
    if any(row["review__draw__stratum_cases"] is not None for row in rows):
        cells = read_cells(reviews)
        weights = weights_per_review(cells, read_drawn(people, cells))
    counted: dict[tuple[int, str], list[Counted]] = defaultdict(list)
    for row in rows:
        place = _place(row, "review__reviewee_id", "review__draw__")
        counted[place.person, row["criterion__key"]].append(
            Counted(place.person, weights.get(place, 1.0), row["passed"], row["n"])
        )
    return CriterionRates(dict(counted))


class Critical(NamedTuple):
    """How many reviews of a cell have a critical failure: of the whole review, of a section."""

    review: int
    section: int

    def plus(self, kinds: set[bool]) -> Critical:
        """With one more review, that failed something critical for the review (True), for a section (False), or both."""
        return Critical(self.review + (True in kinds), self.section + (False in kinds))


NOTHING_FAILED = Critical(0, 0)


def critical_failures(reviews: QuerySet[Review]) -> dict[tuple[date, Place], Critical]:
    """By month of publishing and cell; those without any are absent. Reads the few reviews that failed, not their ratings."""
    rows = list(
        reviews.exclude(critical_failed=[])
        .annotate(cell_period=CELL_PERIOD, cell_plan=CELL_PLAN, month=month_of_publishing())
        .values("month", "reviewee_id", "scorecard_version_id", "critical_failed", *CELL)
        .order_by()
    )
    whole = fails_the_review({row["scorecard_version_id"] for row in rows})
    found: dict[tuple[date, Place], Critical] = {}
    for row in rows:
        before = found.get(key := (row["month"], _place(row)), NOTHING_FAILED)
        found[key] = before.plus({(row["scorecard_version_id"], failed) in whole for failed in row["critical_failed"]})
    return found


def fails_the_review(versions: set[int]) -> set[tuple[int, str]]:
    """(version id, key) of the criteria that fail the whole review."""
    if not versions:
        return set()
    critical = Criterion.objects.filter(section__version__in=versions, criticality=Criterion.Criticality.REVIEW)
    return set(critical.order_by().values_list("section__version_id", "key"))


class SeenReview(NamedTuple):
    """One review that counts: when it was published (the organisation's day), where it belongs, what it found."""

    pk: int
    day: date
    period: str
    place: Place
    score: float | None
    version: int
    critical_failed: list[str]
    reviewer: int


def read_reviews(person: Person, since: date, until: date) -> list[SeenReview]:
    """The single reviews of one person: a few hundred, read once for all that a page says."""
    zone = ZoneInfo(settings.TIME_ZONE)
    rows = counted_reviews([person], since, until).order_by("published_at", "pk").values_list(
        "pk", "published_at", "score_shown", "scorecard_version_id", "critical_failed",
        "reviewer_id", "draw__period", "draw__plan_id", "draw__stratum", "draw__stratum_cases",
    )  # fmt: skip
    return [
        SeenReview(
            pk,
            at.astimezone(zone).date(),
            period,
            Place(person.pk, "", None, None) if cases is None else Place(person.pk, cycle_of(period, plan), stratum, cases),
            score,
            version,
            failed,
            reviewer,
        )
        for pk, at, score, version, failed, reviewer, period, plan, stratum, cases in rows
        if at is not None
    ]


def cells_of_reviews(reviews: Iterable[SeenReview]) -> list[Cell]:
    return cells_of((Cell(*one.place, n=0, total=0.0, squares=0.0), one.score, one.period) for one in reviews)


def failures_of_reviews(reviews: Iterable[SeenReview]) -> dict[Place, Critical]:
    """As `critical_failures`, of single reviews, whatever their month."""
    failed = [one for one in reviews if one.critical_failed]
    whole = fails_the_review({one.version for one in failed})
    found: dict[Place, Critical] = {}
    for one in failed:
        before = found.get(one.place, NOTHING_FAILED)
        found[one.place] = before.plus({(one.version, key) in whole for key in one.critical_failed})
    return found
