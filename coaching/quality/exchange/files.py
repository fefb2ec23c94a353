"""Where uploads and exports lie: under names of our own, at no public address, for a day."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from coaching.quality.exchange.models import Job

KEPT = timedelta(days=1)
STALE_AFTER = timedelta(minutes=2)


def folder() -> Path:
    found = Path(settings.IMPORT_ROOT) / "quality"
    found.mkdir(parents=True, exist_ok=True)
    return found


def new_name(ending: str) -> str:
    return f"{uuid.uuid4().hex}.{ending}"


def path_of(job: Job) -> Path:
    return folder() / job.stored_name


def errors_path_of(job: Job) -> Path:
    return folder() / f"{job.stored_name}.errors.csv"


def remove(job: Job) -> None:
    path_of(job).unlink(missing_ok=True)
    errors_path_of(job).unlink(missing_ok=True)
