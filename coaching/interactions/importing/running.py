"""One run from file to database: chunk by chunk, each a transaction that also moves the job on.

A run that is killed leaves the last whole chunk. Running again, from the start or from the job's
position, leads to the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from coaching.interactions.importing import cases, events, messages, surveys
from coaching.interactions.importing.handlers import HandlerBook
from coaching.interactions.importing.mapping import REQUIRED, TIME, Mapping, MappingError, Section
from coaching.interactions.importing.parsing import Batch, Parser
from coaching.interactions.importing.problems import ErrorsFile, Notes, Problem
from coaching.interactions.importing.reading import Rows, open_rows, resolve_columns
from coaching.interactions.importing.sniffing import sniff
from coaching.interactions.importing.spool import Spool, order_value
from coaching.interactions.importing.times import NUMERIC_DATE, DateOrder
from coaching.interactions.importing.writing import Written
from coaching.interactions.models import Interaction, Message, Source, SurveyResponse

CHUNK_ROWS = 20_000
# An empty message is a message; a call without a rating is no response, and no mistake either.
NEEDED = REQUIRED | {"message": ("case", "external_id"), "survey": ("external_id", "responded_at")}
MODELS = {"interactions": Interaction, "messages": Message, "surveys": SurveyResponse}


@dataclass
class ImportResult:
    """What became of the rows read: read = created + updated + unchanged + rejected, for files of one row per record.

    Where several rows make one record (event logs, messages in pieces) created, updated and unchanged
    count records.
    """

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    warnings: int = 0
    notes: list[str] = field(default_factory=list)
    samples: list[Problem] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {name: value for name, value in asdict(self).items() if isinstance(value, int)}

    def add(self, written: Written) -> None:
        self.created += written.created
        self.updated += written.updated
        self.unchanged += written.unchanged


@dataclass
class Run:
    """Everything one run holds. `on_chunk(rows read, result)` is called inside each chunk's transaction."""

    kind: str
    path: Path
    mapping: Mapping
    source_key: str
    zone: str
    now: datetime
    dry_run: bool = False
    errors_path: Path | None = None
    chunk_rows: int = CHUNK_ROWS
    on_chunk: Callable[[int, int, ImportResult], None] | None = None

    def __post_init__(self) -> None:
        self.result = ImportResult()
        self.notes = Notes()
        self.seen = SeenKeys()

    def __call__(self) -> ImportResult:
        section = self.mapping.section(self.kind)
        layout = sniff(self.path, self.mapping.encoding)
        rows = open_rows(layout, self.mapping)
        wanted = section.file_columns()
        optional = {column.column for column in section.columns.values() if column.optional}
        found = resolve_columns(rows.header, wanted, optional)
        for note in layout.notes:
            self.notes.once(note)
        self._note_unknown_columns(rows, found)
        parser = Parser(self.mapping, section, found, self._date_orders(rows, section, found), self._zone(), self.now, self.notes)
        whole = transaction.atomic() if self.dry_run else nullcontext()
        with ErrorsFile(self.errors_path) as errors, whole:
            source, _created = Source.objects.get_or_create(
                key=self.source_key, defaults={"name": self.mapping.name or self.source_key}
            )
            self.source, self.book, self.errors, self.total = source, HandlerBook(source), errors, rows.total
            self.fresh = not self._existing().exists()
            batches = self._batches(rows, section, parser, found)
            if section.shape in {"event", "message"}:
                self._write_spooled(batches, section)
            else:
                self._write_directly(batches, section)
            self._note_unmatched()
            if self.dry_run:
                transaction.set_rollback(True)
        self.result.notes = self.notes.lines()
        self.result.warnings = self.notes.total()
        self.result.samples = errors.samples
        return self.result

    # --- reading ------------------------------------------------------------------------------

    def _zone(self) -> str:
        zone = self.zone or self.mapping.timezone
        if not zone:
            zone = settings.TIME_ZONE
            self.notes.once(
                _("No time zone was named: times without an offset were read in %(zone)s. Set “timezone” if they are not.")
                % {"zone": zone}
            )
        return zone

    def _note_unknown_columns(self, rows: Rows, found: dict[str, str]) -> None:
        used = set(found.values()) | {name for name in self.mapping.all_file_columns() if name in rows.header}
        for column in rows.header:
            if column and column not in used:
                self.notes.once(_("The column “%(column)s” is not in the mapping and was ignored.") % {"column": column})

    def _date_orders(self, rows: Rows, section: Section, found: dict[str, str]) -> dict[str, str]:
        """Day or month first, for each time column that does not say; the whole file is looked at where it matters."""
        asked = [
            column.column
            for column in section.columns.values()
            if column.kind == TIME
            and column.column in found
            and not (column.format or column.date_order or self.mapping.date_order)
        ]
        if not asked:
            return {}
        names = list(dict.fromkeys(found[name] for name in asked))
        orders = {name: DateOrder() for name in names}
        for raw in rows.chunks(names, self.chunk_rows):
            for name in list(orders):
                values = raw.columns[name]
                if not orders[name].ambiguous and not orders[name].decided() and not _looks_numeric(values, self.mapping.missing):
                    del orders[name]  # ISO or the like: nothing to find out
                else:
                    orders[name].look(values)
            if not orders:
                break
        return {name: orders[found[name]].verdict(name) for name in asked if found[name] in orders}

    def _batches(
        self, rows: Rows, section: Section, parser: Parser, found: dict[str, str]
    ) -> Iterator[tuple[Batch, dict[str, list[Any]]]]:
        """Typed batches with, beside them, the raw values of the columns that only order the rows."""
        needed = list(dict.fromkeys(found.values()))
        order = [name for name in section.options.get("order", []) if name in found]
        required = NEEDED[section.shape]
        for raw in rows.chunks(needed, self.chunk_rows):
            batch = parser.parse(raw, required)
            self.result.read += batch.read
            self.result.rejected += batch.rejected
            self.errors.write(batch.problems)
            batch.problems, batch.rejected = [], 0
            beside: dict[str, list[Any]] = {}
            if order:
                kept = np.isin(raw.lines, batch.lines)
                beside = {name: [order_value(value) for value in raw.columns[found[name]][kept]] for name in order}
            yield batch, beside

    # --- writing ------------------------------------------------------------------------------

    def _existing(self) -> Any:
        if self.kind == "messages":
            return Message.objects.filter(interaction__source=self.source)
        return MODELS[self.kind].objects.filter(source=self.source)  # type: ignore[attr-defined]

    def _write_directly(self, batches: Iterator[tuple[Batch, dict[str, list[Any]]]], section: Section) -> None:
        for batch, _beside in batches:
            if section.shape == "survey":
                batch = self._only_answered(batch)
            batch = self._without_repeats(batch)
            if section.shape == "case":
                batch = cases.check_order(batch)
            self._refuse(batch)
            with self._chunk():
                if section.shape == "case":
                    self.result.add(cases.write_cases(batch, self.source, self.book, fresh=self.fresh))
                else:
                    self.result.add(surveys.write_surveys(batch, section, self.source, self.book, fresh=self.fresh))

    def _write_spooled(self, batches: Iterator[tuple[Batch, dict[str, list[Any]]]], section: Section) -> None:
        order = section.options.get("order", [])
        with Spool(max(1, len(order)), _spool_width(section)) as spool:
            for batch, beside in batches:
                columns = [beside[name] for name in order if name in beside] or [_default_order(batch, section)]
                rows = (
                    events.event_rows(batch, section, columns)
                    if section.shape == "event"
                    else messages.message_rows(batch, columns)
                )
                spool.add(rows)
                self._tell(self.result.read)
            orders = max(1, len(order))
            if section.shape == "event":
                for batch in events.cases_of(spool, section, orders, self.chunk_rows):
                    with self._chunk():
                        self.result.add(cases.write_cases(batch, self.source, self.book, fresh=self.fresh))
                return
            for turns, _rows in messages.turns_of(spool, section, orders, self.chunk_rows):
                with self._chunk():
                    written, problems = messages.write_messages(turns, self.source, self.book, fresh=self.fresh)
                    self.errors.write(problems)
                    self.result.rejected += len(problems)
                    self.result.add(written)

    def _chunk(self) -> AbstractContextManager[None]:
        return _Chunk(self)

    def _tell(self, position: int) -> None:
        if self.on_chunk is not None:
            self.on_chunk(position, self.total, self.result)

    def _without_repeats(self, batch: Batch) -> Batch:
        """Reject rows whose id stood in the file before: which of the two counts is not ours to guess."""
        again = self.seen.again(batch.columns["external_id"])
        for index in np.flatnonzero(again):
            batch.problems.append(
                Problem(
                    int(batch.lines[index]),
                    "external_id",
                    str(batch.columns["external_id"][index]),
                    _("This id stands in the file more than once; the first row was taken."),
                    _("Remove one of the rows, or map the file as events if it holds a case's history."),
                )
            )
        return cases.drop(batch, again)

    def _only_answered(self, batch: Batch) -> Batch:
        silent = np.isnan(batch.columns["value"])
        self.notes.add(_("Rows without a rating were passed over: nobody answered there."), int(silent.sum()))
        return batch.take(~silent) if silent.any() else batch

    def _refuse(self, batch: Batch) -> None:
        self.errors.write(batch.problems)
        self.result.rejected += batch.rejected

    def _note_unmatched(self) -> None:
        if self.book.unmatched:
            self.notes.add(_("Handlers that match nobody: their cases are kept and wait."), self.book.unmatched)


class _Chunk:
    """A chunk's transaction; the job's progress is part of it."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.atomic = transaction.atomic()

    def __enter__(self) -> None:
        self.atomic.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        try:
            if error is None:
                self.run._tell(self.run.result.read)
        except BaseException as failure:
            self.atomic.__exit__(type(failure), failure, failure.__traceback__)
            raise
        self.atomic.__exit__(kind, error, trace)


class SeenKeys:
    """Which ids a file has shown so far, as sorted 64-bit hashes: eight bytes an id, whatever its length."""

    def __init__(self) -> None:
        self._hashes = np.array([], dtype=np.uint64)

    def again(self, keys: np.ndarray) -> np.ndarray:
        """Mask of the keys that stood earlier, in this chunk or before it."""
        hashes = pd.util.hash_array(keys, categorize=False)
        again = pd.Series(hashes).duplicated().to_numpy()
        if len(self._hashes):
            place = np.searchsorted(self._hashes, hashes)
            again |= self._hashes[np.minimum(place, len(self._hashes) - 1)] == hashes
        self._hashes = np.union1d(self._hashes, hashes)
        return np.asarray(again)


def _looks_numeric(values: np.ndarray, missing: frozenset[str]) -> bool:
    return any(NUMERIC_DATE.match(value.strip()) for value in values[:200].tolist() if value.strip() not in missing)


def _default_order(batch: Batch, section: Section) -> list[Any]:
    name = "at" if section.shape == "event" else "position" if "position" in batch.columns else "sent_at"
    values = batch.columns.get(name)
    if values is None:
        return [0] * len(batch)
    if values.dtype.kind == "M":
        return values.astype(np.int64).tolist()  # type: ignore[no-any-return]
    return [None if value != value else value for value in values.tolist()]


def _spool_width(section: Section) -> int:
    return len(events.names_of(section)) if section.shape == "event" else len(messages.FIELDS)


__all__ = ["ImportResult", "MappingError", "Run"]
