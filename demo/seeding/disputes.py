"""What reps object to in their reviews, in every state a dispute can have, and what they say about the standards themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Prefetch

from cms.models import Standard
from coaching.quality.disputes import services
from coaching.quality.disputes.access import deciders_to_pick
from coaching.quality.disputes.services import OutcomeInput, PointInput
from coaching.quality.flags.services import answer_flag, raise_flag
from coaching.quality.models import Dispute, Mode, Rating, Review, StandardFlag
from demo.company import Company
from demo.seeding.people import Cast
from people.models import Person


@dataclass(frozen=True)
class Objection:
    """One dispute: about which criterion, why, and how far it has got. Without `reply` it waits."""

    criterion: str
    why: str
    state: str
    reply: str = ""
    note: str = ""  # of the lead who passes it on
    was_mistake: bool = False
    by_lead: bool = False  # turned down without a second reviewer
    of_team: str = ""  # rather by somebody of this team

    @property
    def is_over(self) -> bool:
        return bool(self.reply)


ANSWERED, WAITING = (16, 110), (2, 12)  # days since the review was published

# Each fits any conversation in which its criterion was failed: what is proposed is the next better answer of the scale.
OBJECTIONS = (
    Objection(
        "clear-next-step",
        "I did say what happens next, only not by when. “Open” says that there was nothing at all.",
        Dispute.State.ACCEPTED,
        "Agreed. What happens next is said, who does it by when is not. That is the middle answer, not the last.",
        "Please look at which of the two anchors fits.",
        was_mistake=True,
    ),
    Objection(
        "name-the-need",
        "I answered what was asked. I do not see what else I should have named.",
        Dispute.State.REJECTED,
        "You did answer it. What the customer wanted to be able to do stays unsaid, and that is what this criterion is about.",
    ),
    Objection(
        "no-false-promise",
        "I did not mean it as a promise.",
        Dispute.State.REJECTED,
        "I believe you. For the customer it is one all the same; “we expect” would have been true.",
        "I am in two minds about this one myself.",
    ),
    Objection(
        "warm-greeting",
        "There was a greeting, only not a warm one. “Missing” says that there was none.",
        Dispute.State.ACCEPTED,
        "Right. It could stand above any message, so it is “Correct”, and neither warm nor missing.",
        was_mistake=True,
        of_team="orders",
    ),
    Objection(
        "resolve-at-root",
        "I solved what I was asked for. The cause is not in my hands.",
        Dispute.State.REJECTED,
        "It is not, and nobody says so. Naming it, to the customer and to us, is. Let us go through it on Thursday.",
        by_lead=True,
    ),
    Objection(
        "clear-next-step",
        "What happens next is in what I wrote, only without a day. I did not know the day.",
        Dispute.State.FORWARDED,
        note="I would have scored it higher, too.",
    ),
    Objection(
        "name-the-need",
        "It was a simple case, so I kept it short. I think that is what this customer needed.",
        Dispute.State.OPEN,
        of_team="orders",
    ),
)


def seed_disputes(company: Company, cast: Cast, *, now: datetime) -> int:
    """Each of the objections by somebody else, where a review fits; how many were raised. Whoever has a story of their own raises none."""
    left_alone = {cast.account(person).pk for person in company.reps if person.story}
    raised = 0
    for objection in OBJECTIONS:
        found = _review_for(objection, left_alone, _emails_of(objection.of_team, company), now)
        if found is None:
            continue
        review, rating = found
        left_alone.add(review.reviewee_id)
        _dispute(objection, review, rating, company, cast, now)
        raised += 1
    return raised


def _emails_of(team: str, company: Company) -> set[str]:
    return {person.email for person in company.reps if person.team == team}


def _review_for(objection: Objection, left_alone: set[int], rather: set[str], now: datetime) -> tuple[Review, Rating] | None:
    oldest, newest = (now - timedelta(days=days) for days in reversed(ANSWERED if objection.is_over else WAITING))
    failed = Rating.objects.filter(
        criterion__key=objection.criterion, criterion__is_bonus=False, answer__value__lt=F("criterion__fail_below")
    )
    reviews = list(
        Review.objects.filter(mode=Mode.REVIEW, state=Review.State.PUBLISHED, published_at__range=(oldest, newest))
        .exclude(reviewee__in=left_alone)
        .filter(ratings__in=failed)
        .select_related("reviewee", "reviewer")
        .prefetch_related(Prefetch("ratings", failed.select_related("criterion", "answer"), to_attr="failed"))
        .order_by("-published_at")
    )
    reviews.sort(key=lambda review: review.reviewee.email not in rather)
    return (reviews[0], reviews[0].failed[0]) if reviews else None


def _dispute(objection: Objection, review: Review, rating: Rating, company: Company, cast: Cast, now: datetime) -> None:
    given = rating.answer.value if rating.answer else 0.0
    better = min((a for a in rating.criterion.answers.all() if a.value > given), key=lambda answer: answer.value)
    published = review.published_at or now
    raised, passed_on, decided = (min(published + timedelta(days=days, hours=3), now) for days in (1, 2, 4))
    point = PointInput(criterion_id=rating.criterion_id, reason=objection.why, answer_id=better.pk)
    dispute = services.raise_dispute(actor=review.reviewee, review=review, points=[point], now=raised)
    lead = _lead_of(review.reviewee, company, cast)
    if objection.state == Dispute.State.OPEN:
        return
    if objection.by_lead:
        services.decline_dispute(actor=lead, dispute=dispute, comment=objection.reply, now=passed_on)
        return
    decider = deciders_to_pick(dispute).filter(pk__in=[one.pk for one in cast.accounts(company.reviewers)]).order_by("pk")[0]
    dispute = services.forward_dispute(actor=lead, dispute=dispute, decider=decider, note=objection.note, now=passed_on)
    if not objection.is_over:
        return
    accepted = objection.state == Dispute.State.ACCEPTED
    outcome = OutcomeInput(criterion_id=rating.criterion_id, accepted=accepted, answer_id=better.pk if accepted else None)
    services.decide_dispute(
        actor=decider,
        dispute=dispute,
        outcomes=[outcome],
        comment=objection.reply,
        grader_error=objection.was_mistake,
        now=decided,
    )


def _lead_of(person: Person, company: Company, cast: Cast) -> Person:
    team = next(one.team for one in company.reps if one.email == person.email)
    return cast.account(company.lead_of(team))


def seed_flags(company: Company, cast: Cast, *, now: datetime) -> None:
    """Two flagged standards that wait for the editor, and one that was explained."""
    editor, reviewer = cast.account(company.editor), cast.account(company.reviewers[0])
    slipped, other = cast.account(company.with_story("slipped")), cast.account(company.with_story("improved"))
    standards = {
        one.key: one for one in Standard.objects.filter(key__in=("clear-next-step", "decide-within-limits", "warm-greeting"))
    }
    raise_flag(
        actor=slipped,
        standard=standards["clear-next-step"],
        kind=StandardFlag.Kind.UNWORKABLE,
        words="On weekends nobody can tell us when the workshop looks at a case. What do we write then instead of a day?",
        now=now - timedelta(days=2),
    )
    raise_flag(
        actor=reviewer,
        standard=standards["decide-within-limits"],
        kind=StandardFlag.Kind.UNCLEAR,
        words="Does the limit hold for each case or for each customer and year? We score it in two ways.",
        now=now - timedelta(days=5),
    )
    answered = raise_flag(
        actor=other,
        standard=standards["warm-greeting"],
        kind=StandardFlag.Kind.MISSING,
        words="Nothing is said about customers who sign with a company’s name only.",
        now=now - timedelta(days=24),
    )
    answer_flag(
        actor=editor,
        flag=answered,
        state=StandardFlag.State.ANSWERED,
        reply="Greet the company’s team then: “Hello to the team of …”. We keep it out of the standard, it is rare.",
        now=now - timedelta(days=21),
    )
