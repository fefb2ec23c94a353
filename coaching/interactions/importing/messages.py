"""Rows of a conversation: several rows of one message are joined, and cases nobody exported yet are opened.

A case that is known from its messages only was opened at its first message; its last event is its
last message, and it counts for the agent who wrote the last public one. A file of cases that
comes later overrules all of this.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from coaching.interactions.importing.cases import InteractionWriter
from coaching.interactions.importing.handlers import Handlers
from coaching.interactions.importing.mapping import Section
from coaching.interactions.importing.parsing import Batch
from coaching.interactions.importing.problems import Notes
from coaching.interactions.importing.store import groups_of
from coaching.interactions.importing.writing import Counts, Upsert
from coaching.interactions.models import Interaction, Message, Source
from coaching.interactions.redaction import mask_personal_data

LOOKUP = 500


def join_rows(batch: Batch, section: Section, notes: Notes) -> Batch:
    """Rows sorted by case, message and order → one row per message, numbered within the case."""
    columns = batch.columns
    order_names = [name for name in columns if name.startswith("order:")]
    frame = pd.DataFrame({name: columns[name] for name in ("case", "external_id", *order_names, "body")})
    repeated = frame.duplicated().to_numpy()
    if repeated.any():
        notes.add(_("Rows that stand in the file twice were used once."), int(repeated.sum()))
        batch = batch.take(~repeated)
        columns = batch.columns
    joint = np.array([f"{a}\x00{b}" for a, b in zip(columns["case"], columns["external_id"], strict=True)], dtype=object)
    starts, ends = groups_of(joint)
    joiner = section.options.get("join", "\n")
    bodies = np.empty(len(starts), dtype=object)
    texts = columns["body"].tolist()
    bodies[:] = [joiner.join(texts[first : last + 1]) for first, last in zip(starts, ends, strict=True)]
    joined = {name: values[starts] for name, values in columns.items() if name not in {"body", *order_names}}
    joined["body"] = bodies
    if "is_private" in joined:
        # One private row makes the whole message private: better hidden than shown to a customer.
        joined["is_private"] = np.maximum.reduceat(np.nan_to_num(columns["is_private"]), starts)
    lines = np.minimum.reduceat(batch.lines, starts)
    cases = pd.factorize(joined["case"])[0]
    place = np.nan_to_num(joined["position"]) if "position" in joined else np.zeros(len(starts))
    by_time = np.lexsort((lines, joined["sent_at"], place, cases))
    result = Batch(lines, joined).take(by_time)
    first, last = groups_of(result.columns["case"])
    if "position" in joined:
        result.columns["position"] = np.maximum(result.columns["position"] - section.options.get("first_position", 1) + 1, 0)
    else:
        result.columns["position"] = np.arange(len(result)) - np.repeat(first, last - first + 1) + 1.0
    return result


class MessageWriter:
    """Writes whole conversations of one source."""

    def __init__(self, source: Source, handlers: Handlers, section: Section, notes: Notes) -> None:
        self.source = source
        self.handlers = handlers
        self.section = section
        self.notes = notes
        self.cases = InteractionWriter(source, handlers, None)
        self.upsert = Upsert(Message, key=["interaction_id", "external_id"])

    def prepare(self) -> None:
        self.cases.prepare()
        self.upsert.prepare()

    def write(self, batch: Batch) -> Counts:
        given, size = batch.columns, len(batch)
        kinds = given.get("author_kind", np.full(size, "other", dtype=object))
        kinds = np.where(kinds == "", "other", kinds).astype(object)
        private = np.nan_to_num(given.get("is_private", np.zeros(size))) == 1.0
        authors = given.get("author", given.get("author_name", np.full(size, "", dtype=object)))
        names = given.get("author_name", authors)
        keys = np.where(kinds == "agent", authors, "").astype(object)
        author_ids, _zones = self.handlers.resolve(
            keys,
            np.where(kinds == "agent", names, "").astype(object),
            np.where(kinds == "agent", given["author_email"], "").astype(object) if "author_email" in given else None,
        )
        starts, ends = groups_of(given["case"])
        known = self._lookup(given["case"][starts])
        new = np.array([case not in known for case in given["case"][starts].tolist()], dtype=bool)
        if new.any():
            self._open(batch, keys, private, starts[new], ends[new])
        ids = {case: pk for case, (pk, _only) in known.items()}
        if new.any():
            ids.update({case: pk for case, (pk, _only) in self._lookup(given["case"][starts[new]]).items()})
        columns = {
            "interaction_id": np.array([ids[case] for case in given["case"].tolist()], dtype=np.int64),
            "external_id": given["external_id"],
            "position": given["position"],
            "author_kind": kinds,
            "author_name": names,
            "author_id": author_ids,
            "sent_at": given["sent_at"],
            "body": _masked(given["body"]) if self.source.masks_personal_data else given["body"],
            "is_private": private,
            # Time codes come with a transcript (`coaching.quality.recordings`), not with an export of messages.
            "starts_at": np.full(len(private), None, dtype=object),
            "ends_at": np.full(len(private), None, dtype=object),
        }
        updates = ["position", "body", "sent_at"] + [name for name in ("author_kind", "is_private") if name in given]
        if "author" in given or "author_name" in given:
            updates += ["author_name", "author_id"]
        counts = self.upsert.write(columns, updates)
        if counts.created or counts.updated:
            self._follow([case for case, (_pk, only) in known.items() if only])
        return counts

    def _lookup(self, cases: np.ndarray) -> dict[str, tuple[int, bool]]:
        found: dict[str, tuple[int, bool]] = {}
        for start in range(0, len(cases), LOOKUP):
            rows = Interaction.objects.filter(source=self.source, external_id__in=cases[start : start + LOOKUP].tolist())
            found.update({case: (pk, only) for case, pk, only in rows.values_list("external_id", "pk", "from_messages")})
        return found

    def _open(self, batch: Batch, keys: np.ndarray, private: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> None:
        given = batch.columns
        handlers = np.empty(len(starts), dtype=object)
        order = [_last_author(keys, private, given["sent_at"], first, last) for first, last in zip(starts, ends, strict=True)]
        handlers[:] = order
        times = given["sent_at"]
        columns = {
            "external_id": given["case"][starts],
            "opened_at": np.array([times[a : b + 1].min() for a, b in zip(starts, ends, strict=True)]),
            "last_event_at": np.array([times[a : b + 1].max() for a, b in zip(starts, ends, strict=True)]),
            "handler": handlers,
        }
        for name in ("subject", "channel"):
            if name in given:
                columns[name] = given[name][starts]
        counts = self.cases.write(Batch(batch.lines[starts], columns), from_messages=True)
        self.notes.add(_("Cases opened from their messages, because no file of cases has named them yet."), counts.created)

    def _follow(self, cases: list[str]) -> None:
        """Cases known from messages only follow what is now stored of them, in whatever order the files came."""
        for start in range(0, len(cases), LOOKUP):
            part = cases[start : start + LOOKUP]
            messages = Message.objects.filter(interaction__source=self.source, interaction__external_id__in=part)
            spans = {
                case: (first, last)
                for case, first, last in messages.order_by()
                .values_list("interaction__external_id")
                .annotate(first=Min("sent_at"), last=Max("sent_at"))
            }
            agents = messages.exclude(author=None).order_by("sent_at", "position", "external_id")
            handler: dict[str, tuple[bool, str]] = {}
            for case, key, private in agents.values_list("interaction__external_id", "author__external_key", "is_private"):
                if not private or not handler.get(case, (False, ""))[0]:
                    handler[case] = (not private, key)
            names = list(spans)
            columns = {
                "external_id": _text(names),
                "opened_at": np.array([spans[case][0].replace(tzinfo=None) for case in names], dtype="M8[us]"),
                "last_event_at": np.array([spans[case][1].replace(tzinfo=None) for case in names], dtype="M8[us]"),
                "handler": _text([handler.get(case, (False, ""))[1] for case in names]),
            }
            self.cases.write(Batch(np.zeros(len(names), dtype=np.int64), columns), from_messages=True)


def _masked(bodies: np.ndarray) -> np.ndarray:
    return _text([mask_personal_data(body) for body in bodies.tolist()])


def _text(values: list[str]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _last_author(keys: np.ndarray, private: np.ndarray, times: np.ndarray, first: int, last: int) -> str:
    """The agent of the last public message, else of the last private one, else nobody."""
    span = slice(first, last + 1)
    written = np.flatnonzero(keys[span] != "")
    if not len(written):
        return ""
    public = written[~private[span][written]]
    chosen = public if len(public) else written
    stable = chosen[np.argsort(times[span][chosen], kind="stable")]
    return str(keys[span][stable[-1]])
