"""Conversations and reviews for tests; every text here is our own."""

from datetime import datetime, timedelta

from coaching.interactions.models import Handler, Interaction, Message, Source
from coaching.quality import services
from coaching.quality.models import Criterion, Review, ReviewDraw
from coaching.quality.services import RatingInput
from people.models import Person

TURNS = [
    ("customer", "My parcel has been on its way for nine days. I need it on Friday.", False),
    ("agent", "Good morning Kim,\nnine days is far too long, and I am sorry.\n\nI have sent a second one by courier.", False),
    ("agent", "Depot confirms the first parcel is lost. Refund approved by the shift lead.", True),
    ("customer", "Thank you, that was quick.", False),
]


def handler_of(person: Person) -> Handler:
    source, _created = Source.objects.get_or_create(key="desk", defaults={"name": "Desk"})
    handler, _created = Handler.objects.get_or_create(
        source=source, external_key=person.email, defaults={"name": person.display_name, "person": person}
    )
    return handler


def make_interaction(
    person: Person, *, number: int = 1, now: datetime, days_ago: int = 2, subject: str = "Late parcel"
) -> Interaction:
    """A resolved e-mail case of this person with four turns, the third an internal note."""
    handler = handler_of(person)
    opened = now - timedelta(days=days_ago, hours=3)
    interaction = Interaction.objects.create(
        source=handler.source,
        external_id=f"{person.pk}-{number}",
        handler=handler,
        assignee=handler,
        channel=Interaction.Channel.EMAIL,
        status=Interaction.Status.RESOLVED,
        subject=subject,
        customer="Kim",
        opened_at=opened,
        resolved_at=opened + timedelta(hours=2),
        opened_on=opened.date(),
        resolved_on=opened.date(),
    )
    for position, (kind, body, private) in enumerate(TURNS, 1):
        Message.objects.create(
            interaction=interaction,
            external_id=str(position),
            position=position,
            author_kind=kind,
            author_name="Kim" if kind == "customer" else person.display_name,
            author=handler if kind == "agent" else None,
            sent_at=opened + timedelta(minutes=20 * position),
            body=body,
            is_private=private,
        )
    return interaction


def make_draw(reviewer: Person, person: Person, *, number: int = 1, now: datetime, method: str = "random") -> ReviewDraw:
    return ReviewDraw.objects.create(
        interaction=make_interaction(person, number=number, now=now),
        reviewer=reviewer,
        reviewee=person,
        method=method,
        reason="Drawn at random",
        drawn_at=now,
        due_on=now.date() + timedelta(days=7),
    )


def make_draft(reviewer: Person, person: Person, *, number: int = 1, now: datetime, method: str = "random") -> Review:
    services.ensure_starter_scorecard(actor=None, now=now)
    return services.start_review(actor=reviewer, draw=make_draw(reviewer, person, number=number, now=now, method=method), now=now)


def answers(review: Review, **choices: float | str) -> list[RatingInput]:
    """Every criterion answered with its best, except those named (underscores for hyphens): a worth, or "na"."""
    wanted = {key.replace("_", "-"): value for key, value in choices.items()}
    found = []
    for criterion in Criterion.objects.filter(section__version=review.scorecard_version).prefetch_related("answers"):
        value = wanted.get(criterion.key, 1)
        if value == "na":
            found.append(RatingInput(criterion_id=criterion.pk, is_na=True))
            continue
        answer = next(a for a in criterion.answers.all() if a.value == value)
        comment = "Because of what stands in the second message." if answer.value < 0.5 else ""
        found.append(RatingInput(criterion_id=criterion.pk, answer_id=answer.pk, comment=comment))
    return found


def make_complete(
    reviewer: Person, person: Person, *, number: int = 1, now: datetime, method: str = "random", **choices: float | str
) -> Review:
    """A draft with every answer given: only publishing is left."""
    review = make_draft(reviewer, person, number=number, now=now, method=method)
    return services.save_draft(
        actor=reviewer, review=review, ratings=answers(review, **choices), comment="Well handled.", now=now
    )


def make_published(
    reviewer: Person, person: Person, *, number: int = 1, now: datetime, method: str = "random", **choices: float | str
) -> Review:
    review = make_complete(reviewer, person, number=number, now=now, method=method, **choices)
    return services.publish_review(actor=reviewer, review=review, now=now)
