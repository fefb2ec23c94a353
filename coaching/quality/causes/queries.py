"""How often each root cause was named: by answers, by reviews, and as a share of all conversations.

Causes count together over versions by the key of their criterion and their own path; a cause counts for every one above it, once for
an answer and once for a review. All published reviews count, whatever they were drawn for; the share is of those drawn by lot alone,
each for as many cases as it stands for (`coaching.quality.scores.arithmetic`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from coaching.quality.models import Criterion, RatingCause, Review, ReviewDraw, RootCause
from coaching.quality.queries.figures import Place, counted_reviews, cycle_of, read_cells, read_drawn, weights_per_review
from coaching.quality.queries.lists import day_range, standing_reviews
from coaching.quality.scores.arithmetic import Share, Sums, share_of_sums
from people.models import Person

CRITICAL = ~Q(rating__criterion__criticality=Criterion.Criticality.NONE)


@dataclass(frozen=True)
class CauseCount:
    """`answers` and `reviews` that named it or one below it; `share` of the conversations drawn by lot, None without such reviews."""

    key: str
    path: tuple[str, ...]  # labels from the top down to it, as they are called today
    answers: int
    reviews: int
    share: Share | None

    @property
    def label(self) -> str:
        return self.path[-1]

    @property
    def level(self) -> int:
        """1 at the top."""
        return len(self.path)


@dataclass(frozen=True)
class CriterionCauses:
    """The causes named for one criterion, those above before those below, the most often named first; `answers` named any."""

    key: str
    label: str
    is_critical: bool
    answers: int
    causes: list[CauseCount]


@dataclass(frozen=True)
class Causes:
    """`by_lot` reviews of the time were drawn by lot, of `reviews` in all."""

    critical: list[CriterionCauses]
    others: list[CriterionCauses]
    by_lot: int
    reviews: int

    @property
    def criteria(self) -> list[CriterionCauses]:
        return [*self.critical, *self.others]


class _Named(NamedTuple):
    rating: int
    review: int
    place: Place | None  # None: not drawn by lot


Counted = dict[tuple[str, bool], dict[str, list[_Named]]]  # by criterion key and whether it is critical, then by cause key


def reviews_between(people: Sequence[Person], since: date, until: date) -> QuerySet[Review]:
    """Published reviews of these people in these days, whatever they were drawn for."""
    start, end = day_range(since, until)
    return standing_reviews().filter(reviewee__in=people, published_at__gte=start, published_at__lt=end)


def causes_named(people: Sequence[Person], since: date, until: date) -> Causes:
    """Which causes the reviews of these people name, published in these days. Six reads, however many there are."""
    reviews = reviews_between(people, since, until)
    cells = read_cells(counted_reviews(people, since, until))
    weights = weights_per_review(cells, read_drawn(people, cells))
    whole = _sums(
        (weights[Place(cell.person, cell.period, cell.stratum, cell.cases)], cell.reviews) for cell in cells if cell.reviews
    )
    named = _named(reviews)
    labels = _labels({key for key, _critical in named})
    names = _criterion_labels({key for key, _critical in named})
    found = [_criterion(key, names, critical, causes, labels, weights, whole) for (key, critical), causes in named.items()]
    found.sort(key=lambda one: (-one.answers, one.label, one.key))
    return Causes(
        [one for one in found if one.is_critical],
        [one for one in found if not one.is_critical],
        whole.n,
        reviews.count(),
    )


def _named(reviews: QuerySet[Review]) -> Counted:
    rows = (
        RatingCause.objects.filter(rating__review__in=reviews)
        .order_by()
        .values_list(
            "rating_id", "rating__review_id", "rating__criterion__key", "rating__criterion__criticality", "cause__key",
            "rating__review__reviewee_id", "rating__review__draw__method", "rating__review__draw__period",
            "rating__review__draw__plan_id", "rating__review__draw__stratum", "rating__review__draw__stratum_cases",
        )
    )  # fmt: skip
    found: Counted = defaultdict(lambda: defaultdict(list))
    for rating, review, criterion, criticality, cause, person, method, period, plan, stratum, cases in rows:
        place = None
        if method == ReviewDraw.Method.RANDOM:
            place = Place(person, "", None, None) if cases is None else Place(person, cycle_of(period, plan), stratum, cases)
        of_criterion = found[criterion, criticality != Criterion.Criticality.NONE]
        steps = cause.split("/")
        for level in range(1, len(steps) + 1):
            of_criterion["/".join(steps[:level])].append(_Named(rating, review, place))
    return found


def _labels(criteria: Iterable[str]) -> dict[tuple[str, str], str]:
    """By the keys of criterion and cause, as the newest version calls it."""
    rows = RootCause.objects.filter(criterion__key__in=list(criteria)).order_by("pk")
    return {(criterion, key): label for criterion, key, label in rows.values_list("criterion__key", "key", "label")}


def _criterion_labels(criteria: Iterable[str]) -> dict[str, str]:
    return dict(Criterion.objects.filter(key__in=list(criteria)).order_by("pk").values_list("key", "label"))


def _sums(rows: Iterable[tuple[float, int]]) -> Sums:
    """Of (weight, how many reviews weigh so)."""
    rows = list(rows)
    n = sum(of for _weight, of in rows)
    return Sums(n, n, sum(weight * of for weight, of in rows), sum(weight * weight * of for weight, of in rows))


def _criterion(
    key: str,
    names: dict[str, str],
    is_critical: bool,
    causes: dict[str, list[_Named]],
    labels: dict[tuple[str, str], str],
    weights: dict[Place, float],
    whole: Sums,
) -> CriterionCauses:
    answers = {cause: len({one.rating for one in named}) for cause, named in causes.items()}

    def place_in_tree(cause: str) -> tuple[tuple[int, str], ...]:
        """Below the one above it, the most often named of those side by side first."""
        steps = cause.split("/")
        return tuple((-answers["/".join(steps[:level])], steps[level - 1]) for level in range(1, len(steps) + 1))

    rows = []
    for cause in sorted(causes, key=place_in_tree):
        steps = cause.split("/")
        path = tuple(labels.get((key, "/".join(steps[: n + 1])), steps[n]) for n in range(len(steps)))
        places = {one.review: one.place for one in causes[cause]}
        by_lot = _sums((weights.get(place, 1.0), 1) for place in places.values() if place is not None)
        rows.append(CauseCount(cause, path, answers[cause], len(places), _share(by_lot, whole)))
    named = {one.rating for found in causes.values() for one in found}
    return CriterionCauses(key, names.get(key, key), is_critical, len(named), rows)


def _share(part: Sums, whole: Sums) -> Share | None:
    rest = Sums(whole.n - part.n, whole.n - part.n, max(0.0, whole.weight - part.weight), max(0.0, whole.squares - part.squares))
    return share_of_sums(part, rest)


def reviews_that_name(reviews: QuerySet[Review], criterion: str, cause: str, *, is_critical: bool) -> QuerySet[Review]:
    """Those of these reviews with an answer to this criterion that names this cause or one below it."""
    below = Q(cause__key=cause) | Q(cause__key__startswith=f"{cause}/")
    named = RatingCause.objects.filter(below, rating__review=OuterRef("pk"), rating__criterion__key=criterion)
    return reviews.filter(Exists(named.filter(CRITICAL if is_critical else ~CRITICAL)))


def path_of(criterion: str, cause: str) -> list[str]:
    """The labels of the criterion and of the causes from the top down to this one; empty where there is no such cause."""
    labels = _labels([criterion])
    if (criterion, cause) not in labels:
        return []
    steps = cause.split("/")
    above = [labels.get((criterion, "/".join(steps[: n + 1])), steps[n]) for n in range(len(steps))]
    return [_criterion_labels([criterion]).get(criterion, criterion), *above]
