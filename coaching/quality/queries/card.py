"""A review as one whole: the scorecard with what was answered, and the conversation with what was quoted."""

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from coaching.interactions.models import Message
from coaching.interactions.redaction import mask_excerpt, mask_personal_data
from coaching.quality.models import Answer, Criterion, Quote, Rating, RatingCause, Review, RootCause, Section
from coaching.quality.queries.conditions import condition_of, condition_words
from coaching.quality.queries.problems import Problem
from coaching.quality.scoring import Item, Line, Score, score


@dataclass(frozen=True)
class Reading:
    """Words of the guide as they were on the day of a review."""

    title: str
    text: str


@dataclass
class CauseRow:
    """A root cause to pick: `path` are the labels from the top down to it."""

    cause: RootCause
    path: list[str]
    is_picked: bool
    is_leaf: bool  # nothing stands below it

    @property
    def above(self) -> list[str]:
        return self.path[:-1]


@dataclass
class Row:
    """One criterion of a review. `number` counts through the whole scorecard from 1."""

    number: int
    criterion: Criterion
    answers: list[Answer]
    rating: Rating | None
    quotes: list[Quote]
    line: Line
    causes: list[CauseRow] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)  # of the day of the review, where the guide has changed since
    condition: str = ""  # when it is asked, in words; empty where always

    @property
    def is_asked(self) -> bool:
        return self.line.asked

    @property
    def picked(self) -> list[CauseRow]:
        return [cause for cause in self.causes if cause.is_picked]

    guidance: Any = None  # a workspace.queries.Guidance, where somebody asked for it

    @property
    def comment(self) -> str:
        return self.rating.comment if self.rating else ""

    @property
    def answer(self) -> Answer | None:
        return self.rating.answer if self.rating else None

    @property
    def is_na(self) -> bool:
        return bool(self.rating and self.rating.is_na)

    @property
    def is_answered(self) -> bool:
        return bool(self.rating and self.rating.is_answered)

    @property
    def earned(self) -> float | None:
        """The worth of the answer, 0 to 1; None where not answered or not applicable."""
        return self.line.value

    @cached_property
    def problems(self) -> list[Problem]:
        """What is missing before this criterion can be published."""
        name = {"label": self.criterion.label}
        if not self.is_asked:
            return []
        if not self.is_answered:
            return [Problem(_("“%(label)s” has no answer yet.") % name, self.criterion)]
        if self.line.value is None:
            return []
        found = []
        limit = self.criterion.require_comment_below
        if limit is not None and self.line.value < limit and not self.comment.strip():
            found.append(Problem(_("“%(label)s” needs a comment with this answer.") % name, self.criterion))
        elif self.line.failed and not self.quotes and not self.comment.strip():
            found.append(Problem(_("“%(label)s” is failed: quote the message or say why in a comment.") % name, self.criterion))
        if self.line.failed and self.criterion.require_root_cause and not self.picked:
            found.append(Problem(_("“%(label)s” is failed: pick its root cause.") % name, self.criterion))
        return found


@dataclass
class SectionRows:
    section: Section
    rows: list[Row]


@dataclass
class Card:
    review: Review
    sections: list[SectionRows]
    score: Score
    rows: list[Row] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        return [problem for row in self.rows for problem in row.problems]

    @property
    def failed(self) -> list[Row]:
        return [row for row in self.rows if row.line.failed]

    @property
    def critical(self) -> list[Row]:
        return [row for row in self.rows if row.criterion.key in self.score.critical_failed]

    @property
    def critical_rows(self) -> list[Row]:
        """Those that the critical score is made of."""
        return [row for row in self.rows if row.line.is_critical]

    @property
    def critical_weight(self) -> float:
        return sum(row.line.counts for row in self.critical_rows)

    @property
    def has_section_weights(self) -> bool:
        return any(part.section.weight is not None for part in self.sections)


def load_card(review: Review) -> Card:
    """The scorecard of this review with every answer, quote (masked), picked cause and the working of the score. Seven reads."""
    version = review.scorecard_version
    criteria = Criterion.objects.select_related("standard", "guideline").prefetch_related("answers", "causes")
    sections = list(version.sections.prefetch_related(Prefetch("criteria", queryset=criteria)))
    answers = {a.pk: a for s in sections for c in s.criteria.all() for a in c.answers.all()}
    ratings = {r.criterion_id: r for r in Rating.objects.filter(review=review)}
    for rating in ratings.values():
        if rating.answer_id is not None:
            rating.answer = answers[rating.answer_id]
    quotes: dict[int, list[Quote]] = defaultdict(list)
    for quote in Quote.objects.filter(rating__review=review).select_related("message"):
        # Quotes from before masking was there may hold what is masked now.
        quote.excerpt = mask_excerpt(quote.excerpt, quote.message.body)
        quotes[quote.rating_id].append(quote)
    picked = set(RatingCause.objects.filter(rating__review=review).values_list("cause_id", flat=True))
    ordered = [(section, criterion) for section in sections for criterion in section.criteria.all()]
    result = score(
        [_item(section, criterion, ratings.get(criterion.pk)) for section, criterion in ordered],
        auto_fail=version.auto_fail,
        cap=version.cap,
        keep_section_weight=version.keep_section_weight,
        section_weights={str(section.pk): section.weight for section in sections if section.weight is not None},
    )
    card = Card(review=review, sections=[SectionRows(section, []) for section in sections], score=result)
    by_section = {part.section.pk: part for part in card.sections}
    by_key = {criterion.key: criterion for _section, criterion in ordered}
    for number, ((section, criterion), line) in enumerate(zip(ordered, result.lines, strict=True), 1):
        given = ratings.get(criterion.pk)
        row = Row(
            number=number,
            criterion=criterion,
            answers=list(criterion.answers.all()),
            rating=given,
            quotes=quotes[given.pk] if given else [],
            line=line,
            causes=cause_rows(criterion, picked),
            condition=condition_words(criterion, by_key),
        )
        card.rows.append(row)
        by_section[section.pk].rows.append(row)
    return card


def cause_rows(criterion: Criterion, picked: Collection[int] = ()) -> list[CauseRow]:
    """The root causes of a criterion as a tree read downwards."""
    labels = {cause.key: cause.label for cause in criterion.causes.all()}
    rows = []
    for cause in criterion.causes.all():
        steps = cause.key.split("/")
        path = [labels.get("/".join(steps[: n + 1]), steps[n]) for n in range(len(steps))]
        is_leaf = not any(key.startswith(f"{cause.key}/") for key in labels)
        rows.append(CauseRow(cause, path, cause.pk in picked, is_leaf))
    return rows


def _item(section: Section, criterion: Criterion, rating: Rating | None) -> Item:
    return Item(
        key=criterion.key,
        section=str(section.pk),
        weight=criterion.weight,
        value=rating.answer.value if rating and rating.answer else None,
        is_na=bool(rating and rating.is_na),
        criticality=criterion.criticality,
        fail_below=criterion.fails_below,
        is_bonus=criterion.is_bonus,
        asked_if=condition_of(criterion),
    )


@dataclass
class Segment:
    """A piece of a message; `number` of the criterion it was quoted for, 0 for none; `hit` where a search found it."""

    text: str
    number: int = 0
    hit: bool = False
    ends_quote: bool = False


@dataclass
class Turn:
    message: Message
    segments: list[Segment]
    rows: list[Row]  # quoted for these criteria
    is_reviewee: bool
    name: str
    is_masked: bool = False  # something of it is hidden
    is_asked: bool = False  # the one message that is to be reviewed
    hits: int = 0


def conversation(card: Card, search: str = "") -> list[Turn]:
    """The turns of the reviewed conversation in order, private notes included, personal data masked.

    Quoted words are marked, and so is what `search` finds, whatever its case.
    """
    quoted: dict[int, list[tuple[Row, Quote]]] = defaultdict(list)
    for row in card.rows:
        for quote in row.quotes:
            quoted[quote.message_id].append((row, quote))
    wanted = re.compile(r"\s+".join(map(re.escape, search.split())), re.IGNORECASE) if search.strip() else None
    turns = []
    messages = Message.objects.filter(interaction_id=card.review.interaction_id).select_related("author__person")
    for message in messages:
        person = message.author.person if message.author else None
        here = quoted[message.pk]
        body = mask_personal_data(message.body)
        hits = [match.span() for match in wanted.finditer(body)] if wanted else []
        turns.append(
            Turn(
                message=message,
                segments=_segments(body, [(quote.excerpt, row.number) for row, quote in here], hits),
                rows=list({row.number: row for row, _quote in here}.values()),
                is_reviewee=person is not None and person.pk == card.review.reviewee_id,
                name=str(person or message.author_name or message.author or message.get_author_kind_display()),
                is_masked=body != message.body,
                is_asked=message.pk == card.review.draw.message_id,
                hits=len(hits),
            )
        )
    return turns


def _segments(body: str, excerpts: list[tuple[str, int]], hits: list[tuple[int, int]]) -> list[Segment]:
    """The text cut where a quote or a hit begins or ends. Of overlapping quotes the first is marked."""
    found = sorted((body.find(excerpt), -len(excerpt), number) for excerpt, number in excerpts if excerpt in body)
    quotes: list[tuple[int, int, int]] = []
    for start, negative_length, number in found:
        if not quotes or start >= quotes[-1][1]:
            quotes.append((start, start - negative_length, number))
    cuts = sorted({0, len(body), *(at for quote in quotes for at in quote[:2]), *(at for hit in hits for at in hit)})
    segments = []
    for start, end in pairwise(cuts):
        quote = next((quote for quote in quotes if quote[0] <= start < quote[1]), None)
        hit = any(first <= start < last for first, last in hits)
        segments.append(Segment(body[start:end], quote[2] if quote else 0, hit, bool(quote and quote[1] == end)))
    return segments
