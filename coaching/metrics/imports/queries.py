"""What the import pages show: the beginning of a file as it is understood, and how far a run is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from django.db.models import QuerySet

from coaching.interactions.importing.formats import NOTHING
from coaching.interactions.importing.mapping import SECTION_OF, parse_mapping
from coaching.interactions.importing.opening import open_import
from coaching.interactions.importing.parsing import Parser
from coaching.interactions.importing.problems import ImportRefused, Notes, Problem
from coaching.interactions.importing.reading import open_rows
from coaching.interactions.importing.running import REQUIRED_VALUES
from coaching.interactions.importing.sniffing import sniff
from coaching.interactions.importing.systems import VARIANTS
from coaching.interactions.models import ImportJob, SavedMapping

SAMPLE = 12
STALE_AFTER = timedelta(minutes=2)


@dataclass
class Preview:
    """The first rows of a file, raw and as understood. `refusal` says why it cannot be imported so."""

    header: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refusal: str = ""


def stored_path(job: ImportJob) -> Path:
    return Path(settings.IMPORT_ROOT) / job.stored_name


def errors_path(job: ImportJob) -> Path:
    return Path(settings.IMPORT_ROOT) / f"{job.stored_name}.errors.csv"


def header_of(path: Path, mapping: dict[str, Any] | None = None, kind: str = "") -> list[str]:
    """The column names of a file, as a mapping sees them. Raises ImportRefused where it is no table."""
    seen = parse_mapping(mapping) if mapping and mapping.get("variant") else NOTHING
    section = seen.sections.get(SECTION_OF[kind]) if kind else None
    return list(open_rows(sniff(path), seen, section).header)


def saved_mapping_for(kind: str, header: list[str], variant: str = "") -> dict[str, Any] | None:
    """The newest saved mapping of this kind whose columns the file has; for a known export, one of that export."""
    names = set(header)
    for saved in SavedMapping.objects.filter(kind=kind).order_by("-updated_at")[:50]:
        if saved.mapping.get("variant", "") != variant:
            continue
        mapping = parse_mapping(saved.mapping)
        needed = {
            name
            for column in mapping.section(kind).columns.values()
            if not column.optional
            for name in (column.column, column.when_column)
            if name and name not in mapping.derive
        }
        if needed <= names or mapping.header:
            return dict(saved.mapping)
    return None


def format_title(mapping: dict[str, Any]) -> str:
    """What a recognised export is called; "" for any other file."""
    return next((str(variant.title) for variant in VARIANTS if variant.key == mapping.get("variant")), "")


def preview(job: ImportJob, mapping: dict[str, Any], now: datetime) -> Preview:
    """Read the first rows after a mapping, exactly as the import would."""
    shown = Preview()
    try:
        parsed = parse_mapping(mapping)
        notes = Notes()
        file = open_import(stored_path(job), parsed, job.kind, "", 5_000, notes)
        shown.header = list(file.rows.header)
        section, zone = file.section, file.zone
        parser = Parser(parsed, section, file.found, file.orders, zone, now, notes)
        raw = next(iter(file.chunks(SAMPLE)), None)
        if raw is not None:
            batch = parser.parse(raw, REQUIRED_VALUES[section.shape])
            shown.fields = [name for name in batch.columns if name != "extra"]
            shown.problems = batch.problems[:SAMPLE]
            for place, line in enumerate(batch.lines[:SAMPLE]):
                shown.rows.append((int(line), [_shown(batch.columns[name][place], zone) for name in shown.fields]))
        shown.notes = notes.lines()
    except ImportRefused as refusal:
        shown.refusal = str(refusal)
    return shown


def _shown(value: Any, zone: str) -> str:
    if isinstance(value, np.datetime64):
        if np.isnat(value):
            return ""
        moment = value.astype("M8[us]").item().replace(tzinfo=UTC)
        return str(moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S"))
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:g}"
    return str(value)[:80]


def same_file_before(job: ImportJob) -> ImportJob | None:
    """An earlier import of exactly this file, of the same kind."""
    same = ImportJob.objects.filter(sha256=job.sha256, kind=job.kind).exclude(pk=job.pk)
    return same.exclude(state=ImportJob.State.DRAFT).order_by("-created_at").first()


def filtered(jobs: QuerySet[ImportJob], state: str, text: str) -> QuerySet[ImportJob]:
    """The list's filters: a state, and a part of the file's or source's name."""
    if state in ImportJob.State.values:
        jobs = jobs.filter(state=state)
    if text:
        jobs = jobs.filter(file_name__icontains=text) | jobs.filter(source__key__icontains=text)
    return jobs


def is_stale(job: ImportJob, now: datetime) -> bool:
    """Was this run given up? Its worker has not been heard of for two minutes."""
    if job.state not in {ImportJob.State.RUNNING, ImportJob.State.WAITING}:
        return False
    return (job.heartbeat_at or job.started_at or job.created_at) < now - STALE_AFTER


def can_resume(job: ImportJob, now: datetime) -> bool:
    return bool(job.mapping) and (job.state == ImportJob.State.FAILED or is_stale(job, now))
