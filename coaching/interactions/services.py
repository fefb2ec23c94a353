"""The verbs of imported data: import cases, messages and survey answers; match handlers to people."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Required, TypedDict, Unpack

import numpy as np
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from coaching.interactions.importing.first_load import build_missing_indexes
from coaching.interactions.importing.handlers import find_people
from coaching.interactions.importing.mapping import Mapping
from coaching.interactions.importing.problems import ImportRefused, MappingError
from coaching.interactions.importing.running import ImportResult, run_import
from coaching.interactions.importing.times import local_days
from coaching.interactions.models import ChangedDay, Handler, ImportJob, Interaction, Source, SurveyResponse
from people.audit import record
from people.models import Person

__all__ = ["ImportRefused", "ImportResult", "import_interactions", "import_messages", "import_surveys", "match_handlers"]
BATCH = 2000


class ImportOptions(TypedDict, total=False):
    """What every import is told.

    `source` is the key of the exporting system ("" takes the mapping's), `timezone` the zone of times
    without an offset ("" takes the mapping's, then the organisation's). Rows that cannot be used are
    counted, and listed in `errors_path`. `job` is the import's row where a page started it; `clock`
    tells the time of its signs of life.
    """

    path: Required[Path]
    mapping: Required[Mapping]
    now: Required[datetime]
    source: str
    timezone: str
    dry_run: bool
    errors_path: Path | None
    job: ImportJob | None
    clock: Callable[[], datetime] | None


def import_interactions(*, actor: Person | None, **options: Unpack[ImportOptions]) -> ImportResult:
    """Import cases, one row each or one row per event. Raises ImportRefused where the file or mapping cannot be used."""
    return _import(ImportJob.Kind.INTERACTIONS, actor=actor, **options)


def import_messages(*, actor: Person | None, **options: Unpack[ImportOptions]) -> ImportResult:
    """Import conversations; cases nobody exported yet are opened from their messages. Raises as import_interactions."""
    return _import(ImportJob.Kind.MESSAGES, actor=actor, **options)


def import_surveys(*, actor: Person | None, **options: Unpack[ImportOptions]) -> ImportResult:
    """Import survey answers. Raises as import_interactions."""
    return _import(ImportJob.Kind.SURVEYS, actor=actor, **options)


def _import(
    kind: ImportJob.Kind,
    *,
    actor: Person | None,
    path: Path,
    mapping: Mapping,
    now: datetime,
    source: str = "",
    timezone: str = "",
    dry_run: bool = False,
    errors_path: Path | None = None,
    job: ImportJob | None = None,
    clock: Callable[[], datetime] | None = None,
) -> ImportResult:
    key = source or mapping.source
    if not key:
        raise MappingError(_('Say which system the file comes from: source = "…" in the mapping.'))
    result = run_import(
        kind=str(kind),
        path=Path(path),
        source_key=key,
        mapping=mapping,
        zone=timezone,
        now=now,
        dry_run=dry_run,
        errors_path=Path(errors_path) if errors_path else None,
        job=job,
        clock=clock,
    )
    if not dry_run:
        system = Source.objects.get(key=key)
        job = job or _note_command_import(kind, actor, Path(path), system, timezone, result, now)
        record(actor=actor, verb=f"import.{kind}", target=system, after={**result.summary(), "job": job.pk}, now=now)
    return result


def _note_command_import(
    kind: ImportJob.Kind, actor: Person | None, path: Path, source: Source, timezone: str, result: ImportResult, now: datetime
) -> ImportJob:
    """The row of an import that no page started, so that the pages list it too. Its file stays where it lies."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return ImportJob.objects.create(
        kind=kind,
        state=ImportJob.State.DONE,
        source=source,
        file_name=path.name[:200],
        stored_name=f"{ImportJob.BY_COMMAND}{uuid.uuid4().hex}",
        size=path.stat().st_size,
        sha256=digest,
        time_zone=timezone,
        created_by=actor,
        created_at=now,
        started_at=now,
        finished_at=now,
        notes=dict.fromkeys(result.notes, 1),
        **{name: getattr(result, name) for name in ("read", "created", "updated", "unchanged", "rejected")},
    )


def build_case_indexes() -> int:
    """Build the indexes that a killed first load left out; how many. Every import does it too."""
    return build_missing_indexes(Interaction)


@transaction.atomic
def match_handlers(*, actor: Person | None, source: Source, now: datetime) -> int:
    """Try again to find the people behind a source's unmatched handlers; how many were found.

    The days of their cases and answers are set to the person's time zone and marked to be counted again.
    Waits for the chunk that an import is writing, so that none of its rows is missed.
    """
    Source.objects.select_for_update(no_key=True).get(pk=source.pk)
    unmatched = list(Handler.objects.select_for_update().filter(source=source, person=None))
    people = find_people(source, [(h.external_key, "" if h.name == h.external_key else h.name, h.email) for h in unmatched])
    matched = 0
    for handler in unmatched:
        person_id = people.get(handler.external_key)
        if person_id is None:
            continue
        person = Person.objects.get(pk=person_id)
        handler.person = person
        handler.save(update_fields=["person"])
        _move_days(handler, person)
        record(actor=actor, verb="handler.match", target=handler, subject=person, after={"person": person.pk}, now=now)
        matched += 1
    return matched


def _move_days(handler: Handler, person: Person) -> None:
    """Put a handler's cases and answers on the days of the person's zone, and mark those days."""
    days = _move_rows(
        Interaction.objects.filter(handler=handler),
        {"opened_at": "opened_on", "resolved_at": "resolved_on"},
        person.time_zone,
    ) | _move_rows(SurveyResponse.objects.filter(handler=handler), {"responded_at": "responded_on"}, person.time_zone)
    ChangedDay.objects.bulk_create([ChangedDay(person=person, day=day) for day in days], ignore_conflicts=True, batch_size=500)


def _move_rows(rows: QuerySet[Any], times: dict[str, str], zone: str) -> set[date]:
    """Write the day in `zone` of each time into the field named beside it; all days written."""
    days: set[date] = set()
    changed = []
    for row in rows.only("pk", *times, *times.values()).order_by("pk").iterator(chunk_size=BATCH):
        for time, day in times.items():
            moment = getattr(row, time)
            if moment is None:
                continue
            stamp = np.array([moment.replace(tzinfo=None)], dtype="M8[us]")
            setattr(row, day, local_days(stamp, np.array([zone], dtype=object))[0].item())
            days.add(getattr(row, day))
        changed.append(row)
        if len(changed) >= BATCH:
            rows.model.objects.bulk_update(changed, list(times.values()), batch_size=500)
            changed = []
    if changed:
        rows.model.objects.bulk_update(changed, list(times.values()), batch_size=500)
    return days
