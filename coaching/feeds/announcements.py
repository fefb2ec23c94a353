"""What other systems are told of: which ids and states go out. Never what somebody wrote, and no score.

The playbook's handlers call these in the transaction of what happened.
"""

from __future__ import annotations

from datetime import datetime

from coaching.feeds.models import EventType, OutboxEvent
from coaching.feeds.sending import send_event
from coaching.quality.models import Review
from learning.assignments.models import Assignment, Completion


def tell_assignment(*, assignment_id: int) -> OutboxEvent | None:
    """A module was assigned."""
    assignment = Assignment.objects.get(pk=assignment_id)
    data = {
        "assignment": assignment.pk,
        "person": assignment.person_id,
        "module": assignment.module_id,
        "state": assignment.state,
        "source": assignment.source,
        "due_on": assignment.due_on.isoformat() if assignment.due_on else None,
    }
    return send_event(event_type=EventType.ASSIGNMENT_CREATED, data=data, now=assignment.assigned_at)


def tell_completion(*, completion_id: int) -> OutboxEvent | None:
    """An assigned module was completed."""
    completion = Completion.objects.get(pk=completion_id)
    data = {
        "assignment": completion.assignment_id,
        "completion": completion.pk,
        "person": completion.person_id,
        "module": completion.module_id,
        "revision": completion.revision_id,
        "state": "completed",
    }
    return send_event(event_type=EventType.ASSIGNMENT_COMPLETED, data=data, now=completion.completed_at)


def tell_review(*, review: Review) -> OutboxEvent | None:
    """A review was published. Without its score: that is between the person and who may read it."""
    data = {
        "review": review.pk,
        "person": review.reviewee_id,
        "interaction": review.interaction_id,
        "scorecard_version": review.scorecard_version_id,
        "state": review.state,
    }
    return send_event(event_type=EventType.REVIEW_PUBLISHED, data=data, now=review.published_at or review.saved_at)


def tell_signal(
    *, signal_id: int, metric: str, state: str, person_id: int | None, team_id: int | None, now: datetime
) -> OutboxEvent | None:
    """A signal was raised about a person or a team; `metric` is the definition's key."""
    data = {"signal": signal_id, "metric": metric, "state": state, "person": person_id, "team": team_id}
    return send_event(event_type=EventType.SIGNAL_RAISED, data=data, now=now)
