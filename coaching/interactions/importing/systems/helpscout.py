"""Help Scout: conversations of the API with their threads, happiness ratings."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from coaching.interactions.importing.flattening import first_text, inner, listed, plain_text
from coaching.interactions.importing.variants import Variant

COMMON = {"source": "helpscout", "name": "Help Scout", "system": "helpscout", "keep_extra": True, "timezone": "UTC"}
GREAT, OKAY, NOT_GOOD = 3, 2, 1
RATINGS = {
    "great": GREAT, "1": GREAT, "ok": OKAY, "okay": OKAY, "2": OKAY,
    "not good": NOT_GOOD, "notgood": NOT_GOOD, "bad": NOT_GOOD, "3": NOT_GOOD, "unknown": "", "0": "",
}  # fmt: skip
CHANNELS = {"email": "email", "chat": "chat", "phone": "phone", "beacon": "chat", "custom": "other"}
WRITTEN = {"customer", "message", "note", "chat", "beaconchat", "reply", "phone"}


def _name(person: Any) -> str:
    parts = (
        first_text(inner(person, "first"), inner(person, "firstName")),
        first_text(inner(person, "last"), inner(person, "lastName")),
    )
    return " ".join(part for part in parts if part)


def _threads(record: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The threads where they came with the conversation; it counts them only, otherwise."""
    held = inner(record, "_embedded", "threads")
    held = record.get("threads") if held is None else held
    return listed(held) if isinstance(held, list) else None


def cases(record: dict[str, Any]) -> list[dict[str, Any]]:
    """A conversation as a case; spam, drafts and deleted ones are none."""
    if record.get("status") == "spam" or record.get("state") in {"deleted", "draft"}:
        return []
    threads = _threads(record)
    case = {
        **{key: value for key, value in record.items() if key not in {"_embedded", "threads", "_links", "preview"}},
        "handler_name": _name(record.get("assignee")),
    }
    if threads is not None:
        kinds = [thread.get("type") for thread in threads if thread.get("state") != "draft"]
        case["replies"] = sum(kind in {"message", "reply"} for kind in kinds)
        case["customer_replies"] = max(0, kinds.count("customer") - 1)
        answered = [thread for thread in threads if thread.get("type") in {"message", "reply"} and thread.get("state") != "draft"]
        case["first_reply_at"] = min((first_text(thread.get("createdAt")) for thread in answered), default="")
    return [case]


def messages(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The threads somebody wrote, notes private; lines about what happened are no messages."""
    rows = []
    for thread in _threads(record) or []:
        body, kind = plain_text(thread.get("body")), first_text(thread.get("type"))
        if not body or kind not in WRITTEN or thread.get("state") == "draft":
            continue
        author = thread.get("createdBy")
        by = first_text(inner(author, "type"))
        rows.append(
            {
                "case": record["id"],
                "id": thread["id"],
                "sent_at": thread.get("createdAt"),
                "body": body,
                "author": first_text(inner(author, "id"), author if not isinstance(author, dict) else ""),
                "name": _name(author),
                "email": first_text(inner(author, "email")),
                "kind": {"customer": "customer", "user": "agent"}.get(by, "customer" if kind == "customer" else "agent"),
                "private": kind == "note",
                "channel": record.get("type"),
            }
        )
    return rows


def ratings(record: dict[str, Any]) -> list[dict[str, Any]]:
    """A rating of the report (`ratingId` is its code), of the API or of a webhook, as 3 great, 2 okay, 1 not good."""
    given = first_text(record.get("rating"), record.get("ratingId")).strip().casefold().replace("_", " ").replace("-", " ")
    conversation = record.get("conversationId", record.get("ticketId"))
    from_report = "ratingId" in record
    thread = first_text(record.get("threadid"), record.get("threadId"))
    return [
        {
            # The report names no id of the rating: a thread is rated once.
            "id": f"{first_text(record['id'])}/{thread}" if from_report else first_text(record["id"]),
            "conversation": record["id"] if from_report else conversation,
            "rating": RATINGS.get(given, given),
            "rated_at": first_text(record.get("ratingCreatedAt"), record.get("createdAt")),
            "user": first_text(record.get("ratingUserId"), inner(record, "user", "id")),
            "user_name": first_text(record.get("ratingUserName"), _name(record.get("user"))),
            "user_email": first_text(inner(record, "user", "email")),
            "comment": first_text(record.get("ratingComments"), record.get("comments")),
        }
    ]


RESHAPES = {"helpscout cases": cases, "helpscout messages": messages, "helpscout ratings": ratings}
VARIANTS = [
    Variant(
        key="helpscout.conversations",
        system="helpscout",
        title=_("Help Scout: conversations (API)"),
        json=True,
        signature=("mailboxId", "createdAt", "status"),
        mapping={
            **COMMON,
            "interaction": {
                "reshape": "helpscout cases",
                "columns": {
                    "external_id": "id",
                    "opened_at": "createdAt",
                    "resolved_at": "closedAt",
                    "first_reply_at": "first_reply_at",
                    "handler": "assignee.id",
                    "handler_name": "handler_name",
                    "handler_email": "assignee.email",
                    "status": {"column": "status", "values": {"closed": "resolved"}, "other": "open"},
                    "channel": {"column": "type", "values": CHANNELS, "other": "other"},
                    "subject": "subject",
                    "customer": "primaryCustomer.id",
                    "queue": "mailboxId",
                    "replies": "replies",
                    "customer_replies": "customer_replies",
                },
            },
            "message": {
                "reshape": "helpscout messages",
                "columns": {
                    "case": "case",
                    "external_id": "id",
                    "sent_at": "sent_at",
                    "body": "body",
                    "author": "author",
                    "author_name": "name",
                    "author_email": "email",
                    "author_kind": "kind",
                    "is_private": "private",
                    "channel": {"column": "channel", "values": CHANNELS, "other": "other"},
                },
            },
        },
    ),
    Variant(
        key="helpscout.ratings",
        system="helpscout",
        title=_("Help Scout: happiness ratings (API)"),
        json=True,
        signature=(
            ("ratingUserId", "rating"),
            ("threadid", "threadId"),
            ("ratingId", "conversationId", "ticketId"),
        ),
        mapping={
            **COMMON,
            "survey": {
                "reshape": "helpscout ratings",
                "kind": "csat",
                "scale": [1, 3],
                "satisfied": [3],
                "neutral": [2],
                "columns": {
                    "external_id": "id",
                    "case": "conversation",
                    "handler": "user",
                    "handler_name": "user_name",
                    "handler_email": "user_email",
                    "value": "rating",
                    "responded_at": "rated_at",
                    "comment": "comment",
                },
            },
        },
    ),
]
