"""Where a message stands in its conversation, whatever the order in which messages arrive."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import numpy as np

from coaching.interactions.importing.parsing import Batch
from coaching.interactions.models import Message, Source

WRITE = 500


def put_in_order(source: Source, batch: Batch) -> Batch:
    """The batch by case and place, each message with its place among those that are stored.

    Messages without a `position` are counted from 1 by the time they were sent, together with the stored
    ones of the case; those whose place changes are moved. Call under the source's lock.
    """
    columns = batch.columns
    for name in ("subject", "channel"):
        if name in columns:
            columns[name] = _first_of_case(columns["case"], columns[name])
    given = columns.get("position", np.full(len(batch), np.nan))
    stored = _stored(source, sorted(set(columns["case"].tolist())))
    moved: list[Message] = []
    places = given.copy()
    for case in dict.fromkeys(columns["case"].tolist()):
        rows = np.flatnonzero(columns["case"] == case).tolist()
        if not np.isnan(given[rows]).all():
            places[rows] = np.where(np.isnan(given[rows]), 0, given[rows])
            continue
        new = {columns["external_id"][row]: row for row in rows}
        line: list[tuple[int, str, Any]] = [(int(columns["sent_at"][row].astype("i8")), key, row) for key, row in new.items()]
        line += [
            (_microseconds(message), message.external_id, message)
            for message in stored.get(case, [])
            if message.external_id not in new
        ]
        for place, (_at, _key, what) in enumerate(sorted(line, key=lambda item: item[:2]), start=1):
            if not isinstance(what, Message):
                places[what] = place
            elif what.position != place:
                what.position = place
                moved.append(what)
    Message.objects.bulk_update(moved, ["position"], batch_size=WRITE)
    columns["position"] = places
    return batch.take(np.lexsort((places, columns["case"].astype(str))))


def _stored(source: Source, cases: list[str]) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = {}
    rows = Message.objects.filter(interaction__source=source, interaction__external_id__in=cases).select_related("interaction")
    for message in rows.only("external_id", "position", "sent_at", "interaction__external_id").order_by("pk"):
        found.setdefault(message.interaction.external_id, []).append(message)
    return found


def _microseconds(message: Message) -> int:
    if message.sent_at is None:
        return -(2**62)
    return int(np.datetime64(message.sent_at.astimezone(UTC).replace(tzinfo=None), "us").astype("i8"))


def _first_of_case(cases: np.ndarray, values: np.ndarray) -> np.ndarray:
    """For every row the first value that is not empty among the rows of its case."""
    first: dict[str, str] = {}
    for case, value in zip(cases.tolist(), values.tolist(), strict=True):
        if value and not first.get(case):
            first[case] = value
    filled = np.empty(len(values), dtype=object)
    filled[:] = [first.get(case, "") for case in cases.tolist()]
    return filled
