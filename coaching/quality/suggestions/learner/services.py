"""The verbs of the learner: ask for a training, and write down what the newest one says of conversations."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from coaching.quality.models import ReviewDraw
from coaching.quality.services.errors import QualityError
from coaching.quality.suggestions.learner.predicting import likelihood
from coaching.quality.suggestions.learner.queries import learned_by, run_that_orders
from coaching.quality.suggestions.learner.reading import NEEDED, conversations, reviews_to_learn_from
from coaching.quality.suggestions.models import LearnerRun, Likelihood, Suggestion
from coaching.quality.suggestions.tasks import train_learner
from people.audit import record
from people.models import Person

MOST_AT_ONCE = 2_000  # conversations looked at in one turn
GIVEN_UP_AFTER = timedelta(minutes=30)


@transaction.atomic
def ask_for_training(*, actor: Person | None, now: datetime) -> LearnerRun:
    """Let a worker train the learner. Raises QualityError below 200 random reviews, or while one waits or runs."""
    have = reviews_to_learn_from().count()
    if have < NEEDED:
        raise QualityError(
            _("There are %(have)s of %(needed)s random reviews. Nothing is learned from fewer.")
            % {"have": have, "needed": NEEDED}
        )
    give_up_dead(now=now)
    if LearnerRun.objects.filter(state__in=LearnerRun.UNFINISHED).exists():
        raise QualityError(_("A training is under way already."))
    try:
        with transaction.atomic():
            run = LearnerRun.objects.create(asked_by=actor, asked_at=now)
    except IntegrityError as error:
        raise QualityError(_("A training is under way already.")) from error
    record(actor=actor, verb="learner.train", target=run, after={"reviews": have}, now=now)
    transaction.on_commit(lambda: train_learner.enqueue())
    return run


def give_up_dead(*, now: datetime) -> int:
    """Trainings whose worker was killed are said to have stopped."""
    dead = LearnerRun.objects.filter(state__in=LearnerRun.UNFINISHED, asked_at__lt=now - GIVEN_UP_AFTER)
    return dead.update(state=LearnerRun.State.FAILED, finished_at=now, problem=_("It was interrupted. Train again."))


def look_at_conversations(*, now: datetime) -> int:
    """Write down the likelihood of what is suggested, or was picked and waits, and was not looked at by the newest training.

    How many were looked at. Harmless to run twice.
    """
    run = run_that_orders()
    learned = learned_by(run)
    if run is None or learned is None:
        return 0
    known = Likelihood.objects.filter(run=run)
    suggested = Suggestion.objects.filter(~Exists(known.filter(interaction=OuterRef("interaction"))), dismissed_at=None)
    picked = ReviewDraw.objects.filter(
        ~Exists(known.filter(interaction=OuterRef("interaction"))), state__in=ReviewDraw.OPEN_STATES
    ).exclude(method=ReviewDraw.Method.RANDOM)
    cases = [*picked.values_list("interaction_id", flat=True)[:MOST_AT_ONCE]]
    cases += suggested.order_by("-day", "-pk").values_list("interaction_id", flat=True)[: MOST_AT_ONCE - len(cases)]
    rows = [Likelihood(interaction_id=c.case, run=run, value=likelihood(learned, c)) for c in conversations(sorted(set(cases)))]
    with transaction.atomic():
        Likelihood.objects.exclude(run=run).delete()
        Likelihood.objects.bulk_create(
            rows, batch_size=500, update_conflicts=True, unique_fields=["interaction"], update_fields=["run", "value"]
        )
    return len(rows)
