"""Reads of the outbox, ready for a screen."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from learning.statements.access import own_statements, statements_visible_to
from learning.statements.models import Pseudonym, RecordStore, Statement, StatementQuerySet
from people.models import Person


def find_store() -> RecordStore | None:
    """The record store that was named; None as long as none was. Without its password: no page needs it."""
    return RecordStore.objects.defer("password").first()


@dataclass(frozen=True)
class Counts:
    """How many statements are in which state."""

    waiting: int
    delivered: int
    refused: int
    given_up: int


def counts() -> Counts:
    """One query."""
    states = Statement.State
    return Counts(
        **Statement.objects.aggregate(
            waiting=Count("pk", filter=Q(state=states.WAITING)),
            delivered=Count("pk", filter=Q(state=states.DELIVERED)),
            refused=Count("pk", filter=Q(state=states.REFUSED)),
            given_up=Count("pk", filter=Q(state=states.GIVEN_UP)),
        )
    )


def outbox(person: Person, state: str = "") -> StatementQuerySet:
    """The newest first; `state` is one of Statement.State, or "" for all."""
    rows = statements_visible_to(person).defer("body")
    return rows.filter(state=state) if state in Statement.State.values else rows


def told_of(person: Person) -> StatementQuerySet:
    """What is told, or waits to be told, of one person, the newest first."""
    return own_statements(person).exclude(body={})


def name_outside(person: Person) -> Pseudonym | None:
    return Pseudonym.objects.filter(person=person, forgotten_at=None).first()


@dataclass(frozen=True)
class Told:
    """A statement in words for whom it is about."""

    kind: str
    title: str
    at: datetime
    percent: int | None
    state: str
    state_label: str
    voided: bool


def in_words(rows: list[Statement]) -> list[Told]:
    return [
        Told(
            row.get_kind_display(),
            str(next(iter(row.body.get("object", {}).get("definition", {}).get("name", {}).values()), "")),
            row.happened_at,
            row.body.get("result", {}).get("score", {}).get("raw"),
            row.state,
            row.get_state_display(),
            row.voided_at is not None,
        )
        for row in rows
    ]


def without_the_person(row: Statement) -> dict[str, Any]:
    """What was sent, for administrators, who mend the connection and read nobody's results: no name, no result."""
    body: dict[str, Any] = copy.deepcopy(row.body)
    account = body.get("actor", {}).get("account")
    if account:
        account["name"] = "…"
    for key in body.get("result", {}):
        body["result"][key] = "…"
    return body
