"""A batch of rows on its way into the tables: read, checked and written by the importer's own parts.

Nothing here decides what a value means. Rows become the same typed batches that a file becomes, and the
importer's writers store them, under the same lock and with the same marks of changed days; so a case that
comes by file today and by the API tomorrow is one case. All good rows of a call are one transaction.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from coaching.feeds import positions
from coaching.feeds.rows import ROW_MODELS, first_fault
from coaching.interactions.importing import cases, messages, surveys
from coaching.interactions.importing.handlers import Handlers
from coaching.interactions.importing.mapping import FIELDS, TIME, parse_mapping
from coaching.interactions.importing.mapping import Mapping as FileMapping
from coaching.interactions.importing.parsing import Batch, Parser
from coaching.interactions.importing.problems import MappingError, Notes
from coaching.interactions.importing.records import RawChunk
from coaching.interactions.importing.running import REQUIRED_VALUES
from coaching.interactions.importing.writing import Upsert
from coaching.interactions.models import ChangedDay, ImportJob, Interaction, Message, Source, SurveyResponse
from coaching.metrics.tasks import recount_waiting_days

__all__ = ["MAX_ROWS", "BatchRefused", "Received", "RowResult", "receive"]

MAX_ROWS = 1000
MAX_SHAPES = 50
MAX_EXTRA = 10_000
TRIES = 3
RETRY_STATES = {"40001", "40P01"}
SHAPES = {ImportJob.Kind.INTERACTIONS: "case", ImportJob.Kind.MESSAGES: "message", ImportJob.Kind.SURVEYS: "survey"}
SECTIONS = {"case": "interaction", "message": "message", "survey": "survey"}
SOURCE_KEY = re.compile(r"[-a-zA-Z0-9_]{1,60}")
MOMENT = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?"
    r"([Zz]|[+-](0\d|1[0-4]):[0-5]\d)",
    re.ASCII,
)

KeyOf = Callable[[Mapping[str, Any]], tuple[str, ...]]


class BatchRefused(Exception):
    """Nothing of a batch can be used; the message says why and what to do."""


@dataclass
class RowResult:
    """What came of one row. `index` counts from 0; `key` is its id (a message: case and id)."""

    index: int
    key: tuple[str, ...] = ()
    outcome: str = ""
    field: str = ""
    reason: str = ""
    remedy: str = ""


@dataclass
class Received:
    """What came of a batch."""

    source: Source
    results: list[RowResult]
    notes: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        names = ("created", "updated", "unchanged", "rejected")
        return {name: sum(result.outcome == name for result in self.results) for name in names}


@dataclass
class _Plan:
    """One kind's shape, mapping and writer."""

    kind: str
    shape: str
    mapping: FileMapping
    key_of: KeyOf
    columns: set[str]


def receive(
    *,
    kind: str,
    source_key: str,
    rows: list[Any],
    now: datetime,
    survey: Mapping[str, Any] | None = None,
    older: Callable[[Source, str, Iterable[tuple[str, ...]]], set[tuple[str, ...]]] | None = None,
    in_transaction: Callable[[Received], None] | None = None,
) -> Received:
    """Store the good rows of a batch and say of each row what came of it.

    `survey` holds kind, scale, satisfied and neutral of survey answers. `older` tells, under the source's
    lock, which keys have been told of by a later event: they are left as they are. `in_transaction` is
    called with the result before the commit. Days that changed are counted by a task after it.
    Raises BatchRefused where the batch as a whole cannot be used; nothing is written then.
    """
    if not SOURCE_KEY.fullmatch(source_key):
        raise BatchRefused(_("The source must be 1 to 60 letters, digits, “-” or “_”, for example zendesk."))
    plan = _plan(kind, survey)
    results = [RowResult(index) for index in range(len(rows))]
    good = _well_formed(plan, rows, results)
    shapes = {frozenset(rows[place]) for place in good}
    if len(shapes) > MAX_SHAPES:
        raise BatchRefused(
            _("The rows of a batch may name at most %(n)s different sets of fields. Give every row the same fields.")
            % {"n": MAX_SHAPES}
        )
    for attempt in range(1, TRIES + 1):
        trial = [RowResult(**vars(result)) for result in results]
        try:
            return _store(plan, source_key, rows, good, trial, now, older, in_transaction)
        except OperationalError as error:
            # Two transactions wanted each other's rows: the loser begins again, which changes nothing twice.
            if attempt == TRIES or getattr(error.__cause__, "sqlstate", "") not in RETRY_STATES:
                raise
    raise AssertionError("unreachable")


def _plan(kind: str, survey: Mapping[str, Any] | None) -> _Plan:
    shape = SHAPES[ImportJob.Kind(kind)]
    columns: dict[str, Any] = {
        name: {"column": name, **({"format": "iso"} if column_kind == TIME else {})}
        for name, column_kind in FIELDS[shape].items()
        if name in ROW_MODELS[kind].model_fields
    }
    section: dict[str, Any] = {"columns": columns}
    if shape == "survey":
        section |= {name: value for name, value in (survey or {}).items() if value is not None}
    try:
        # "?" is nothing special here: what is missing is left out or null.
        mapping = parse_mapping({"missing": [""], "timezone": "UTC", SECTIONS[shape]: section})
    except MappingError as refused:
        raise BatchRefused(str(refused)) from refused
    names = ("case", "external_id") if shape == "message" else ("external_id",)
    return _Plan(kind, shape, mapping, lambda row: tuple(str(row[name]).strip() for name in names), set(columns))


def _well_formed(plan: _Plan, rows: list[Any], results: list[RowResult]) -> list[int]:
    """Places of the rows whose fields have their types; the rest is rejected with what is wrong."""
    good: list[int] = []
    seen: dict[tuple[str, ...], int] = {}
    times = {name for name, kind in FIELDS[plan.shape].items() if kind == TIME}
    for place, row in enumerate(rows):
        fault = first_fault(ROW_MODELS[plan.kind], row) or _unfit_text(row) or _unfit_time(row, times) or _unfit_extra(row)
        if fault is None:
            key = plan.key_of(row)
            results[place].key = key
            if key in seen:
                fault = (
                    "external_id",
                    _("The batch has this id in an earlier row (row %(n)s), which was used.") % {"n": seen[key]},
                    _("Send one row per id; the newest one."),
                )
        if fault is None:
            seen[key] = place
            good.append(place)
        else:
            _reject(results[place], *fault)
    return good


def _unfit_text(row: dict[str, Any]) -> tuple[str, str, str] | None:
    for name, value in row.items():
        texts = [value] if isinstance(value, str) else [*value, *value.values()] if isinstance(value, dict) else []
        if any(isinstance(text, str) and "\x00" in text for text in texts):
            return name, _("It contains a NUL character, which no text has."), _("Take it out.")
    return None


def _unfit_time(row: dict[str, Any], times: set[str]) -> tuple[str, str, str] | None:
    for name in times & set(row):
        if row[name] is not None and not MOMENT.fullmatch(row[name]):
            return name, _("This is no time with an offset."), _("Write it like 2026-06-15T09:30:00Z or …+02:00.")
    return None


def _unfit_extra(row: dict[str, Any]) -> tuple[str, str, str] | None:
    if row.get("extra") is None:
        return None
    try:
        text = _extra(row["extra"])
    except ValueError:
        return "extra", _("A number in it is not finite."), _("Leave it out.")
    if text is not None and len(text) > MAX_EXTRA:
        return "extra", _("It is longer than %(n)s characters.") % {"n": MAX_EXTRA}, _("Shorten it.")
    return None


def _extra(value: dict[str, Any] | None) -> str | None:
    """Always the same text for the same content, so that it is compared rightly."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False) if value is not None else None


def _reject(result: RowResult, field_name: str, reason: str, remedy: str) -> None:
    result.outcome, result.field, result.reason, result.remedy = "rejected", field_name, reason, remedy


# --- Writing ------------------------------------------------------------------------------------


def _store(
    plan: _Plan,
    source_key: str,
    rows: list[Any],
    good: list[int],
    results: list[RowResult],
    now: datetime,
    older: Callable[[Source, str, Iterable[tuple[str, ...]]], set[tuple[str, ...]]] | None,
    in_transaction: Callable[[Received], None] | None,
) -> Received:
    notes = Notes()
    with transaction.atomic():
        source, is_new = Source.objects.get_or_create(key=source_key, defaults={"name": source_key})
        # One writer of a source at a time, as for every import: that makes the counts exact.
        source = Source.objects.select_for_update(no_key=True).get(pk=source.pk)
        if is_new:
            notes.once(_("The source “%(key)s” is new here.") % {"key": source_key})
        if older is not None:
            late = older(source, plan.kind, [results[place].key for place in good])
            for place in good:
                if results[place].key in late:
                    results[place].outcome = "unchanged"
                    results[place].reason = _("A later event has told of it already.")
            good = [place for place in good if not results[place].outcome]
        if good:
            handlers = Handlers(source)
            for places in _alike(plan, rows, good):
                _write(plan, source, handlers, rows, places, results, now, notes)
            unmatched = handlers.unmatched_seen()
            notes.add(
                _("Handlers without a person here: their cases are kept, but count for nobody until they are matched."), unmatched
            )
        received = Received(source, results, notes.lines())
        if in_transaction is not None:
            in_transaction(received)
        if ChangedDay.objects.exists():
            transaction.on_commit(recount_waiting_days.enqueue)
    return received


def _alike(plan: _Plan, rows: list[Any], good: list[int]) -> list[list[int]]:
    """Rows that name the same fields together: what a row leaves out stays as it is, whatever its neighbour names."""
    if plan.shape == "message":
        return [good]
    groups: dict[frozenset[str], list[int]] = defaultdict(list)
    for place in good:
        groups[frozenset(rows[place])].append(place)
    return list(groups.values())


def _write(
    plan: _Plan, source: Source, handlers: Handlers, rows: list[Any], places: list[int], results: list[RowResult], now: datetime,
    notes: Notes,
) -> None:  # fmt: skip
    batch = _batch(plan, rows, places, now, notes)
    section = plan.mapping.section(plan.kind)
    for problem in batch.problems:
        _reject(results[problem.line], problem.field, problem.reason, problem.remedy)
    if not len(batch):
        return
    kept = batch.lines.tolist()
    if plan.shape == "message":
        batch = positions.put_in_order(source, batch)
        writer: Any = messages.MessageWriter(source, handlers, section, notes)
    elif plan.shape == "survey":
        writer = surveys.SurveyWriter(source, handlers, section, notes)
    else:
        writer = cases.InteractionWriter(source, handlers, section)
    keys = {place: results[place].key for place in kept}
    before = _stored(plan, source, set(keys.values()))
    writer.upsert.all_new = writer.upsert.all_new and not before
    writer.prepare()
    counts = writer.write(batch)
    changed = _changed(plan, writer.upsert) if counts.updated else set()
    for place, key in keys.items():
        results[place].outcome = "created" if key not in before else "updated" if key in changed else "unchanged"


def _batch(plan: _Plan, rows: list[Any], places: list[int], now: datetime, notes: Notes) -> Batch:
    """Typed columns of these rows, as of the lines of a file. Only fields that a row names become columns."""
    named = {name for place in places for name in rows[place]}
    if plan.shape == "message":
        named |= plan.columns - {"position", "subject", "channel"}
    raw = RawChunk(
        lines=np.array(places, dtype=np.int64),
        columns={name: _texts(rows, places, name) for name in plan.columns & named},
        read=len(places),
    )
    section = plan.mapping.section(plan.kind)
    section = type(section)(
        section.shape, {name: column for name, column in section.columns.items() if name in raw.columns}, section.options
    )
    found = {name: name for name in raw.columns}
    parser = Parser(plan.mapping, section, found, {}, "UTC", now, notes)
    required = REQUIRED_VALUES[plan.shape] or ("external_id", "value", "responded_at")
    batch = parser.parse(raw, required)
    if plan.shape == "message":
        author, email, name = (batch.columns[column] for column in ("author", "author_email", "author_name"))
        # The case opened from these counts for its last agent, known by whatever the row names them by.
        batch.columns["author"] = np.where(author != "", author, np.where(email != "", email, name)).astype(object)
    if plan.shape == "case":
        if "extra" in named:
            batch.columns["extra"] = _objects([_extra(rows[place].get("extra")) for place in batch.lines.tolist()])
        status = batch.columns.get("status")
        if status is not None and "resolved_at" not in batch.columns and (status == "open").any():
            batch.columns["resolved_at"] = np.full(len(batch), np.datetime64("NaT", "us"), dtype="M8[us]")
        batch = cases.neighbours(cases.settle_status(cases.check_times(batch)))
    return batch


def _texts(rows: list[Any], places: list[int], name: str) -> np.ndarray:
    """A field as the text a file would have: "" for nothing."""
    return _objects([_as_text(rows[place].get(name)) for place in places])


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def _objects(values: list[Any]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _stored(plan: _Plan, source: Source, keys: set[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Which of these keys are here already."""
    ids = sorted({key[-1] for key in keys})
    if plan.shape == "message":
        cases_named = sorted({key[0] for key in keys})
        rows = Message.objects.filter(
            interaction__source=source, interaction__external_id__in=cases_named, external_id__in=ids
        ).order_by()
        found: set[tuple[str, ...]] = set(rows.values_list("interaction__external_id", "external_id"))
        return found & keys
    if plan.shape == "survey":
        kind = plan.mapping.section(plan.kind).options["kind"]
        answers = SurveyResponse.objects.filter(source=source, kind=kind, external_id__in=ids)
        return set(answers.values_list("external_id"))
    return set(Interaction.objects.filter(source=source, external_id__in=ids).values_list("external_id"))


def _changed(plan: _Plan, upsert: Upsert) -> set[tuple[str, ...]]:
    """The keys of the rows that differed from what was stored."""
    if plan.shape != "message":
        return {(key,) for *_rest, key in upsert.changed_keys()}
    pairs = upsert.changed_keys()
    names = dict(Interaction.objects.filter(pk__in={pk for pk, _key in pairs}).values_list("pk", "external_id"))
    found: set[tuple[str, ...]] = {(names[pk], key) for pk, key in pairs}
    return found
