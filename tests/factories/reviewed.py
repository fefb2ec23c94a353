"""Many reviewed conversations at once, each telling by its words how it was scored: for what learns from them."""

from __future__ import annotations

from datetime import datetime, timedelta

from coaching.interactions.models import Interaction, Message
from coaching.quality import services
from coaching.quality.models import Criterion, Quote, Rating, Review, ReviewDraw, ScorecardVersion
from people.models import Person
from tests.factories.quality import handler_of

GOOD = "I have looked into it myself, {who}, and the refund of order {n} is on its way. I will write again on Friday."
POOR = "As I said before this is not possible, {who}. Please read our terms about order {n} again."
ASKED = ["Where is order {n}?", "I was charged twice for order {n}.", "My order {n} came without the lid."]


def make_reviewed(
    person: Person,
    reviewer: Person,
    count: int,
    *,
    now: datetime,
    poor: list[bool],
    method: str = "random",
    criteria_rated: int | None = None,
) -> list[Review]:
    """`count` published reviews, the oldest first, an hour apart; where `poor`, one criterion is failed and the answer quoted.

    `criteria_rated`: only so many have a rating, where the others do not matter.
    """
    services.ensure_starter_scorecard(actor=None, now=now)
    version = ScorecardVersion.objects.get(state="published")
    criteria = list(Criterion.objects.filter(section__version=version).prefetch_related("answers").order_by("pk"))[
        :criteria_rated
    ]
    best = {c.pk: max(c.answers.all(), key=lambda a: a.value) for c in criteria}
    worst = {c.pk: min(c.answers.all(), key=lambda a: a.value) for c in criteria}
    handler = handler_of(person)
    at = [now - timedelta(hours=count - n) for n in range(count)]
    start = Interaction.objects.count()
    cases = Interaction.objects.bulk_create(
        Interaction(
            source=handler.source, external_id=f"many-{start + n}", handler=handler, assignee=handler, channel="email",
            status="resolved", subject=f"Order {n}", customer="Kim", opened_at=at[n], resolved_at=at[n],
            opened_on=at[n].date(), resolved_on=at[n].date(),
        )
        for n in range(count)
    )  # fmt: skip
    messages = Message.objects.bulk_create(
        Message(interaction=case, external_id=str(position), position=position, author_kind=kind, author_name=name, body=body,
                author=handler if kind == "agent" else None, is_private=private)
        for n, case in enumerate(cases)
        for position, (kind, name, body, private) in enumerate(
            [
                ("customer", "Kim", ASKED[n % 3].format(n=n), False),
                ("agent", person.display_name, (POOR if poor[n] else GOOD).format(who="Kim", n=n), False),
                ("agent", person.display_name, "Depot informed, reference 4411.", True),
                ("customer", "Kim", "Thank you for your answer.", False),
            ],
            1,
        )
    )  # fmt: skip
    draws = ReviewDraw.objects.bulk_create(
        ReviewDraw(interaction=case, reviewer=reviewer, reviewee=person, method=method, reason="x", drawn_at=at[n],
                   due_on=at[n].date(), state="done")
        for n, case in enumerate(cases)
    )  # fmt: skip
    reviews = Review.objects.bulk_create(
        Review(draw=draws[n], interaction=case, scorecard_version=version, reviewer=reviewer, reviewee=person, state="published",
               score_raw=60 if poor[n] else 95, score_shown=60 if poor[n] else 95, applicable_weight=100, started_at=at[n],
               saved_at=at[n], published_at=at[n])
        for n, case in enumerate(cases)
    )  # fmt: skip
    ratings = Rating.objects.bulk_create(
        Rating(review=review, criterion=c, answer=worst[c.pk] if poor[n] and place == 0 else best[c.pk])
        for n, review in enumerate(reviews)
        for place, c in enumerate(criteria)
    )
    Quote.objects.bulk_create(
        Quote(rating=ratings[n * len(criteria)], message=messages[n * 4 + 1], excerpt=messages[n * 4 + 1].body)
        for n in range(count)
        if poor[n]
    )
    return reviews
