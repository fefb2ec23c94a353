"""The verbs of the import pages."""

from __future__ import annotations

import hashlib
import tomllib
import uuid
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from coaching.interactions import services as interactions
from coaching.interactions.importing.formats import Recognised, recognise
from coaching.interactions.importing.mapping import parse_mapping
from coaching.interactions.importing.problems import ImportRefused
from coaching.interactions.importing.running import get_source
from coaching.interactions.models import ImportJob, SavedMapping, Source
from coaching.metrics.imports import queries
from coaching.metrics.imports.guessing import guess_mapping
from coaching.metrics.imports.jobs import finish_import
from coaching.metrics.imports.tasks import run_import_job
from people.audit import record
from people.models import Person

__all__ = [
    "ImportJobError", "discard_import", "finish_import", "match_again", "resume_import", "start_import", "upload_import",
]  # fmt: skip
State = ImportJob.State


class ImportJobError(Exception):
    """An import that cannot be started, resumed or thrown away now; the message says why."""


def upload_import(
    *, actor: Person, upload: UploadedFile, kind: str, mapping_file: UploadedFile | None = None, now: datetime
) -> ImportJob:
    """Store an uploaded file under a name of our own, with a first mapping to look at.

    Raises ImportRefused where it is no table or the mapping file is none; nothing is kept then.
    """
    given = _read_mapping(mapping_file, kind) if mapping_file else None
    folder = Path(settings.IMPORT_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    stored = f"{uuid.uuid4().hex}.upload"
    digest, size = hashlib.sha256(), 0
    try:
        with (folder / stored).open("xb") as stream:
            for block in upload.chunks():
                size += len(block)
                if size > settings.IMPORT_MAX_BYTES:
                    raise ImportRefused(
                        _("The file is larger than %(size)s MB. Split it, or import it by command.")
                        % {"size": settings.IMPORT_MAX_BYTES // 2**20}
                    )
                digest.update(block)
                stream.write(block)
        header = queries.header_of(folder / stored)
        known = None if given else recognise(folder / stored, kind)
    except ImportRefused:
        (folder / stored).unlink(missing_ok=True)
        raise
    with transaction.atomic():
        job = ImportJob.objects.create(
            kind=kind,
            file_name=Path(upload.name or "upload").name[:200],
            stored_name=stored,
            size=size,
            sha256=digest.hexdigest(),
            mapping=given or _first_mapping(kind, header, known),
            created_by=actor,
            created_at=now,
        )
        record(actor=actor, verb="import.upload", target=job, after={"kind": kind, "sha256": job.sha256, "size": size}, now=now)
    return job


def _first_mapping(kind: str, header: list[str], known: Recognised | None) -> dict[str, Any]:
    """What was said last time, else what the recognised export means, else a guess."""
    if known is None:
        return guess_mapping(kind, header, queries.saved_mapping_for(kind, header))
    saved = queries.saved_mapping_for(kind, header, known.variant.key)
    if saved is None:
        return known.mapping
    # Where the header stands and how it is spelt is this file's own matter.
    return {**saved, **{key: known.mapping[key] for key in ("skip_lines", "header") if key in known.mapping}}


def _read_mapping(file: UploadedFile, kind: str) -> dict[str, Any]:
    try:
        data = tomllib.loads(file.read().decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ImportRefused(_("The mapping file is not valid TOML: %(why)s") % {"why": error}) from error
    parse_mapping(data).section(kind)
    return data


def start_import(*, actor: Person, job: ImportJob, mapping: dict[str, Any], now: datetime) -> ImportJob:
    """Put an import in line with this mapping, which is kept for the source's next file.

    Raises ImportRefused where the mapping does not fit the file, ImportJobError where it was started already.
    """
    shown = queries.preview(job, mapping, now)
    if shown.refusal:
        raise ImportRefused(shown.refusal)
    with transaction.atomic():
        job = ImportJob.objects.select_for_update().get(pk=job.pk)
        if job.state != State.DRAFT:
            raise ImportJobError(_("This import was started already."))
        source = get_source(mapping["source"], mapping.get("name", ""), mapping.get("system", ""))
        SavedMapping.objects.update_or_create(
            source=source, kind=job.kind, defaults={"mapping": mapping, "updated_at": now, "updated_by": actor}
        )
        job.mapping, job.source, job.state = mapping, source, State.WAITING
        job.time_zone, job.started_at, job.heartbeat_at = mapping.get("timezone", ""), now, now
        job.save()
        record(actor=actor, verb="import.start", target=job, after={"source": source.key}, now=now)
        _enqueue(job)
    return job


def resume_import(*, actor: Person, job: ImportJob, now: datetime) -> ImportJob:
    """Go on where a stopped run was: what it stored stays. Raises ImportJobError where it is still running or done."""
    with transaction.atomic():
        job = ImportJob.objects.select_for_update().get(pk=job.pk)
        if not queries.can_resume(job, now):
            raise ImportJobError(_("This import is running or done; there is nothing to resume."))
        job.state, job.run_token, job.error, job.heartbeat_at = State.WAITING, "", "", now
        job.save()
        record(actor=actor, verb="import.resume", target=job, after={"position": job.position}, now=now)
        _enqueue(job)
    return job


def discard_import(*, actor: Person, job: ImportJob, now: datetime) -> None:
    """Throw an upload away that was never started, file and all. Raises ImportJobError where it was started."""
    with transaction.atomic():
        job = ImportJob.objects.select_for_update().get(pk=job.pk)
        if job.state != State.DRAFT:
            raise ImportJobError(_("Only an import that was never started can be thrown away."))
        record(actor=actor, verb="import.discard", target=job, before={"sha256": job.sha256}, now=now)
        path = queries.stored_path(job)
        job.delete()
        transaction.on_commit(partial(path.unlink, missing_ok=True))


def _enqueue(job: ImportJob) -> None:
    transaction.on_commit(partial(run_import_job.enqueue, job.pk))


def match_again(*, actor: Person, source: Source, now: datetime) -> int:
    """Look again for the people behind a source's unmatched handlers, and recount their days; how many were found."""
    found = interactions.match_handlers(actor=actor, source=source, now=now)
    finish_import(now=now)
    return found
