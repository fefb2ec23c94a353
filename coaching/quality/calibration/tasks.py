"""Work outside the request: reminders by mail, and counting after a session."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django_tasks import task

from coaching.quality.calibration.counting import count_agreement_of_all
from coaching.quality.models import BlindScoring, CalibrationParticipant
from people.mail import send_to_person


@task()
def count_agreement(now: str) -> None:
    """How far reviewers agree, as of that moment (ISO)."""
    count_agreement_of_all(datetime.fromisoformat(now))


@task()
def mail_calibration_reminder(participant_id: int, late: bool) -> None:
    """Write to a participant who has not submitted everything; nothing where they have by now, or scoring is over."""
    participant = CalibrationParticipant.objects.select_related("session", "person").filter(pk=participant_id).first()
    if participant is None or not participant.session.is_scoring or not participant.person.is_active:
        return
    left = BlindScoring.objects.filter(
        item__session=participant.session, scorer=participant.person, state=BlindScoring.State.DRAFT
    ).count()
    if left:
        url = settings.BASE_URL.rstrip("/") + reverse("calibration_detail", args=[participant.session_id])
        context = {"session": participant.session, "left": left, "late": late, "url": url}
        send_to_person(participant.person, "coaching/calibration_reminder", context)
