"""Messages: several rows may make one message; a conversation nobody imported as a case becomes one.

Rows of one (case, message id) are joined in order. Where any of them is private, the whole message is:
an internal note must never reach a customer because a part of it was marked and a part was not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from coaching.interactions.importing.cases import mark_days, zones
from coaching.interactions.importing.handlers import HandlerBook
from coaching.interactions.importing.mapping import Section
from coaching.interactions.importing.parsing import Batch
from coaching.interactions.importing.problems import Problem
from coaching.interactions.importing.spool import Spool
from coaching.interactions.importing.times import local_days
from coaching.interactions.importing.writing import Target, Written, times, write_chunk
from coaching.interactions.models import Interaction, Message, Source

TARGET = Target(
    model=Message,
    key=("interaction_id", "external_id"),
    data=("position", "author_kind", "author_name", "author_id", "sent_at", "body", "is_private"),
)
FIELDS = (
    "external_id", "position", "sent_at", "author", "author_name", "author_email", "author_kind", "body", "is_private", "subject", "channel",
)  # fmt: skip
NAT = np.datetime64("NaT", "us")


@dataclass
class Turn:
    """One message, made of its rows."""

    case: str
    external_id: str
    line: int
    position: int | None
    sent_at: int | None
    author: str
    author_name: str
    author_email: str
    author_kind: str
    is_private: bool
    subject: str
    channel: str
    parts: list[str] = field(default_factory=list)


def message_rows(batch: Batch, order: list[list[Any]]) -> list[tuple[Any, ...]]:
    """Rows for the spool: case, order values, line, then `FIELDS`."""
    count = len(batch)
    columns: list[list[Any]] = [batch.columns["case"].tolist(), *order, batch.lines.tolist()]
    for name in FIELDS:
        values = batch.columns.get(name)
        if values is None:
            columns.append([None] * count)
        elif name == "sent_at":
            columns.append([None if np.isnat(value) else int(value.astype(np.int64)) for value in values])
        elif name in {"position", "is_private"}:
            columns.append([None if value != value else int(value) for value in values.tolist()])
        else:
            columns.append(values.tolist())
    return list(zip(*columns, strict=True))


def turns_of(spool: Spool, section: Section, orders: int, size: int) -> Iterator[tuple[list[Turn], int]]:
    """Whole conversations as messages in order, and the number of rows they came from."""
    joint = section.options.get("join", "\n")
    place = {name: orders + 2 + index for index, name in enumerate(FIELDS)}
    for rows in spool.groups(size):
        turns: dict[tuple[str, str], Turn] = {}
        for row in rows:
            key = (row[0], row[place["external_id"]])
            turn = turns.get(key)
            if turn is None:
                turn = turns[key] = Turn(
                    case=row[0],
                    external_id=key[1],
                    line=row[orders + 1],
                    position=row[place["position"]],
                    sent_at=row[place["sent_at"]],
                    author=row[place["author"]] or "",
                    author_name=row[place["author_name"]] or "",
                    author_email=row[place["author_email"]] or "",
                    author_kind=row[place["author_kind"]] or Message.AuthorKind.OTHER.value,
                    is_private=bool(row[place["is_private"]]),
                    subject=row[place["subject"]] or "",
                    channel=row[place["channel"]] or "",
                )
            turn.parts.append(row[place["body"]] or "")
            turn.is_private = turn.is_private or bool(row[place["is_private"]])
            if row[place["sent_at"]] is not None:
                turn.sent_at = min(turn.sent_at, row[place["sent_at"]]) if turn.sent_at is not None else row[place["sent_at"]]
        messages = list(turns.values())
        counts: dict[str, int] = {}
        for turn in messages:
            counts[turn.case] = counts.get(turn.case, 0) + 1
            turn.parts = [joint.join(turn.parts)]
            if turn.position is None:
                turn.position = counts[turn.case]
        yield messages, len(rows)


def write_messages(turns: list[Turn], source: Source, book: HandlerBook, *, fresh: bool) -> tuple[Written, list[Problem]]:
    """Write the messages of whole conversations; create the cases that are not there. In the caller's transaction."""
    by_case: dict[str, list[Turn]] = {}
    for turn in turns:
        by_case.setdefault(turn.case, []).append(turn)
    interactions = _interactions(source, list(by_case))
    new = [case for case in by_case if case not in interactions]
    problems = _create_cases(source, book, {case: by_case[case] for case in new})
    if new:
        interactions |= _interactions(source, new)
    kept = [turn for turn in turns if turn.case in interactions]
    if not kept:
        return Written(0, 0, 0), problems
    authors = book.resolve(
        _objects([turn.author if turn.author_kind == Message.AuthorKind.AGENT else "" for turn in kept]),
        _objects([turn.author_name for turn in kept]),
        _objects([turn.author_email for turn in kept]),
    )
    written = write_chunk(
        TARGET,
        [
            [interactions[turn.case] for turn in kept],
            [turn.external_id for turn in kept],
            [turn.position for turn in kept],
            [turn.author_kind for turn in kept],
            [turn.author_name or turn.author for turn in kept],
            [author.pk if author else None for author in authors],
            times(_times([turn.sent_at for turn in kept])),
            [turn.parts[0].replace("\x00", "") for turn in kept],
            [turn.is_private for turn in kept],
        ],
        fresh=fresh,
    )
    return written, problems


def _interactions(source: Source, cases: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(cases), 5000):
        part = cases[start : start + 5000]
        found |= dict(Interaction.objects.filter(source=source, external_id__in=part).values_list("external_id", "pk"))
    return found


def _create_cases(source: Source, book: HandlerBook, new: dict[str, list[Turn]]) -> list[Problem]:
    """A case for each conversation without one: opened at its first message, handled by its last agent."""
    problems: list[Problem] = []
    rows = []
    for case, turns in new.items():
        sent = [turn.sent_at for turn in turns if turn.sent_at is not None]
        if not sent:
            problems.append(
                Problem(
                    turns[0].line,
                    "case",
                    case,
                    _("There is no case with this id, and no message says when it began."),
                    _("Import the cases first, or map sent_at."),
                )
            )
            continue
        agents = [turn for turn in turns if turn.author_kind == Message.AuthorKind.AGENT and turn.author]
        channel = next((turn.channel for turn in turns if turn.channel), Interaction.Channel.OTHER.value)
        subject = next((turn.subject for turn in turns if turn.subject), "")
        rows.append((case, min(sent), max(sent), agents[-1] if agents else None, channel, subject))
    if not rows:
        return problems
    known = book.resolve(
        _objects([row[3].author if row[3] else "" for row in rows]),
        _objects([row[3].author_name if row[3] else "" for row in rows]),
        _objects([row[3].author_email if row[3] else "" for row in rows]),
    )
    opened = _times([row[1] for row in rows])
    opened_on = local_days(opened, zones(known))
    last = _times([row[2] for row in rows])
    Interaction.objects.bulk_create(
        [
            Interaction(
                source=source,
                external_id=case,
                handler_id=who.pk if who else None,
                assignee_id=who.pk if who else None,
                channel=channel,
                subject=subject,
                opened_at=_aware(opened[index]),
                last_event_at=_aware(last[index]),
                opened_on=opened_on[index].item(),
            )
            for index, ((case, _first, _last, _agent, channel, subject), who) in enumerate(zip(rows, known, strict=True))
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    mark_days(known, (opened_on,))
    return problems


def _aware(value: np.datetime64) -> Any:
    return value.astype("M8[us]").item().replace(tzinfo=UTC)


def _times(values: list[int | None]) -> np.ndarray:
    return np.array([NAT if value is None else np.datetime64(value, "us") for value in values], dtype="M8[us]")


def _objects(values: list[str]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
