"""What a worker does by itself."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from coaching.surveys.services.inviting import deliver_invitations, queue_invitations
from coaching.surveys.services.refusing import credit_waiting_answers, forget


@task()
def send_surveys() -> None:
    """What `manage.py send_surveys` does. Safe to run beside itself."""
    credit_waiting_answers()
    queue_invitations(now=timezone.now())
    deliver_invitations(clock=timezone.now)
    forget(now=timezone.now())
