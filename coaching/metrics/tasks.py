"""Counting that a worker does after a commit."""

from django.utils import timezone
from django_tasks import task

from coaching.metrics.explorer.counting import count_changed_weeks
from coaching.metrics.recount import recount_changed_days


@task()
def recount_waiting_days() -> None:
    """Count every marked day again. Safe to run beside itself and beside an import."""
    recount_changed_days(timezone.now())
    count_changed_weeks()
