"""What the pages of sources show: what is stored, how much of it would be masked, how masking it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, QuerySet

from coaching.interactions.models import Message, Source
from coaching.interactions.redaction import mask_personal_data
from operations.models import ScheduledRun

AT_MOST = timedelta(hours=2)  # then a run that is not heard of is given up; doing it again does no harm
UNANSWERED = timedelta(minutes=2)  # a run that no worker has taken up by then
MOST_COUNTED = 10_000  # messages that are looked through while somebody waits for the page


def run_name(source: Source) -> str:
    """The name of the run that masks what is stored: one at a time of each source."""
    return f"mask_messages:{source.pk}"


def stored_messages(source: Source) -> QuerySet[Message]:
    return Message.objects.filter(interaction__source=source)


@dataclass(frozen=True)
class Stored:
    """`messages` of a source, and in how many of them something would be masked; None where counting would take too long."""

    messages: int
    to_mask: int | None


def stored_of(source: Source) -> Stored:
    messages = stored_messages(source).count()
    if messages > MOST_COUNTED:
        return Stored(messages, None)
    bodies = stored_messages(source).order_by().values_list("body", flat=True)
    return Stored(messages, sum(mask_personal_data(body) != body for body in bodies.iterator()))


@dataclass(frozen=True)
class MaskingRun:
    """The last time that stored messages were masked, or were to be."""

    run: ScheduledRun
    is_moving: bool
    is_unanswered: bool  # no worker has taken it up
    is_lost: bool  # not heard of again


def masking_run_of(source: Source, now: datetime) -> MaskingRun | None:
    run = ScheduledRun.objects.filter(name=run_name(source)).first()
    return _standing(run, now) if run else None


def with_runs(sources: Sequence[Source], now: datetime) -> list[tuple[Source, MaskingRun | None]]:
    """The sources of a page, each with its last run. Two queries for all of them."""
    named = ScheduledRun.objects.filter(name__in=[run_name(source) for source in sources])
    newest = named.order_by().values("name").annotate(newest=Max("pk")).values("newest")
    runs = {run.name: _standing(run, now) for run in ScheduledRun.objects.filter(pk__in=newest)}
    return [(source, runs.get(run_name(source))) for source in sources]


def _standing(run: ScheduledRun, now: datetime) -> MaskingRun:
    running = run.outcome == ScheduledRun.Outcome.RUNNING
    lost = run.outcome == ScheduledRun.Outcome.LOST or (running and run.started_at <= now - AT_MOST)
    unanswered = running and not run.summary and run.started_at <= now - UNANSWERED
    return MaskingRun(run, is_moving=running and not lost and not unanswered, is_unanswered=unanswered, is_lost=lost)
