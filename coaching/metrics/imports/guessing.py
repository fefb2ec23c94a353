"""A first mapping out of a file's column names. The person sees it, corrects it and decides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

SECTION = {"interactions": "interaction", "messages": "message", "surveys": "survey"}
# In order: the first name that a column has, wins. Names are compared without case, spaces and signs.
NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "interactions": {
        "external_id": (
            "case id",
            "ticket id",
            "conversation id",
            "interaction id",
            "call id",
            "issue id",
            "case",
            "ticket",
            "id",
            "number",
        ),
        "opened_at": ("opened at", "opened", "created at", "created", "created time", "start time", "started", "date"),
        "first_reply_at": ("first reply at", "first reply", "first response at", "initial response time"),
        "resolved_at": ("resolved at", "resolved time", "solved at", "solved", "closed at", "closed time", "closed"),
        "handler": ("agent", "handler", "assignee", "owner", "agent email", "agent name", "handled by"),
        "status": ("status", "state", "resolved"),
        "channel": ("channel", "via", "create channel"),
        "subject": ("subject", "title"),
        "topic": ("topic", "driver", "category", "reason", "type", "department"),
        "customer": ("customer id", "customer", "requester id", "requester", "contact id", "contact"),
        "reopens": ("reopens", "reopened", "count reopens"),
        "answered": ("answered", "answered y n", "picked up"),
        "wait_seconds": ("speed of answer", "wait seconds", "wait time", "time to answer"),
        "handle_seconds": ("handle seconds", "handle time", "handling time", "talk time", "avg talk duration", "duration"),
    },
    "messages": {
        "case": ("case id", "ticket id", "conversation id", "issue id", "issueid", "case", "ticket"),
        "external_id": ("message id", "comment id", "comment seq", "part id", "id"),
        "sent_at": ("sent at", "message created at", "created at", "created", "date", "time"),
        "author": ("author email", "author id", "author", "message author email", "from", "sender"),
        "author_name": ("author name", "message author name", "author"),
        "author_kind": ("author kind", "author role", "author type", "message author type", "role"),
        "body": ("body", "message body", "text", "message", "comment", "action body"),
        "is_private": ("is private", "private", "internal", "note"),
    },
    "surveys": {
        "external_id": ("response id", "rating id", "survey id", "id", "case id", "ticket id", "conversation id", "call id"),
        "case": ("case id", "ticket id", "conversation id", "call id", "case", "ticket"),
        "handler": ("agent", "handler", "assignee", "agent email", "agent name", "teammate"),
        "value": ("rating", "score", "satisfaction rating", "satisfaction", "csat", "nps", "answer", "value"),
        "responded_at": ("responded at", "rated at", "recorded date", "created at", "date", "time"),
        "comment": ("comment", "feedback", "remark", "feedback comment"),
    },
}


def plain(text: str) -> str:
    """ "Answered (Y/N)" → "answeredyn"."""
    return re.sub(r"[^a-z0-9]+", "", text.casefold())


def guess_columns(kind: str, header: Sequence[str]) -> dict[str, str]:
    """Field → column, for the columns whose names say what they are."""
    by_name = {plain(column): column for column in header}
    guessed: dict[str, str] = {}
    for field, names in NAMES[kind].items():
        column = next((by_name[plain(name)] for name in names if plain(name) in by_name), "")
        # One column rarely means two things; the case and its answer, or its author's name, may share one.
        if column and (column not in guessed.values() or field in {"case", "author_name"}):
            guessed[field] = column
    return guessed


def guess_mapping(kind: str, header: Sequence[str], saved: dict[str, Any] | None) -> dict[str, Any]:
    """The saved mapping where it fits the file, else a guess."""
    if saved is not None:
        return saved
    section: dict[str, Any] = {"columns": guess_columns(kind, header)}
    if kind == "surveys":
        section |= {"kind": "csat", "scale": [1, 5], "satisfied": [4, 5], "neutral": [3]}
    return {"source": "", SECTION[kind]: section}
