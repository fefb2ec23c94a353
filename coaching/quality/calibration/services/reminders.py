"""Reminding participants, each twice at most: two days before the day to score by, and once it has passed."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from coaching.quality.calibration.services.sessions import missing_scorings
from coaching.quality.calibration.tasks import mail_calibration_reminder
from coaching.quality.days import local_day
from coaching.quality.models import CalibrationParticipant, CalibrationSession

DAYS_BEFORE = 2


@transaction.atomic
def remind_participants(*, now: datetime) -> int:
    """Have mail sent to who has not submitted; running it again sends nothing twice. How many mails were asked for."""
    today = local_day(now)
    sessions = CalibrationSession.objects.filter(
        state=CalibrationSession.State.SCORING, due_on__lte=today + timedelta(days=DAYS_BEFORE)
    )
    asked = 0
    for session in sessions.select_for_update(of=("self",)).order_by("pk"):
        late = session.due_on < today
        field = "reminded_late_at" if late else "reminded_at"
        waiting = CalibrationParticipant.objects.filter(
            session=session, person__in=missing_scorings(session).values("scorer_id"), **{f"{field}__isnull": True}
        )
        for pk in list(waiting.values_list("pk", flat=True)):
            CalibrationParticipant.objects.filter(pk=pk).update(**{field: now})
            transaction.on_commit(partial(mail_calibration_reminder.enqueue, pk, late))
            asked += 1
    return asked
