"""The organisation's own reviews as examples, and conversations to look at: read in parts, a few statements for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet

from coaching.interactions.models import Interaction, Message, SurveyResponse
from coaching.quality.models import Quote, Rating, Review, ReviewDraw
from coaching.quality.suggestions.learner.features import Conversation, Turn, without_names

NEEDED = 200  # reviews, before anything is learned
MOST = 5_000  # the newest, from which is learned
AT_ONCE = 200


def reviews_to_learn_from() -> QuerySet[Review]:
    """Published reviews that were drawn at random: what was picked for a reason would teach the reason."""
    return Review.objects.filter(
        state=Review.State.PUBLISHED, draw__method=ReviewDraw.Method.RANDOM, score_shown__isnull=False
    ).order_by("published_at", "pk")


@dataclass(frozen=True)
class Example:
    """A reviewed conversation: when, its score, whether a criterion was failed, which messages were quoted."""

    conversation: Conversation
    published_at: datetime
    score: float
    failed: bool
    quoted: frozenset[int]


def examples() -> list[Example]:
    """The newest 5,000 at most, the oldest first. A conversation that two people reviewed is one example, by the first of them."""
    newest = list(reviews_to_learn_from().reverse().values_list("pk", "interaction_id", "published_at", "score_shown")[:MOST])
    rows = {case: (pk, at, score) for pk, case, at, score in newest if at and score is not None}  # the oldest of several stays
    found: list[Example] = []
    ordered = sorted(rows, key=lambda case: (rows[case][1], rows[case][0]))
    for cases in _parts(ordered):
        reviews = [rows[case][0] for case in cases]
        # A bonus that was not earned is nothing that failed.
        failing = Rating.objects.filter(
            review__in=reviews, answer__value__lt=F("criterion__fail_below"), criterion__is_bonus=False
        )
        failed = set(failing.order_by().values_list("review_id", flat=True))
        quoted: dict[int, set[int]] = defaultdict(set)
        quotes = Quote.objects.filter(rating__review__in=reviews).order_by()
        for review, message in quotes.values_list("rating__review_id", "message_id"):
            quoted[review].add(message)
        known = {conversation.case: conversation for conversation in conversations(cases)}
        for case in cases:
            pk, at, score = rows[case]
            if case in known and known[case].turns:
                found.append(Example(known[case], at, score, pk in failed, frozenset(quoted[pk])))
    return found


def conversations(cases: Sequence[int]) -> Iterator[Conversation]:
    """These cases with their messages, names taken out. Three statements for 200 of them."""
    for part in _parts(cases):
        ratings = dict(
            SurveyResponse.objects.filter(interaction__in=part)
            .order_by("responded_at", "pk")
            .values_list("interaction_id", "polarity")
        )
        messages: dict[int, list[Message]] = defaultdict(list)
        rows = Message.objects.filter(interaction__in=part).exclude(author_kind=Message.AuthorKind.SYSTEM)
        for message in rows.order_by("interaction_id", "position", "pk"):
            messages[message.interaction_id].append(message)
        found = Interaction.objects.filter(pk__in=part).select_related("handler__person").order_by("pk")
        for case in found:
            yield _conversation(case, messages[case.pk], ratings.get(case.pk))


def _conversation(case: Interaction, messages: Iterable[Message], rating: int | None) -> Conversation:
    messages = list(messages)
    names = {message.author_name for message in messages} | {case.customer}
    if case.handler is not None:
        names |= {case.handler.name, case.handler.person.display_name if case.handler.person else ""}
    turns = tuple(Turn(m.pk, m.author_kind, m.is_private, without_names(m.body, names)) for m in messages)
    return Conversation(
        case=case.pk,
        turns=turns,
        channel=case.channel,
        replies=case.replies,
        handle_seconds=case.handle_seconds,
        reopens=case.reopens,
        rating=rating,
        is_complaint=bool(case.is_complaint),
    )


def _parts(values: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
