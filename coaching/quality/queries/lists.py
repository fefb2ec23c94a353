"""Queues and lists. Days are the organisation's, first and last one included."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Case, QuerySet, When
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


def scorecard_for(interaction: Interaction) -> ScorecardVersion | None:
    """The published scorecard for complaints if it is one; else that for its channel; else one for any channel; else none."""
    wanted: list[str] = [Scorecard.Channel.COMPLAINT] if interaction.is_complaint else []
    wanted += [interaction.channel, Scorecard.Channel.ANY]
    published = ScorecardVersion.objects.filter(state=ScorecardVersion.State.PUBLISHED).select_related("scorecard")
    by_channel: dict[str, ScorecardVersion] = {}
    for version in published.filter(scorecard__channel__in=wanted).order_by("pk"):
        by_channel.setdefault(version.scorecard.channel, version)
    return next((by_channel[channel] for channel in wanted if channel in by_channel), None)
