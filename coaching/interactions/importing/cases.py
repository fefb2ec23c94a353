"""Interactions: what a row (or an aggregated case) means, and how it is written."""

from __future__ import annotations

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _

from coaching.interactions.importing.handlers import Handlers
from coaching.interactions.importing.mapping import Section
from coaching.interactions.importing.parsing import Batch
from coaching.interactions.importing.problems import Problem
from coaching.interactions.importing.times import NAT, local_days
from coaching.interactions.importing.waiting import credit_waiting_ratings
from coaching.interactions.importing.writing import Counts, Upsert
from coaching.interactions.models import Interaction, Source

AFTER_OPENING = ("first_reply_at", "resolved_at", "last_event_at")


class SeenKeys:
    """Which ids a file has already had: 64-bit hashes in sorted runs, 8 bytes a row.

    Two different ids share a hash once in about 10^8 files of a million rows.
    """

    def __init__(self) -> None:
        self._runs: list[np.ndarray] = []

    def repeated(self, keys: np.ndarray) -> np.ndarray:
        """True for each key that stood earlier in this array or in one before; remembers the rest."""
        hashes = pd.util.hash_array(keys, categorize=False)
        again = pd.Series(hashes).duplicated().to_numpy(copy=True)
        for run in self._runs:
            place = np.searchsorted(run, hashes)
            place[place == len(run)] = 0
            again = again | (run[place] == hashes)  # a new array: pandas lends its own read-only
        fresh = np.sort(hashes[~again])
        while self._runs and len(self._runs[-1]) <= 2 * len(fresh):
            fresh = np.sort(np.concatenate([self._runs.pop(), fresh]))
        if len(fresh):
            self._runs.append(fresh)
        return again


def reject(batch: Batch, bad: np.ndarray, field: str, values: np.ndarray, reason: str, remedy: str) -> Batch:
    """The batch without the bad rows, each named."""
    if not bad.any():
        return batch
    places = np.flatnonzero(bad)
    problems = [Problem(int(batch.lines[i]), field, str(values[i]), reason, remedy) for i in places]
    kept = batch.take(~bad)
    kept.problems = batch.problems + problems
    kept.rejected += len(places)
    return kept


def reject_repeated(batch: Batch, seen: SeenKeys, field: str = "external_id") -> Batch:
    """One row per id: the first stands, later ones are named."""
    keys = batch.columns[field]
    return reject(
        batch,
        seen.repeated(keys),
        field,
        keys,
        _("This id stands in an earlier row of the file; the first one was kept."),
        _('Keep one row per case, or describe the file as events (shape = "event").'),
    )


def check_times(batch: Batch) -> Batch:
    """Leave out rows in which something happens before the case was opened."""
    for name in AFTER_OPENING:
        if name in batch.columns:
            with np.errstate(invalid="ignore"):
                bad = batch.columns[name] < batch.columns["opened_at"]
            batch = reject(
                batch,
                bad,
                name,
                batch.columns[name],
                _("This lies before the case was opened, so the duration would be negative."),
                _("Correct one of the two times; check the time zones and the date order."),
            )
    return batch


def settle_status(batch: Batch) -> Batch:
    """Status and resolution time agree: open cases have none; without a status column the time decides."""
    columns = batch.columns
    if "status" in columns and "resolved_at" in columns:
        status = columns["status"]
        unknown = status == ""
        status = np.where(unknown, np.where(np.isnat(columns["resolved_at"]), "open", "resolved"), status)
        columns["status"] = status.astype(object)
        columns["resolved_at"] = np.where(status == "open", NAT, columns["resolved_at"])
    elif "status" in columns:
        columns["status"] = np.where(columns["status"] == "", "open", columns["status"]).astype(object)
    elif "resolved_at" in columns:
        columns["status"] = np.where(np.isnat(columns["resolved_at"]), "open", "resolved").astype(object)
    return batch


def neighbours(batch: Batch) -> Batch:
    """The batch ordered by handler and day: what lies together in the table's indexes is written together."""
    columns = batch.columns
    named = [columns[name] for name in ("handler_name", "handler_email", "handler") if name in columns]
    codes = [pd.factorize(values)[0] for values in named]
    place = np.lexsort((columns["opened_at"], *codes))
    return batch.take(place)


class InteractionWriter:
    """Writes batches of interactions of one source."""

    def __init__(self, source: Source, handlers: Handlers, section: Section | None) -> None:
        self.source = source
        self.handlers = handlers
        self.section = section
        self.upsert = Upsert(Interaction, key=["source_id", "external_id"], days=["opened_on", "resolved_on"])

    def prepare(self) -> None:
        self.upsert.prepare()

    def write(self, batch: Batch, *, from_messages: bool = False) -> Counts:
        given, size = batch.columns, len(batch)
        columns: dict[str, np.ndarray] = {
            "source_id": np.full(size, self.source.pk, dtype=np.int64),
            "external_id": given["external_id"],
            "from_messages": np.full(size, from_messages, dtype=bool),
        }
        updates = {"from_messages", "opened_at", "opened_on"}
        handled = bool({"handler", "handler_name", "handler_email"} & set(given))
        if handled:
            keys = given.get("handler", np.full(size, "", dtype=object))
            ids, zones = self.handlers.resolve(keys, given.get("handler_name"), given.get("handler_email"))
            updates.add("handler_id")
        else:
            ids = self._stored_handlers(given["external_id"])
            zones = self.handlers.zones_of(ids)
        columns["handler_id"] = ids
        columns["assignee_id"] = self.handlers.resolve(given["assignee"])[0] if "assignee" in given else np.full(size, -1)
        columns["opened_on"] = local_days(given["opened_at"], zones)
        nothing = np.full(size, NAT, dtype="M8[us]")
        resolved = given.get("resolved_at", nothing)
        columns["resolved_on"] = local_days(resolved, zones)
        for name in ("opened_at", "first_reply_at", "resolved_at", "last_event_at"):
            columns[name] = given.get(name, nothing)
        for name in ("subject", "topic", "customer"):
            columns[name] = given.get(name, np.full(size, "", dtype=object))
        channel = given.get("channel", np.full(size, "other", dtype=object))
        columns["channel"] = np.where(channel == "", "other", channel).astype(object) if "channel" in given else channel
        columns["status"] = given.get("status", np.full(size, "open", dtype=object))
        reopens = given.get("reopens", np.zeros(size))
        columns["reopens"] = np.where(np.isnan(reopens), 0, reopens)
        for name in ("wait_seconds", "handle_seconds"):
            columns[name] = given.get(name, np.full(size, np.nan))
        columns["answered"] = _flags(given.get("answered", np.full(size, np.nan)), copy=self.upsert.postgresql)
        updates |= set(given) & set(columns)
        if "assignee" in given:
            updates.add("assignee_id")
        if "resolved_at" in given:
            updates.add("resolved_on")
        counts = self.upsert.write(columns, sorted(updates - {"external_id"}))
        credit_waiting_ratings(self.source, self.handlers, given["external_id"])
        return counts

    def _stored_handlers(self, keys: np.ndarray) -> np.ndarray:
        """Whose days these cases count on, where the file does not say who handled them."""
        stored: dict[str, int] = {}
        for start in range(0, len(keys), 500):
            rows = Interaction.objects.filter(source=self.source, external_id__in=keys[start : start + 500].tolist())
            stored.update(rows.exclude(handler=None).values_list("external_id", "handler_id"))
        return np.array([stored.get(key, -1) for key in keys.tolist()], dtype=np.int64)


def _flags(values: np.ndarray, *, copy: bool) -> np.ndarray:
    """A nullable yes/no as the database stores it: COPY reads "t" and "f", SQLite 1 and 0."""
    if not copy:
        return values
    flags = np.where(values == 1.0, "t", "f").astype(object)
    flags[np.isnan(values)] = None
    return flags
