"""Putting a review that was just begun to the assistant, where it is on for that scorecard.

Called by `start_review`. Loads nothing of what asks: a worker does that, and nobody waits for it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from coaching.quality.models import Mode, Review
from coaching.quality.suggestions.assistant.endpoint import endpoint
from coaching.quality.suggestions.models import AssistantRequest, AssistantSwitch
from coaching.quality.suggestions.tasks import ask_assistant


def is_on_for(version_id: int) -> bool:
    """Turned on for this version, on the strength of a trial with the very model that is configured now."""
    to = endpoint()
    if to is None:
        return False
    return AssistantSwitch.objects.filter(version=version_id, is_on=True, trial__model=to.model).exists()


def request_proposals(*, review: Review, now: datetime) -> AssistantRequest | None:
    """Note that proposals are wanted for this review; None where the assistant is off. Asking twice changes nothing.

    Peer feedback and self-assessments get none: they ask how a person sees a conversation, and the assistant is measured on reviews.
    """
    to = endpoint()
    if to is None or review.mode != Mode.REVIEW or not is_on_for(review.scorecard_version_id):
        return None
    request, created = AssistantRequest.objects.get_or_create(
        review=review, trial=None, defaults={"model": to.model, "next_try_at": now}
    )
    if created:
        transaction.on_commit(lambda: ask_assistant.enqueue())
    return request
