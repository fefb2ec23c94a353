"""Cases: typed columns become rows of Interaction, and the days whose figures change are marked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from coaching.interactions.importing.handlers import HandlerBook, Known
from coaching.interactions.importing.parsing import Batch
from coaching.interactions.importing.problems import Problem
from coaching.interactions.importing.times import local_days
from coaching.interactions.importing.writing import Target, Written, days, flags, integers, times, write_chunk
from coaching.interactions.models import ChangedDay, Handler, Interaction, Source

TARGET = Target(
    model=Interaction,
    key=("source_id", "external_id"),
    data=(
        "handler_id", "assignee_id", "channel", "status", "subject", "topic", "customer", "opened_at", "first_reply_at",
        "resolved_at", "last_event_at", "opened_on", "resolved_on", "reopens", "answered", "wait_seconds", "handle_seconds",
    ),
)  # fmt: skip
NAT = np.datetime64("NaT", "us")


def check_order(batch: Batch) -> Batch:
    """Leave out cases that end before they begin; a Problem for each."""
    opened = batch.columns["opened_at"]
    bad = np.zeros(len(batch), dtype=bool)
    for name in ("first_reply_at", "resolved_at", "last_event_at"):
        values = batch.columns.get(name)
        if values is None:
            continue
        before = values < opened
        for index in np.flatnonzero(before & ~bad):
            batch.problems.append(
                Problem(
                    int(batch.lines[index]),
                    name,
                    str(values[index]),
                    _("This lies before the case was opened (%(opened)s).") % {"opened": opened[index]},
                    _("Correct one of the two times, or check that the mapping names the right columns and zones."),
                )
            )
        bad |= before
    return drop(batch, bad)


def drop(batch: Batch, bad: np.ndarray) -> Batch:
    """The batch without the bad rows, which count as rejected."""
    if not bad.any():
        return batch
    kept = batch.take(~bad)
    kept.problems, kept.read = batch.problems, batch.read
    kept.rejected = batch.rejected + int(bad.sum())
    return kept


def zones(known: list[Known | None]) -> np.ndarray:
    """The zone each row's day is counted in: the matched person's, else the organisation's."""
    return np.array([entry.zone if entry else settings.TIME_ZONE for entry in known], dtype=object)


def text_column(batch: Batch, name: str, default: str = "") -> list[str]:
    values = batch.columns.get(name)
    if values is None:
        return [default] * len(batch)
    return [value or default for value in values.tolist()] if default else values.tolist()


def write_cases(batch: Batch, source: Source, book: HandlerBook, *, fresh: bool) -> Written:
    """Write the cases of a batch and mark the days that change. Runs in the caller's transaction."""
    count = len(batch)
    columns = batch.columns
    empty = np.full(count, "", dtype=object)
    handlers = book.resolve(columns.get("handler", empty), columns.get("handler_name"), columns.get("handler_email"))
    assignees = book.resolve(columns["assignee"]) if "assignee" in columns else handlers
    zone = zones(handlers)
    missing_times = np.full(count, NAT)
    resolved_at = columns.get("resolved_at", missing_times)
    opened_on, resolved_on = local_days(columns["opened_at"], zone), local_days(resolved_at, zone)
    statuses = columns.get("status")
    if statuses is None:
        statuses = np.where(np.isnat(resolved_at), Interaction.Status.OPEN.value, Interaction.Status.RESOLVED.value)
    missing = np.full(count, np.nan)
    reopens = columns.get("reopens", missing)
    written = write_chunk(
        TARGET,
        [
            [source.pk] * count,
            columns["external_id"].tolist(),
            [entry.pk if entry else None for entry in handlers],
            [entry.pk if entry else None for entry in assignees],
            text_column(batch, "channel", Interaction.Channel.OTHER.value),
            [value or Interaction.Status.OPEN.value for value in statuses.tolist()],
            text_column(batch, "subject"),
            text_column(batch, "topic"),
            text_column(batch, "customer"),
            times(columns["opened_at"]),
            times(columns.get("first_reply_at", missing_times)),
            times(resolved_at),
            times(columns.get("last_event_at", missing_times)),
            days(opened_on),
            days(resolved_on),
            np.nan_to_num(reopens).astype(np.int64).tolist(),
            flags(columns.get("answered", missing)),
            integers(columns.get("wait_seconds", missing)),
            integers(columns.get("handle_seconds", missing)),
        ],
        fresh=fresh,
        before_update=_mark_days_of,
        after_update=_mark_days_of,
    )
    if written.created:
        mark_days(handlers, (opened_on, resolved_on))
    return written


def mark_days(handlers: list[Known | None], day_columns: Iterable[np.ndarray]) -> None:
    """Note (person, day) for a recount; what is noted already stays."""
    people = np.array([entry.person_id if entry and entry.person_id else 0 for entry in handlers], dtype=np.int64)
    pairs: set[tuple[int, Any]] = set()
    for values in day_columns:
        chosen = (people > 0) & ~np.isnat(values)
        both = np.stack([people[chosen], values[chosen].astype(np.int64)], axis=1)
        pairs.update((int(person), np.datetime64(int(day), "D").item()) for person, day in np.unique(both, axis=0))
    ChangedDay.objects.bulk_create(
        [ChangedDay(person_id=person, day=day) for person, day in sorted(pairs)], ignore_conflicts=True, batch_size=5000
    )


def _mark_days_of(ids: str) -> None:
    """Note the days, as they stand in the table now, of the cases whose ids the subquery selects."""
    with connection.cursor() as cursor:
        for column in ("opened_on", "resolved_on"):
            cursor.execute(
                f"INSERT INTO {ChangedDay._meta.db_table} (person_id, day) "  # noqa: S608
                f"SELECT DISTINCT h.person_id, i.{column} FROM {Interaction._meta.db_table} i "
                f"JOIN {Handler._meta.db_table} h ON h.id = i.handler_id "
                f"WHERE i.id IN ({ids}) AND h.person_id IS NOT NULL AND i.{column} IS NOT NULL ON CONFLICT DO NOTHING"
            )
