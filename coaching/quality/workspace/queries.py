"""What the workspace shows beside the sheet: guidance, hits of a search, the clock; and how long reviews take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median
from typing import Any

from django.db.models import Q, QuerySet

from cms.models import GuidelineModule, Standard
from cms.models.guideline import standard_ids_in
from cms.queries import published_guideline_modules
from coaching.quality.models import Review, Snippet, WorkingNote
from coaching.quality.queries.card import Card, Turn
from coaching.quality.queries.lists import day_range, queue_for
from people.models import Person

LEAST_REVIEWS = 5  # fewer say nothing about how long one takes


@dataclass(frozen=True)
class ReviewTime:
    """The median working time of `n` reviews; None below LEAST_REVIEWS."""

    n: int
    seconds: float | None

    @property
    def minutes(self) -> int | None:
        return None if self.seconds is None else max(1, round(self.seconds / 60))


def median_review_time(since: date, until: date, reviewers: Iterable[Person] | None = None) -> ReviewTime:
    """How long a review takes, from those published on these days; for planning, never to compare reviewers.

    Corrections after a dispute and reviews from before the clock was kept have no time of their own.
    """
    start, end = day_range(since, until)
    timed = Review.objects.filter(published_at__gte=start, published_at__lt=end, review_seconds__gt=0, corrects=None)
    if reviewers is not None:
        timed = timed.filter(reviewer__in=reviewers)
    found = list(timed.order_by().values_list("review_seconds", flat=True))
    return ReviewTime(len(found), float(median(found)) if len(found) >= LEAST_REVIEWS else None)


@dataclass(frozen=True)
class Clock:
    """Working time so far, as last saved."""

    minutes: int
    paused: bool


def clock_of(review: Review) -> Clock:
    return Clock(review.review_seconds // 60, review.paused_at is not None)


def note_of(review: Review) -> str:
    note = WorkingNote.objects.filter(review=review).first()
    return note.text if note else ""


def left_in_queue(person: Person, review: Review, now: datetime) -> int:
    """How many conversations wait for this reviewer beside this one."""
    return queue_for(person, now).exclude(pk=review.draw_id).count()


def matching(snippets: QuerySet[Snippet], words: str) -> QuerySet[Snippet]:
    """Those whose title or text holds the words."""
    words = words.strip()
    return snippets.filter(Q(title__icontains=words) | Q(text__icontains=words)) if words else snippets


# --- Search -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Found:
    """What a search of the conversation found: all hits, and the turns they stand in."""

    words: str
    hits: int
    turns: list[Turn]


def found_in(turns: Sequence[Turn], words: str) -> Found | None:
    """Counts what `conversation` has marked; None where nothing was looked for."""
    words = words.strip()
    if not words:
        return None
    here = [turn for turn in turns if turn.hits]
    return Found(words, sum(turn.hits for turn in here), here)


# --- Guidance beside a criterion ---------------------------------------------------------------
@dataclass
class Guidance:
    """What the guide says about a standard: itself, and the examples that stand around it in guideline modules."""

    standard: Standard
    examples: list[Any] = field(default_factory=list)  # do_dont blocks: situation, do, dont, because
    pages: list[GuidelineModule] = field(default_factory=list)


def add_guidance(card: Card) -> None:
    """Give every row whose criterion has a published standard its `guidance`; one query for all modules."""
    wanted = {row.criterion.standard_id for row in card.rows if row.criterion.standard_id}
    pages: dict[int, list[GuidelineModule]] = defaultdict(list)
    examples: dict[int, list[Any]] = defaultdict(list)
    for page in published_guideline_modules() if wanted else []:
        for standards, shown in _by_section(page):
            for pk in wanted & standards:
                examples[pk] += [value for value in shown if value not in examples[pk]]
        for pk in wanted & set(page.standard_ids()):
            pages[pk].append(page)
    for row in card.rows:
        standard = row.criterion.standard
        if standard is not None and standard.live:
            row.guidance = Guidance(standard, examples[standard.pk][:3], pages[standard.pk])


def _by_section(page: GuidelineModule) -> list[tuple[set[int], list[Any]]]:
    """(standards, do-and-don't examples) of each section of a guideline module, as stored: opening blocks asks the database."""
    sections: list[tuple[set[int], list[Any]]] = [(set(), [])]
    for part in page.body.raw_data:
        if part["type"] == "section":
            sections.append((set(), []))
        elif part["type"] == "do_dont":
            sections[-1][1].append(part["value"])
        else:
            sections[-1][0].update(standard_ids_in([part]))
    return sections
