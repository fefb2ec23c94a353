"""Running an import in the background, and what follows every import."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from coaching.interactions import services as interactions
from coaching.interactions.importing.mapping import parse_mapping
from coaching.interactions.importing.problems import ImportInterrupted, ImportRefused
from coaching.interactions.models import ImportJob
from coaching.metrics.imports import queries
from coaching.metrics.services import recount_changed_days

VERBS = {
    ImportJob.Kind.INTERACTIONS: interactions.import_interactions,
    ImportJob.Kind.MESSAGES: interactions.import_messages,
    ImportJob.Kind.SURVEYS: interactions.import_surveys,
}
State = ImportJob.State


def finish_import(*, now: datetime) -> None:
    """Count the changed days again. Called once, after any import by command or page."""
    recount_changed_days(now=now)


def run_job(*, pk: int, clock: Callable[[], datetime]) -> None:
    """Run a waiting import to its end, or to its failure, which is written on the job. Called by the task.

    Claiming is one statement: of two workers with the same job one runs it, the other leaves.
    `clock` tells the time of each sign of life.
    """
    token, now = uuid.uuid4().hex, clock()
    claimable = Q(state=State.WAITING) | Q(state=State.RUNNING, heartbeat_at__lt=now - queries.STALE_AFTER)
    if not ImportJob.objects.filter(claimable, pk=pk).update(state=State.RUNNING, run_token=token, heartbeat_at=now):
        return
    job = ImportJob.objects.get(pk=pk)
    mine = ImportJob.objects.filter(pk=pk, run_token=token)
    try:
        result = VERBS[ImportJob.Kind(job.kind)](
            actor=job.created_by,
            path=queries.stored_path(job),
            source=job.source.key if job.source else "",
            mapping=parse_mapping(job.mapping),
            timezone=job.time_zone,
            now=now,
            errors_path=queries.errors_path(job),
            job=job,
            clock=clock,
        )
    except ImportRefused as refusal:
        mine.update(state=State.FAILED, error=str(refusal), finished_at=clock())
        return
    except ImportInterrupted:
        return
    except Exception:
        mine.update(
            state=State.FAILED,
            error=_("The import stopped unexpectedly. What was stored stays; resume to go on from there."),
            finished_at=clock(),
        )
        raise
    mine.update(
        state=State.DONE,
        finished_at=clock(),
        heartbeat_at=clock(),
        errors_name=queries.errors_path(job).name if result.rejected else "",
        **{name: getattr(result, name) for name in ("read", "created", "updated", "unchanged", "rejected")},
        notes=dict.fromkeys(result.notes, 1),
    )
    finish_import(now=now)
