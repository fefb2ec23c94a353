"""One small export per source, in the documented shape with content of our own, and what the database holds after it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

ZENDESK_CSV = [
    "Summation column",
    "Id",
    "Requester",
    "Requester id",
    "Requester external id",
    "Requester email",
    "Requester domain",
    "Submitter",
    "Assignee",
    "Group",
    "Subject",
    "Tags",
    "Status",
    "Priority",
    "Via",
    "Ticket type",
    "Created at",
    "Updated at",
    "Assigned at",
    "Organization",
    "Due date",
    "Initially assigned at",
    "Solved at",
    "Resolution time",
    "Satisfaction Score",
    "Group stations",
    "Assignee stations",
    "Reopens",
    "Replies",
    "First reply time in minutes",
    "First reply time in minutes within business hours",
    "First resolution time in minutes",
    "First resolution time in minutes within business hours",
    "Full resolution time in minutes",
    "Full resolution time in minutes within business hours",
    "Agent wait time in minutes",
    "Agent wait time in minutes within business hours",
    "Requester wait time in minutes",
    "Requester wait time in minutes within business hours",
    "On hold time in minutes",
    "On hold time in minutes within business hours",
    "Kettle model [list]",
]
FRESHDESK_CSV = [
    "Ticket ID",
    "Subject",
    "Status",
    "Priority",
    "Source",
    "Type",
    "Agent",
    "Group",
    "Created time",
    "Due by Time",
    "Resolved time",
    "Closed time",
    "Last update time",
    "Initial response time",
    "Time tracked",
    "First response time (in hrs)",
    "Resolution time (in hrs)",
    "Agent interactions",
    "Customer interactions",
    "Resolution status",
    "First response status",
    "Tags",
    "Survey results",
    "Product",
    "Every response status",
    "Kettle model",
    "Full name",
    "Contact ID",
]
INTERCOM_CSV = [
    "message_id",
    "message_body",
    "message_type",
    "message_created_at",
    "message_author_type",
    "message_author_id",
    "message_author_name",
    "message_author_email",
    "conversation_tags",
    "conversation_id",
    "conversation_state",
    "conversation_created_at",
    "conversation_first_response_at",
    "conversation_closed_at",
]
CHATWOOT_CSV = [
    "Agent Name",
    "Rating",
    "Feedback Comment",
    "Contact Name",
    "Contact Email Address",
    "Contact Phone Number",
    "Link to the conversation",
    "Recorded date",
]
ZAMMAD_XLSX = [
    "#",
    "Title",
    "State",
    "Priority",
    "Group",
    "Owner",
    "Customer",
    "Organization",
    "Create Channel",
    "Sender",
    "Tags",
    "Time Units Total",
    "Kettle model",
    "Created At",
    "Updated At",
    "Closed At",
    "Close Escalation At",
    "Close In Min",
    "Close Diff In Min",
    "First Response At",
    "First Response Escalation At",
    "First Response In Min",
    "First Response Diff In Min",
    "Update Escalation At",
    "Update In Min",
    "Update Diff In Min",
    "Last Contact At",
    "Last Contact Agent At",
    "Last Contact Customer At",
    "Article Count",
    "Escalation At",
]
SERVICENOW_CSV = [
    "number",
    "incident_state",
    "active",
    "reassignment_count",
    "reopen_count",
    "sys_mod_count",
    "made_sla",
    "caller_id",
    "opened_by",
    "opened_at",
    "sys_created_by",
    "sys_created_at",
    "sys_updated_by",
    "sys_updated_at",
    "contact_type",
    "location",
    "category",
    "subcategory",
    "u_symptom",
    "u_symptom",
    "impact",
    "urgency",
    "priority",
    "assignment_group",
    "assigned_to",
    "resolved_by",
    "resolved_at",
    "closed_at",
]
CALLS_XLSX = [
    "Call Id",
    "Agent",
    "Date",
    "Time",
    "Topic",
    "Answered (Y/N)",
    "Resolved",
    "Speed of answer in seconds",
    "AvgTalkDuration",
    "Satisfaction rating",
]

ONE, TWO = 1767693600, 1767780000  # 6 and 7 January 2026, 10:00 UTC


@dataclass
class Export:
    """A file to be: a table with a header, or objects; and the rows that it leaves, by key."""

    key: str
    system: str
    kind: str
    source: str
    expected: dict[str, dict[str, Any]]
    header: list[str] = field(default_factory=list)
    table: list[dict[str, str]] = field(default_factory=list)
    objects: list[dict[str, Any]] = field(default_factory=list)
    last: str = ""  # a line below the table
    id_column: str = "id"
    date_column: str = "created_at"
    translated: bool = False
    xlsx: bool = False
    above: Sequence[str] = ()
    zone: str = ""  # what the importer has to be told, where the file does not

    @property
    def rows(self) -> list[list[str]]:
        return [[row.get(name, "") for name in self.header] for row in self.table]

    def write(self, path: Path) -> Path:
        if self.xlsx:
            return write_xlsx(path.with_suffix(".xlsx"), self.header, self.rows, self.above, self.last)
        if self.objects:
            path = path.with_suffix(".ndjson")
            path.write_text("".join(json.dumps(item) + "\n" for item in self.objects), encoding="utf-8")
            return path
        path = path.with_suffix(".csv")
        path.write_text(table_text(self.header, self.rows, last=self.last), encoding="utf-8")
        return path


def table_text(header: Sequence[str], rows: Sequence[Sequence[str]], *, delimiter: str = ",", last: str = "") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    if last:
        writer.writerow([last])
    return out.getvalue()


def write_xlsx(
    path: Path, header: Sequence[str], rows: Sequence[Sequence[Any]], above: Sequence[str] = (), last: str = ""
) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    for line in above:
        sheet.append([line] if line else [])
    sheet.append(list(header))
    for row in rows:
        sheet.append([cell if cell != "" else None for cell in row])
    if last:
        sheet.append([])
        sheet.append([last])
    book.save(path)
    return path


def _zendesk_row(**cells: str) -> dict[str, str]:
    usual = {
        "Summation column": "1", "Requester": "Ines Maar", "Requester id": "9001", "Group": "Harbour", "Priority": "Normal",
        "Ticket type": "Question", "Organization": "Kettle & Co", "Reopens": "0", "Tags": "kettle lid", "Group stations": "1",
    }  # fmt: skip
    return usual | {name.replace("_", " "): value for name, value in cells.items()}


def zendesk_csv(kind: str) -> Export:
    solved = {"Status": "Solved", "Solved at": "2026-01-07 16:30", "Replies": "2", "Via": "Mail", "Satisfaction Score": "Good"}
    rows = [
        _zendesk_row(Id="101", Subject="Lid, broken", Assignee="Rita Example", **{"Created at": "2026-01-06 09:00"}, **solved)
        | {"First reply time in minutes": "45", "Kettle model [list]": "K-2", "Updated at": "2026-01-08 10:00"},
        _zendesk_row(Id="102", Subject="Où est ma bouilloire ?", Assignee="Ravi Example", Status="Pending", Via="Web form")
        | {"Created at": "2026-01-06 11:00", "Updated at": "2026-01-06 12:00", "Satisfaction Score": "Not Offered", "Reopens": "1"},
        _zendesk_row(Id="103", Subject="Invoice", Status="Closed", Via="Phone call (incoming)", Assignee="Nobody Known")
        | {"Created at": "2026-01-07 08:00", "Solved at": "2026-01-07 09:00", "Updated at": "2026-01-11 09:00"}
        | {"Satisfaction Score": "Bad", "Replies": "0"},
    ]  # fmt: skip
    cases = {
        "101": {
            "subject": "Lid, broken", "status": "resolved", "channel": "email", "handler": "rita@example.com", "reopens": 0,
            "replies": 2, "customer": "9001", "account": "Kettle & Co", "queue": "Harbour", "priority": "Normal",
            "opened_at": "2026-01-06T08:00", "first_reply_at": "2026-01-06T08:45", "resolved_at": "2026-01-07T15:30",
            "topic": "Question", "extra": {"Kettle model [list]": "K-2", "Tags": "kettle lid"},
        },
        "102": {"status": "open", "channel": "web", "handler": "ravi@example.com", "resolved_at": None, "reopens": 1},
        "103": {"status": "resolved", "channel": "phone", "handler": None, "replies": 0},
    }  # fmt: skip
    answers = {
        "101": {"value": 1, "polarity": 1, "case": "101"},
        "103": {"value": 0, "polarity": -1, "responded_at": "2026-01-07T08:00"},
    }
    return Export(
        "zendesk.ticket_csv", "zendesk", kind, "zendesk", cases if kind == "interactions" else answers, ZENDESK_CSV, rows,
        id_column="Id", zone="Europe/Berlin", date_column="Created at" if kind == "interactions" else "Solved at",
    )  # fmt: skip


def zendesk_tickets() -> Export:
    def ticket(number: int, **more: Any) -> dict[str, Any]:
        return {
            "id": number, "external_id": None, "url": f"https://desk.example.com/api/v2/tickets/{number}.json",
            "created_at": "2026-01-06T09:00:00Z", "updated_at": "2026-01-08T09:00:00Z", "generated_timestamp": ONE,
            "type": "question", "subject": "Lid", "raw_subject": "Lid", "description": "It broke.", "priority": "high",
            "status": "solved", "recipient": None, "requester_id": 9001, "submitter_id": 9001, "assignee_id": 501,
            "organization_id": 77, "group_id": 88, "collaborator_ids": [], "has_incidents": False, "is_public": True,
            "tags": ["kettle", "lid"], "custom_fields": [{"id": 360001, "value": "K-2"}, {"id": 360002, "value": None}],
            "satisfaction_rating": {"score": "unoffered"}, "via": {"channel": "email", "source": {"from": {}, "to": {}, "rel": None}},
            "brand_id": 5, "ticket_form_id": 6,
            "metric_set": {
                "ticket_id": number, "reopens": 1, "replies": 3, "assignee_stations": 1, "group_stations": 1,
                "solved_at": "2026-01-07T09:00:00Z", "assigned_at": "2026-01-06T09:30:00Z",
                "reply_time_in_minutes": {"calendar": 30, "business": 20},
                "full_resolution_time_in_minutes": {"calendar": 1440, "business": 480},
            },
        } | more  # fmt: skip

    none = {"calendar": None, "business": None}
    objects = [
        ticket(201),
        ticket(202, status="open", assignee_id=502, via={"channel": "native_messaging"})
        | {"metric_set": {"reopens": 0, "replies": 0, "solved_at": None, "reply_time_in_minutes": none}},
        ticket(203, status="deleted"),
        ticket(204, status="hold", assignee_id=None, organization_id=None, priority=None),
    ]
    expected = {
        "201": {
            "status": "resolved", "channel": "email", "handler": "rita@example.com", "reopens": 1, "replies": 3, "customer": "9001",
            "account": "77", "queue": "88", "priority": "high", "first_reply_at": "2026-01-06T09:30", "topic": "question",
            "resolved_at": "2026-01-07T09:00", "extra": {"custom_fields.360001": "K-2", "tags": "kettle, lid"},
        },
        "202": {"status": "open", "channel": "messaging", "handler": "ravi@example.com", "first_reply_at": None},
        "204": {"status": "open", "handler": None, "account": "", "priority": ""},
    }  # fmt: skip
    return Export("zendesk.tickets", "zendesk", "interactions", "zendesk", expected, objects=objects)


def zendesk_ratings() -> Export:
    def rating(number: int, score: str, **more: Any) -> dict[str, Any]:
        return {
            "id": number, "url": "", "score": score, "comment": None, "reason": None, "reason_code": 0, "reason_id": None,
            "assignee_id": 501, "group_id": 88, "requester_id": 9001, "ticket_id": 201, "created_at": "2026-01-08T09:00:00Z",
            "updated_at": "2026-01-08T10:00:00Z",
        } | more  # fmt: skip

    objects = [rating(31, "good", comment="Quick!"), rating(32, "bad", assignee_id=502, ticket_id=202), rating(33, "offered")]
    expected = {
        "31": {"value": 1, "polarity": 1, "case": "201", "handler": "rita@example.com", "comment": "Quick!"},
        "32": {"value": 0, "polarity": -1, "case": "202", "handler": "ravi@example.com", "scale": (0, 1)},
    }
    return Export("zendesk.satisfaction_ratings", "zendesk", "surveys", "zendesk", expected, objects=objects)


def zendesk_survey_responses() -> Export:
    def response(number: str, rating: int, category: str, ticket: int, comment: str | None = None) -> dict[str, Any]:
        return {
            "id": number, "expires_at": "2026-03-01T00:00:00Z", "responder_id": 9001,
            "survey": {"id": "01S", "version": 1, "state": "enabled"},
            "subjects": [{"id": f"s{ticket}", "type": "ticket", "zrn": f"zen:ticket:{ticket}"}],
            "answers": [
                {"id": f"{number}a", "type": "rating_scale", "rating": rating, "rating_category": category, "comment": comment,
                 "created_at": "2026-01-08T09:00:00Z", "updated_at": "2026-01-08T09:00:00Z"},
            ],
        }  # fmt: skip

    objects = [response("01A", 5, "good", 201, "Lovely"), response("01B", 3, "bad", 202), response("01C", 3, "neutral", 203)]
    objects.append(response("01D", 1, "bad", 204) | {"answers": []})
    expected = {
        "01A": {"value": 5, "polarity": 1, "case": "201", "comment": "Lovely"},
        "01B": {"value": 3, "polarity": -1, "case": "202"},
        "01C": {"value": 3, "polarity": 0, "case": "203"},
    }
    return Export("zendesk.survey_responses", "zendesk", "surveys", "zendesk", expected, objects=objects, date_column="")


def zendesk_calls() -> Export:
    def call(number: int, status: str = "completed", **more: Any) -> dict[str, Any]:
        return {
            "id": number, "ticket_id": 201, "agent_id": 501, "call_group_id": 3, "direction": "inbound", "customer_id": 9001,
            "completion_status": status, "created_at": "2026-01-06T09:00:00Z", "duration": 300, "talk_time": 200, "hold_time": 30,
            "wrap_up_time": 20, "wait_time": 40, "time_to_answer": 12, "consultation_time": 0, "voicemail": False,
            "callback": False, "exceeded_queue_time": False, "outside_business_hours": False,
        } | more  # fmt: skip

    objects = [
        call(1),
        call(2, "abandoned_in_queue", agent_id=None, talk_time=0, hold_time=0, wrap_up_time=0, duration=55),
        call(3, direction="outbound", agent_id=502),
    ]
    expected = {
        "call-1": {
            "answered": True, "wait_seconds": 40, "handle_seconds": 250, "handler": "rita@example.com", "channel": "phone",
            "status": "resolved", "resolved_at": "2026-01-06T09:05", "customer": "9001", "extra": {"ticket_id": "201"},
        },
        "call-2": {"answered": False, "handler": None, "status": "resolved"},
        "call-3": {"answered": None, "wait_seconds": None, "handler": "ravi@example.com"},
    }  # fmt: skip
    return Export("zendesk.calls", "zendesk", "interactions", "zendesk", expected, objects=objects)


def freshdesk_csv(kind: str) -> Export:
    usual = {
        "Priority": "Medium", "Type": "Question", "Group": "Harbour", "Time tracked": "00:12:00", "Full name": "Ines Maar",
        "Contact ID": "700", "Kettle model": "K-2", "Resolution status": "Within SLA",
    }  # fmt: skip
    rows = [
        {"Ticket ID": "301", "Subject": "Lid", "Status": "Resolved", "Source": "Email", "Agent": "Rita Example"}
        | {"Created time": "2026-01-06 09:00:00", "Resolved time": "2026-01-07 09:00:00", "Last update time": "2026-01-08 09:00:00"}
        | {"First response time (in hrs)": "00:30:00", "Resolution time (in hrs)": "24:00:00", "Agent interactions": "2"}
        | {"Customer interactions": "1", "Survey results": "Extremely happy"} | usual,
        {"Ticket ID": "302", "Subject": "Café, fermé", "Status": "Waiting on Customer", "Source": "Portal", "Agent": "No Agent"}
        | {"Created time": "2026-01-06 10:00:00", "Last update time": "2026-01-06 11:00:00"}
        | {"First response time (in hrs)": "1.5", "Agent interactions": "1"} | usual,
        {"Ticket ID": "303", "Subject": "Invoice", "Status": "Closed", "Source": "Feedback Widget", "Agent": "Ravi Example"}
        | {"Created time": "2026-01-07 09:00:00", "Resolved time": "2026-01-07 12:00:00", "Last update time": "2026-01-08 12:00:00"}
        | {"Initial response time": "2026-01-07 09:10:00", "Survey results": "Unhappy", "Customer interactions": "0"} | usual,
    ]  # fmt: skip
    cases = {
        "301": {
            "status": "resolved", "channel": "email", "handler": "rita@example.com", "first_reply_at": "2026-01-06T08:30",
            "resolved_at": "2026-01-07T08:00", "replies": 2, "customer_replies": 1, "customer": "700", "queue": "Harbour",
            "extra": {"Kettle model": "K-2"},
        },
        "302": {"status": "open", "channel": "web", "handler": None, "first_reply_at": "2026-01-06T10:30"},
        "303": {"status": "resolved", "channel": "web", "handler": "ravi@example.com", "first_reply_at": "2026-01-07T08:10"},
    }  # fmt: skip
    answers = {
        "301": {"value": 103, "polarity": 1, "case": "301", "scale": (-103, 103)},
        "303": {"value": -101, "polarity": -1, "case": "303"},
    }
    return Export(
        "freshdesk.ticket_csv", "freshdesk", kind, "freshdesk", cases if kind == "interactions" else answers, FRESHDESK_CSV, rows,
        id_column="Ticket ID", zone="Europe/Berlin", date_column="Created time" if kind == "interactions" else "Resolved time",
    )  # fmt: skip


def freshdesk_tickets() -> Export:
    def ticket(number: int, **more: Any) -> dict[str, Any]:
        return {
            "id": number, "subject": "Lid", "description_text": "It broke.", "status": 4, "priority": 2, "source": 1,
            "type": "Question", "requester_id": 700, "responder_id": 501, "group_id": 88, "product_id": None, "company_id": 77,
            "tags": ["lid"], "custom_fields": {"cf_model": "K-2"}, "fr_escalated": False, "is_escalated": False, "spam": False,
            "due_by": "2026-01-09T09:00:00Z", "fr_due_by": "2026-01-07T09:00:00Z", "created_at": "2026-01-06T09:00:00Z",
            "updated_at": "2026-01-08T09:00:00Z",
            "stats": {"first_responded_at": "2026-01-06T09:30:00Z", "resolved_at": "2026-01-07T09:00:00Z", "closed_at": None},
        } | more  # fmt: skip

    open_ = {"first_responded_at": None, "resolved_at": None, "closed_at": None}
    closed = {"first_responded_at": None, "resolved_at": None, "closed_at": "2026-01-07T10:00:00Z"}
    objects = [
        ticket(311),
        ticket(312, status=6, responder_id=502, source=7, stats=open_),
        ticket(313, spam=True),
        ticket(314, status=5, source=3, stats=closed, responder_id=None),
    ]
    expected = {
        "311": {
            "status": "resolved", "channel": "email", "handler": "rita@example.com", "first_reply_at": "2026-01-06T09:30",
            "resolved_at": "2026-01-07T09:00", "priority": "Medium", "account": "77", "extra": {"custom_fields.cf_model": "K-2"},
        },
        "312": {"status": "open", "channel": "chat", "handler": "ravi@example.com"},
        "314": {"status": "resolved", "channel": "phone", "handler": None, "resolved_at": "2026-01-07T10:00"},
    }  # fmt: skip
    return Export("freshdesk.tickets", "freshdesk", "interactions", "freshdesk", expected, objects=objects)


def freshdesk_ratings() -> Export:
    def rating(number: int, value: Any, **more: Any) -> dict[str, Any]:
        return {
            "id": number, "survey_id": 1, "user_id": 700, "agent_id": 501, "group_id": 88, "ticket_id": 311, "feedback": "Fine",
            "ratings": value, "created_at": "2026-01-08T09:00:00Z", "updated_at": "2026-01-08T09:00:00Z",
        } | more  # fmt: skip

    objects = [rating(41, {"default_question": 103}), rating(42, {"default_question": 100}), rating(43, -103, agent_id=502)]
    expected = {
        "41": {"value": 103, "polarity": 1, "case": "311", "handler": "rita@example.com", "comment": "Fine"},
        "42": {"value": 100, "polarity": 0},
        "43": {"value": -103, "polarity": -1, "handler": "ravi@example.com"},
    }
    return Export("freshdesk.ratings", "freshdesk", "surveys", "freshdesk", expected, objects=objects)
