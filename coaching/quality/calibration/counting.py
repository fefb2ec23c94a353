"""Counts how far reviewers agree and how strict each is, and stores it: pages only read what stands here.

What a reviewer answered is taken as they first answered it: a review that was corrected after a dispute counts with the answers it had
before, and one that was withdrawn for another reason not at all. Blind scorings count once their session's scoring is over, so that no
figure tells of answers that nobody may see yet.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Avg, Count, Exists, F, OuterRef, Q, QuerySet

from coaching.quality.agreement import RESAMPLES, Agreement, Level, Measure, agreement
from coaching.quality.calibration.days import months_before, next_quarter, quarters_up_to
from coaching.quality.days import local_day
from coaching.quality.models import (
    AgreementSummary,
    BlindRating,
    BlindScoring,
    CalibrationSession,
    Criterion,
    Rating,
    Review,
    ReviewDraw,
    ReviewerSeverity,
    Scorecard,
    SeveritySummary,
)
from coaching.quality.queries.lists import day_range
from coaching.quality.severity import Refusal, severity
from people.models import Membership

NA = -1.0  # "does not apply" as an answer beside those worth 0 to 1
QUARTERS_KEPT = 4  # back from the current one; those before the last are counted once
MONTHS = (6, 12)
MOST_CELLS = 20_000_000  # of draws by cases, held in memory at once
FEWEST_RESAMPLES = 400


def as_first_scored() -> QuerySet[Review]:
    """Reviews with the answers their reviewer gave: those that stand and correct nothing, and those that a correction replaced.

    Not what was withdrawn after its correction, and nothing imported: how another system asked, and who saw whose answers, is unknown.
    """
    stands = Q(state=Review.State.PUBLISHED) | Q(correction__state=Review.State.PUBLISHED)
    found = Review.objects.filter(stands | Q(correction__correction__isnull=False), corrects=None)
    return found.exclude(draw__method=ReviewDraw.Method.IMPORTED)


def readable_scorings() -> QuerySet[BlindScoring]:
    """Submitted blind scorings that are no secret any more."""
    over = Q(item__session__state__in=CalibrationSession.OPENED) | Q(grader_review__isnull=False)
    return BlindScoring.objects.filter(over, state=BlindScoring.State.SUBMITTED)


@dataclass(frozen=True)
class Reading:
    """One answer of one person about one conversation; `value` None: does not apply."""

    interaction: int
    scorer: int
    key: str
    value: float | None
    fail_below: float
    is_bonus: bool = False


def doubled_readings(scorecard: Scorecard, quarter: date) -> list[Reading]:
    """Every answer of conversations scored by two people or more, of which one scored in this quarter; nothing after its end.

    Whoever scored a conversation twice counts with the first reading.
    """
    start, end = day_range(quarter, next_quarter(quarter) - timedelta(days=1))
    reviews = as_first_scored().filter(scorecard_version__scorecard=scorecard, published_at__lt=end)
    scorings = readable_scorings().filter(scorecard_version__scorecard=scorecard, submitted_at__lt=end)
    other = reviews.filter(interaction=OuterRef("interaction")).exclude(reviewer=OuterRef("reviewer"))
    twice = reviews.filter(Exists(other), published_at__gte=start).order_by().values_list("interaction_id", flat=True)
    blind = scorings.filter(submitted_at__gte=start).order_by().values_list("interaction_id", flat=True)
    interactions = set(twice) | set(blind)
    found: list[tuple[Any, int, int, bool, int]] = []  # moment, conversation, person, whether a review, its id
    for pk, interaction, scorer, at in reviews.filter(interaction__in=interactions).values_list(
        "pk", "interaction_id", "reviewer_id", "published_at"
    ):
        found.append((at, interaction, scorer, True, pk))
    for pk, interaction, scorer, at in scorings.filter(interaction__in=interactions).values_list(
        "pk", "interaction_id", "scorer_id", "submitted_at"
    ):
        found.append((at, interaction, scorer, False, pk))
    first: dict[tuple[int, int], tuple[bool, int]] = {}
    for _at, interaction, scorer, is_review, pk in sorted(found):
        first.setdefault((interaction, scorer), (is_review, pk))
    people = Counter(interaction for interaction, _scorer in first)
    kept = {source: pair for pair, source in first.items() if people[pair[0]] >= 2}
    readings = []
    for is_review, rows in ((True, _rows(Rating, "review", kept, True)), (False, _rows(BlindRating, "scoring", kept, False))):
        for source, key, value, is_na, fail_below, is_bonus in rows:
            interaction, scorer = kept[(is_review, source)]
            if is_na or value is not None:
                readings.append(Reading(interaction, scorer, key, value, fail_below, is_bonus))
    return readings


def _rows(model: Any, parent: str, kept: dict[tuple[bool, int], tuple[int, int]], is_review: bool) -> Any:
    wanted = [pk for of_review, pk in kept if of_review is is_review]
    ratings = model.objects.filter(**{f"{parent}__in": wanted}).order_by("pk")
    asked = ("criterion__key", "answer__value", "is_na", "criterion__fail_below", "criterion__is_bonus")
    return ratings.values_list(f"{parent}_id", *asked)


@dataclass
class _Asked:
    """A criterion over the versions of its scorecard, the newest last."""

    label: str
    values: set[float]
    allow_na: bool


def _asked(scorecard: Scorecard) -> dict[str, _Asked]:
    criteria = Criterion.objects.filter(section__version__scorecard=scorecard).exclude(section__version__state="draft")
    asked: dict[str, _Asked] = {}
    ordered = criteria.prefetch_related("answers").order_by("section__version__number", "section__order", "order", "pk")
    for criterion in ordered:
        before = asked.pop(criterion.key, None)
        values = {answer.value for answer in criterion.answers.all()} | (before.values if before else set())
        asked[criterion.key] = _Asked(criterion.label, values, criterion.allow_na or bool(before and before.allow_na))
    return asked


def agreement_figures(scorecard: Scorecard, readings: list[Reading]) -> tuple[int, list[dict[str, Any]]]:
    """(conversations with two readings, figures): first the whole scorecard, then each criterion in its order.

    Two answers make a nominal scale, and "does not apply" is then a third; more make an ordinal one, from which it is left out. The
    whole scorecard asks whether two people passed the same criteria, of which a bonus is none: it is never failed. Its interval draws
    whole conversations.
    """
    by_key: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    passed: dict[tuple[int, str], list[float]] = defaultdict(list)
    asked = _asked(scorecard)
    for reading in readings:
        nominal = reading.key in asked and len(asked[reading.key].values) <= 2
        if reading.value is not None:
            by_key[reading.key][reading.interaction].append(reading.value)
            if not reading.is_bonus:
                passed[reading.interaction, reading.key].append(float(reading.value >= reading.fail_below))
        elif nominal:
            by_key[reading.key][reading.interaction].append(NA)
    cases = list(passed.values())
    whole = agreement(
        cases, [0, 1], Level.NOMINAL, clusters=[interaction for interaction, _key in passed], resamples=_resamples(len(cases))
    )
    figures = [_figure("", "", Level.NOMINAL, whole)]
    for key, criterion in asked.items():
        found = list(by_key[key].values())
        nominal = len(criterion.values) <= 2
        level = Level.NOMINAL if nominal else Level.ORDINAL
        scale = [*criterion.values, NA] if nominal and criterion.allow_na else [*criterion.values]
        if found and len(scale) >= 2:
            figures.append(_figure(key, criterion.label, level, agreement(found, scale, level, resamples=_resamples(len(found)))))
    return len({reading.interaction for reading in readings}), figures


def _resamples(cases: int) -> int:
    return max(FEWEST_RESAMPLES, min(RESAMPLES, MOST_CELLS // max(cases, 1)))


def _figure(key: str, label: str, level: Level, found: Agreement) -> dict[str, Any]:
    return {
        "key": key,
        "label": label,
        "level": str(level),
        "doubles": found.doubles,
        "percent": _ends(found.percent),
        "ac": _ends(found.ac),
        "alpha": _ends(found.alpha),
    }


def _ends(measure: Measure) -> list[float | None]:
    interval = measure.interval
    return [measure.value, interval.low if interval else None, interval.high if interval else None]


@transaction.atomic
def count_quarter(scorecard: Scorecard, quarter: date, now: datetime) -> AgreementSummary:
    """Count one scorecard's quarter anew and store it."""
    doubles, figures = agreement_figures(scorecard, doubled_readings(scorecard, quarter))
    summary, _created = AgreementSummary.objects.update_or_create(
        scorecard=scorecard, quarter=quarter, defaults={"as_of": now, "doubles": doubles, "figures": figures}
    )
    return summary


def count_agreement_of_all(now: datetime) -> int:
    """Every scorecard's current and last quarter anew, and those before where they were never counted; how many were counted."""
    quarters = quarters_up_to(local_day(now), QUARTERS_KEPT)
    stored = set(AgreementSummary.objects.filter(quarter__in=quarters).values_list("scorecard_id", "quarter"))
    counted = 0
    for scorecard in Scorecard.objects.all():
        for back, quarter in enumerate(quarters):
            if back < 2 or (scorecard.pk, quarter) not in stored:
                count_quarter(scorecard, quarter, now)
                counted += 1
    return counted


@transaction.atomic
def count_severity(months: int, now: datetime) -> SeveritySummary:
    """The crossed model of the last `months` and of this one so far, from randomly drawn reviews before anything critical counts."""
    until = local_day(now)
    since = months_before(until, months)
    start, end = day_range(since, until)
    drawn = as_first_scored().filter(
        published_at__gte=start, published_at__lt=end, draw__method=ReviewDraw.Method.RANDOM, score_raw__isnull=False
    )
    rows = list(drawn.order_by("pk").values_list("reviewee_id", "reviewer_id", "score_raw"))
    found = severity([(rep, reviewer, score) for rep, reviewer, score in rows if score is not None])
    summary, _created = SeveritySummary.objects.update_or_create(
        months=months,
        defaults={
            "since": since,
            "until": until,
            "as_of": now,
            "refusal": str(found) if isinstance(found, Refusal) else "",
            "reviews": len(rows),
            "outside": None if isinstance(found, Refusal) else found.outside,
        },
    )
    summary.reviewers.all().delete()
    outside = _shares_outside([(rep, reviewer) for rep, reviewer, _score in rows], until)
    means = drawn.order_by().values_list("reviewer_id").annotate(n=Count("pk"), mean=Avg(F("score_raw")))
    new = []
    for reviewer_id, n, mean in means:
        row = ReviewerSeverity(summary=summary, reviewer_id=reviewer_id, reviews=n, original=mean, outside=outside[reviewer_id])
        if not isinstance(found, Refusal):
            interval = found.interval(reviewer_id)
            row.points, row.low, row.high = found.reviewers[reviewer_id], interval.low, interval.high
        new.append(row)
    ReviewerSeverity.objects.bulk_create(new)
    return summary


def _shares_outside(pairs: list[tuple[int, int]], on: date) -> dict[int, float]:
    """By reviewer: the share of their reviews that were not of the team they reviewed most, teams as of `on`."""
    memberships = Membership.objects.on(on).filter(kind=Membership.Kind.MEMBER, person__in={rep for rep, _reviewer in pairs})
    team_of = dict(memberships.values_list("person_id", "team_id"))
    teams: dict[int, Counter[int | None]] = defaultdict(Counter)
    for rep, reviewer in pairs:
        teams[reviewer][team_of.get(rep)] += 1
    return {reviewer: 1 - max(counts.values()) / counts.total() for reviewer, counts in teams.items()}


def count_all(now: datetime) -> str:
    """What the schedule runs each night."""
    counted = count_agreement_of_all(now)
    for months in MONTHS:
        count_severity(months, now)
    reviewers = ReviewerSeverity.objects.values("reviewer").distinct().count()
    return f"{counted} quarters of scorecards counted; severity of {reviewers} reviewers"
