"""How far the assistant agrees with reviewers: in its trial, and since it is on; and what waits in one's workspace."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from coaching.quality.agreement import DOUBLES_TO_JUDGE, Agreement, Level, agreement
from coaching.quality.models import Criterion, Rating, Review, ReviewDraw, Scorecard, ScorecardVersion
from coaching.quality.suggestions.assistant.endpoint import Endpoint, endpoint
from coaching.quality.suggestions.assistant.starting import is_on_for
from coaching.quality.suggestions.models import AssistantRequest, AssistantSwitch, AssistantTrial, Proposal
from foundation.statistics import Interval, wilson

NEEDED = DOUBLES_TO_JUDGE  # answered conversations, before it may be turned on
WANTED = 60  # asked in a trial, so that a few may fail
NOT_APPLICABLE = -1.0  # on the scale of answers, which are worth 0 to 1


def reviews_to_measure(version: ScorecardVersion) -> QuerySet[Review]:
    """Published reviews of this version drawn at random, the newest first; none the assistant had a hand in."""
    helped = AssistantRequest.objects.filter(trial=None).values("review_id")
    return (
        Review.objects.filter(scorecard_version=version, state=Review.State.PUBLISHED, draw__method=ReviewDraw.Method.RANDOM)
        .exclude(pk__in=helped)
        .order_by("-published_at", "-pk")
    )


def measured_trial(version: ScorecardVersion, model: str) -> AssistantTrial | None:
    """The newest trial of this version and model that ended, with enough answered conversations."""
    answered = Count("requests", filter=Q(requests__state=AssistantRequest.State.ANSWERED))
    ended = AssistantTrial.objects.filter(version=version, model=model, state=AssistantTrial.State.DONE)
    return ended.annotate(answered=answered).filter(answered__gte=NEEDED).order_by("-pk").first()


@dataclass(frozen=True)
class CriterionAgreement:
    """`n` conversations that both answered; `silent`: answered by the reviewer only."""

    criterion: Criterion
    n: int
    silent: int
    measures: Agreement | None


def trial_agreement(trial: AssistantTrial) -> list[CriterionAgreement]:
    """Reviewers and assistant compared, criterion by criterion in the order of the scorecard.

    "Does not apply" counts as an answer of its own wherever one of the two gave it. Answers in an order (three or more)
    are weighed by how far they lie apart (AC2), others are the same or not (AC1).
    """
    requests = AssistantRequest.objects.filter(trial=trial, state=AssistantRequest.State.ANSWERED)
    given = _values(
        Rating.objects.filter(review__in=requests.values("review_id")).values_list(
            "criterion_id", "review_id", "answer__value", "is_na"
        )
    )
    proposed = _values(
        Proposal.objects.filter(request__in=requests).values_list("criterion_id", "request__review_id", "answer__value", "is_na")
    )
    criteria = Criterion.objects.filter(section__version=trial.version_id).prefetch_related("answers")
    found = []
    for criterion in criteria.order_by("section__order", "section_id", "order", "pk"):
        ours, theirs = given[criterion.pk], proposed[criterion.pk]
        pairs = [(ours[review], theirs[review]) for review in sorted(ours) if review in theirs]
        measures = _measures(pairs, [answer.value for answer in criterion.answers.all()]) if pairs else None
        found.append(CriterionAgreement(criterion, len(pairs), len(ours) - len(pairs), measures))
    return found


def _values(rows: Iterable[tuple[int, int, float | None, bool]]) -> dict[int, dict[int, float]]:
    values: dict[int, dict[int, float]] = defaultdict(dict)
    for criterion, review, value, is_na in rows:
        if is_na or value is not None:
            values[criterion][review] = NOT_APPLICABLE if is_na or value is None else value
    return values


def _measures(pairs: list[tuple[float, float]], scale: list[float]) -> Agreement | None:
    with_na = any(NOT_APPLICABLE in pair for pair in pairs)
    scale = [*scale, NOT_APPLICABLE] if with_na else scale
    if len(set(scale)) < 2:
        return None
    return agreement(pairs, scale, Level.NOMINAL if with_na or len(scale) < 3 else Level.ORDINAL)


@dataclass(frozen=True)
class LiveAgreement:
    """Since it is on, of `n` proposals whose review is published: `same` stands as proposed, `accepted` by the button."""

    criterion: Criterion
    n: int
    same: int
    accepted: int
    interval: Interval | None

    @property
    def changed(self) -> int:
        return self.n - self.same


def live_agreement(version: ScorecardVersion) -> list[LiveAgreement]:
    """What became of proposals that reviewers saw or could have seen. They may follow what is proposed, so it flatters."""
    proposals = Proposal.objects.filter(
        request__trial=None,
        request__review__scorecard_version=version,
        request__review__state=Review.State.PUBLISHED,
    )
    rows = list(proposals.values_list("criterion_id", "request__review_id", "answer_id", "is_na", "accepted_at"))
    stands = {
        (criterion, review): (answer, is_na)
        for criterion, review, answer, is_na in Rating.objects.filter(
            review__in=proposals.values("request__review_id")
        ).values_list("criterion_id", "review_id", "answer_id", "is_na")
    }
    numbers: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for criterion_id, review_id, answer_id, is_na, accepted_at in rows:
        counted = numbers[criterion_id]
        counted[0] += 1
        counted[1] += stands.get((criterion_id, review_id)) == (answer_id, is_na)
        counted[2] += accepted_at is not None
    criteria = Criterion.objects.filter(pk__in=list(numbers)).order_by("section__order", "section_id", "order", "pk")
    found = []
    for criterion in criteria:
        n, same, accepted = numbers[criterion.pk]
        found.append(LiveAgreement(criterion, n, same, accepted, wilson(same, n)))
    return found


@dataclass(frozen=True)
class AssistantState:
    """One scorecard's page. `measured`: the trial that allows turning it on; `trial`: the newest of any kind."""

    endpoint: Endpoint | None
    version: ScorecardVersion
    available: int
    trial: AssistantTrial | None
    asked: int
    answered: int
    failed: int
    measured: AssistantTrial | None
    switch: AssistantSwitch | None

    @property
    def is_on(self) -> bool:
        """In force: turned on, and the model is still the one that was measured."""
        return bool(self.switch and self.switch.is_on and self.endpoint and self.switch.trial.model == self.endpoint.model)

    @property
    def needs_new_trial(self) -> bool:
        """It was turned on for another model than the one configured now."""
        return bool(self.switch and self.switch.is_on and self.endpoint and not self.is_on)

    @property
    def is_running(self) -> bool:
        return self.trial is not None and self.trial.state == AssistantTrial.State.RUNNING

    @property
    def may_measure(self) -> bool:
        return self.endpoint is not None and self.available >= NEEDED and not self.is_running


def assistant_state(version: ScorecardVersion) -> AssistantState:
    to = endpoint()
    trial = AssistantTrial.objects.filter(version=version).select_related("started_by").order_by("-pk").first()
    State = AssistantRequest.State
    counted = (
        AssistantRequest.objects.filter(trial=trial).aggregate(
            asked=Count("pk"),
            answered=Count("pk", filter=Q(state=State.ANSWERED)),
            failed=Count("pk", filter=Q(state=State.FAILED)),
        )
        if trial
        else {"asked": 0, "answered": 0, "failed": 0}
    )
    return AssistantState(
        endpoint=to,
        version=version,
        available=min(WANTED, reviews_to_measure(version).count()),
        trial=trial,
        measured=measured_trial(version, to.model) if to else None,
        switch=AssistantSwitch.objects.filter(version=version).select_related("trial", "changed_by").first(),
        **counted,
    )


@dataclass(frozen=True)
class ScorecardLine:
    """A published scorecard on the page of helpers."""

    scorecard: Scorecard
    version: ScorecardVersion
    is_on: bool


def scorecard_lines() -> list[ScorecardLine]:
    published = ScorecardVersion.objects.filter(state=ScorecardVersion.State.PUBLISHED).select_related("scorecard")
    to = endpoint()
    on = set(AssistantSwitch.objects.filter(is_on=True, trial__model=to.model).values_list("version_id", flat=True) if to else [])
    return [ScorecardLine(v.scorecard, v, v.pk in on) for v in published.order_by("scorecard__name", "pk")]


def request_of(review: Review) -> AssistantRequest | None:
    """What was asked for this draft, where the assistant is on for its scorecard."""
    if not is_on_for(review.scorecard_version_id):
        return None
    return AssistantRequest.objects.filter(review=review, trial=None).first()
