"""Zendesk: the ticket CSV, tickets and Talk calls of the incremental API, satisfaction ratings of both generations."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from coaching.interactions.importing.flattening import first_text, listed
from coaching.interactions.importing.variants import Variant, cased

STATUS = {
    "column": "Status",
    "values": cased(
        {"New": "open", "Open": "open", "Pending": "open", "Hold": "open", "On-hold": "open", "Solved": "resolved", "Closed": "resolved"}
    ),
    "other": "open",
}  # fmt: skip
CHANNELS = cased(
    {
        "Mail": "email", "Email": "email", "E-mail": "email", "Web": "web", "Web form": "web", "Web service": "web",
        "Web Widget": "web", "Help Center post": "web", "Mobile": "web", "Mobile SDK": "web", "API": "web",
        "Chat": "chat", "Live Chat": "chat", "Messaging": "messaging", "Native Messaging": "messaging",
        "Voice": "phone", "Phone": "phone", "Phone call": "phone", "Phone call (incoming)": "phone",
        "Phone call (outgoing)": "phone", "Voicemail": "phone", "SMS": "messaging", "Text": "messaging",
        "WhatsApp": "messaging", "LINE": "messaging", "Twitter": "social", "X (formerly Twitter)": "social",
        "Twitter DM": "social", "Facebook": "social", "Facebook post": "social", "Facebook Messenger": "social",
        "Instagram Direct": "social", "instagram_dm": "social", "twitter_dm": "social", "Facebook private message": "social",
    }
)  # fmt: skip
RATING = cased({"Good": 1, "Bad": 0})
ANSWERED = sorted(cased({"Good": 1, "Bad": 0}))
COMMON = {"source": "zendesk", "name": "Zendesk", "system": "zendesk", "keep_extra": True}


def tickets(record: dict[str, Any]) -> list[dict[str, Any]]:
    """A ticket as it is, unless it was deleted: then it is no case any more."""
    return [] if record.get("status") == "deleted" else [record]


def calls(record: dict[str, Any]) -> list[dict[str, Any]]:
    """A Talk call as a case: over when it ends; a call of ours to a customer is neither answered nor waited for."""
    inbound = record.get("direction") != "outbound"
    worked = [record.get(name) for name in ("talk_time", "hold_time", "wrap_up_time")]
    status = first_text(record.get("completion_status"))
    return [
        {
            **record,
            "id": f"call-{first_text(record['id'])}",
            "answered": (status == "completed") if inbound and status else None,
            "handled": sum(worked) if all(isinstance(seconds, int) for seconds in worked) else None,
            "wait": first_text(record.get("wait_time"), record.get("time_to_answer")) if inbound else None,
        }
    ]


def survey_responses(record: dict[str, Any]) -> list[dict[str, Any]]:
    """One row per rated answer of a survey response; a comment given as an answer of its own goes with it."""
    ticket = ""
    for subject in listed(record.get("subjects")):
        kind, _colon, number = first_text(subject.get("zrn")).rpartition(":")
        if first_text(subject.get("type")) == "ticket" or kind.endswith("ticket"):
            ticket = first_text(number if number.isdigit() else "", subject.get("id"))
    answers = listed(record.get("answers"))
    comments = [first_text(answer.get("comment"), answer.get("value")) for answer in answers if answer.get("rating") is None]
    rated = [answer for answer in answers if answer.get("rating") is not None]
    return [
        {
            "id": first_text(record["id"])
            if not number
            else f"{first_text(record['id'])}/{first_text(answer.get('id'), number)}",
            "ticket_id": ticket,
            "rating": answer["rating"],
            "rating_category": answer.get("rating_category"),
            "comment": first_text(answer.get("comment"), *comments),
            "created_at": first_text(answer.get("created_at"), answer.get("updated_at"), record.get("created_at")),
        }
        for number, answer in enumerate(rated)
    ]


RESHAPES = {"zendesk tickets": tickets, "zendesk calls": calls, "zendesk survey responses": survey_responses}
VARIANTS = [
    Variant(
        key="zendesk.ticket_csv",
        system="zendesk",
        title=_("Zendesk: tickets (CSV)"),
        signature=("Summation column", "Id"),
        mapping={
            **COMMON,
            "ignore": ["Summation column"],
            "derive": {"rated at": ["first of", "Solved at", "Updated at"]},
            "interaction": {
                "columns": {
                    "external_id": "Id",
                    "opened_at": "Created at",
                    "resolved_at": "Solved at",
                    "last_event_at": "Updated at",
                    "first_reply_seconds": {"column": "First reply time in minutes", "unit": "minutes"},
                    "handler": "Assignee",
                    "status": STATUS,
                    "channel": {"column": "Via", "values": CHANNELS, "other": "other"},
                    "subject": "Subject",
                    "topic": "Ticket type",
                    "customer": ["Requester id", "Requester email", "Requester"],
                    "account": "Organization",
                    "queue": "Group",
                    "priority": "Priority",
                    "reopens": "Reopens",
                    "replies": "Replies",
                }
            },
            "survey": {
                "kind": "csat",
                "scale": [0, 1],
                "satisfied": [1],
                "neutral": [],
                "columns": {
                    "external_id": "Id",
                    "case": "Id",
                    "value": {
                        "column": "Satisfaction Score",
                        "values": RATING,
                        "when": {"column": "Satisfaction Score", "is": ANSWERED},
                    },
                    "responded_at": "rated at",
                },
            },
        },
    ),
    Variant(
        key="zendesk.tickets",
        system="zendesk",
        title=_("Zendesk: tickets (API)"),
        json=True,
        signature=("requester_id", "assignee_id", "created_at", "status", "submitter_id"),
        mapping={
            **COMMON,
            "timezone": "UTC",
            "ignore": ["description", "raw_subject", "url", "generated_timestamp", "fields", "allow_attachments"],
            "interaction": {
                "reshape": "zendesk tickets",
                "columns": {
                    "external_id": "id",
                    "opened_at": "created_at",
                    "resolved_at": "metric_set.solved_at",
                    "first_reply_seconds": {"column": "metric_set.reply_time_in_minutes.calendar", "unit": "minutes"},
                    "handler": "assignee_id",
                    "status": STATUS | {"column": "status"},
                    "channel": {"column": "via.channel", "values": CHANNELS, "other": "other"},
                    "subject": "subject",
                    "topic": "type",
                    "customer": "requester_id",
                    "account": "organization_id",
                    "queue": "group_id",
                    "priority": "priority",
                    "reopens": "metric_set.reopens",
                    "replies": "metric_set.replies",
                },
            },
        },
    ),
    Variant(
        key="zendesk.satisfaction_ratings",
        system="zendesk",
        title=_("Zendesk: satisfaction ratings (API)"),
        json=True,
        signature=("score", "ticket_id", "assignee_id", "created_at"),
        mapping={
            **COMMON,
            "timezone": "UTC",
            "survey": {
                "kind": "csat",
                "scale": [0, 1],
                "satisfied": [1],
                "neutral": [],
                "columns": {
                    "external_id": "id",
                    "case": "ticket_id",
                    "handler": "assignee_id",
                    "value": {"column": "score", "values": RATING, "when": {"column": "score", "is": ANSWERED}},
                    "responded_at": "created_at",
                    "comment": "comment",
                },
            },
        },
    ),
    Variant(
        key="zendesk.survey_responses",
        system="zendesk",
        title=_("Zendesk: survey responses (API)"),
        json=True,
        signature=("responder_id", ("subjects.0.type", "subjects.0.id", "subjects.0.zrn", "subjects")),
        mapping={
            **COMMON,
            "timezone": "UTC",
            "survey": {
                "reshape": "zendesk survey responses",
                "kind": "csat",
                "scale": [1, 5],
                "satisfied": [4, 5],
                "neutral": [3],
                "columns": {
                    "external_id": "id",
                    "case": "ticket_id",
                    "value": "rating",
                    "verdict": "rating_category",
                    "responded_at": "created_at",
                    "comment": "comment",
                },
            },
        },
    ),
    Variant(
        key="zendesk.calls",
        system="zendesk",
        title=_("Zendesk Talk: calls (API)"),
        json=True,
        signature=("completion_status", "agent_id", "created_at"),
        mapping={
            **COMMON,
            "timezone": "UTC",
            "interaction": {
                "reshape": "zendesk calls",
                "columns": {
                    "external_id": "id",
                    "opened_at": "created_at",
                    "resolved_seconds": "duration",
                    "handler": "agent_id",
                    "channel": {"value": "phone"},
                    "status": {"value": "resolved"},
                    "customer": "customer_id",
                    "queue": "call_group_id",
                    "answered": "answered",
                    "wait_seconds": "wait",
                    "handle_seconds": "handled",
                },
            },
        },
    ),
]
