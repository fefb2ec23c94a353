"""Chatwoot: the CSAT CSV in any language, conversations and CSAT answers of the API; its reports of averages are refused."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from coaching.interactions.importing.derived import CONVERSATION, is_period_line, plain
from coaching.interactions.importing.flattening import first_text, inner, listed, plain_text
from coaching.interactions.importing.variants import Peek, Variant

COMMON = {"source": "chatwoot", "name": "Chatwoot", "system": "chatwoot", "keep_extra": True, "timezone": "UTC"}
CSAT_HEADER = [
    "Agent Name", "Rating", "Feedback Comment", "Contact Name", "Contact Email Address", "Contact Phone Number",
    "Link to the conversation", "Recorded date", "Review Notes",
]  # fmt: skip
CHANNELS = {
    "Channel::WebWidget": "chat", "Channel::Api": "messaging", "Channel::Email": "email", "Channel::Whatsapp": "messaging",
    "Channel::Sms": "messaging", "Channel::TwilioSms": "messaging", "Channel::Telegram": "messaging", "Channel::Line": "messaging",
    "Channel::FacebookPage": "social", "Channel::Instagram": "social", "Channel::TwitterProfile": "social",
    "Channel::Voice": "phone",
}  # fmt: skip
INCOMING, OUTGOING, TEMPLATE = "0", "1", "3"
TYPES = {"incoming": INCOMING, "outgoing": OUTGOING, "activity": "2", "template": TEMPLATE}


def is_csat_csv(peek: Peek) -> bool:
    """Eight or nine columns: by our names in any case, or in another language by the link in the seventh and the last line."""
    if not peek.rows or len(peek.header) not in {8, 9}:
        return False
    names = {plain(name) for name in peek.header}
    if {plain(name) for name in CSAT_HEADER[:8]} - names:
        rows = [cells for _line, cells in peek.rows[1:] if len(cells) == len(peek.header)]
        linked = sum(CONVERSATION.search(cells[6]) is not None for cells in rows)
        rated = sum(cells[1].strip() in {"1", "2", "3", "4", "5"} for cells in rows)
        return bool(rows) and 2 * min(linked, rated) > len(rows)
    return True


def is_average_report(peek: Peek) -> bool:
    """First the period, then an empty line, then averages of agents, teams, labels or inboxes."""
    if len(peek.rows) < 2 or len([cell for cell in peek.rows[0][1] if cell]) != 1:
        return False
    return is_period_line(peek.rows[0][1][0]) and 4 <= len(peek.rows[1][1]) <= 9


def cases(record: dict[str, Any]) -> list[dict[str, Any]]:
    """A conversation as a case. The API names no time of resolution: the last activity of a resolved one stands for it."""
    meta = record.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    resolved = first_text(record.get("resolved_at"), record.get("last_activity_at"), record.get("timestamp"))
    return [
        {
            **{key: value for key, value in record.items() if key not in {"messages", "meta", "last_non_activity_message"}},
            "handler": first_text(inner(meta, "assignee", "id"), record.get("assignee_id")),
            "handler_name": first_text(inner(meta, "assignee", "name")),
            "handler_email": first_text(inner(meta, "assignee", "email")),
            "customer": first_text(inner(meta, "sender", "id"), record.get("contact_id")),
            "customer_name": inner(meta, "sender", "name"),
            "queue": first_text(inner(meta, "team", "name"), record.get("inbox_id")),
            "channel": first_text(meta.get("channel"), record.get("channel")),
            "resolved_at": resolved if record.get("status") == "resolved" else None,
            "first_reply_at": {"0": ""}.get(text := first_text(record.get("first_reply_created_at")), text),
            "topic": next(iter(record["labels"]), None) if isinstance(record.get("labels"), list) else None,
        }
    ]


def messages(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages of a conversation, or one message as the API lists them; automatic lines are none."""
    rows = []
    held = record.get("messages")
    for message in listed(held) if isinstance(held, list) else [record]:
        kind = first_text(message.get("message_type"))
        kind = TYPES.get(kind, kind)
        body = plain_text(message.get("content"))
        if not body or kind not in {INCOMING, OUTGOING, TEMPLATE}:
            continue
        by = first_text(inner(message, "sender", "type"), message.get("sender_type")).casefold()
        agent = kind == OUTGOING and by in {"user", ""}
        rows.append(
            {
                "case": first_text(message.get("conversation_id"), record.get("id") if isinstance(held, list) else ""),
                "id": message["id"],
                "sent_at": message.get("created_at"),
                "body": body,
                "author": first_text(inner(message, "sender", "id"), message.get("sender_id")),
                "name": first_text(inner(message, "sender", "name")),
                "email": first_text(inner(message, "sender", "email")),
                "kind": "customer" if kind == INCOMING else "agent" if agent else "system",
                "private": message.get("private") is True,
            }
        )
    return rows


def csat(record: dict[str, Any]) -> list[dict[str, Any]]:
    """A CSAT answer with the agent it was given for."""
    return [
        {
            **record,
            "agent": first_text(inner(record, "assigned_agent", "id"), record.get("assigned_agent_id")),
            "agent_name": first_text(inner(record, "assigned_agent", "name")),
            "agent_email": first_text(inner(record, "assigned_agent", "email")),
        }
    ]


RESHAPES = {"chatwoot cases": cases, "chatwoot messages": messages, "chatwoot csat": csat}
MESSAGE = {
    "reshape": "chatwoot messages",
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
    },
}
SCALE = {"kind": "csat", "scale": [1, 5], "satisfied": [4, 5], "neutral": [3]}
VARIANTS = [
    Variant(
        key="chatwoot.csat_csv",
        system="chatwoot",
        title=_("Chatwoot: CSAT answers (CSV)"),
        looks=is_csat_csv,
        names=tuple(CSAT_HEADER),
        mapping={
            **COMMON,
            "period_lines": True,
            "derive": {
                "agent": ["name before brackets", "Agent Name"],
                "agent e-mail": ["email in brackets", "Agent Name"],
                "conversation": ["conversation in link", "Link to the conversation"],
                "answer": ["joined", "conversation", "Recorded date"],
            },
            "survey": {
                **SCALE,
                "columns": {
                    "external_id": "answer",
                    "case": "conversation",
                    "handler_name": "agent",
                    "handler_email": "agent e-mail",
                    "value": "Rating",
                    "responded_at": "Recorded date",
                    "comment": "Feedback Comment",
                },
            },
        },
    ),
    Variant(
        key="chatwoot.averages",
        system="chatwoot",
        title=_("Chatwoot: report of averages"),
        looks=is_average_report,
        refusal=_(
            "This is a Chatwoot report of averages per agent, team, label or inbox. It holds no cases, and an average of averages "
            "is wrong, so nothing is imported. Take the conversations from the API, or connect Chatwoot, and the CSAT report for "
            "the ratings."
        ),
    ),
    Variant(
        key="chatwoot.conversations",
        system="chatwoot",
        title=_("Chatwoot: conversations (API)"),
        json=True,
        signature=("inbox_id", "status", "created_at", ("meta.channel", "last_activity_at", "can_reply")),
        mapping={
            **COMMON,
            "interaction": {
                "reshape": "chatwoot cases",
                "columns": {
                    "external_id": "id",
                    "opened_at": "created_at",
                    "resolved_at": "resolved_at",
                    "first_reply_at": "first_reply_at",
                    "handler": "handler",
                    "handler_name": "handler_name",
                    "handler_email": "handler_email",
                    "status": {"column": "status", "values": {"resolved": "resolved"}, "other": "open"},
                    "channel": {"column": "channel", "values": CHANNELS, "other": "other"},
                    "topic": "topic",
                    "customer": "customer",
                    "queue": "queue",
                    "priority": "priority",
                },
            },
            "message": MESSAGE,
        },
    ),
    Variant(
        key="chatwoot.messages",
        system="chatwoot",
        title=_("Chatwoot: messages (API)"),
        json=True,
        signature=("message_type", "content", "conversation_id", "created_at"),
        mapping={**COMMON, "message": MESSAGE},
    ),
    Variant(
        key="chatwoot.csat",
        system="chatwoot",
        title=_("Chatwoot: CSAT answers (API)"),
        json=True,
        signature=("rating", "feedback_message", "conversation_id"),
        mapping={
            **COMMON,
            "survey": {
                **SCALE,
                "reshape": "chatwoot csat",
                "columns": {
                    "external_id": "id",
                    "case": "conversation_id",
                    "handler": "agent",
                    "handler_name": "agent_name",
                    "handler_email": "agent_email",
                    "value": "rating",
                    "responded_at": "created_at",
                    "comment": "feedback_message",
                },
            },
        },
    ),
]
