"""People's scores as the pages show them: three months up to today, and what everybody's reviews tell about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.core.cache import cache

from coaching.quality.models import ReviewDraw
from coaching.quality.queries.figures import (
    NOTHING_FAILED,
    Critical,
    Place,
    SeenReview,
    by_person,
    cells_of_reviews,
    counted_reviews,
    critical_failures,
    failures_of_reviews,
    read_cells,
    read_drawn,
    read_reviews,
)
from coaching.quality.scores.adjusting import Adjusted, Reason, adjusted_score
from coaching.quality.scores.arithmetic import (
    LEAST_DEGREES,
    LEAST_FOR_PERSON,
    Cell,
    Counted,
    Drawn,
    Estimate,
    Prior,
    Share,
    Shrunk,
    Spreads,
    Weighted,
    apart_from_others,
    estimate,
    estimate_of,
    prior,
    share,
    shrink,
    spreads,
    weigh,
)
from coaching.quality.scores.coverage import Spoken, Unspoken, unspoken_of
from coaching.quality.severity import Refusal
from people.models import Membership, Person, Team

ROLLING = timedelta(days=90)  # with today, thirteen weeks
TREND_MONTHS = 6
KEPT_SECONDS = 3600


def rolling_since(today: date) -> date:
    return today - ROLLING


def month_before(month: date, back: int = 1) -> date:
    """The first day of the month so many months before that of `month`."""
    number = month.year * 12 + month.month - 1 - back
    return date(number // 12, number % 12 + 1, 1)


def last_day(month: date) -> date:
    return month_before(month, -1) - timedelta(days=1)


# --- What everybody's reviews tell -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Company:
    """From everybody's last three months: how much cases differ, and what a person's figure is drawn towards."""

    spread: Spreads | None
    prior: Prior | None


def company_of(today: date) -> Company:
    """Kept for an hour: it moves slowly, and reading everybody's reviews takes longer than a page may."""
    kept = cache.get(key := f"quality-scores-company-1-{today.isoformat()}")
    if isinstance(kept, Company):
        return kept
    found = _read_company(today)
    cache.set(key, found, KEPT_SECONDS)
    return found


def _read_company(today: date) -> Company:
    cells = read_cells(counted_reviews(None, rolling_since(today), today))
    found = spreads(cells)
    spread = found if found and found.degrees >= LEAST_DEGREES else None
    teams = teams_of_people(today)
    people = []
    for person_id, own in by_person(cells).items():
        one = estimate(own, spread=spread)
        if one and one.n >= LEAST_FOR_PERSON and one.variance is not None:
            people.append((teams.get(person_id), one.mean, one.variance))
    return Company(spread, prior(people))


def teams_of_people(today: date) -> dict[int, int]:
    members = Membership.objects.on(today).filter(kind=Membership.Kind.MEMBER)
    return dict(members.order_by("starts_on").values_list("person_id", "team_id"))


# --- People ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class PersonScore:
    """Three months of one person. `enough` says whether a figure may be shown at all."""

    person: Person
    own: Estimate | None
    shrunk: Shrunk | None
    critical: Share | None
    section_critical: Share | None
    team: Team | None  # whose mean was borrowed from; None: the company's
    known: Spoken
    side: int = 0  # 1 above the others of the list, -1 below, 0: not told apart
    unspoken: Unspoken | None = None  # what the score does not speak for; None where it is not known, or not looked for

    @property
    def n(self) -> int:
        return self.own.n if self.own else 0

    @property
    def enough(self) -> bool:
        return self.own is not None and self.own.n >= LEAST_FOR_PERSON and self.own.interval is not None


@dataclass(frozen=True)
class Point:
    """A score of the three months up to the end of one (neighbours share reviews). `estimate` is None where there is none, or too little for one."""

    month: date
    n: int
    estimate: Estimate | None


def person_scores(people: Sequence[Person], today: date) -> list[PersonScore]:
    """Of these people, in their order, with who can be told apart from the others."""
    company = company_of(today)
    reviews = counted_reviews(people, rolling_since(today), today)
    cells = read_cells(reviews)
    own, drawn = by_person(cells), drawn_by_person(read_drawn(people, cells))
    failed = _whole_time(critical_failures(reviews))
    members = teams_of_people_in(people, today)
    scores = [
        _score_of(person, own.get(person.pk, []), drawn[person.pk], failed, members.get(person.pk), company) for person in people
    ]
    sides = apart_from_others({one.person.pk: one.own for one in scores if one.own and one.enough})
    return [replace(one, side=sides.get(one.person.pk, 0)) for one in scores]


def with_unspoken(scores: Iterable[PersonScore], today: date) -> list[PersonScore]:
    """These scores with what each does not speak for; for as many people as one page or file shows. One read."""
    scores = list(scores)
    known = {one.person.pk: one.known for one in scores if one.enough}
    found = unspoken_of(known, rolling_since(today), today) if known else {}
    return [replace(one, unspoken=found.get(one.person.pk)) for one in scores]


def _score_of(
    person: Person, cells: list[Cell], drawn: list[Drawn], failed: dict[Place, Critical], team: Team | None, company: Company
) -> PersonScore:
    weighted = weigh(cells, drawn)
    one = estimate_of(weighted, company.spread)
    shrunk = shrink(one, company.prior, team.pk if team else None) if one else None
    of_team = team if team and company.prior and company.prior.group_of(team.pk) == team.pk else None
    critical, section = critical_shares(weighted, failed)
    return PersonScore(person, one, shrunk, critical, section, of_team, Spoken(cells, drawn))


@dataclass(frozen=True)
class PersonPage:
    """All that a person's page says, from one reading of their reviews; `counted` are those of the three months."""

    score: PersonScore
    trend: list[Point]
    counted: list[SeenReview]
    drawn: list[Drawn]
    adjusted: Adjusted | Reason | Refusal | None  # None where there are too few reviews for a score


def person_page(person: Person, today: date) -> PersonPage:
    company = company_of(today)
    since, months = rolling_since(today), [month_before(today, back) for back in reversed(range(TREND_MONTHS))]
    reviews = read_reviews(person, month_before(months[0], 2), today)
    drawn = read_drawn([person], cells_of_reviews(reviews))
    counted = [one for one in reviews if one.day >= since]
    team = teams_of_people_in([person], today).get(person.pk)
    score = _score_of(person, cells_of_reviews(counted), drawn, failures_of_reviews(counted), team, company)
    trend = []
    for month in months:
        first, last = month_before(month, 2), last_day(month)
        cells = cells_of_reviews(one for one in reviews if first <= one.day <= last)
        trend.append(point(month, estimate(cells, drawn, company.spread), LEAST_FOR_PERSON))
    [score] = with_unspoken([score], today)
    adjusted = adjusted_score(counted, drawn, company.spread) if score.enough else None
    return PersonPage(score, trend, counted, drawn, adjusted)


def teams_of_people_in(people: Iterable[Person], today: date) -> dict[int, Team]:
    members = Membership.objects.on(today).filter(kind=Membership.Kind.MEMBER, person__in=people).select_related("team")
    return {member.person_id: member.team for member in members}


def drawn_by_person(drawn: Iterable[Drawn]) -> dict[int, list[Drawn]]:
    found: dict[int, list[Drawn]] = defaultdict(list)
    for part in drawn:
        found[part.person].append(part)
    return found


def _whole_time(failed: dict[tuple[date, Place], Critical]) -> dict[Place, Critical]:
    found: dict[Place, Critical] = {}
    for (_month, place), counts in failed.items():
        before = found.get(place, NOTHING_FAILED)
        found[place] = Critical(before.review + counts.review, before.section + counts.section)
    return found


def critical_shares(
    weighted: Weighted, failed: dict[Place, Critical], *, clustered: bool = False
) -> tuple[Share | None, Share | None]:
    """Share of cases with a failure that is critical for the review, and with one critical for a section."""
    rows: dict[tuple[int, float], list[int]] = {}
    for cell, cases in weighted:
        row = rows.setdefault((cell.person, cases / cell.reviews), [0, 0, 0])
        row[0] += cell.reviews
        if failed and (found := failed.get(Place(cell.person, cell.period, cell.stratum, cell.cases))):
            row[1] += found.review
            row[2] += found.section
    review, section = (
        share((Counted(person, weight, row[kind], row[0]) for (person, weight), row in rows.items()), clustered=clustered)
        for kind in (1, 2)
    )
    return review, section


def point(month: date, found: Estimate | None, least: int) -> Point:
    n = found.n if found else 0
    return Point(month, n, found if found and found.interval and n >= least else None)


def waiting_for_review(person: Person) -> int:
    """Conversations of this person drawn by lot that nobody has reviewed yet."""
    return ReviewDraw.objects.filter(reviewee=person, method=ReviewDraw.Method.RANDOM, state__in=ReviewDraw.OPEN_STATES).count()
