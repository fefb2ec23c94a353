"""What goes together with each criterion: satisfied customers, reopened cases. Never a cause.

Over twelve months, of reviews of conversations drawn by lot; cases where the criterion was met against cases where it was missing.
Reviews count by their inclusion probability. Ranges are Newcombe's, and widened (Bonferroni) for all comparisons of the table
before a difference is called one: with forty looked at, two would seem one by luck alone.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.cache import cache
from django.db.models import Case, Count, F, FloatField, IntegerField, Q, QuerySet, Sum, Value, When

from cms.models import Standard
from coaching.interactions.models import SurveyResponse
from coaching.quality.models import Criterion, Rating, ScorecardVersion
from coaching.quality.queries.figures import counted_reviews
from coaching.quality.scores.arithmetic import Difference, Share, Sums, difference, share_of_sums

PERIOD = timedelta(days=365)
MATURE = timedelta(days=14)  # after being resolved, before a case counts as not reopened
LEAST_IN_GROUP = 10  # reviews with an outcome where it was met, and as many where it was missing
KEPT_SECONDS = 6 * 3600

SATISFIED, REOPENED = "satisfied", "reopened"
OUTCOMES = (SATISFIED, REOPENED)


@dataclass(frozen=True)
class Outcome:
    """Cases where the criterion was missing against those where it was met. `difference` is missing minus met; None: too few."""

    met: Share | None
    missing: Share | None
    difference: Difference | None

    @property
    def n(self) -> int:
        return (self.met.n if self.met else 0) + (self.missing.n if self.missing else 0)


@dataclass(frozen=True)
class Prediction:
    key: str
    label: str
    standard: Standard | None
    satisfied: Outcome
    reopened: Outcome


@dataclass(frozen=True)
class Predictions:
    rows: list[Prediction]
    compared: int
    counted_at: datetime


Counts = dict[tuple[str, bool, bool], Sums]  # by criterion key, met, outcome


def predictions(today: date, now: datetime) -> Predictions:
    """Every criterion of published scorecards, in their order. What was counted is kept for six hours."""
    criteria: dict[str, Criterion] = {}
    asked = Criterion.objects.filter(section__version__state=ScorecardVersion.State.PUBLISHED).select_related("standard")
    for criterion in asked.order_by("section__version__scorecard__name", "section__order", "section_id", "order", "pk"):
        criteria.setdefault(criterion.key, criterion)
    counted, at = _kept(today, now)
    shares = {
        (key, outcome): tuple(
            share_of_sums(counted[outcome].get((key, met, True), Sums()), counted[outcome].get((key, met, False), Sums()))
            for met in (True, False)
        )
        for key in criteria
        for outcome in OUTCOMES
    }
    compared = sum(_enough(met, missing) for met, missing in shares.values())

    def outcome_of(key: str, outcome: str) -> Outcome:
        met, missing = shares[key, outcome]
        if met is None or missing is None or not _enough(met, missing):
            return Outcome(met, missing, None)
        return Outcome(met, missing, difference(missing, met, compared))

    rows = [
        Prediction(key, one.label, one.standard, outcome_of(key, SATISFIED), outcome_of(key, REOPENED))
        for key, one in criteria.items()
    ]
    return Predictions(rows, compared, at)


def _enough(met: Share | None, missing: Share | None) -> bool:
    return met is not None and missing is not None and min(met.n, missing.n) >= LEAST_IN_GROUP


def _kept(today: date, now: datetime) -> tuple[dict[str, Counts], datetime]:
    kept = cache.get(key := f"quality-scores-predictions-1-{today.isoformat()}")
    if isinstance(kept, tuple):
        return kept
    found = ({SATISFIED: _count_satisfied(today), REOPENED: _count_reopened(today)}, now)
    cache.set(key, found, KEPT_SECONDS)
    return found


def _ratings(today: date) -> QuerySet[Rating]:
    return Rating.objects.filter(
        review__in=counted_reviews(None, today - PERIOD, today), answer__isnull=False, criterion__is_bonus=False
    )


def _count_satisfied(today: date) -> Counts:
    """Rated cases; a case rated twice counts twice, as its customer did."""
    rated = _ratings(today).filter(review__interaction__surveys__kind=SurveyResponse.Kind.CSAT)
    return _counts(rated, Q(review__interaction__surveys__polarity=1))


def _count_reopened(today: date) -> Counts:
    """Cases resolved long enough ago to know."""
    known = _ratings(today).filter(review__interaction__resolved_on__lte=today - MATURE)
    return _counts(known, Q(review__interaction__reopens__gt=0))


def _counts(ratings: QuerySet[Rating], outcome: Q) -> Counts:
    def flag(condition: Q) -> Case:
        return Case(When(condition, then=1), default=0, output_field=IntegerField())

    weight = Value(1.0, output_field=FloatField()) / F("review__draw__inclusion")
    rows = (
        ratings.annotate(met=flag(Q(answer__value__gte=F("criterion__fail_below"))), outcome=flag(outcome))
        .values("criterion__key", "met", "outcome")
        .annotate(
            n=Count("pk"),
            known=Count("review__draw__inclusion"),
            weight=Sum(weight, output_field=FloatField()),
            squares=Sum(weight * weight, output_field=FloatField()),
        )
        .order_by()
    )
    found: Counts = defaultdict(Sums)
    for row in rows:
        found[row["criterion__key"], bool(row["met"]), bool(row["outcome"])] = Sums(
            row["n"], row["known"], row["weight"] or 0.0, row["squares"] or 0.0
        )
    return dict(found)
