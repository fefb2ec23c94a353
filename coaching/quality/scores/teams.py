"""A team's score by calendar month, and all teams'.

Who is in a team is as of today, in every month: the page answers for the people one works with now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import md5

from django.core.cache import cache

from coaching.quality.queries.figures import (
    Critical,
    Place,
    by_person,
    counted_reviews,
    critical_failures,
    read_cells,
    read_drawn,
    read_monthly_cells,
)
from coaching.quality.scores.arithmetic import (
    LEAST_FOR_TEAM,
    Cell,
    Drawn,
    Estimate,
    Share,
    Spreads,
    estimate_of_team,
    weigh,
)
from coaching.quality.scores.queries import (
    KEPT_SECONDS,
    TREND_MONTHS,
    company_of,
    critical_shares,
    drawn_by_person,
    last_day,
    month_before,
    point,
)
from people.models import Membership, Person, Role, Team


@dataclass(frozen=True)
class TeamMonth:
    """One calendar month of a team: all its cases by what the reviews say."""

    month: date
    n: int
    reviewed: int  # people with a review
    people: int
    estimate: Estimate | None
    critical: Share | None
    section_critical: Share | None


def reps_of(teams: Iterable[Team], today: date) -> list[Person]:
    """Who handles cases in these teams today, by name."""
    members = Person.objects.active().in_teams(Team.objects.at_or_below(teams), today)
    return list(members.filter(role_grants__role=Role.REP).order_by("display_name", "pk"))


def team_months(people: Sequence[Person], today: date) -> list[TeamMonth]:
    """The last six calendar months, the last one up to today. Those before the last whole one are kept for an hour."""
    months = [month_before(today, back) for back in reversed(range(TREND_MONTHS))]
    settled, moving = months[:-2], months[-2:]
    who = md5(",".join(str(pk) for pk in sorted(one.pk for one in people)).encode(), usedforsecurity=False).hexdigest()
    kept = cache.get(key := f"quality-scores-months-1-{today.isoformat()}-{who}")
    if not isinstance(kept, list):
        kept = _read_months(people, settled, last_day(settled[-1]), today)
        cache.set(key, kept, KEPT_SECONDS)
    return [*kept, *_read_months(people, moving, today, today)]


def _read_months(people: Sequence[Person], months: Sequence[date], until: date, today: date) -> list[TeamMonth]:
    company = company_of(today)
    reviews = counted_reviews(people, months[0], until)
    monthly = read_monthly_cells(reviews)
    drawn = read_drawn(people, [cell for found in monthly.values() for cell in found])
    failed = critical_failures(reviews)
    return [_team_month(month, monthly.get(month, []), drawn, failed, len(people), company.spread) for month in months]


def _team_month(
    month: date,
    cells: list[Cell],
    drawn: list[Drawn],
    failed: dict[tuple[date, Place], Critical],
    people: int,
    spread: Spreads | None,
) -> TeamMonth:
    periods = {cell.period for cell in cells}
    weighted = weigh(cells, [part for part in drawn if part.period in periods])
    found = estimate_of_team(weighted, people=people, spread=spread)
    reviewed = len({cell.person for cell in cells if cell.n})
    of_month = {place: counts for (when, place), counts in failed.items() if when == month}
    critical, section = critical_shares(weighted, of_month, clustered=reviewed < people)
    shown = point(month, found, LEAST_FOR_TEAM)
    return TeamMonth(month, shown.n, reviewed, people, shown.estimate, critical, section)


@dataclass(frozen=True)
class TeamRow:
    team: Team | None  # None: the whole company
    depth: int
    month: TeamMonth


def all_teams(month: date, today: date) -> list[TeamRow]:
    """The company and each team with people, in the order of the tree, in one calendar month."""
    company = company_of(today)
    until = min(last_day(month), today)
    reviews = counted_reviews(None, month, until)
    cells = by_person(read_cells(reviews))
    drawn = drawn_by_person(read_drawn(None, [cell for found in cells.values() for cell in found]))
    failed = critical_failures(reviews)
    members: dict[int, list[int]] = defaultdict(list)
    reps = Membership.objects.on(today).filter(kind=Membership.Kind.MEMBER, person__role_grants__role=Role.REP)
    for person_id, team_id in reps.filter(person__is_active=True).values_list("person_id", "team_id"):
        members[team_id].append(person_id)
    teams = list(Team.objects.order_by("path"))

    def row(team: Team | None) -> TeamRow:
        below = [one for one in teams if team is None or one.path.startswith(team.path)]
        people = [pk for one in below for pk in members[one.pk]]
        inside = [cell for pk in people for cell in cells.get(pk, [])]
        parts = [part for pk in people for part in drawn.get(pk, [])]
        wanted = set(people)
        own = {key: counts for key, counts in failed.items() if key[1].person in wanted}
        depth = team.path.count("/") - 2 if team else 0
        return TeamRow(team, depth, _team_month(month, inside, parts, own, len(people), company.spread))

    rows = [row(None), *(row(team) for team in teams)]
    return [one for one in rows if one.month.people]
