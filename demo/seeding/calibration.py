"""Two calibration sessions, a few second readings, and what is counted from them."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from coaching.quality.calibration import services
from coaching.quality.calibration.counting import count_all
from coaching.quality.calibration.services import ConsensusInput, SessionInput
from coaching.quality.models import BlindScoring, CalibrationSession, Criterion, Rating, Review, ScorecardVersion
from coaching.quality.services import RatingInput
from demo.company import Company
from demo.seeding.people import Cast
from people.models import Person

SAME = 0.86  # how often somebody gives the answer that the review has
TALKED_ABOUT = (
    "Whether a greeting is warm: the customer’s name alone does not make it so, the first sentence has to be about them."
)


def seed_calibration(company: Company, cast: Cast, *, seed: int, now: datetime) -> int:
    """One closed session, one being scored, second readings of this month; how many scorings were submitted."""
    rng = Random(f"calibration:{seed}")
    head, lead = cast.account(company.head), cast.account(company.lead_of("orders"))
    reviewers = cast.accounts(company.reviewers)
    version = ScorecardVersion.objects.filter(state=ScorecardVersion.State.PUBLISHED).first()
    if version is None or len(reviewers) < 2:
        return 0
    closed = _prepare(head, [*reviewers, lead], version, "Greetings and next steps", 2, now - timedelta(days=16), rng)
    if closed is not None:
        _score(closed, rng, now - timedelta(days=12))
        _agree(closed, head, now - timedelta(days=9))
    running = _prepare(reviewers[0], reviewers, version, "Promises we can keep", 2, now - timedelta(days=4), rng)
    if running is not None:
        _score(running, rng, now - timedelta(days=1), only=[reviewers[0]])
    services.draw_grader_reviews(actor=head, per_reviewer=2, seed=str(seed), now=now - timedelta(days=6))
    readings = BlindScoring.objects.filter(grader_review__isnull=False).select_related("scorer", "scorecard_version")
    for scoring in list(readings)[1:]:
        _fill(scoring, rng, now - timedelta(days=2))
    count_all(now)
    return BlindScoring.objects.filter(state=BlindScoring.State.SUBMITTED).count()


def _prepare(
    facilitator: Person,
    people: list[Person],
    version: ScorecardVersion,
    title: str,
    cases: int,
    moment: datetime,
    rng: Random,
) -> CalibrationSession | None:
    chosen = services.random_reviewed(
        actor=facilitator,
        version=version,
        participants=people,
        wanted=cases,
        since=(moment - timedelta(days=30)).date(),
        until=moment.date(),
        seed=str(rng.random()),
    )
    if not chosen:
        return None
    wish = SessionInput(
        title=title, version=version, due_on=(moment + timedelta(days=7)).date(), threshold=10, participants=people
    )
    session = services.create_session(actor=facilitator, wish=wish, interactions=chosen, now=moment)
    return services.open_session(actor=facilitator, session=session, now=moment)


def _score(session: CalibrationSession, rng: Random, moment: datetime, only: list[Person] | None = None) -> None:
    scorings = BlindScoring.objects.filter(item__session=session).select_related("scorer", "scorecard_version")
    for scoring in scorings:
        if only is None or scoring.scorer in only:
            _fill(scoring, rng, moment)


def _fill(scoring: BlindScoring, rng: Random, moment: datetime) -> None:
    """As the conversation's review has it, but for an answer here and there."""
    known = {rating.criterion_id: rating for rating in Rating.objects.filter(review=_review_of(scoring))}
    wishes = []
    for criterion in Criterion.objects.filter(section__version=scoring.scorecard_version).prefetch_related("answers"):
        rating = known.get(criterion.pk)
        answers = list(criterion.answers.all())
        if rating is not None and rng.random() < SAME:
            wishes.append(RatingInput(criterion_id=criterion.pk, answer_id=rating.answer_id, is_na=rating.is_na))
        else:
            wishes.append(RatingInput(criterion_id=criterion.pk, answer_id=rng.choice(answers[:2]).pk))
    services.save_scoring(actor=scoring.scorer, scoring=scoring, ratings=wishes, comment="", now=moment)
    services.submit_scoring(actor=scoring.scorer, scoring=scoring, now=moment)


def _review_of(scoring: BlindScoring) -> Review | None:
    return Review.objects.filter(interaction=scoring.interaction_id, state=Review.State.PUBLISHED).first()


def _agree(session: CalibrationSession, head: Person, moment: datetime) -> None:
    """The discussion ends where the review had begun."""
    for item in session.items.all():
        scoring = item.scorings.select_related("scorecard_version").first()
        if scoring is None:
            continue
        known = {rating.criterion_id: rating for rating in Rating.objects.filter(review=_review_of(scoring))}
        wishes = []
        for criterion in Criterion.objects.filter(section__version=scoring.scorecard_version).prefetch_related("answers"):
            rating = known.get(criterion.pk)
            reason = TALKED_ABOUT if criterion.key == "warm-greeting" else ""
            wishes.append(
                ConsensusInput(
                    criterion_id=criterion.pk,
                    answer_id=rating.answer_id if rating else criterion.answers.all()[0].pk,
                    is_na=bool(rating and rating.is_na),
                    reason=reason,
                )
            )
        services.save_consensus(actor=head, item=item, wishes=wishes, now=moment)
    conclusion = "The anchor of “Warm greeting” says it better now in our heads; we look at it again next month."
    services.resolve_session(actor=head, session=session, conclusion=conclusion, now=moment)
    services.close_session(actor=head, session=session, now=moment)
