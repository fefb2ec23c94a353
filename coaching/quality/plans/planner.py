"""How many reviews are worth what, in this organisation: its own spreads, where there are enough reviews to know them.

Source: reference "Quality assurance and coaching", section 3.3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import fsum, sqrt
from statistics import median

from coaching.quality.models import Review, ReviewDraw
from coaching.quality.plans import population
from coaching.quality.plans.cycles import cycles_per_month
from coaching.quality.plans.drawing import day_of
from coaching.quality.plans.rules import Amount, Rules
from coaching.quality.sampling import Plan, plan, reviews_for
from coaching.quality.severity import Refusal, severity

LOOK_BACK = timedelta(days=365)
REVIEWS_TO_ESTIMATE = 50
PEOPLE_TO_ESTIMATE = 5
LONGEST_SITTING = timedelta(hours=2)  # from begin to publishing; longer means that somebody was called away
SITTINGS_TO_KNOW = 10
USUAL_CASE, USUAL_REVIEWER, USUAL_REP = 12.0, 5.0, 5.0  # points; the reference's, for who has too few reviews of their own
ROWS = (2, 4, 5, 8, 10, 15, 20, 30)


class Origin(StrEnum):
    OWN = "own"  # from this organisation's reviews
    USUAL = "usual"  # the reference's


@dataclass(frozen=True)
class Spread:
    """A standard deviation in points, and where it is from."""

    points: float
    origin: Origin

    @property
    def is_own(self) -> bool:
        return self.origin == Origin.OWN


@dataclass(frozen=True)
class Spreads:
    """`reviews` is how many of the last twelve months were looked at."""

    case: Spread
    reviewer: Spread
    rep: Spread
    reviews: int
    reviewers_apart: bool  # nobody reviews the same people, so how strict each is cannot be told


def spreads_of(scores: Sequence[tuple[int, int, float]]) -> Spreads:
    """The spreads from (rep, reviewer, score); the reference's where there are too few reviews."""
    usual = Spread(USUAL_CASE, Origin.USUAL), Spread(USUAL_REVIEWER, Origin.USUAL), Spread(USUAL_REP, Origin.USUAL)
    if len(scores) < REVIEWS_TO_ESTIMATE or len({row[0] for row in scores}) < PEOPLE_TO_ESTIMATE:
        return Spreads(*usual, len(scores), False)
    model = severity(scores)
    if not isinstance(model, Refusal):
        own = model.variances
        case, reviewer, rep = (Spread(sqrt(part), Origin.OWN) for part in (own.case, own.reviewer, own.rep))
        return Spreads(case, reviewer, rep, len(scores), False)
    within, between = _plain(scores)
    if within is None:
        return Spreads(*usual, len(scores), model == Refusal.APART)
    return Spreads(Spread(within, Origin.OWN), usual[1], Spread(between, Origin.OWN), len(scores), model == Refusal.APART)


def _plain(scores: Sequence[tuple[int, int, float]]) -> tuple[float | None, float]:
    """Standard deviations within and between reps, by one-way analysis of variance; None where no rep has two reviews.

    Source: Searle, Casella and McCulloch 1992, "Variance Components", chapter 3 (unequal numbers).
    """
    of_rep: dict[int, list[float]] = defaultdict(list)
    for rep, _reviewer, score in scores:
        of_rep[rep].append(score)
    n, k = len(scores), len(of_rep)
    if n <= k:
        return None, 0.0
    means = {rep: fsum(values) / len(values) for rep, values in of_rep.items()}
    whole = fsum(score for _rep, _reviewer, score in scores) / n
    within = fsum((score - means[rep]) ** 2 for rep, _reviewer, score in scores) / (n - k)
    among = fsum(len(values) * (means[rep] - whole) ** 2 for rep, values in of_rep.items()) / (k - 1)
    usual_size = (n - fsum(len(values) ** 2 for values in of_rep.values()) / n) / (k - 1)
    return sqrt(within), sqrt(max(0.0, (among - within) / usual_size))


def scores_by_lot(now: datetime) -> list[tuple[int, int, float]]:
    """(rep, reviewer, score) of the last twelve months' published reviews of conversations that were drawn by lot."""
    reviews = Review.objects.filter(
        state=Review.State.PUBLISHED,
        draw__method=ReviewDraw.Method.RANDOM,
        score_shown__isnull=False,
        published_at__gte=now - LOOK_BACK,
        published_at__lte=now,
    )
    rows = reviews.order_by("pk").values_list("reviewee_id", "reviewer_id", "score_shown")
    return [(rep, reviewer, score) for rep, reviewer, score in rows if score is not None]


def minutes_per_review(now: datetime) -> float | None:
    """The median time of a review in the last twelve months; None where too few are known.

    That of the review's own clock, which stops while something else is done, where one ran; else from begin to publishing, of
    reviews done in one sitting.
    """
    times = Review.objects.filter(
        published_at__isnull=False, corrects=None, published_at__gte=now - LOOK_BACK, published_at__lte=now
    ).values_list("review_seconds", "started_at", "published_at")
    found = []
    for clock, start, end in times:
        if clock:
            found.append(float(clock))
        elif end is not None and timedelta(0) < end - start <= LONGEST_SITTING:
            found.append((end - start).total_seconds())
    return median(found) / 60 if len(found) >= SITTINGS_TO_KNOW else None


@dataclass(frozen=True)
class Answer:
    """What the planner says. `needed` None: no number of reviews reaches the margin. Hours are per reviewer and month."""

    spreads: Spreads
    margin: float
    needed: int | None
    needed_uncorrected: int | None
    rows: list[Plan]
    people: int
    reviewers: int
    minutes: float | None
    now_per_month: float | None  # what the plan draws of each person; None where it is a share of what there is

    @property
    def hours_each(self) -> float | None:
        if self.minutes is None or self.needed is None or not self.reviewers:
            return None
        return self.needed * self.people * self.minutes / 60 / self.reviewers


def answer(rules: Rules, margin: float, now: datetime, minutes: float | None = None) -> Answer:
    """For a wanted margin in points, above 0, with the people and reviewers of a plan; `minutes`: for a review, if not as so far."""
    spreads = spreads_of(scores_by_lot(now))
    today = day_of(rules, now)
    case, reviewer, rep = spreads.case.points, spreads.reviewer.points, spreads.rep.points
    needed = reviews_for(margin, case_sd=case)
    fixed = rules.number * cycles_per_month(rules.rhythm) if rules.amount == Amount.NUMBER else None
    counts = {*ROWS, *([needed] if needed else []), *([round(fixed)] if fixed else [])}
    return Answer(
        spreads=spreads,
        margin=margin,
        needed=needed,
        needed_uncorrected=reviews_for(margin, case_sd=case, reviewer_sd=reviewer),
        rows=[plan(n, case_sd=case, reviewer_sd=reviewer, rep_sd=rep) for n in sorted(counts)],
        people=population.reviewees_of(rules, today).count(),
        reviewers=population.reviewers_of(rules).count(),
        minutes=minutes or minutes_per_review(now),
        now_per_month=fixed,
    )
