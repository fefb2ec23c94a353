"""Half a year of reviews: drawn each week, scored by the truth the conversations carry, read by the reps."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from coaching.interactions.models import Interaction, Message
from coaching.quality import services
from coaching.quality.models import Criterion, Review, ReviewDraw, Scorecard
from coaching.quality.services import RatingInput
from demo.conversations.writer import Conversation, Handling
from demo.history import Case, History, Size
from demo.seeding.causes import named_cause
from demo.seeding.people import Cast
from people.models import Person

WAITING_DAYS = 14  # the last draw looks back this far, so that every reviewer has a queue
SCORED_WEEKS = 13
BEGUN_CRITERIA = 5
STRONG, WEAK = 0.9, 0.6


def load_comments() -> dict[str, dict[str, list[str]]]:
    """The sentences of comments.toml."""
    with (Path(__file__).parent / "comments.toml").open("rb") as stream:
        return tomllib.load(stream)


@dataclass
class ReviewWriter:
    """Writes reviews as the company's reviewers would."""

    rng: Random
    criteria: list[Criterion]
    comments: dict[str, dict[str, list[str]]]
    conversations: dict[str, Conversation]
    causes: Random  # of its own, so that the course of the rest does not depend on it

    def score(self, review: Review, interaction: Interaction, *, only: int | None = None, now: datetime) -> Review:
        """Fill in the scorecard and quote the sentences; `only` stops after so many criteria."""
        conversation = self.conversations[interaction.external_id]
        shown = {handled.standard: handled for handled in conversation.handlings}
        ratings, quotes = [], []
        for criterion in self.criteria[:only]:
            handled = shown.get(criterion.key)
            rating = self._rating(criterion, handled)
            ratings.append(rating)
            if handled and rating.answer_id and (not handled.well or self.rng.random() < 0.18):
                quotes.append((criterion, handled))
        overall = "" if only else self._overall(conversation)
        services.save_draft(actor=review.reviewer, review=review, ratings=ratings, comment=overall, now=now)
        messages = dict(Message.objects.filter(interaction=interaction).values_list("position", "pk"))
        for criterion, handled in quotes:
            services.add_quote(
                actor=review.reviewer,
                review=review,
                criterion_id=criterion.pk,
                message_id=messages[handled.position],
                text=handled.quote,
                now=now,
            )
        return review

    def _rating(self, criterion: Criterion, handled: Handling | None) -> RatingInput:
        answers = sorted(criterion.answers.all(), key=lambda answer: -answer.value)
        if handled is None:
            if criterion.allow_na:
                return RatingInput(criterion_id=criterion.pk, is_na=True)
            return RatingInput(criterion_id=criterion.pk, answer_id=answers[0].pk)
        if handled.well:
            answer = answers[0] if len(answers) < 3 or self.rng.random() < 0.88 else answers[1]
            praise = self.comments["kept"].get(criterion.key, [])
            comment = self.rng.choice(praise) if praise and answer is answers[0] and self.rng.random() < 0.1 else ""
        else:
            answer = answers[-1] if len(answers) < 3 or self.rng.random() < 0.82 else answers[-2]
            comment = self.rng.choice(self.comments["missed"][criterion.key])
        failed = answer.value < criterion.fails_below
        causes = named_cause(list(criterion.causes.all()), self.causes) if failed else ()
        return RatingInput(criterion_id=criterion.pk, answer_id=answer.pk, comment=comment, cause_ids=causes)

    def _overall(self, conversation: Conversation) -> str:
        kept = 1 - conversation.poor_share
        level = "strong" if kept >= STRONG else "weak" if kept < WEAK else "mixed"
        return self.rng.choice(self.comments["overall"][level])


def seed_reviews(
    *,
    history: History,
    size: Size,
    cast: Cast,
    scorecard: Scorecard,
    rng: Random,
    after_week: Callable[[datetime], None],
    now: datetime,
) -> int:
    """Draw, score, publish and acknowledge week by week; the number of published reviews.

    `after_week(moment)` is called at the end of each week, so that what the reviews set in
    motion goes on before the next.
    """
    reviewers = cast.accounts(history.company.reviewers)
    writer = ReviewWriter(
        rng=rng,
        criteria=list(
            Criterion.objects.filter(section__version__scorecard=scorecard, section__version__state="published")
            .order_by("section__order", "section_id", "order", "pk")
            .prefetch_related("answers", "causes")
        ),
        comments=load_comments(),
        conversations={key: case.conversation for key, case in history.conversations.items() if case.conversation},
        causes=Random("causes"),
    )
    by_week: dict[int, set[str]] = {}
    for case in history.conversations.values():
        by_week.setdefault(case.week, set()).add(case.rep.email)
    published = 0
    talk = _pick_talk_of_the_day(cast, history, reviewers[0], now)
    # Weeks with more conversations get more reviews, and the three months that a score tells of more than those before:
    # the team began small. The last week only fills the queues.
    recent = size.weeks - SCORED_WEEKS
    shares = {week: len(by_week.get(week, ())) * (1.0 if week >= recent else 0.25) for week in range(size.weeks - 1)}
    for week, share in shares.items():
        monday = datetime.combine(history.first_day + timedelta(weeks=week + 1), now.timetz())
        wanted = min(len(by_week.get(week, ())), round(size.reviews * share / max(1.0, sum(shares.values())) * 1.03))
        people = [cast.people[email] for email in rng.sample(sorted(by_week.get(week, ())), wanted)]
        since, until = monday.date() - timedelta(days=7), monday.date() - timedelta(days=1)
        draws = services.draw_reviews(
            actor=None, reviewers=reviewers, people=people, per_person=1, since=since, until=until, seed=week, now=monday
        )
        for draw in draws:
            moment = monday + timedelta(days=rng.randint(0, 4), minutes=rng.randint(0, 420))
            if moment > now - timedelta(hours=2):
                continue  # still waiting
            published += _review(writer, draw, rng, moment, now)
        after_week(min(monday + timedelta(days=6), now))
    after_week(now)
    _fill_queues(writer, cast, history, reviewers, now)
    published += _talk_of_the_day(writer, talk, now)
    return published


def _review(writer: ReviewWriter, draw: ReviewDraw, rng: Random, moment: datetime, now: datetime) -> int:
    review = services.start_review(actor=draw.reviewer, draw=draw, now=moment)
    writer.score(review, draw.interaction, now=moment)
    review = services.publish_review(actor=draw.reviewer, review=review, now=moment + timedelta(minutes=rng.randint(6, 16)))
    read_at = moment + timedelta(days=rng.randint(0, 5), hours=rng.randint(1, 6))
    if read_at < now and rng.random() < 0.88:
        reply = rng.choice(writer.comments["reply"]["thanks"]) if rng.random() < 0.3 else ""
        services.acknowledge_review(actor=draw.reviewee, review=review, comment=reply, now=read_at)
    return 1


def _fill_queues(writer: ReviewWriter, cast: Cast, history: History, reviewers: list[Person], now: datetime) -> None:
    """This week's draw: everybody has something waiting, and one review begun."""
    draws = services.draw_reviews(
        actor=None,
        reviewers=reviewers,
        people=cast.accounts(history.company.reps),
        per_person=1,
        since=now.date() - timedelta(days=WAITING_DAYS),
        until=now.date() - timedelta(days=1),
        seed="this week",
        now=now - timedelta(hours=2),
    )
    for reviewer in reviewers:
        first = next((draw for draw in draws if draw.reviewer_id == reviewer.pk), None)
        if first is not None:
            begun = services.start_review(actor=reviewer, draw=first, now=now - timedelta(minutes=50))
            writer.score(begun, first.interaction, only=BEGUN_CRITERIA, now=now - timedelta(minutes=41))


def _pick_talk_of_the_day(cast: Cast, history: History, reviewer: Person, now: datetime) -> ReviewDraw | None:
    """Set the poorest recent conversation of the rep who slipped aside for yesterday's review, before the weekly draws."""
    rep = history.company.with_story("slipped")
    moment = now - timedelta(hours=20)
    own = [case for case in history.conversations.values() if case.rep is rep and case.resolved and case.resolved < moment]
    if not own:
        return None
    last_weeks = max(case.week for case in own) - 3

    def poorest(case: Case) -> tuple[bool, float]:
        return case.week >= last_weeks, case.conversation.poor_share if case.conversation else 0.0

    case = max(own, key=poorest)
    interaction = Interaction.objects.select_related("handler__person").get(external_id=case.case_id)
    reason = "The customer was disappointed, and I would like to see why."
    return services.draw_one(actor=reviewer, interaction=interaction, reviewer=reviewer, reason=reason, now=moment)


def _talk_of_the_day(writer: ReviewWriter, draw: ReviewDraw | None, now: datetime) -> int:
    """The rep who slipped finds a review from yesterday, not yet read: the thread of the product in one case."""
    if draw is None:
        return 0
    moment = now - timedelta(hours=20)
    review = services.start_review(actor=draw.reviewer, draw=draw, now=moment)
    writer.score(review, draw.interaction, now=moment)
    services.publish_review(actor=draw.reviewer, review=review, now=moment + timedelta(minutes=12))
    return 1
