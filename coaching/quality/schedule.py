"""What quality does by itself: the draw of the week, releasing what was held, reminding of what is overdue."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.utils import timezone

from coaching.quality.models import ReviewDraw
from coaching.quality.release.services import release_reviews, remind_to_acknowledge
from coaching.quality.services import QualityError, draw_reviews
from foundation.schedule import WorkFailed
from people.models import Person, Role

PER_PERSON = 2  # per rep and week


def draw_the_week(*, day: date, now: datetime, per_person: int = PER_PERSON, seed: str = "") -> list[ReviewDraw]:
    """Each rep's seven days before `day`, at random, shared out among the reviewers; nothing new in the same week."""
    return draw_reviews(
        actor=None,
        reviewers=Person.objects.active().with_role(Role.REVIEWER),
        people=Person.objects.active().with_role(Role.REP),
        per_person=per_person,
        since=day - timedelta(days=7),
        until=day - timedelta(days=1),
        seed=seed or secrets.token_hex(8),
        now=now,
    )


def draw(now: datetime) -> str:
    """The draw of this week, if it has not been made."""
    try:
        draws = draw_the_week(day=timezone.localdate(now), now=now)
    except QualityError as error:
        raise WorkFailed(str(error)) from error
    return f"{len(draws)} conversations drawn for {len({each.reviewee_id for each in draws})} people"


def release(now: datetime) -> str:
    """Held reviews whose day has come."""
    return f"{release_reviews(now=now)} held reviews released"


def remind(now: datetime) -> str:
    """One mail to everybody whose reviews became overdue."""
    return f"{remind_to_acknowledge(now=now)} overdue reviews reminded of"
