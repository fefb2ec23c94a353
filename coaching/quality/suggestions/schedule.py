"""What the helpers do by themselves: find suggestions, look at them, train on what is new, ask again what failed."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from coaching.quality.services.errors import QualityError
from coaching.quality.suggestions.assistant.working import ask_waiting
from coaching.quality.suggestions.learner.queries import learner_state
from coaching.quality.suggestions.learner.services import ask_for_training, give_up_dead, look_at_conversations
from coaching.quality.suggestions.services import find_suggestions
from foundation.schedule import WorkFailed

NEW_REVIEWS = 20  # so many more than last time are worth a training


def find(now: datetime) -> str:
    """Look for reasons, and for what the learner says of the conversations."""
    found = find_suggestions(actor=None, now=now)
    looked_at = look_at_conversations(now=now)
    return f"{found} conversations have a reason to look at them; {looked_at} looked at by the learner"


def train(now: datetime) -> str:
    """Ask for a training where there are enough reviews and 20 more than last time. A worker does it."""
    give_up_dead(now=now)
    state = learner_state()
    if not state.enough:
        return f"{state.have} of {state.needed} reviews; nothing is learned yet"
    if state.run is not None and state.readable and state.have < state.run.reviews + NEW_REVIEWS:
        return "too few new reviews for another training"
    if state.pending is not None:
        return "a training is under way"
    try:
        ask_for_training(actor=None, now=now)
    except QualityError as error:
        raise WorkFailed(str(error)) from error
    return f"asked for a training on {state.have} reviews"


def ask(now: datetime) -> str:
    """Put to the assistant what waits, such as what it could not answer at once."""
    began = timezone.now()
    return ask_waiting(lambda: now + (timezone.now() - began))
