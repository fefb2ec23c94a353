"""The verbs of the pages. Small files are done at once, in the request; large ones by a worker, with a row that the page asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from coaching.interactions.importing.problems import ImportRefused
from coaching.quality.days import local_day
from coaching.quality.exchange import files, jobs, tasks
from coaching.quality.exchange.exports.tables import tables_of
from coaching.quality.exchange.models import Job, QualityExport, ReviewImport
from coaching.quality.services.errors import QualityError
from people.audit import record
from people.models import Person, Team

SMALL_BYTES = 256 * 1024
SMALL_ROWS = 3_000
State = Job.State
Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class ImportWish:
    """What is asked beside the file."""

    source: str = ""
    scale: str = ""
    drafts: bool = False


def upload_review_import(*, actor: Person, upload: UploadedFile, wish: ImportWish, now: datetime) -> ReviewImport:
    """Store an uploaded file under a name of our own and have it checked: nothing of it is imported before that is confirmed.

    Raises ImportRefused where it is too large.
    """
    stored = files.new_name("upload")
    size = 0
    try:
        with (files.folder() / stored).open("xb") as stream:
            for block in upload.chunks():
                size += len(block)
                if size > settings.IMPORT_MAX_BYTES:
                    raise ImportRefused(
                        _("The file is larger than %(size)s MB. Split it, or import it by command.")
                        % {"size": settings.IMPORT_MAX_BYTES // 2**20}
                    )
                stream.write(block)
    except ImportRefused:
        (files.folder() / stored).unlink(missing_ok=True)
        raise
    with transaction.atomic():
        job = ReviewImport.objects.create(
            created_by=actor,
            file_name=Path(upload.name or "upload").name[:200],
            stored_name=stored,
            size=size,
            source=wish.source,
            scale=wish.scale,
            drafts=wish.drafts,
            created_at=now,
            heartbeat_at=now,
        )
        record(actor=actor, verb="import.upload", target=job, after={"kind": "reviews", "size": size}, now=now)
    return job


def set_going(*, job: ReviewImport | QualityExport, clock: Clock) -> None:
    """Do a waiting job: at once where it is small, else by a worker."""
    if isinstance(job, ReviewImport):
        if job.size <= SMALL_BYTES:
            jobs.run_review_import(pk=job.pk, clock=clock)
        else:
            transaction.on_commit(partial(tasks.review_import.enqueue, job.pk))
    elif job.total <= SMALL_ROWS:
        jobs.run_quality_export(pk=job.pk, clock=clock)
    else:
        transaction.on_commit(partial(tasks.quality_export.enqueue, job.pk))


@transaction.atomic
def start_review_import(*, actor: Person, job: ReviewImport, now: datetime) -> ReviewImport:
    """Confirm a checked file: it is imported now. Raises QualityError where it was confirmed already or is not checked yet."""
    job = ReviewImport.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if job.state != State.CHECKED:
        raise QualityError(_("This import was started already, or is still being checked."))
    job.state, job.is_check, job.position, job.heartbeat_at = State.WAITING, False, 0, now
    job.save()
    record(actor=actor, verb="import.start", target=job, after={"kind": "reviews"}, now=now)
    return job


@transaction.atomic
def resume_review_import(*, actor: Person, job: ReviewImport, now: datetime) -> ReviewImport:
    """Go through a stopped file again: what it stored stays. Raises QualityError where it is running or done."""
    job = ReviewImport.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if not jobs.can_resume(job, now):
        raise QualityError(_("This import is running or done; there is nothing to resume."))
    job.state, job.run_token, job.error, job.heartbeat_at = State.WAITING, "", "", now
    job.save()
    record(actor=actor, verb="import.resume", target=job, after={"position": job.position}, now=now)
    return job


@transaction.atomic
def discard_review_import(*, actor: Person, job: ReviewImport, now: datetime) -> None:
    """Throw an upload away that was never confirmed, file and all. Raises QualityError where it was."""
    job = ReviewImport.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if not job.is_check or job.state == State.RUNNING:
        raise QualityError(_("Only an import that was never started can be thrown away."))
    record(actor=actor, verb="import.discard", target=job, before={"size": job.size}, now=now)
    transaction.on_commit(partial(files.remove, job))
    job.delete()


def create_quality_export(
    *,
    actor: Person,
    kind: str,
    tables: list[str],
    since: date,
    until: date,
    team: Team | None = None,
    person: Person | None = None,
    now: datetime,
) -> QualityExport:
    """Ask for a file. Raises QualityError where an export of this person is still being written, or nothing is asked for."""
    wanted = tables_of(tables)
    if not wanted:
        raise QualityError(_("Choose at least one table."))
    if until < since:
        raise QualityError(_("The last day lies before the first one."))
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=actor.pk)
        going = QualityExport.objects.filter(created_by=actor, state__in=Job.MOVING, heartbeat_at__gt=now - files.STALE_AFTER)
        if going.exists():
            raise QualityError(_("Your last export is still being written. Wait for it."))
        export = QualityExport(
            created_by=actor,
            format=kind,
            tables=[table.key for table in wanted],
            since=since,
            until=until,
            team=None if person else team,
            person=person,
            scope=str(person or team or ""),
            stored_name=files.new_name("zip" if kind == QualityExport.Format.CSV else kind),
            created_at=now,
            heartbeat_at=now,
            expires_at=now + files.KEPT,
        )
        scope = jobs.scope_of(export, local_day(now))
        export.total = sum(table.source(scope).count() for table in wanted)
        export.save()
    return export


def note_download(*, actor: Person, export: QualityExport, now: datetime) -> None:
    """Put on record that a file was fetched."""
    record(actor=actor, verb="read.download", target=export, subject=export.person, after={"rows": export.rows}, now=now)


def sweep_files(now: datetime) -> int:
    """Remove what is older than a day: exports, and uploads that were never confirmed or are done; how many."""
    gone = 0
    old_exports = QualityExport.objects.filter(expires_at__lte=now)
    old_imports = ReviewImport.objects.filter(heartbeat_at__lte=now - files.KEPT)
    for job in (*old_exports, *old_imports):
        if files.path_of(job).exists():
            gone += 1
        files.remove(job)
    ReviewImport.objects.filter(pk__in=[job.pk for job in old_imports if job.is_check]).delete()
    return gone
