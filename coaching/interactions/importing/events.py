"""One row per event: the events of a case become one interaction.

The last event wins for every column; `reopens` is how often the "reopened" activity came again, or
the highest value of a counter column. A case is resolved while no other event follows the last
resolving or closing one; it counts for whoever resolved it last, else for whoever had it last.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from coaching.interactions.importing.mapping import Section
from coaching.interactions.importing.parsing import Batch
from coaching.interactions.importing.store import groups_of
from coaching.interactions.importing.times import NAT

HANDLER = ("handler", "handler_name", "handler_email")


def aggregate(batch: Batch, section: Section) -> Batch:
    """Rows sorted by case and order → one row per case, with the columns of a case."""
    given = batch.columns
    starts, ends = groups_of(given["external_id"])
    order = np.arange(len(batch))
    times = given["at"]
    columns: dict[str, np.ndarray] = {
        "external_id": given["external_id"][starts],
        "opened_at": np.minimum.reduceat(times, starts),
        "last_event_at": np.maximum.reduceat(times, starts),
    }
    activity = given.get("activity")
    resolving = _among(activity, section.options.get("resolved", []), len(batch))
    closing = _among(activity, section.options.get("closed", []), len(batch))
    last_resolving = _last(resolving, order, starts)
    last_closing = _last(closing, order, starts)
    if section.options.get("resolved") or section.options.get("closed"):
        over = np.maximum(last_resolving, last_closing) == ends
        decisive = np.where(last_resolving >= 0, last_resolving, last_closing)
        columns["status"] = np.where(over, "resolved", "open").astype(object)
        columns["resolved_at"] = np.where(over, times[np.maximum(decisive, 0)], NAT)
    elif "status" in given:
        status = given["status"][_last_filled(given["status"], order, starts, ends)]
        columns["status"] = np.where(status == "", "open", status).astype(object)
        columns["resolved_at"] = np.where(status == "resolved", columns["last_event_at"], NAT)
    columns["reopens"] = _reopens(given, activity, section.options.get("reopened", {}), starts)
    if any(name in given for name in HANDLER):
        named = np.zeros(len(batch), dtype=bool)
        for name in HANDLER:
            if name in given:
                named |= given[name] != ""
        last_named = _last(named, order, starts)
        by_resolver = _last(named & resolving, order, starts)
        chosen = np.where(by_resolver >= 0, by_resolver, last_named)
        for name in HANDLER:
            if name in given:
                columns[name] = np.where(chosen >= 0, given[name][np.maximum(chosen, 0)], "").astype(object)
        if "handler" in given:
            columns["assignee"] = np.where(last_named >= 0, given["handler"][np.maximum(last_named, 0)], "").astype(object)
    for name in ("channel", "subject", "topic", "customer", "answered", "wait_seconds", "handle_seconds"):
        if name in given:
            columns[name] = given[name][_last_filled(given[name], order, starts, ends)]
    return Batch(batch.lines[starts], columns)


def _among(activity: np.ndarray | None, wanted: Any, size: int) -> np.ndarray:
    names = {wanted} if isinstance(wanted, str) else set(wanted)
    if activity is None:
        return np.zeros(size, dtype=bool)
    return np.array([value in names for value in activity.tolist()], dtype=bool)


def _last(mask: np.ndarray, order: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Position of the last row of each group where the mask holds; -1 for none."""
    return np.maximum.reduceat(np.where(mask, order, -1), starts)


def _last_filled(values: np.ndarray, order: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    filled = ~np.isnan(values) if values.dtype.kind == "f" else values != ""
    last = _last(filled.astype(bool), order, starts)
    return np.where(last >= 0, last, ends)


def _reopens(given: dict[str, np.ndarray], activity: np.ndarray | None, rule: dict[str, Any], starts: np.ndarray) -> np.ndarray:
    if "repeated" in rule and activity is not None:
        return np.maximum(np.add.reduceat(_among(activity, rule["repeated"], len(activity)).astype(float), starts) - 1, 0)
    if "reopens" in given:
        return np.maximum.reduceat(np.nan_to_num(given["reopens"]), starts)
    return np.zeros(len(starts))
