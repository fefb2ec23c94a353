"""Work that a worker does."""

from django.utils import timezone
from django_tasks import task

from coaching.quality.exchange import jobs


@task()
def review_import(pk: int) -> None:
    """Check or import one uploaded file."""
    jobs.run_review_import(pk=pk, clock=timezone.now)


@task()
def quality_export(pk: int) -> None:
    """Write one export."""
    jobs.run_quality_export(pk=pk, clock=timezone.now)
