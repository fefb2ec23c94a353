"""What an H5P exercise reports, and what it keeps for its learner between two visits.

The rules are those of every package: nothing goes back, time never shrinks, the visit opened last holds the bookmark. A
result has no number of its own; the same one twice changes nothing.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from learning.packages.faults import CommitRefused
from learning.packages.models import Launch, Package, PartState, Visit
from learning.packages.services.running import claim, hold, move_bookmark, touch_launch, visits_of
from learning.packages.statements import LONGEST_DATA, MOST_DATA, Result

MOST_KEPT = 2 * LONGEST_DATA  # characters that one exercise keeps for one learner


def visit_of_exercise(*, launch: Launch, number: int) -> Visit:
    """The visit `number` of an H5P exercise. Raises CommitRefused where this launch has none."""
    visit = visits_of(launch, 0, number).first() if launch.package.kind == Package.Kind.H5P else None
    if visit is None:
        raise CommitRefused(_("Open the part before it reports."))
    return visit


@transaction.atomic
def record_result(*, launch: Launch, number: int, result: Result, now: datetime) -> bool:
    """Store how somebody did in the visit `number`; is the exercise done? Raises CommitRefused as record_commit does."""
    if launch.review:
        return True
    hold(launch)
    visit = visit_of_exercise(launch=launch, number=number)
    state = visit.state
    seconds = max(result.seconds, int(visit.runtime_data.get("seconds") or 0))
    visit.runtime_data |= {"result": result.as_json(), "seconds": seconds}
    visit.sequence += 1
    visit.last_contact_at = now
    visit.save(update_fields=["runtime_data", "sequence", "last_contact_at"])
    move_bookmark(state, visit)
    claim(
        launch,
        state,
        completion=result.completion,
        success=result.success,
        score=(result.raw, result.minimum, result.maximum, result.scaled),
        # Its total: what there was when it was opened, and this visit once.
        seconds=int(visit.runtime_data.get("before") or 0) + seconds,
        now=now,
    )
    return state.is_done


@transaction.atomic
def keep_data(*, launch: Launch, number: int, key: str, data: str | None, now: datetime) -> None:
    """Keep what an exercise wants to find again under `key`, or forget it (None). Raises CommitRefused where it would be too much."""
    if launch.review:
        return
    hold(launch)
    visit = visit_of_exercise(launch=launch, number=number)
    kept = dict(visit.runtime_data.get("data") or {})
    if data is None:
        kept.pop(key, None)
    else:
        kept[key] = data
    if len(kept) > MOST_DATA or sum(len(one) for one in kept.values()) > MOST_KEPT:
        raise CommitRefused(_("The exercise wants to keep too much."), 405)
    visit.runtime_data |= {"data": kept}
    visit.save(update_fields=["runtime_data"])
    move_bookmark(visit.state, visit)
    begun = visit.state.completion == PartState.Completion.UNKNOWN
    if begun and data is not None:
        visit.state.completion = PartState.Completion.INCOMPLETE
    visit.state.save(update_fields=["latest", "completion"])
    touch_launch(launch=launch, now=now)
