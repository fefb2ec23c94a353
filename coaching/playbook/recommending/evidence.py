"""What somebody's reviews say of what they need, criterion by criterion. Only conversations drawn by lot count.

As seen, one review one vote: here the question is which of several modules comes first, not how good anybody is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet

from coaching.metrics.shrinkage import LEARNING_WEEKS, MARGIN, Prior, learn_prior, probability_below, shrink
from coaching.quality.models import Rating
from coaching.quality.queries.figures import counted_reviews
from people.models import Person

LOOKED_BACK = timedelta(days=90)
LEAST_REVIEWS = 3  # in which a criterion was asked, before anything is said of it
LEAST_PEOPLE = 5  # before it is known what is usual
KEPT_SECONDS = 3600
MOST_SHOWN = 3

Key = tuple[str, str]  # of scorecard and criterion
MET = Q(answer__value__gte=F("criterion__fail_below"))


@dataclass(frozen=True)
class Missed:
    """A review in which it was missed, and when that was published."""

    review_id: int
    at: datetime


@dataclass(frozen=True)
class Need:
    """How surely somebody is weak at a criterion: `need` is P(true rate < usual − 3 points).

    `met` of `n` reviews; `estimate` with its 90 % interval is drawn towards what is usual.
    """

    key: Key
    met: int
    n: int
    usual: float
    estimate: float
    low: float
    high: float
    need: float
    missed: tuple[Missed, ...]


def needs_of(person: Person, keys: Collection[Key], today: date) -> list[Need]:
    """Of these criteria those with enough reviews and at least one miss. Three queries, and one an hour for all people."""
    counts = _counts([person], keys, today - LOOKED_BACK, today).get(person.pk, {})
    counts = {key: (met, n) for key, (met, n) in counts.items() if n >= LEAST_REVIEWS and met < n}
    if not counts:
        return []
    priors = _priors(today)
    missed = _missed(person, counts, today)
    return [_need(key, met, n, priors[key], tuple(missed[key])) for key, (met, n) in counts.items() if key in priors]


def has_reviews(person: Person, today: date) -> bool:
    return counted_reviews([person], today - LOOKED_BACK, today).exists()


def _need(key: Key, met: int, n: int, prior: Prior, missed: tuple[Missed, ...]) -> Need:
    shrunk = shrink([met], [n], prior)
    need = probability_below([met], [n], prior, prior.mean - MARGIN)
    return Need(
        key, met, n, prior.mean, float(shrunk.estimate[0]), float(shrunk.low[0]), float(shrunk.high[0]), float(need[0]), missed
    )


def _ratings(people: list[Person] | None, since: date, until: date) -> QuerySet[Rating]:
    reviews = counted_reviews(people, since, until)
    return Rating.objects.filter(review__in=reviews, answer__isnull=False, criterion__is_bonus=False).order_by()


def _counts(
    people: list[Person] | None, keys: Collection[Key] | None, since: date, until: date
) -> dict[int, dict[Key, tuple[int, int]]]:
    """(met, n) by person id and criterion."""
    ratings = _ratings(people, since, until)
    if keys is not None:
        ratings = ratings.filter(criterion__key__in={criterion for _scorecard, criterion in keys})
    rows = ratings.values_list("review__reviewee_id", "review__scorecard_version__scorecard__key", "criterion__key").annotate(
        met=Count("pk", filter=MET), n=Count("pk")
    )
    found: dict[int, dict[Key, tuple[int, int]]] = defaultdict(dict)
    for person_id, scorecard, criterion, met, n in rows:
        if keys is None or (scorecard, criterion) in keys:
            found[person_id][scorecard, criterion] = (met, n)
    return found


def _priors(today: date) -> dict[Key, Prior]:
    """What is usual, and how much people differ, from everybody's last half year; kept for an hour."""
    kept = cache.get(key := f"playbook-usual-1-{today.isoformat()}")
    if isinstance(kept, dict):
        return kept
    by_criterion: dict[Key, list[tuple[int, int]]] = defaultdict(list)
    for counts in _counts(None, None, today - timedelta(weeks=LEARNING_WEEKS), today).values():
        for criterion, pair in counts.items():
            by_criterion[criterion].append(pair)
    found = {}
    for criterion, pairs in by_criterion.items():
        prior = learn_prior(*zip(*pairs, strict=True)) if len(pairs) >= LEAST_PEOPLE else None
        if prior is not None:
            found[criterion] = prior
    cache.set(key, found, KEPT_SECONDS)
    return found


def _missed(person: Person, keys: Collection[Key], today: date) -> dict[Key, list[Missed]]:
    """The latest reviews in which each was missed."""
    rows = _ratings([person], today - LOOKED_BACK, today).exclude(MET)
    rows = rows.filter(criterion__key__in={criterion for _scorecard, criterion in keys})
    found: dict[Key, list[Missed]] = defaultdict(list)
    for scorecard, criterion, review_id, at in rows.order_by("-review__published_at", "-review_id").values_list(
        "review__scorecard_version__scorecard__key", "criterion__key", "review_id", "review__published_at"
    ):
        if len(found[scorecard, criterion]) < MOST_SHOWN and at is not None:
            found[scorecard, criterion].append(Missed(review_id, at))
    return found
