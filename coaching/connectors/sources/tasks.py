"""Work of the sources that a worker does."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from coaching.connectors.sources.running import mask_stored


@task()
def mask_stored_messages(source_pk: int, run_pk: int) -> None:
    """Mask what is stored of one source."""
    mask_stored(source_pk=source_pk, run_pk=run_pk, clock=timezone.now)
