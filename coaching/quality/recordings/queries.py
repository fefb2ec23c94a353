"""Reads about recordings."""

from __future__ import annotations

from coaching.interactions.models import Interaction, Message
from coaching.quality.models import Recording
from coaching.quality.recordings.services import CUE


def recording_of(case: Interaction) -> Recording | None:
    return Recording.objects.filter(interaction=case).first()


def turns_of(case: Interaction) -> tuple[int, int]:
    """(turns of a transcript, other messages) of a case."""
    messages = Message.objects.filter(interaction=case)
    cues = messages.filter(external_id__startswith=CUE).count()
    return cues, messages.count() - cues
