"""Sending events, as a worker does it. Apart from `tasks`, so that what only sends need not load what reads."""

from datetime import datetime

from django.utils import timezone
from django_tasks import task

from coaching.feeds.delivering import deliver_waiting


@task()
def deliver_event(pk: int) -> None:
    """Send one event to one address."""

    def later(when: datetime) -> None:
        # Where tasks run at once (tests), `run_feeds` takes it up instead.
        if deliver_event.get_backend().supports_defer:
            deliver_event.using(run_after=when).enqueue(pk)

    deliver_waiting(pk=pk, clock=timezone.now, later=later)
