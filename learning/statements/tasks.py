"""Outside calls, as a worker makes them."""

from django.utils import timezone
from django_tasks import task

from learning.statements.gathering import gather
from learning.statements.sending import send_waiting


@task()
def send_now() -> None:
    """Gather and send at once, without waiting for the schedule."""
    gather(now=timezone.now())
    send_waiting(clock=timezone.now)
