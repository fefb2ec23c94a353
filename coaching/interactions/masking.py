"""Whether messages of a source are masked before they are stored."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from coaching.interactions.models import Source
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
