"""One import from beginning to end."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from coaching.interactions.importing import cases, events, messages, surveys
from coaching.interactions.importing.ahead import ahead
from coaching.interactions.importing.bulk import bulk_load, commit_later
from coaching.interactions.importing.first_load import build_missing_indexes, indexes_built_after
from coaching.interactions.importing.handlers import Handlers
from coaching.interactions.importing.mapping import Mapping
from coaching.interactions.importing.opening import open_import
from coaching.interactions.importing.parsing import Batch, Parser
from coaching.interactions.importing.problems import ErrorsFile, ImportInterrupted, ImportRefused, Notes, Problem
from coaching.interactions.importing.store import OrderedStore
from coaching.interactions.importing.writing import Counts
from coaching.interactions.models import Handler, ImportJob, Interaction, Source, SurveyResponse
from foundation.planning import learn_sizes
from foundation.writers import let_others_write

LARGE_BYTES = 8 * 1024 * 1024
BESIDE_ROWS = 5_000  # on SQLite, where people are at work already: a click waits for the rest of one chunk
REQUIRED_VALUES = {
    "case": ("external_id", "opened_at"),
    "event": ("external_id", "at"),
    "message": ("case", "external_id", "sent_at"),
    "survey": (),
}


@dataclass
class ImportResult:
    """What an import did. `read` counts rows of the file, the next three what is stored, `rejected` rows left out."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    warnings: int = 0
    skipped: int = 0
    notes: list[str] = field(default_factory=list)
    samples: list[Problem] = field(default_factory=list)
    source: str = ""
    learned: bool = False  # more about somebody unmatched: they may be found now

    def summary(self) -> dict[str, int]:
        """The six counts of the commands' output."""
        names = ("read", "created", "updated", "unchanged", "rejected", "warnings")
        return {name: getattr(self, name) for name in names}


def get_source(key: str, name: str, system: str) -> Source:
    """The source of this key; of what kind it is becomes known with its first native export."""
    source, _created = Source.objects.get_or_create(
        key=key, defaults={"name": name or key, "system": system or Source.System.GENERIC}
    )
    if system and source.system == Source.System.GENERIC and system != source.system:
        source.system = system
        source.save(update_fields=["system"])
    return source


class Writer(Protocol):
    def prepare(self) -> None: ...

    def write(self, batch: Batch) -> Counts: ...


class _Rollback(Exception):
    """Ends a dry run: everything it did is undone."""


def run_import(
    *,
    kind: str,
    path: Path,
    source_key: str,
    mapping: Mapping,
    zone: str,
    now: datetime,
    dry_run: bool,
    errors_path: Path | None,
    job: ImportJob | None = None,
    clock: Callable[[], datetime] | None = None,
    chunk_rows: int | None = None,
) -> ImportResult:
    """Import a file. Raises ImportRefused (nothing written) or ImportInterrupted (another run took over).

    Every chunk is one transaction, with the changed days it marks and the job's progress. A dry run
    does the same inside one transaction that is rolled back, so its counts are exact. `clock` tells the
    time of the job's signs of life.
    """
    size = chunk_rows or settings.IMPORT_CHUNK_ROWS
    if connection.vendor == "sqlite" and Interaction.objects.exists():
        size = min(size, BESIDE_ROWS)
    run = _Run(kind, path, source_key, mapping, zone, now, job, size)
    run.clock = clock or (lambda: now)
    with bulk_load(), ErrorsFile(errors_path, keep_bytes=run.keep_errors) as errors:
        if not dry_run:
            with _first_load(run.large):
                result = run.run(errors)
            if run.large:
                # What comes next is the recount; it should not be planned for tables that were empty.
                learn_sizes(Handler, Interaction, SurveyResponse)
            return result
        result = ImportResult()
        try:
            with transaction.atomic():
                result = run.run(errors)
                raise _Rollback
        except _Rollback:
            return result


def _first_load(large: bool) -> AbstractContextManager[None]:
    """Indexes after a large first load; before anything else, those that a killed one left out."""
    if large:
        return indexes_built_after(Interaction)
    build_missing_indexes(Interaction)
    return nullcontext()


class _Run:
    clock: Callable[[], datetime]

    def __init__(
        self,
        kind: str,
        path: Path,
        source_key: str,
        mapping: Mapping,
        zone: str,
        now: datetime,
        job: ImportJob | None,
        chunk_rows: int,
    ) -> None:
        self.kind, self.source_key, self.mapping, self.now, self.job, self.chunk_rows = (
            kind,
            source_key,
            mapping,
            now,
            job,
            chunk_rows,
        )
        self.notes = Notes()
        self.file = open_import(path, mapping, kind, zone, chunk_rows, self.notes)
        self.section = self.file.section
        self.large = path.stat().st_size >= LARGE_BYTES
        self.grouped = self.section.shape in {"event", "message"}
        self.result = ImportResult(source=source_key)
        self.position = job.position if job else 0
        self.keep_errors = 0
        if job and job.position:
            self.result.created, self.result.updated, self.result.unchanged = job.created, job.updated, job.unchanged
            if not self.grouped:
                self.result.read, self.result.rejected, self.keep_errors = job.read, job.rejected, job.errors_bytes
                self.notes.counts.update(job.notes)

    def run(self, errors: ErrorsFile) -> ImportResult:
        self.source = get_source(self.source_key, self.mapping.name, self.mapping.system)
        self.handlers = Handlers(self.source)
        self.writer = self._writer()
        self.writer.prepare()
        if self.grouped:
            with OrderedStore(self._store_order()) as store:
                self._fill(store, errors)
                self._write_all(ahead(self._grouped(store), self.notes, large=False), errors, total=store.groups)
        else:
            batches = ahead(self._rows(), self.notes, large=self.large)
            self._write_all(batches, errors, total=self.file.rows.total)
        result = self.result
        unmatched = self.handlers.unmatched_seen()
        if unmatched:
            self.notes.add(
                _("Handlers without a person here: their cases are kept, but count for nobody until they are matched."), unmatched
            )
        result.notes, result.warnings, result.samples = self.notes.lines(), self.notes.total(), errors.samples
        result.learned = self.handlers.learned
        return result

    def _writer(self) -> Writer:
        if self.kind == "messages":
            return messages.MessageWriter(self.source, self.handlers, self.section, self.notes)
        if self.kind == "surveys":
            return surveys.SurveyWriter(self.source, self.handlers, self.section, self.notes)
        return cases.InteractionWriter(self.source, self.handlers, self.section)

    # --- what is written, as (batch, how far the file is then) --------------------------------

    def _parsed(self) -> Iterator[Batch]:
        order = [name for name in self.section.options.get("order", []) if name not in self.section.columns]
        file, found = self.file, self.file.found
        parser = Parser(self.mapping, self.section, found, file.orders, file.zone, self.now, self.notes)
        for raw in file.chunks(self.chunk_rows):
            batch = parser.parse(raw, REQUIRED_VALUES[self.section.shape])
            if order:
                kept = np.isin(raw.lines, batch.lines)
                for name in order:
                    batch.columns[f"order:{name}"] = _sortable(raw.columns[found[name]][kept])
            yield batch

    def _rows(self) -> Iterator[tuple[Batch, int]]:
        seen, position = cases.SeenKeys(), 0
        for batch in self._parsed():
            position += batch.read
            if self.kind == "surveys":
                yield surveys.keep_answers(batch, seen), position
            else:
                kept = cases.settle_status(cases.check_times(cases.settle_durations(cases.reject_repeated(batch, seen))))
                yield cases.neighbours(kept), position

    def _store_order(self) -> list[str]:
        first = ["case", "external_id"] if self.section.shape == "message" else ["external_id"]
        given = [name if name in self.section.columns else f"order:{name}" for name in self.section.options.get("order", [])]
        return first + given + ([] if given or self.section.shape == "message" else ["at"])

    def _fill(self, store: OrderedStore, errors: ErrorsFile) -> None:
        with closing(ahead(self._parsed(), self.notes, large=self.large)) as batches:
            for batch in batches:
                errors.write(batch.problems)
                self.result.read += batch.read
                self.result.rejected += batch.rejected
                store.add(batch)
                if self.section.shape == "event":
                    # Everybody who touched a case is a handler, whether or not it counts for them in the end.
                    self._meet(batch)
                self._beat()
        store.finish()

    def _meet(self, batch: Batch) -> None:
        size, given = len(batch), batch.columns
        if not {"handler", "handler_name", "handler_email"} & set(given):
            return
        with transaction.atomic():
            keys = given.get("handler", np.full(size, "", dtype=object))
            self.handlers.resolve(keys, given.get("handler_name"), given.get("handler_email"))

    def _grouped(self, store: OrderedStore) -> Iterator[tuple[Batch, int]]:
        position = 0
        for rows in store.batches(self.chunk_rows):
            if self.section.shape == "message":
                batch = messages.join_rows(rows, self.section, self.notes)
                position += len(np.unique(batch.columns["case"].astype(str)))
            else:
                batch = cases.check_times(cases.settle_status(events.aggregate(rows, self.section)))
                position += len(batch)
            yield batch, position

    # --- writing ------------------------------------------------------------------------------

    def _write_all(self, batches: Generator[tuple[Batch, int]], errors: ErrorsFile, total: int) -> None:
        result = self.result
        # However this ends, the reader has stopped before the rows it reads from are put away.
        with closing(batches):
            for batch, position in batches:
                if position <= self.position:
                    continue  # stored by the run that was stopped
                errors.write(batch.problems)
                result.read += batch.read
                result.rejected += batch.rejected
                result.skipped += batch.skipped
                with transaction.atomic():
                    commit_later()
                    # One import at a time writes a source: that is what makes the counts exact.
                    locked = Source.objects.select_for_update(no_key=True).get(pk=self.source.pk)
                    # Masking counts from the chunk after it was switched on, also in the middle of a file.
                    self.source.masks_personal_data = locked.masks_personal_data
                    self.handlers.see_matches()
                    counts = self.writer.write(batch) if len(batch) else Counts()
                    result.created += counts.created
                    result.updated += counts.updated
                    result.unchanged += counts.unchanged
                    self._progress(position, total, errors)
                let_others_write()

    def _progress(self, position: int, total: int, errors: ErrorsFile) -> None:
        if self.job is None:
            return
        result = self.result
        changed = ImportJob.objects.filter(pk=self.job.pk, run_token=self.job.run_token, state=ImportJob.State.RUNNING).update(
            position=position,
            total=max(total, position),
            read=result.read,
            created=result.created,
            updated=result.updated,
            unchanged=result.unchanged,
            rejected=result.rejected,
            notes=dict(self.notes.counts),
            errors_bytes=errors.size,
            heartbeat_at=self.clock(),
        )
        if not changed:
            raise ImportInterrupted(_("Another run has taken this import over."))

    def _beat(self) -> None:
        if self.job is not None:
            ImportJob.objects.filter(pk=self.job.pk).update(heartbeat_at=self.clock(), read=self.result.read)


def _sortable(values: np.ndarray) -> np.ndarray:
    """Numbers where every value is one, so that 10 comes after 9; else the text."""
    try:
        return np.array([float(value) for value in values.tolist()], dtype=float)
    except ValueError:
        return values


__all__ = ["ImportRefused", "ImportResult", "run_import"]
