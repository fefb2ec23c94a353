"""What a worker does with a stored event of another system: read it, store its rows, once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from pydantic import ValidationError as BodyInvalid

from coaching.feeds.batches import InteractionBatch, MessageBatch, SurveyBatch
from coaching.feeds.intake import MOMENT, BatchRefused, Received, receive
from coaching.feeds.models import InboxEvent, RecordMark
from coaching.feeds.patience import wait_after
from coaching.feeds.tallies import tally_webhook
from coaching.interactions.models import ImportJob, Source

MAX_ATTEMPTS = 8
REJECTED_SHOWN = 100
BATCHES: dict[str, type[InteractionBatch | MessageBatch | SurveyBatch]] = {
    ImportJob.Kind.INTERACTIONS: InteractionBatch,
    ImportJob.Kind.MESSAGES: MessageBatch,
    ImportJob.Kind.SURVEYS: SurveyBatch,
}
Keys = Iterable[tuple[str, ...]]


def process_stored_event(*, pk: int, clock: Callable[[], datetime], later: Callable[[datetime], None]) -> None:
    """Process an event that waits. What it changes and that it is done are one transaction: it is done once, or not at all.

    What the event says wrongly fails at once. Where something else goes wrong it waits longer each time, which
    `later` is told, and fails after 8 attempts; the error is raised on, for the worker's log.
    """
    try:
        with transaction.atomic():
            event = InboxEvent.objects.select_for_update(of=("self",)).select_related("endpoint__source").get(pk=pk)
            if event.state != InboxEvent.State.WAITING:
                return
            _process(event, clock())
    except Exception as error:
        when = _note_failure(pk, type(error).__name__, clock())
        if when is not None:
            later(when)
        raise


def _process(event: InboxEvent, now: datetime) -> None:
    event.attempts += 1
    event.next_try_at, event.finished_at, event.error = None, now, ""
    try:
        received = _receive(event, now)
    except BatchRefused as refused:
        event.state, event.error = InboxEvent.State.FAILED, str(refused)
    else:
        rejected = [asdict(row) for row in received.results if row.outcome == "rejected"]
        event.state = InboxEvent.State.PARTLY if rejected else InboxEvent.State.DONE
        shown = [{name: row[name] for name in ("index", "field", "reason", "remedy")} for row in rejected[:REJECTED_SHOWN]]
        event.result = {**received.counts(), "rows": shown}
    event.save(update_fields=["state", "attempts", "next_try_at", "finished_at", "error", "result"])


def _receive(event: InboxEvent, now: datetime) -> Received:
    kind, batch, happened_at = _understood(event)
    options = batch.options() if isinstance(batch, SurveyBatch) else None
    prefix = (batch.kind,) if isinstance(batch, SurveyBatch) else ()

    def mark(key: tuple[str, ...]) -> str:
        return "\x1f".join((*prefix, *key))

    def older(source: Source, of_kind: str, keys: Keys) -> set[tuple[str, ...]]:
        wanted = {mark(key): key for key in keys}
        later_ones = RecordMark.objects.filter(source=source, kind=of_kind, key__in=list(wanted), at__gt=happened_at)
        return {wanted[key] for key in later_ones.values_list("key", flat=True)}

    def note(received: Received) -> None:
        told = [row.key for row in received.results if row.outcome != "rejected" and not row.reason]
        marks = [RecordMark(source=received.source, kind=kind, key=mark(key), at=happened_at) for key in told]
        RecordMark.objects.bulk_create(
            marks, update_conflicts=True, unique_fields=["source", "kind", "key"], update_fields=["at"], batch_size=500
        )
        tally_webhook(endpoint=event.endpoint, kind=kind, received=received, now=now)

    return receive(kind=kind, source_key=batch.source, rows=batch.rows, now=now, survey=options, older=older, in_transaction=note)


def _understood(event: InboxEvent) -> tuple[str, InteractionBatch | MessageBatch | SurveyBatch, datetime]:
    """Kind, batch and time of an event. Raises BatchRefused where the body is none of ours."""
    try:
        payload = json.loads(bytes(event.body))
    except (ValueError, RecursionError) as error:
        raise BatchRefused(_("The body is no JSON. Send application/json in UTF-8.")) from error
    kind = payload.get("type") if isinstance(payload, dict) else None
    data = payload.get("data") if isinstance(payload, dict) else None
    if not isinstance(kind, str) or kind not in BATCHES or not isinstance(data, dict):
        raise BatchRefused(
            _('The body must be {"type": "interactions", "messages" or "surveys", "timestamp": "…", "data": {"rows": […]}}.')
        )
    own = event.endpoint.source.key
    if data.get("source", own) != own:
        raise BatchRefused(_("This address takes events of the source “%(source)s” only.") % {"source": own})
    try:
        batch = BATCHES[kind].model_validate({**data, "source": own})
    except BodyInvalid as invalid:
        fault = invalid.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in ("data", *fault["loc"]))
        raise BatchRefused(_("%(place)s: %(why)s.") % {"place": place, "why": fault["msg"]}) from invalid
    return kind, batch, _happened_at(payload.get("timestamp"), event)


def _happened_at(text: Any, event: InboxEvent) -> datetime:
    """When the event happened, as it says itself; else when its delivery was signed."""
    if isinstance(text, str) and MOMENT.fullmatch(text):
        moment = parse_datetime(text)
        if moment is not None and moment.tzinfo is not None:
            return moment
    return event.signed_at


def _note_failure(pk: int, what: str, now: datetime) -> datetime | None:
    """Count the attempt and say when to try again; None where that was the last. Never the error's words: they may quote a row."""
    with transaction.atomic():
        event = InboxEvent.objects.select_for_update().defer("body").filter(pk=pk, state=InboxEvent.State.WAITING).first()
        if event is None:
            return None
        event.attempts += 1
        event.error = _("Something went wrong here (%(what)s); the log of the worker has more.") % {"what": what}
        if event.attempts >= MAX_ATTEMPTS:
            event.state, event.next_try_at, event.finished_at = InboxEvent.State.FAILED, None, now
        else:
            event.next_try_at = now + wait_after(event.attempts)
        event.save(update_fields=["state", "attempts", "next_try_at", "finished_at", "error"])
        return event.next_try_at
