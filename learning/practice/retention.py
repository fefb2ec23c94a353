"""How much is remembered, by standard: of teams from closed sums, of one person from what they share."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cms.models import Standard
from foundation.statistics import Interval, wilson
from learning.practice.models import ClosedMonth, PracticeAnswer, TeamMonth
from people.models import Person, Team

PERSON_DAYS = 90


@dataclass(frozen=True)
class Retained:
    """Of a standard: `right` of `n` answers. `n` 0: too few people to show, so nothing is said."""

    standard: Standard
    right: int = 0
    n: int = 0

    @property
    def rate(self) -> float | None:
        return self.right / self.n if self.n else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.right, self.n)


def closed_months() -> list[ClosedMonth]:
    """The newest first."""
    return list(ClosedMonth.objects.order_by("-first_day")[:24])


def retained_by_teams(teams: Iterable[Team], month: ClosedMonth) -> list[Retained]:
    """By standard, the sum of these teams' atoms of that month. What has too few people is left out of every sum."""
    right: Counter[int] = Counter()
    answered: Counter[int] = Counter()
    met: set[int] = set()
    for atom in TeamMonth.objects.filter(month=month, team__in=list(teams)):
        met.update(atom.standards)
        for standard_id in atom.standards:
            right[standard_id] += atom.right
            answered[standard_id] += atom.answered
    standards = Standard.objects.published().filter(pk__in=met).order_by("title")
    return [Retained(standard, right[standard.pk], answered[standard.pk]) for standard in standards]


def retained_by_person(person: Person, today: date) -> list[Retained]:
    """By standard, what this person answered in the last 90 days while they shared."""
    since = today - timedelta(days=PERSON_DAYS)
    answers = PracticeAnswer.objects.filter(card__person=person, shared=True, on__gt=since).prefetch_related("standards")
    given: dict[Standard, list[bool]] = defaultdict(list)
    for answer in answers:
        for standard in answer.standards.all():
            if standard.live:
                given[standard].append(answer.right)
    rows: Sequence[Retained] = [Retained(standard, sum(rights), len(rights)) for standard, rights in given.items()]
    return sorted(rows, key=lambda row: row.standard.title)
