"""The verbs of imported data: import cases, messages and survey answers; match handlers to people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

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


def import_interactions(
    *,
    actor: Person | None,
    path: Path,
    source: str = "",
    mapping: Mapping,
    timezone: str = "",
    now: datetime,
    dry_run: bool = False,
    errors_path: Path | None = None,
    job: ImportJob | None = None,
    clock: Callable[[], datetime] | None = None,
) -> ImportResult:
    """Import cases, one row each or one row per event.

    `source` is the key of the exporting system ("" takes the mapping's), `timezone` the zone of times
    without an offset ("" takes the mapping's, then the organisation's). Raises ImportRefused where
    the file or mapping cannot be used; rows that cannot are counted and listed in `errors_path`.
    """
    return _import("interactions", actor, path, source, mapping, timezone, now, dry_run, errors_path, job, clock)


def import_messages(
    *,
    actor: Person | None,
    path: Path,
    source: str = "",
    mapping: Mapping,
    timezone: str = "",
    now: datetime,
    dry_run: bool = False,
    errors_path: Path | None = None,
    job: ImportJob | None = None,
    clock: Callable[[], datetime] | None = None,
) -> ImportResult:
    """Import conversations; cases nobody exported yet are opened from their messages. See import_interactions."""
    return _import("messages", actor, path, source, mapping, timezone, now, dry_run, errors_path, job, clock)


def import_surveys(
    *,
    actor: Person | None,
    path: Path,
    source: str = "",
    mapping: Mapping,
    timezone: str = "",
    now: datetime,
    dry_run: bool = False,
    errors_path: Path | None = None,
    job: ImportJob | None = None,
    clock: Callable[[], datetime] | None = None,
) -> ImportResult:
    """Import survey answers. See import_interactions."""
    return _import("surveys", actor, path, source, mapping, timezone, now, dry_run, errors_path, job, clock)


def _import(
    kind: str,
    actor: Person | None,
    path: Path,
    source: str,
    mapping: Mapping,
    timezone: str,
    now: datetime,
    dry_run: bool,
    errors_path: Path | None,
    job: ImportJob | None,
    clock: Callable[[], datetime] | None,
) -> ImportResult:
    key = source or mapping.source
    if not key:
        raise MappingError(_('Say which system the file comes from: source = "…" in the mapping.'))
    result = run_import(
        kind=kind,
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
        record(
            actor=actor,
            verb=f"import.{kind}",
            target=Source.objects.get(key=key),
            after={**result.summary(), "job": job.pk if job else None},
            now=now,
        )
    return result


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
