"""Published reviews by the dozen, for figures: conversations without words, scores as given."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from coaching.interactions.models import Interaction, SurveyResponse
from coaching.quality.models import Criterion, Rating, Review, ReviewDraw, SamplingPlan, ScorecardVersion
from coaching.quality.services import ensure_starter_scorecard
from people.models import Person
from tests.factories.quality import handler_of


def scored(
    reviewer: Person,
    person: Person,
    scores: Sequence[float],
    *,
    now: datetime,
    days_ago: int = 3,
    period: str = "2026-W20",
    stratum: int | None = None,
    cases: int | None = None,
    critical: str = "",
    missed: str = "",
    reopens: int = 0,
    polarity: int | None = None,
    method: str = "random",
    plan: SamplingPlan | None = None,
) -> list[Review]:
    """One published review per score, drawn from a part of `cases`; `critical` failed, the criterion `missed` (else met) rated."""
    ensure_starter_scorecard(actor=None, now=now)
    version = ScorecardVersion.objects.get()
    at = now - timedelta(days=days_ago)
    handler, first = handler_of(person), Interaction.objects.count()
    interactions = Interaction.objects.bulk_create(
        Interaction(
            source=handler.source, external_id=f"scored-{first + n}", handler=handler, status=Interaction.Status.RESOLVED,
            subject="A case", opened_at=at, resolved_at=at, opened_on=at.date(), resolved_on=at.date(), reopens=reopens,
        )
        for n in range(len(scores))
    )  # fmt: skip
    draws = ReviewDraw.objects.bulk_create(
        ReviewDraw(
            interaction=one, reviewer=reviewer, reviewee=person, method=method, period=period, drawn_at=at, due_on=at.date(),
            state=ReviewDraw.State.DONE, stratum=stratum, stratum_cases=cases, plan=plan,
            inclusion=min(1.0, len(scores) / cases) if cases else None,
        )
        for one in interactions
    )  # fmt: skip
    reviews = Review.objects.bulk_create(
        Review(
            draw=draw, interaction=draw.interaction, scorecard_version=version, reviewer=reviewer, reviewee=person, state="published",
            score_raw=score, score_shown=score, applicable_weight=100, critical_failed=[critical] if critical else [],
            started_at=at, saved_at=at, published_at=at,
        )
        for draw, score in zip(draws, scores, strict=True)
    )  # fmt: skip
    if polarity is not None:
        SurveyResponse.objects.bulk_create(
            SurveyResponse(
                source=handler.source, external_id=f"s{one.pk}", interaction=one, handler=handler, raw_value=5, scale_min=1,
                scale_max=5, polarity=polarity, responded_at=at, responded_on=at.date(),
            )
            for one in interactions
        )  # fmt: skip
    ratings = []
    for key in ("plain-language", "warm-greeting"):
        criterion = Criterion.objects.get(section__version=version, key=key)
        answers = list(criterion.answers.all())
        answer = answers[-1] if key == missed else answers[0]
        ratings += [Rating(review=review, criterion=criterion, answer=answer) for review in reviews]
    Rating.objects.bulk_create(ratings)
    return reviews
