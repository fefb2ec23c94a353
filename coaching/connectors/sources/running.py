"""Masking what is stored of a source, in the background: chunk by chunk, and harmless to do twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from coaching.connectors.sources.queries import stored_messages
from coaching.interactions.models import Message, Source
from coaching.interactions.redaction import mask_personal_data
from coaching.quality.masking import mask_kept_words
from foundation.writers import let_others_write
from operations.models import ScheduledRun
from operations.services import end_run, tell_progress
from people.audit import record

CHUNK = 500  # messages of one transaction


def mask_stored(*, source_pk: int, run_pk: int, clock: Callable[[], datetime]) -> None:
    """Mask every stored message of this source, and what was quoted from it. Tells how far it is after each chunk.

    Does nothing where the run has ended, or was given up. What was masked when it is cut off stays so.
    """
    run = ScheduledRun.objects.filter(pk=run_pk, outcome=ScheduledRun.Outcome.RUNNING).first()
    source = Source.objects.filter(pk=source_pk).first()
    if run is None or source is None:
        return
    try:
        masked, quotes = _mask_all(source, run)
    except Exception as error:
        # Not the error's own words: they may quote what a customer wrote.
        words = _("It stopped unexpectedly (%(kind)s). What was masked stays masked; start it again to go on.")
        end_run(run=run, done=False, error=words % {"kind": type(error).__name__}, now=clock())
        raise
    now = clock()
    words = _("Messages masked: %(masked)s. Quotes masked with them: %(quotes)s.")
    summary = words % {"masked": _number(masked), "quotes": _number(quotes)}
    end_run(run=run, done=True, summary=summary, now=now)
    record(actor=None, verb="source.masked", target=source, after={"messages": masked, "quotes": quotes}, now=now)


def _mask_all(source: Source, run: ScheduledRun) -> tuple[int, int]:
    """(messages, quotes) that were changed."""
    total, seen, last, masked, quotes = stored_messages(source).count(), 0, 0, 0, 0
    while True:
        words = _("%(seen)s of %(total)s messages looked at, %(masked)s masked.")
        told = {"seen": _number(seen), "total": _number(max(total, seen)), "masked": _number(masked)}
        tell_progress(run=run, summary=words % told)
        with transaction.atomic():
            # An import writes the same rows, one chunk at a time.
            Source.objects.select_for_update(no_key=True).get(pk=source.pk)
            chunk = list(stored_messages(source).filter(pk__gt=last).only("body").order_by("pk")[:CHUNK])
            if not chunk:
                return masked, quotes
            before: dict[int, str] = {}
            for message in chunk:
                body = mask_personal_data(message.body)
                if body != message.body:
                    before[message.pk], message.body = message.body, body
            quotes += mask_kept_words(before)
            Message.objects.bulk_update([message for message in chunk if message.pk in before], ["body"], batch_size=CHUNK)
        seen, last, masked = seen + len(chunk), chunk[-1].pk, masked + len(before)
        let_others_write()


def _number(value: int) -> str:
    return str(number_format(value, force_grouping=True))
