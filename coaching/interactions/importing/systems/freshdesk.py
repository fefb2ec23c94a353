"""Freshdesk and Freshservice: the ticket CSV, tickets and satisfaction ratings of the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from coaching.interactions.importing.flattening import first_text, inner
from coaching.interactions.importing.variants import Variant, cased

COMMON = {"source": "freshdesk", "name": "Freshdesk", "system": "freshdesk", "keep_extra": True}
RATINGS = {
    "Extremely happy": 103, "Very happy": 102, "Happy": 101, "Neutral": 100,
    "Unhappy": -101, "Very unhappy": -102, "Extremely unhappy": -103,
}  # fmt: skip
SCALE = {"kind": "csat", "scale": [-103, 103], "satisfied": [101, 102, 103], "neutral": [100]}


def tickets(record: dict[str, Any]) -> list[dict[str, Any]]:
    """A ticket; spam and deleted ones are no cases. Closed without having been resolved first counts as resolved then."""
    if record.get("spam") is True or record.get("deleted") is True:
        return []
    stats = record.get("stats")
    if not isinstance(stats, dict):
        return [record]
    return [{**record, "stats": {**stats, "resolved_at": stats.get("resolved_at") or stats.get("closed_at")}}]


def ratings(record: dict[str, Any]) -> list[dict[str, Any]]:
    """A rating: the answer to the default question, which older accounts give without its name."""
    given = record.get("ratings")
    rating = inner(given, "default_question") if isinstance(given, dict) else given
    return [{**record, "rating": first_text(rating)}]


RESHAPES = {"freshdesk tickets": tickets, "freshdesk ratings": ratings}
VARIANTS = [
    Variant(
        key="freshdesk.ticket_csv",
        system="freshdesk",
        title=_("Freshdesk or Freshservice: tickets (CSV)"),
        signature=("Ticket ID", ("Agent interactions", "Resolution time (in hrs)", "First response time (in hrs)")),
        mapping={
            **COMMON,
            "missing": ["", "No Agent", "No Group", "--"],
            "derive": {"rated at": ["first of", "Resolved time", "Closed time", "Last update time", "Last updated time"]},
            "interaction": {
                "columns": {
                    "external_id": "Ticket ID",
                    "opened_at": "Created time",
                    "resolved_at": ["Resolved time", "Closed time"],
                    "first_reply_at": "Initial response time",
                    "first_reply_seconds": {"column": "First response time (in hrs)", "unit": "hours"},
                    "last_event_at": ["Last update time", "Last updated time"],
                    "handler": "Agent",
                    "status": {
                        "column": "Status",
                        "values": cased({"Resolved": "resolved", "Closed": "resolved", "Open": "open", "Pending": "open"}),
                        "other": "open",
                    },
                    "channel": {
                        "column": "Source",
                        "values": cased(
                            {
                                "Email": "email",
                                "Outbound email": "email",
                                "Portal": "web",
                                "Feedback widget": "web",
                                "Phone": "phone",
                                "Chat": "chat",
                                "Mobihelp": "messaging",
                                "WhatsApp": "messaging",
                                "SMS": "messaging",
                                "Twitter": "social",
                                "Facebook": "social",
                                "Forums": "web",
                            }
                        ),
                        "other": "other",
                    },
                    "subject": "Subject",
                    "topic": "Type",
                    "customer": ["Contact ID", "Requester Email", "Email", "Full name", "Requester Name"],
                    "account": ["Company", "Company name", "Department"],
                    "queue": "Group",
                    "priority": "Priority",
                    "replies": "Agent interactions",
                    "customer_replies": "Customer interactions",
                }
            },
            "survey": {
                **SCALE,
                "columns": {
                    "external_id": "Ticket ID",
                    "case": "Ticket ID",
                    "value": {"column": "Survey results", "values": cased(RATINGS)},
                    "responded_at": "rated at",
                },
            },
        },
    ),
    Variant(
        key="freshdesk.tickets",
        system="freshdesk",
        title=_("Freshdesk: tickets (API)"),
        json=True,
        signature=("responder_id", "requester_id", "created_at", ("fr_escalated", "fr_due_by", "stats.resolved_at")),
        mapping={
            **COMMON,
            "timezone": "UTC",
            "ignore": ["description", "description_text", "structured_description"],
            "interaction": {
                "reshape": "freshdesk tickets",
                "columns": {
                    "external_id": "id",
                    "opened_at": "created_at",
                    "resolved_at": "stats.resolved_at",
                    "first_reply_at": "stats.first_responded_at",
                    "handler": "responder_id",
                    "status": {
                        "column": "status",
                        "values": {"2": "open", "3": "open", "4": "resolved", "5": "resolved"},
                        "other": "open",
                    },
                    "channel": {
                        "column": "source",
                        "values": {
                            "1": "email",
                            "2": "web",
                            "3": "phone",
                            "5": "social",
                            "6": "social",
                            "7": "chat",
                            "8": "messaging",
                            "9": "web",
                            "10": "email",
                            "13": "messaging",
                        },
                        "other": "other",
                    },
                    "subject": "subject",
                    "topic": "type",
                    "customer": "requester_id",
                    "account": "company_id",
                    "queue": "group_id",
                    "priority": {"column": "priority", "values": {"1": "Low", "2": "Medium", "3": "High", "4": "Urgent"}},
                },
            },
        },
    ),
    Variant(
        key="freshdesk.ratings",
        system="freshdesk",
        title=_("Freshdesk: satisfaction ratings (API)"),
        json=True,
        signature=("survey_id", "ticket_id", "agent_id", ("ratings.default_question", "ratings")),
        mapping={
            **COMMON,
            "timezone": "UTC",
            "survey": {
                **SCALE,
                "reshape": "freshdesk ratings",
                "columns": {
                    "external_id": "id",
                    "case": "ticket_id",
                    "handler": "agent_id",
                    "value": "rating",
                    "responded_at": "created_at",
                    "comment": "feedback",
                },
            },
        },
    ),
]
