"""Outside calls: the mail that tells a learner about a new assignment."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django_tasks import task

from learning.assignments.models import Assignment


@task()
def mail_assignment(assignment_id: int) -> None:
    """Write to the learner in their language. Neither subject nor text quotes a customer: the page does."""
    assignment = Assignment.objects.select_related("person", "module", "assigned_by").filter(pk=assignment_id).first()
    if assignment is None or not assignment.is_open or not assignment.person.is_active:
        return
    with translation.override(assignment.person.locale):
        context = {
            "assignment": assignment,
            "person": assignment.person,
            "url": settings.BASE_URL + reverse("assignment_detail", args=[assignment.pk]),
            "site_name": settings.SITE_NAME,
        }
        subject = render_to_string("emails/learning/module_assigned_subject.txt", context).strip()
        body = render_to_string("emails/learning/module_assigned.txt", context)
    send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [assignment.person.email])
