"""Outside calls: the one mail that says which reviews wait to be read."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django_tasks import task

from coaching.quality.models import AcknowledgementReminder
from people.mail import send_to_person
from people.models import Person


@task()
def mail_overdue_reviews(person_id: int) -> None:
    """Tell this person how many reviews they were reminded of and have not read, in one mail. No score, no words: the page has them.

    Run twice, it sends once: a reminder is marked as mailed in the same transaction.
    """
    person = Person.objects.active().filter(pk=person_id).first()
    if person is None:
        return
    with transaction.atomic():
        waiting = AcknowledgementReminder.objects.select_for_update(of=("self",)).filter(
            review__reviewee=person, review__state="published", review__acknowledgements=None, mailed_at=None
        )
        found = list(waiting.values_list("pk", flat=True))
        if not found:
            return
        AcknowledgementReminder.objects.filter(pk__in=found).update(mailed_at=timezone.now())
        link = settings.BASE_URL.rstrip("/") + reverse("my_reviews") + "?show=overdue"
        send_to_person(person, "coaching/quality/reviews_overdue", {"n": len(found), "link": link})
