"""Event logs: one row per event. A case is what its events, in order, add up to.

The first event opens the case. The last event wins: channel, topic and the like are those of the last
event that names them. A case is resolved at its last event of a resolving activity, unless an event
of a reopening activity follows. Reopens are counted by a counter column (its largest value) or by a
repeated activity (the second resolution is the first reopening).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from coaching.interactions.importing.mapping import Section
from coaching.interactions.importing.parsing import Batch
from coaching.interactions.importing.spool import Spool

LAST_WINS = ("handler", "handler_name", "handler_email", "channel", "status", "subject", "topic", "customer")
NUMBERS = ("reopens", "answered", "wait_seconds", "handle_seconds")
NAT = np.datetime64("NaT", "us")


def names_of(section: Section) -> list[str]:
    """The fields an event row carries into the spool, in order; `at` and `activity` come first."""
    return ["at", "activity", *(name for name in (*LAST_WINS, *NUMBERS) if name in section.columns)]


def event_rows(batch: Batch, section: Section, order: list[list[Any]]) -> list[tuple[Any, ...]]:
    """Rows for the spool: case, order values, line, then the fields of `names_of`."""
    at = batch.columns["at"].astype(np.int64)
    columns: list[list[Any]] = [batch.columns["external_id"].tolist(), *order, batch.lines.tolist()]
    for name in names_of(section):
        if name == "at":
            columns.append(at.tolist())
        elif name == "activity":
            columns.append(batch.columns["activity"].tolist() if "activity" in batch.columns else [""] * len(batch))
        else:
            columns.append(batch.columns[name].tolist())
    return list(zip(*columns, strict=True))


def cases_of(spool: Spool, section: Section, orders: int, size: int) -> Iterator[Batch]:
    """Batches of whole cases, each with the columns of `cases.write_cases`."""
    names = names_of(section)
    for rows in spool.groups(size):
        cases: list[dict[str, Any]] = []
        start = 0
        for end in range(1, len(rows) + 1):
            if end == len(rows) or rows[end][0] != rows[start][0]:
                cases.append(_case(rows[start:end], names, section, orders))
                start = end
        yield _batch(cases, section)


def _activities(section: Section, option: str) -> set[str]:
    value = section.options.get(option, [])
    return {value} if isinstance(value, str) else set(value)


def _case(rows: list[tuple[Any, ...]], names: list[str], section: Section, orders: int) -> dict[str, Any]:
    base = orders + 2
    place = {name: base + index for index, name in enumerate(names)}
    at, activity = place["at"], place["activity"]
    resolving = _activities(section, "resolved") | _activities(section, "closed")
    reopening = section.options.get("reopened", {})
    repeated = _as_set(reopening.get("repeated"))
    by_activity = _as_set(reopening.get("activity"))
    case: dict[str, Any] = {
        "external_id": rows[0][0],
        "line": rows[0][orders + 1],
        "opened_at": min(row[at] for row in rows),
        "last_event_at": max(row[at] for row in rows),
    }
    for name in LAST_WINS:
        if name in place:
            case[name] = next((row[place[name]] for row in reversed(rows) if row[place[name]]), "")
    for name in NUMBERS:
        if name in place:
            known = [row[place[name]] for row in rows if row[place[name]] is not None and row[place[name]] == row[place[name]]]
            case[name] = (max(known) if name == "reopens" else known[-1]) if known else np.nan
    resolutions = [index for index, row in enumerate(rows) if row[activity] in resolving]
    if repeated:
        case["reopens"] = max(0, sum(row[activity] in repeated for row in rows) - 1)
    elif by_activity:
        case["reopens"] = sum(row[activity] in by_activity for row in rows)
    if resolving:
        last = resolutions[-1] if resolutions else None
        open_again = last is not None and any(row[activity] in by_activity for row in rows[last + 1 :])
        case["resolved_at"] = rows[last][at] if last is not None and not open_again else None
        if "handler" in place:
            case["assignee"] = case["handler"]  # whoever the last event names has it now
        if "handler" in place and last is not None and rows[last][place["handler"]]:
            # The case counts for who resolved it.
            for name in ("handler", "handler_name", "handler_email"):
                if name in place:
                    case[name] = rows[last][place[name]]
    return case


def _as_set(value: Any) -> set[str]:
    return set() if value is None else {value} if isinstance(value, str) else set(value)


def _batch(cases: list[dict[str, Any]], section: Section) -> Batch:
    columns: dict[str, np.ndarray] = {}
    for name in sorted({name for case in cases for name in case} - {"line"}):
        values = [case.get(name) for case in cases]
        if name in {"opened_at", "last_event_at", "resolved_at"}:
            columns[name] = np.array([NAT if value is None else np.datetime64(value, "us") for value in values], dtype="M8[us]")
        elif name in NUMBERS:
            columns[name] = np.array([np.nan if value is None else value for value in values], dtype=float)
        else:
            column = np.empty(len(values), dtype=object)
            column[:] = [value or "" for value in values]
            columns[name] = column
    return Batch(np.array([case["line"] for case in cases], dtype=np.int64), columns)
