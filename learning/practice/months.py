"""Closing a month: its answers are summed once, team by team, in sums that name nobody.

Why not simply count when the page is asked for: whoever reads a figure today and again tomorrow reads the difference
too, and that is one person's answers. So a figure is a sum of whole atoms (a closed month, one team, one set of standards),
each of at least five people; any difference of such sums is one as well.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Min, QuerySet

from learning.practice.models import ClosedMonth, PracticeAnswer, TeamMonth
from people.audit import record
from people.models import Membership

FEWEST_PEOPLE = 5
# Of an atom's answers one person gave at most half: else its figure would be theirs.
MOST_OF_ONE = 0.5
# No clock on earth is further than a day behind UTC; a second day is for answers on their way.
GRACE = timedelta(days=2)


def close_months(*, now: datetime) -> int:
    """Sum every month that is over and not closed yet, from the first one with answers on; how many were closed."""
    first = PracticeAnswer.objects.aggregate(first=Min("on"))["first"]
    last_closed = ClosedMonth.objects.order_by("-first_day").first()
    if last_closed is not None:
        first = _next(last_closed.first_day)
    closed = 0
    while first is not None and _next(first) <= (now - GRACE).date():
        _close(first.replace(day=1), now)
        first, closed = _next(first), closed + 1
    return closed


@transaction.atomic
def _close(first_day: date, now: datetime) -> None:
    month, new = ClosedMonth.objects.get_or_create(first_day=first_day, defaults={"closed_at": now})
    if not new:
        return
    TeamMonth.objects.bulk_create(_atoms(month, first_day, _next(first_day)))
    record(actor=None, verb="practice.close_month", target=month, now=now)


def _atoms(month: ClosedMonth, first_day: date, after: date) -> Iterable[TeamMonth]:
    """By the team somebody was in on the day of the answer."""
    teams = _teams_between(first_day, after)
    given: dict[tuple[int, tuple[int, ...]], Counter[int]] = defaultdict(Counter)
    right: Counter[tuple[int, tuple[int, ...]]] = Counter()
    answers = PracticeAnswer.objects.filter(on__gte=first_day, on__lt=after, shared=False)
    rows = answers.order_by().values_list("pk", "card__person_id", "on", "rating")
    standards = _standards_of(answers)
    for pk, person_id, on, rating in rows.iterator():
        team_id = next((team for team, starts, ends in teams[person_id] if starts <= on and (ends is None or on < ends)), None)
        if team_id is None or pk not in standards:
            continue
        atom = (team_id, tuple(sorted(standards[pk])))
        given[atom][person_id] += 1
        right[atom] += rating != PracticeAnswer.Rating.AGAIN
    for (team_id, taught), people in sorted(given.items()):
        total = people.total()
        enough = len(people) >= FEWEST_PEOPLE and max(people.values()) <= MOST_OF_ONE * total
        numbers = {"people": len(people), "answered": total, "right": right[team_id, taught]} if enough else {}
        yield TeamMonth(month=month, team_id=team_id, standards=list(taught), **numbers)


def _teams_between(first_day: date, after: date) -> dict[int, list[tuple[int, date, date | None]]]:
    rows = Membership.objects.filter(kind=Membership.Kind.MEMBER, starts_on__lt=after).exclude(ends_on__lte=first_day)
    teams: dict[int, list[tuple[int, date, date | None]]] = defaultdict(list)
    for person_id, team_id, starts, ends in rows.order_by("starts_on").values_list(
        "person_id", "team_id", "starts_on", "ends_on"
    ):
        teams[person_id].append((team_id, starts, ends))
    return teams


def _standards_of(answers: QuerySet[PracticeAnswer]) -> dict[int, list[int]]:
    through = PracticeAnswer.standards.through
    rows = through._default_manager.filter(practiceanswer__in=answers).values_list("practiceanswer_id", "standard_id")
    found: dict[int, list[int]] = defaultdict(list)
    for answer_id, standard_id in rows.iterator():
        found[answer_id].append(standard_id)
    return found


def _next(day: date) -> date:
    """The first day of the month after."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
