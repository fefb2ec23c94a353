"""The verb of the page of sources: mask what is stored already. Switching is `coaching.interactions.masking.set_masking`."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from coaching.connectors.sources import queries
from coaching.connectors.sources.tasks import mask_stored_messages
from coaching.interactions.models import Source
from operations.models import ScheduledRun
from operations.services import begin_run
from people.audit import record
from people.models import Person


class MaskingRefused(Exception):
    """What is stored cannot be masked now; the message says why."""


@transaction.atomic
def mask_stored_data(*, actor: Person, source: Source, now: datetime) -> ScheduledRun:
    """Have the personal data in every stored message of this source masked for good, by a worker.

    Raises MaskingRefused where new messages are not masked, for then the next import would bring the words back, and
    where it is being done.
    """
    source = Source.objects.select_for_update(no_key=True).get(pk=source.pk)
    if not source.masks_personal_data:
        raise MaskingRefused(_("Have new messages of this source masked first, or the next import brings the words back."))
    run = begin_run(name=queries.run_name(source), at_most=queries.AT_MOST, now=now)
    if run is None:
        raise MaskingRefused(_("This is being done already."))
    after = {"messages": queries.stored_messages(source).count()}
    record(actor=actor, verb="source.mask_stored", target=source, after=after, now=now)
    transaction.on_commit(partial(mask_stored_messages.enqueue, source.pk, run.pk))
    return run
