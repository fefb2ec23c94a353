"""What the worker does: apply a rule that was just switched on."""

from django.utils import timezone
from django_tasks import task

from learning.enrolment.applying import apply_rule
from learning.enrolment.models import AssignmentRule


@task()
def apply_one(rule_id: int) -> None:
    """Apply a rule, unless it was paused in the meantime."""
    rule = AssignmentRule.objects.select_related("module", "path", "created_by").filter(pk=rule_id, state="active").first()
    if rule is not None:
        apply_rule(rule=rule, now=timezone.now())
