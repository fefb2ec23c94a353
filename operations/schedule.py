"""What operations does by itself."""

from datetime import datetime, timedelta

from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

from operations.services import forget_old_runs

RESULTS_KEPT = timedelta(days=14)


def tidy_up(now: datetime) -> str:
    """Ended sessions, finished tasks of two weeks ago, old runs of the schedule."""
    call_command("clearsessions")
    results, _parts = DBTaskResult.objects.finished().filter(finished_at__lt=now - RESULTS_KEPT).delete()
    return f"{results} finished tasks and {forget_old_runs(now=now)} old runs removed, ended sessions cleared"
