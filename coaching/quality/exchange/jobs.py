"""Running long work: claimed by one worker, with signs of life, to its end or to a failure that is written down."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from coaching.interactions.importing.problems import ImportRefused
from coaching.quality.days import local_day
from coaching.quality.exchange import files
from coaching.quality.exchange.access import can_export_quality, people_to_export, teams_to_export
from coaching.quality.exchange.exports import builtin  # noqa: F401  (fills the registry)
from coaching.quality.exchange.exports.tables import Scope, tables_of
from coaching.quality.exchange.exports.writing import write_file
from coaching.quality.exchange.importing.running import import_reviews
from coaching.quality.exchange.models import Job, QualityExport, ReviewImport, System
from people.audit import record, record_read
from people.models import Person, Team

Clock = Callable[[], datetime]
State = Job.State


class Overtaken(Exception):
    """Another worker has this job, or it is gone."""


def can_resume(job: Job, now: datetime) -> bool:
    """It stopped, or its worker has not been heard of for two minutes."""
    return job.state == State.FAILED or is_stale(job, now)


def is_stale(job: Job, now: datetime) -> bool:
    return job.is_moving and now - job.heartbeat_at > files.STALE_AFTER


def _claim(model: type[Job], pk: int, now: datetime) -> str | None:
    """A token where this worker has the job now. One statement: of two workers one gets it."""
    token = uuid.uuid4().hex
    claimable = Q(state=State.WAITING) | Q(state=State.RUNNING, heartbeat_at__lt=now - files.STALE_AFTER)
    jobs = model._default_manager.filter(claimable, pk=pk)
    return token if jobs.update(state=State.RUNNING, run_token=token, heartbeat_at=now, error="") else None


def _beat(model: type[Job], pk: int, token: str, clock: Clock) -> Callable[[int, int], None]:
    def progress(position: int, total: int) -> None:
        mine = model._default_manager.filter(pk=pk, run_token=token)
        if not mine.update(position=position, total=total, heartbeat_at=clock()):
            raise Overtaken

    return progress


def run_review_import(*, pk: int, clock: Clock) -> None:
    """Check or import an uploaded file. Running it again after a kill goes on from there."""
    token = _claim(ReviewImport, pk, clock())
    if token is None:
        return
    job = ReviewImport.objects.select_related("created_by").get(pk=pk)
    mine = ReviewImport.objects.filter(pk=pk, run_token=token)
    try:
        result = import_reviews(
            actor=job.created_by,
            path=files.path_of(job),
            system=System(job.system),
            source=job.source,
            scale=job.scale,
            drafts=job.drafts,
            now=clock(),
            dry_run=job.is_check,
            errors_path=files.errors_path_of(job),
            progress=_beat(ReviewImport, pk, token, clock),
        )
    except ImportRefused as refusal:
        mine.update(state=State.FAILED, error=str(refusal), finished_at=clock())
        return
    except Overtaken:
        return
    except Exception:
        why = _("It stopped unexpectedly. What was stored stays; go on from there.")
        mine.update(state=State.FAILED, error=why, finished_at=clock())
        raise
    more = {
        "reviews": result.reviews, "disputes": result.disputes, "versions": result.versions,
        "scored": result.scored, "mean": result.mean,
    }  # fmt: skip
    mine.update(
        state=State.CHECKED if job.is_check else State.DONE,
        counts=result.summary() | more,
        notes=result.notes[:200],
        samples=[problem.cells() for problem in result.samples],
        finished_at=clock(),
    )


def scope_of(export: QualityExport, on: date) -> Scope:
    """Whose and which data the export is of, by what its person may read on that day."""
    people = None
    if export.person_id:
        people = people_to_export(export.created_by, on).filter(pk=export.person_id)
    elif export.team_id:
        team = teams_to_export(export.created_by, on).filter(pk=export.team_id)
        people = Person.objects.in_teams(Team.objects.at_or_below(team), on) if team.exists() else Person.objects.none()
    elif export.scope:
        people = Person.objects.none()  # it was about a team or person that is gone
    return Scope(export.created_by, on, export.since, export.until, people)


def run_quality_export(*, pk: int, clock: Clock) -> None:
    """Write an export, and put on record whose data is in it. Rights are those of the moment it runs."""
    now = clock()
    token = _claim(QualityExport, pk, now)
    if token is None:
        return
    export = QualityExport.objects.select_related("created_by").get(pk=pk)
    mine = QualityExport.objects.filter(pk=pk, run_token=token)
    on = local_day(now)
    allowed = can_export_quality(export.created_by)
    if not allowed or not export.created_by.is_active:
        mine.update(state=State.FAILED, error=str(allowed.reason) or _("This account is switched off."), finished_at=clock())
        return
    beat = _beat(QualityExport, pk, token, clock)
    scope, tables = scope_of(export, on), tables_of(export.tables)
    try:
        rows, subjects = write_file(
            files.path_of(export), export.format, tables, scope, now=now, step=lambda done: beat(done, export.total)
        )
    except Overtaken:
        return
    except Exception:
        mine.update(state=State.FAILED, error=_("It stopped unexpectedly. Try again."), finished_at=clock())
        raise
    # Before the file can be had: nobody's data leaves without its being on record.
    for person in Person.objects.filter(pk__in=subjects):
        record_read(export.created_by, person, "export", now)
    record(
        actor=export.created_by,
        verb="export.create",
        target=export,
        subject=export.person,
        after={
            "tables": export.tables,
            "rows": rows,
            "people": len(subjects),
            "since": str(export.since),
            "until": str(export.until),
        },
        now=now,
    )
    mine.update(
        state=State.DONE,
        rows=rows,
        position=rows,
        total=rows,
        subjects=sorted(subjects),
        size=files.path_of(export).stat().st_size,
        finished_at=clock(),
    )
