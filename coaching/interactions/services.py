"""Importing cases, messages and survey responses, and matching their handlers to people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from coaching.interactions.importing.handlers import PersonMatcher
from coaching.interactions.importing.mapping import Mapping, MappingError, parse_mapping
from coaching.interactions.importing.problems import ImportInterrupted, ImportRefused, Problem
from coaching.interactions.importing.running import ImportResult, Run
from coaching.interactions.importing.times import local_days
from coaching.interactions.models import ChangedDay, Handler, Interaction, Source, SurveyResponse
from people.audit import record
from people.models import Person

__all__ = [
    "ImportInterrupted", "ImportRefused", "ImportResult", "MappingError", "Problem",
    "import_interactions", "import_messages", "import_surveys", "match_handlers", "run_import",
]  # fmt: skip

Progress = Callable[[int, int, ImportResult], None]


def run_import(
    *,
    actor: Person | None,
    kind: str,
    path: Path,
    mapping: Mapping,
    source: str = "",
    timezone: str = "",
    now: datetime,
    dry_run: bool = False,
    errors_path: Path | None = None,
    on_chunk: Progress | None = None,
) -> ImportResult:
    """Bring a file into the database after a mapping. `kind` is interactions, messages or surveys.

    Rows are keyed by (source, external id): importing again changes nothing. Each chunk is one
    transaction; `on_chunk(rows read, rows in the file, result so far)` runs inside it. A dry run
    counts exactly and writes nothing. Raises ImportRefused where the file or the mapping cannot be
    used at all; single bad rows are rejected, counted and written to `errors_path`.
    """
    key = source or mapping.source
    if not key:
        raise MappingError(_('The mapping must name its source, for example source = "helpdesk".'))
    run = Run(
        kind=kind,
        path=Path(path),
        mapping=mapping,
        source_key=key,
        zone=timezone,
        now=now,
        dry_run=dry_run,
        errors_path=errors_path,
        on_chunk=on_chunk,
    )
    result = run()
    if not dry_run:
        record(actor=actor, verb=f"{kind}.import", target=run.source, after=result.counts(), now=now)
    return result


def import_interactions(
    *, actor: Person | None, path: Path, mapping: Mapping, now: datetime, dry_run: bool = False
) -> ImportResult:
    """`run_import` for cases."""
    return run_import(actor=actor, kind="interactions", path=path, mapping=mapping, now=now, dry_run=dry_run)


def import_messages(*, actor: Person | None, path: Path, mapping: Mapping, now: datetime, dry_run: bool = False) -> ImportResult:
    """`run_import` for messages; cases that are not there are created from their conversation."""
    return run_import(actor=actor, kind="messages", path=path, mapping=mapping, now=now, dry_run=dry_run)


def import_surveys(*, actor: Person | None, path: Path, mapping: Mapping, now: datetime, dry_run: bool = False) -> ImportResult:
    """`run_import` for survey responses."""
    return run_import(actor=actor, kind="surveys", path=path, mapping=mapping, now=now, dry_run=dry_run)


def match_handlers(*, actor: Person | None, source: Source, now: datetime) -> int:
    """Try again to match handlers that match nobody yet; returns how many now do.

    The days of a handler's cases are then counted in the person's zone, and their figures again.
    """
    matcher = PersonMatcher(source)
    matched = 0
    for handler in Handler.objects.filter(source=source, person=None):
        person_id = matcher.person_of(key=handler.external_key, name=handler.name, email=handler.email)
        if person_id is None:
            continue
        with transaction.atomic():
            handler.person_id = person_id
            handler.save(update_fields=["person"])
            _recount_days_of(handler)
            record(actor=actor, verb="handler.match", target=handler, subject=handler.person, now=now)
        matched += 1
    return matched


def _recount_days_of(handler: Handler) -> None:
    """Give the handler's cases and responses the days of the person's zone, and mark them for a recount."""
    zone = handler.person.time_zone if handler.person else settings.TIME_ZONE
    pairs: set[object] = set()

    def day(value: datetime | None) -> object:
        if value is None:
            return None
        return local_days(np.array([np.datetime64(value.replace(tzinfo=None), "us")]), np.array([zone], dtype=object))[0].item()

    changed = []
    for case in Interaction.objects.filter(handler=handler).only("opened_at", "resolved_at").iterator(chunk_size=2000):
        case.opened_on, case.resolved_on = day(case.opened_at), day(case.resolved_at)  # type: ignore[assignment]
        pairs |= {case.opened_on, case.resolved_on}
        changed.append(case)
    Interaction.objects.bulk_update(changed, ["opened_on", "resolved_on"], batch_size=500)
    answers = []
    for answer in SurveyResponse.objects.filter(handler=handler).only("responded_at").iterator(chunk_size=2000):
        answer.responded_on = day(answer.responded_at)  # type: ignore[assignment]
        pairs.add(answer.responded_on)
        answers.append(answer)
    SurveyResponse.objects.bulk_update(answers, ["responded_on"], batch_size=500)
    ChangedDay.objects.bulk_create(
        [ChangedDay(person_id=handler.person_id, day=value) for value in pairs - {None}],  # type: ignore[misc]
        ignore_conflicts=True,
        batch_size=5000,
    )


def read_mapping(data: dict[str, object]) -> Mapping:
    """A mapping from plain data, as the web form stores it. Raises MappingError."""
    return parse_mapping(data)
