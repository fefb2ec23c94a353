"""Whether messages of a source are masked before they are stored, and looking behind the mask that pages put on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from coaching.interactions.models import Interaction, Message, Source
from people.audit import record
from people.models import Person


@transaction.atomic
def set_masking(*, actor: Person | None, source: Source, on: bool, now: datetime) -> Source:
    """Mask personal data of this source before it is stored, or no longer. What is stored already stays as it is.

    Waits for the chunk that an import is writing. The unmasked words are then nowhere here: nobody can show them.
    """
    source = Source.objects.select_for_update(no_key=True).get(pk=source.pk)
    if source.masks_personal_data != on:
        before, source.masks_personal_data = source.masks_personal_data, on
        source.save(update_fields=["masks_personal_data"])
        record(actor=actor, verb="source.mask", target=source, before={"masked": before}, after={"masked": on}, now=now)
    return source


def show_personal_data(*, actor: Person, interaction: Interaction, message_id: int, now: datetime) -> Message | None:
    """The message as it is stored, None for one of another case. That it was looked at is on record; what it says is not."""
    message = Message.objects.filter(pk=message_id, interaction=interaction.pk).first()
    if message is not None:
        person = interaction.handler.person if interaction.handler else None
        after = {"interaction": interaction.pk, "message": message.pk}  # not the case itself: its name is a customer's words
        record(actor=actor, verb="case.show_personal_data", subject=person, after=after, now=now)
    return message
