"""Outside calls: the mails that remind. Nothing personal in the subject, no reason or quote in the text: the page has them."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django_tasks import task

from learning.assignments.models import Assignment, Reminder
from learning.assignments.reminders.queries import digest_of
from people.delivery import local_day
from people.mail import send_to_person
from people.models import Person


@task()
def mail_reminders(person_id: int, at: str) -> None:
    """Everything that waits for this person in one mail. Run twice, it sends once: the rows are settled with it."""
    now = datetime.fromisoformat(at)
    person = Person.objects.active().filter(pk=person_id).first()
    if person is None:
        return
    with transaction.atomic():
        waiting = Reminder.objects.select_for_update(of=("self",)).filter(person=person, state=Reminder.State.WAITING)
        rows = list(
            waiting.filter(assignment__state__in=Assignment.OPEN_STATES)
            .select_related("assignment__module")
            .defer("assignment__module__lessons", "assignment__module__quiz")
            .order_by("for_day", "pk")
        )
        if not rows:
            return
        Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(state=Reminder.State.MAILED, settled_at=now)
        link = settings.BASE_URL.rstrip("/") + reverse("learn_home")
        preferences = settings.BASE_URL.rstrip("/") + reverse("my_delivery")
        send_to_person(person, "learning/reminder", {"rows": rows, "link": link, "preferences": preferences, "n": len(rows)})


@task()
def mail_lead_digest(person_id: int, at: str) -> None:
    """The week's overview for a lead."""
    lead = Person.objects.active().filter(pk=person_id).first()
    if lead is None:
        return
    digest = digest_of(lead, local_day(lead, datetime.fromisoformat(at)))
    link = settings.BASE_URL.rstrip("/") + reverse("learn_team") + "?state=overdue"
    preferences = settings.BASE_URL.rstrip("/") + reverse("my_delivery")
    send_to_person(lead, "learning/lead_digest", {"digest": digest, "link": link, "preferences": preferences})
