"""Work of the imports that a worker does."""

from django.utils import timezone
from django_tasks import task

from coaching.metrics.imports.jobs import run_job


@task()
def run_import_job(pk: int) -> None:
    """Run one import that waits."""
    run_job(pk=pk, clock=timezone.now)
