"""Zammad: the XLSX of a report, tickets and articles of the API."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from coaching.interactions.importing.flattening import first_text, plain_text
from coaching.interactions.importing.variants import Variant, cased

COMMON = {"name": "Zammad", "system": "zammad", "keep_extra": True}
# The words, and the ids a new Zammad gives them.
CLOSED = {**cased({"Closed": "resolved", "Merged": "resolved", "Removed": "resolved"}), "4": "resolved", "5": "resolved"}
CHANNELS = cased(
    {
        "Email": "email", "Phone": "phone", "Web": "web", "Note": "other", "Chat": "chat", "SMS": "messaging", "WhatsApp": "messaging",
        "Whatsapp message": "messaging", "Telegram personal-message": "messaging", "Twitter status": "social",
        "Twitter direct-message": "social", "Facebook feed post": "social", "Facebook feed comment": "social",
    }
)  # fmt: skip
SENDERS = {"1": "agent", "2": "customer", "3": "system", "agent": "agent", "customer": "customer", "system": "system"}
ADDRESS = re.compile(r"^\s*\"?(?P<name>[^<\"]*?)\"?\s*<(?P<email>[^<>\s]+@[^<>\s]+)>\s*$")


def tickets(record: dict[str, Any]) -> list[dict[str, Any]]:
    """A ticket with names (`expand=true`) or with ids. The person of id 1, or "-", is nobody."""
    owner = first_text(record.get("owner"), record.get("owner_id"))
    return [
        {
            **{key: value for key, value in record.items() if key not in {"article_ids", "preferences"}},
            "handler": "" if owner in {"1", "-"} else owner,
            "state_now": first_text(record.get("state"), record.get("state_id")),
            "group_now": first_text(record.get("group"), record.get("group_id")),
            "priority_now": first_text(record.get("priority"), record.get("priority_id")),
            "closed_at": first_text(record.get("last_close_at"), record.get("close_at")),
            "channel_now": first_text(record.get("create_article_type")),
        }
    ]


def articles(record: dict[str, Any]) -> list[dict[str, Any]]:
    """An article as a message; who really wrote it counts, not whose name it was entered under."""
    body = plain_text(record.get("body")) if "html" in first_text(record.get("content_type")) else first_text(record.get("body"))
    if not body.strip():
        return []
    kind = SENDERS.get(first_text(record.get("sender"), record.get("sender_id")).casefold(), "other")
    author = first_text(
        record.get("origin_by"), record.get("origin_by_id"), record.get("created_by"), record.get("created_by_id")
    )
    sender = ADDRESS.match(first_text(record.get("from")))
    return [
        {
            **record,
            "body": body,
            "author": author,
            # An agent writes from the group's address: that is not theirs.
            "email": author if "@" in author else "",
            "name": sender["name"] if sender else first_text(record.get("from")),
            "kind": kind,
        }
    ]


RESHAPES = {"zammad tickets": tickets, "zammad articles": articles}
VARIANTS = [
    Variant(
        key="zammad.xlsx",
        system="zammad",
        title=_("Zammad: tickets (XLSX)"),
        signature=(("#", "Number", "Ticket#"), "Owner", "Close In Min"),
        mapping={
            **COMMON,
            # The export names tickets by number, the API by id: two sources, so that they never mix.
            "source": "zammad-export",
            "period_lines": True,
            "missing": ["", "-"],
            "interaction": {
                "columns": {
                    "external_id": ["#", "Number", "Ticket#"],
                    "opened_at": "Created At",
                    "resolved_at": ["Closed At", "Close At"],
                    "first_reply_at": "First Response At",
                    "last_event_at": ["Last Contact At", "Updated At"],
                    "handler": "Owner",
                    "status": {"column": "State", "values": CLOSED, "other": "open"},
                    "channel": {"column": "Create Channel", "values": CHANNELS, "other": "other"},
                    "subject": "Title",
                    "topic": "Type",
                    "customer": "Customer",
                    "account": "Organization",
                    "queue": "Group",
                    "priority": "Priority",
                }
            },
        },
    ),
    Variant(
        key="zammad.tickets",
        system="zammad",
        title=_("Zammad: tickets (API)"),
        json=True,
        signature=("number", "title", ("owner_id", "owner"), ("close_at", "last_contact_at"), "created_at"),
        mapping={
            **COMMON,
            "source": "zammad",
            "timezone": "UTC",
            "interaction": {
                "reshape": "zammad tickets",
                "columns": {
                    "external_id": "id",
                    "opened_at": "created_at",
                    "resolved_at": "closed_at",
                    "first_reply_at": "first_response_at",
                    "last_event_at": "last_contact_at",
                    "handler": "handler",
                    "status": {"column": "state_now", "values": CLOSED, "other": "open"},
                    "channel": {"column": "channel_now", "values": CHANNELS, "other": "other"},
                    "subject": "title",
                    "topic": "type",
                    "customer": "customer_id",
                    "account": "organization_id",
                    "queue": "group_now",
                    "priority": "priority_now",
                },
            },
        },
    ),
    Variant(
        key="zammad.articles",
        system="zammad",
        title=_("Zammad: articles (API)"),
        json=True,
        signature=("ticket_id", "body", "internal", ("sender_id", "sender")),
        mapping={
            **COMMON,
            "source": "zammad",
            "timezone": "UTC",
            "message": {
                "reshape": "zammad articles",
                "columns": {
                    "case": "ticket_id",
                    "external_id": "id",
                    "sent_at": "created_at",
                    "body": "body",
                    "author": "author",
                    "author_name": "name",
                    "author_email": "email",
                    "author_kind": "kind",
                    "is_private": "internal",
                    "subject": "subject",
                },
            },
        },
    ),
]
