"""What the feed needs now and then: take up what was left waiting, and forget what need not be kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from coaching.feeds.delivery_tasks import deliver_event
from coaching.feeds.models import Delivery, InboxEvent, RecordMark
from coaching.feeds.tasks import process_event

# A delivery may be repeated for days; what customers wrote is not kept here for longer than that.
BODIES_KEPT = timedelta(days=7)
FAILED_KEPT = timedelta(days=30)
MARKS_KEPT = timedelta(days=30)
# What was put in line a moment ago is left to the worker.
WAITED_LONG = timedelta(minutes=2)
AT_ONCE = 1000


def take_up_what_waits(*, now: datetime) -> int:
    """Put every event in line again that is due and that no worker has taken, for example after a crash; how many."""
    due = Q(next_try_at__lte=now) | Q(next_try_at=None, received_at__lte=now - WAITED_LONG)
    events = InboxEvent.objects.filter(due, state=InboxEvent.State.WAITING).order_by("received_at", "pk")
    deliveries = Delivery.objects.filter(state=Delivery.State.WAITING, endpoint__active=True, next_try_at__lte=now).order_by("pk")
    waiting_events = list(events.values_list("pk", flat=True)[:AT_ONCE])
    waiting_deliveries = list(deliveries.values_list("pk", flat=True)[:AT_ONCE])
    for pk in waiting_events:
        process_event.enqueue(pk)
    for pk in waiting_deliveries:
        deliver_event.enqueue(pk)
    return len(waiting_events) + len(waiting_deliveries)


def forget_old_bodies(*, now: datetime) -> int:
    """Empty the bodies of events that were processed a week ago, or failed a month ago; how many were emptied.

    That an event was taken is remembered, so that it is not taken twice.
    """
    done = Q(state__in=[InboxEvent.State.DONE, InboxEvent.State.PARTLY], finished_at__lt=now - BODIES_KEPT)
    failed = Q(state=InboxEvent.State.FAILED, finished_at__lt=now - FAILED_KEPT)
    RecordMark.objects.filter(at__lt=now - MARKS_KEPT).delete()
    return InboxEvent.objects.filter(done | failed).exclude(body=b"").update(body=b"")
