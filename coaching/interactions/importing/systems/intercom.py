"""Intercom: conversations of the API, the message CSV of third parties, the conversation report."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from coaching.interactions.importing.flattening import first_text, inner, listed, plain_text
from coaching.interactions.importing.variants import Variant, cased

COMMON = {"source": "intercom", "name": "Intercom", "system": "intercom", "keep_extra": True}
STATE = {"closed": "resolved", "open": "open", "snoozed": "open"}
CHANNELS = cased(
    {
        "conversation": "chat", "chat": "chat", "messenger": "chat", "push": "chat", "email": "email", "facebook": "social",
        "instagram": "social", "twitter": "social", "whatsapp": "messaging", "sms": "messaging", "phone_call": "phone",
        "phone_switch": "phone", "phone": "phone",
    }
)  # fmt: skip
KINDS = {"user": "customer", "lead": "customer", "contact": "customer", "admin": "agent", "team": "system", "bot": "system"}
NOT_WRITTEN = {"assignment", "close", "open", "snoozed", "unsnoozed", "conversation_attribute_updated_by_admin"}


def _nobody(value: Any) -> str:
    """An id; Intercom writes 0 for nobody."""
    text = first_text(value)
    return "" if text == "0" else text


def _parts(record: dict[str, Any]) -> list[dict[str, Any]]:
    held = record.get("conversation_parts")
    return listed(held.get("conversation_parts") if isinstance(held, dict) else held)


def cases(record: dict[str, Any]) -> list[dict[str, Any]]:
    """A conversation as a case. Replies are counted only where its parts came with it."""
    statistics = record.get("statistics")
    statistics = statistics if isinstance(statistics, dict) else {}
    contacts = inner(record, "contacts", "contacts")
    assignee = _nobody(record.get("admin_assignee_id"))
    case = {
        **{key: value for key, value in record.items() if key not in {"conversation_parts", "source"}},
        "handler": first_text(assignee, _nobody(statistics.get("last_closed_by_id"))),
        "assignee": assignee,
        "customer": first_text(
            *(contact.get("id") for contact in listed(contacts)[:1]),
            *([inner(record, "source", "author", "id")] if inner(record, "source", "author", "type") != "admin" else []),
        ),
        "team": _nobody(record.get("team_assignee_id")),
        "subject": plain_text(first_text(record.get("title"), inner(record, "source", "subject"))),
        "channel": first_text(record.get("channel"), inner(record, "source", "type")),
        "priority": {"not_priority": ""}.get(first_text(record.get("priority")), first_text(record.get("priority"))),
    }
    if "conversation_parts" in record:
        kinds = [(part.get("part_type"), inner(part, "author", "type")) for part in _parts(record)]
        case["replies"] = sum(kind == "comment" and by == "admin" for kind, by in kinds)
        case["customer_replies"] = sum(kind == "comment" and by in {"user", "lead", "contact"} for kind, by in kinds)
    return [case]


def messages(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The first message and all parts with a text; notes are private, automatic lines are no messages."""
    conversation = first_text(record["id"])
    first = {**(inner(record, "source") or {}), "created_at": record.get("created_at"), "part_type": "comment"}
    rows = []
    for number, part in enumerate([first, *_parts(record)]):
        body = plain_text(part.get("body"))
        if not body or part.get("part_type") in NOT_WRITTEN:
            continue
        rows.append(
            {
                "case": conversation,
                "id": first_text(part.get("id"), f"part-{number}"),
                "sent_at": part.get("created_at"),
                "body": body,
                "author": first_text(inner(part, "author", "id")),
                "name": first_text(inner(part, "author", "name")),
                "email": first_text(inner(part, "author", "email")),
                "kind": KINDS.get(first_text(inner(part, "author", "type")), "other"),
                "private": part.get("part_type") in {"note", "note_and_reopen"},
                "channel": first_text(record.get("channel"), inner(record, "source", "type")),
            }
        )
    return rows


def ratings(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The rating of a conversation, for the teammate who was rated."""
    rating = record.get("conversation_rating")
    if not isinstance(rating, dict) or rating.get("rating") is None:
        return [{"id": record["id"], "rating": "", "rated_at": "", "teammate": "", "remark": ""}]
    return [
        {
            "id": record["id"],
            "rating": rating["rating"],
            "rated_at": first_text(rating.get("created_at"), rating.get("updated_at")),
            "teammate": _nobody(inner(rating, "teammate", "id")),
            "remark": rating.get("remark"),
        }
    ]


RESHAPES = {"intercom cases": cases, "intercom messages": messages, "intercom ratings": ratings}
AGENT_ONLY = {"column": "message_author_type", "is": ["admin", "Admin", "teammate"]}
VARIANTS = [
    Variant(
        key="intercom.conversations",
        system="intercom",
        title=_("Intercom: conversations (API)"),
        json=True,
        signature=("created_at", ("admin_assignee_id", "conversation_rating.rating", "conversation_rating"), "state"),
        mapping={
            **COMMON,
            "timezone": "UTC",
            "interaction": {
                "reshape": "intercom cases",
                "columns": {
                    "external_id": "id",
                    "opened_at": {"column": "created_at", "format": "epoch"},
                    "resolved_at": {"column": "statistics.last_close_at", "format": "epoch"},
                    "first_reply_at": {"column": "statistics.first_admin_reply_at", "format": "epoch"},
                    "handler": "handler",
                    "assignee": "assignee",
                    "status": {"column": "state", "values": STATE, "other": "open"},
                    "channel": {"column": "channel", "values": CHANNELS, "other": "other"},
                    "subject": "subject",
                    "customer": "customer",
                    "account": "company.id",
                    "queue": "team",
                    "priority": "priority",
                    "reopens": "statistics.count_reopens",
                    "replies": "replies",
                    "customer_replies": "customer_replies",
                    "handle_seconds": "statistics.handling_time",
                },
            },
            "message": {
                "reshape": "intercom messages",
                "columns": {
                    "case": "case",
                    "external_id": "id",
                    "sent_at": {"column": "sent_at", "format": "epoch"},
                    "body": "body",
                    "author": "author",
                    "author_name": "name",
                    "author_email": "email",
                    "author_kind": "kind",
                    "is_private": "private",
                    "channel": {"column": "channel", "values": CHANNELS, "other": "other"},
                },
            },
            "survey": {
                "reshape": "intercom ratings",
                "kind": "csat",
                "scale": [1, 5],
                "satisfied": [4, 5],
                "neutral": [3],
                "columns": {
                    "external_id": "id",
                    "case": "id",
                    "handler": "teammate",
                    "value": "rating",
                    "responded_at": {"column": "rated_at", "format": "epoch"},
                    "comment": "remark",
                },
            },
        },
    ),
    Variant(
        key="intercom.message_csv",
        system="intercom",
        title=_("Intercom: messages (CSV)"),
        signature=("message_id", "message_body", "conversation_id", "message_author_type"),
        mapping={
            **COMMON,
            "keep_extra": False,
            "timezone": "UTC",
            "interaction": {
                "shape": "event",
                "columns": {
                    "external_id": "conversation_id",
                    "at": "message_created_at",
                    "opened_at": "conversation_created_at",
                    "first_reply_at": "conversation_first_response_at",
                    "resolved_at": "conversation_closed_at",
                    "status": {"column": "conversation_state", "values": cased(STATE), "other": "open"},
                    "handler": {"column": "message_author_id", "when": AGENT_ONLY},
                    "handler_name": {"column": "message_author_name", "when": AGENT_ONLY},
                    "handler_email": {"column": "message_author_email", "when": AGENT_ONLY},
                    "customer": {
                        "column": "message_author_id",
                        "when": {"column": "message_author_type", "is": ["user", "lead", "contact", "User", "Lead", "Contact"]},
                    },
                    "channel": {"value": "chat"},
                },
            },
            "message": {
                "columns": {
                    "case": "conversation_id",
                    "external_id": "message_id",
                    "sent_at": "message_created_at",
                    "body": "message_body",
                    "author": "message_author_id",
                    "author_name": "message_author_name",
                    "author_email": "message_author_email",
                    "author_kind": {"column": "message_author_type", "values": cased(KINDS), "other": "other"},
                    "is_private": {
                        "column": "message_type",
                        "values": cased({"note": True, "note_and_reopen": True, "admin_note": True}),
                        "other": False,
                    },
                    "channel": {"value": "chat"},
                }
            },
        },
    ),
    Variant(
        key="intercom.report_csv",
        system="intercom",
        title=_("Intercom: conversation report (CSV; please check the columns)"),
        signature=(
            ("conversation.conversation_id", "conversation.id", "Conversation ID"),
            ("conversation.created_at", "conversation.conversation_started_at", "Conversation started at"),
        ),
        mapping={
            **COMMON,
            "interaction": {
                "columns": {
                    "external_id": ["conversation.conversation_id", "conversation.id", "Conversation ID"],
                    "opened_at": [
                        "conversation.created_at", "conversation.conversation_started_at", "Conversation started at",
                    ],
                    "resolved_at": [
                        "conversation.last_close_at", "conversation.last_closed_at", "conversation.closed_at",
                        "Last close at", "Conversation last closed at", "Closed at",
                    ],
                    "first_reply_at": ["conversation.first_admin_reply_at", "First teammate reply at"],
                    "handler": [
                        "conversation.teammate_assigned_id", "conversation.admin_assignee_id", "conversation.teammate_assigned",
                        "Teammate assigned", "Teammate currently assigned",
                    ],
                    "status": {
                        "column": ["conversation.conversation_state", "conversation.state", "Conversation state", "State"],
                        "values": cased(STATE),
                        "other": "open",
                    },
                    "channel": {"column": ["conversation.channel", "Channel"], "values": CHANNELS, "other": "other"},
                    "queue": ["conversation.team_assigned", "conversation.team_assigned_id", "Team assigned"],
                    "reopens": ["conversation.count_reopens", "conversation.reopens", "Count of reopens"],
                }
            },
            "survey": {
                "kind": "csat",
                "columns": {
                    "external_id": ["conversation.conversation_id", "conversation.id", "Conversation ID"],
                    "case": ["conversation.conversation_id", "conversation.id", "Conversation ID"],
                    "handler": ["conversation.rated_teammate_id", "Teammate rated"],
                    "value": ["conversation.conversation_rating", "conversation.rating", "Conversation rating"],
                    "responded_at": ["conversation.rating_created_at", "conversation.rated_at", "Conversation rated at"],
                    "comment": ["conversation.rating_remark", "Conversation rating remark"],
                },
            },
        },
    ),
]  # fmt: skip
