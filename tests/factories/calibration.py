"""Calibration sessions and blind scorings for tests."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from coaching.interactions.models import Interaction
from coaching.quality import services as quality
from coaching.quality.calibration import services
from coaching.quality.calibration.services import ConsensusInput, SessionInput
from coaching.quality.models import BlindScoring, CalibrationSession, Criterion, ScorecardVersion
from people.models import Person
from tests.factories.quality import answers, make_interaction


def make_session(
    facilitator: Person,
    participants: Sequence[Person],
    *,
    rep: Person,
    cases: int = 1,
    first: int = 900,
    open_it: bool = True,
    interactions: Sequence[Interaction] = (),
    now: datetime,
) -> CalibrationSession:
    """A session about new conversations of `rep`, or about those given; open for scoring unless told otherwise."""
    quality.ensure_starter_scorecard(actor=None, now=now)
    wish = SessionInput(
        title="Greetings in June",
        version=ScorecardVersion.objects.get(state="published"),
        due_on=now.date() + timedelta(days=7),
        threshold=10,
        participants=participants,
    )
    chosen = interactions or [make_interaction(rep, number=first + number, now=now) for number in range(cases)]
    session = services.create_session(actor=facilitator, wish=wish, interactions=chosen, now=now)
    return services.open_session(actor=facilitator, session=session, now=now) if open_it else session


def scoring_of(session: CalibrationSession, person: Person, position: int = 1) -> BlindScoring:
    return BlindScoring.objects.get(item__session=session, scorer=person, item__position=position)


def fill(scoring: BlindScoring, *, now: datetime, comment: str = "", submit: bool = True, **choices: float | str) -> BlindScoring:
    """Answer everything with the best, except the criteria named, and submit it."""
    wishes = answers(scoring, **choices)  # type: ignore[arg-type]
    services.save_scoring(actor=scoring.scorer, scoring=scoring, ratings=wishes, comment=comment, now=now)
    return services.submit_scoring(actor=scoring.scorer, scoring=scoring, now=now) if submit else scoring


def agree(session: CalibrationSession, actor: Person, *, now: datetime, **choices: float | str) -> None:
    """A consensus for every criterion of every conversation: the best answer, except the criteria named."""
    for item in session.items.all():
        wishes = [
            ConsensusInput(criterion_id=w.criterion_id, answer_id=w.answer_id, is_na=w.is_na, reason="As it stands there.")
            for w in answers(session, **choices)  # type: ignore[arg-type]
        ]
        services.save_consensus(actor=actor, item=item, wishes=wishes, now=now)


def criterion(session: CalibrationSession, key: str) -> Criterion:
    return Criterion.objects.get(section__version=session.scorecard_version, key=key)
