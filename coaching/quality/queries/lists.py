"""Queues, lists and figures. Only randomly drawn reviews enter figures about a person.

What was picked by hand or for a reason is for coaching: it says nothing about how somebody works on
an ordinary day. Days are the organisation's, first and last one included.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Case, Count, F, Q, QuerySet, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _lazy

from cms.models import Standard
from cms.thread import ThreadEntry, register
from coaching.interactions.models import Interaction
from coaching.quality.models import (
    Criterion,
    Quote,
    Rating,
    Review,
    ReviewDraw,
    Scorecard,
    ScorecardVersion,
)
from coaching.quality.queries.card import load_card
from foundation.statistics import mean_interval
from people.models import Person

BEGUN_FIRST = Case(When(state=ReviewDraw.State.IN_REVIEW, then=0), default=1)


def day_range(since: date, until: date) -> tuple[datetime, datetime]:
    """The first moment of `since` and the first moment after `until`, in the organisation's zone."""
    zone = ZoneInfo(settings.TIME_ZONE)
    return datetime.combine(since, time(), zone), datetime.combine(until + timedelta(days=1), time(), zone)


class FailedCriterion(NamedTuple):
    criterion: Criterion
    rating: Rating
    quote: Quote | None


def failed_criteria(review: Review) -> list[FailedCriterion]:
    """What this review found missing, in the order of the scorecard, each with its first quote."""
    card = load_card(review)
    return [
        FailedCriterion(row.criterion, row.rating, row.quotes[0] if row.quotes else None) for row in card.failed if row.rating
    ]


def queue_for(reviewer: Person, now: datetime) -> QuerySet[ReviewDraw]:
    """What waits for this reviewer, most urgent first; nothing where either account is switched off."""
    return (
        ReviewDraw.objects.filter(
            reviewer=reviewer,
            reviewer__is_active=True,
            reviewee__is_active=True,
            state__in=ReviewDraw.OPEN_STATES,
            drawn_at__lte=now,
        )
        .select_related("interaction", "reviewee")
        .order_by("due_on", "pk")
    )


def next_in_queue(reviewer: Person, now: datetime) -> ReviewDraw | None:
    """What to do now: what was begun first, then what is due first."""
    return queue_for(reviewer, now).order_by(BEGUN_FIRST, "due_on", "pk").first()


def standing_reviews() -> QuerySet[Review]:
    return Review.objects.filter(state=Review.State.PUBLISHED)


def reviews_to_acknowledge(person: Person) -> QuerySet[Review]:
    """Published reviews this rep has been asked to confirm and has not yet, oldest first."""
    return (
        standing_reviews()
        .filter(
            reviewee=person,
            scorecard_version__acknowledgement__in=ScorecardVersion.ASKING,
            acknowledgements=None,
        )
        .select_related("interaction", "reviewer", "scorecard_version__scorecard")
        .order_by("published_at")
    )


def recent_reviews_of(person: Person) -> QuerySet[Review]:
    """Published reviews of this person, newest first."""
    return (
        standing_reviews()
        .filter(reviewee=person)
        .select_related("interaction", "reviewer", "scorecard_version__scorecard")
        .order_by("-published_at")
    )


def _counted(people: Iterable[Person] | QuerySet[Person], since: date, until: date) -> QuerySet[Review]:
    start, end = day_range(since, until)
    return standing_reviews().filter(
        reviewee__in=people, draw__method=ReviewDraw.Method.RANDOM, published_at__gte=start, published_at__lt=end
    )


def criterion_results(
    people: Iterable[Person] | QuerySet[Person], since: date, until: date
) -> dict[tuple[int, str], tuple[int, int]]:
    """(passed, n) by person id and criterion key: randomly drawn reviews published from `since` to `until`.

    A bonus is never failed and has no such rate. What was not asked in a review has no rating in it.
    """
    rows = (
        Rating.objects.filter(review__in=_counted(people, since, until), answer__isnull=False, criterion__is_bonus=False)
        .values("review__reviewee_id", "criterion__key")
        .annotate(n=Count("pk"), passed=Count("pk", filter=Q(answer__value__gte=F("criterion__fail_below"))))
        .order_by()
    )
    return {(row["review__reviewee_id"], row["criterion__key"]): (row["passed"], row["n"]) for row in rows}


class BoardCriterion(NamedTuple):
    key: str
    label: str
    standard: Standard | None


def criteria_for_board() -> list[BoardCriterion]:
    """Every criterion asked today, in the order of the scorecards; one entry per key."""
    criteria = (
        Criterion.objects.filter(section__version__state=ScorecardVersion.State.PUBLISHED, is_bonus=False)
        .select_related("standard")
        .order_by("section__version__scorecard__name", "section__order", "section_id", "order", "pk")
    )
    found: dict[str, BoardCriterion] = {}
    for criterion in criteria:
        found.setdefault(criterion.key, BoardCriterion(criterion.key, criterion.label, criterion.standard))
    return list(found.values())


@register
def criterion_entries(standard: Standard, person: Person) -> list[ThreadEntry]:
    """The criteria of published scorecards that measure a standard, for its page in the guide."""
    criteria = Criterion.objects.filter(standard=standard, section__version__state=ScorecardVersion.State.PUBLISHED)
    return [
        ThreadEntry(_lazy("Criterion"), criterion.label, reverse("version_detail", args=[criterion.section.version_id]))
        for criterion in criteria.select_related("section").order_by(
            "section__version__scorecard__name", "section__order", "order"
        )
    ]


def mean_score(
    people: Iterable[Person] | QuerySet[Person], since: date, until: date
) -> dict[int, tuple[float, int, float | None, float | None]]:
    """(mean, n, low, high) of the scores shown, by person id, from randomly drawn reviews.

    The ends of the 95 % t-interval are None below two reviews. Who has no scored review is absent.
    """
    scores: dict[int, list[float]] = defaultdict(list)
    rows = _counted(people, since, until).filter(score_shown__isnull=False).values_list("reviewee_id", "score_shown")
    for person_id, value in rows.order_by():
        if value is not None:
            scores[person_id].append(value)
    result = {}
    for person_id, values in scores.items():
        mean, low, high = mean_interval(values)
        result[person_id] = (mean, len(values), low, high)
    return result


def scorecard_for(interaction: Interaction) -> ScorecardVersion | None:
    """The published scorecard for complaints if it is one; else that for its channel; else one for any channel; else none."""
    wanted: list[str] = [Scorecard.Channel.COMPLAINT] if interaction.is_complaint else []
    wanted += [interaction.channel, Scorecard.Channel.ANY]
    published = ScorecardVersion.objects.filter(state=ScorecardVersion.State.PUBLISHED).select_related("scorecard")
    by_channel: dict[str, ScorecardVersion] = {}
    for version in published.filter(scorecard__channel__in=wanted).order_by("pk"):
        by_channel.setdefault(version.scorecard.channel, version)
    return next((by_channel[channel] for channel in wanted if channel in by_channel), None)
