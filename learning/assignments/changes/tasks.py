"""What the worker does after a publish: look who has to learn it again."""

from django.utils import timezone
from django_tasks import task

from learning.assignments.changes.services import reopen_changed


@task()
def look_for_changes() -> None:
    reopen_changed(now=timezone.now())
