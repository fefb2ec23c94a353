"""Reading stored events, as a worker does it."""

from datetime import datetime

from django.utils import timezone
from django_tasks import task

from coaching.feeds.processing import process_stored_event


@task()
def process_event(pk: int) -> None:
    """Process one stored event of another system."""

    def later(when: datetime) -> None:
        # Where tasks run at once (tests), `run_feeds` takes it up instead.
        if process_event.get_backend().supports_defer:
            process_event.using(run_after=when).enqueue(pk)

    process_stored_event(pk=pk, clock=timezone.now, later=later)
