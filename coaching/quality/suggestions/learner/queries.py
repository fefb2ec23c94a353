"""What is known of the learner: how much there is to learn from, the training in use, what it says of a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from coaching.quality.models import Review
from coaching.quality.suggestions.learner import store
from coaching.quality.suggestions.learner.predicting import look_here
from coaching.quality.suggestions.learner.reading import NEEDED, conversations, reviews_to_learn_from
from coaching.quality.suggestions.models import LearnerRun


def newest_training() -> LearnerRun | None:
    """The last that ended well. One that did not beat chance is not replaced by an older one that did."""
    return LearnerRun.objects.filter(state=LearnerRun.State.DONE).order_by("-pk").first()


def run_that_orders() -> LearnerRun | None:
    """The training whose likelihoods order lists, if it may."""
    run = newest_training()
    return run if run is not None and run.orders else None


def learned_by(run: LearnerRun | None) -> store.Learned | None:
    """The numbers of a training; None where its file is gone or was changed."""
    if run is None or not run.file_name:
        return None
    try:
        return store.load(run.file_name, run.sha256)
    except store.ModelUnreadable:
        return None


def messages_to_look_at(review: Review) -> list[int]:
    """Ids of up to three messages of the conversation to look at first; empty where the learner may not or cannot say."""
    run = newest_training()
    learned = learned_by(run) if run is not None and run.marks else None
    if learned is None:
        return []
    return [pk for conversation in conversations([review.interaction_id]) for pk in look_here(learned, conversation)]


@dataclass(frozen=True)
class LearnerState:
    """For its page. `have` of `needed` reviews; `run` the newest training that ended, `pending` one that has not."""

    have: int
    needed: int
    run: LearnerRun | None
    pending: LearnerRun | None
    readable: bool

    @property
    def enough(self) -> bool:
        return self.have >= self.needed

    @property
    def checks(self) -> list[dict[str, Any]]:
        """Both checks of the newest training, each with `of`: cases or messages."""
        run = self.run
        if run is None or run.state != LearnerRun.State.DONE:
            return []
        return [
            {"of": of, **figures, "used": used}
            for of, figures, used in (("conversations", run.conversations, run.orders), ("messages", run.messages, run.marks))
            if figures
        ]


def learner_state() -> LearnerState:
    ended = LearnerRun.objects.exclude(state__in=LearnerRun.UNFINISHED).order_by("-pk").first()
    return LearnerState(
        have=reviews_to_learn_from().count(),
        needed=NEEDED,
        run=ended,
        pending=LearnerRun.objects.filter(state__in=LearnerRun.UNFINISHED).order_by("-pk").first(),
        readable=ended is None or not ended.file_name or learned_by(ended) is not None,
    )
