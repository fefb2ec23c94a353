"""The rest of the exports, and all of them together."""

from __future__ import annotations

from typing import Any

from tests.coaching.interactions.formats.exports import (
    CALLS_XLSX,
    CHATWOOT_CSV,
    INTERCOM_CSV,
    ONE,
    SERVICENOW_CSV,
    TWO,
    ZAMMAD_XLSX,
    Export,
    freshdesk_csv,
    freshdesk_ratings,
    freshdesk_tickets,
    zendesk_calls,
    zendesk_csv,
    zendesk_ratings,
    zendesk_survey_responses,
    zendesk_tickets,
)


def intercom_conversations(kind: str) -> Export:
    def part(number: str, kind: str, author: dict[str, Any], body: str | None, at: int) -> dict[str, Any]:
        return {"id": number, "part_type": kind, "body": body, "author": author, "assigned_to": None, "created_at": at}

    rita = {"type": "admin", "id": "501", "name": "Rita Example", "email": "rita@example.com"}
    customer = {"type": "user", "id": "c1", "name": "Ines Maar", "email": "ines@kettle.example"}

    def conversation(number: str, **more: Any) -> dict[str, Any]:
        return {
            "type": "conversation", "id": number, "title": None, "created_at": ONE, "updated_at": TWO, "waiting_since": None,
            "snoozed_until": None, "open": False, "state": "closed", "read": True, "priority": "not_priority",
            "admin_assignee_id": 501, "team_assignee_id": 0, "tags": {"type": "tag.list", "tags": []},
            "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": "c1", "external_id": "9001"}]},
            "teammates": {"type": "admin.list", "admins": [{"type": "admin", "id": "501"}]},
            "source": {"type": "conversation", "id": f"s{number}", "subject": "<p>Lid</p>", "body": "<p>Hello,</p><p>it broke</p>",
                       "author": customer},
            "conversation_rating": {"rating": 5, "remark": "Quick", "created_at": TWO, "updated_at": TWO,
                                    "contact": {"type": "contact", "id": "c1"}, "teammate": {"type": "admin", "id": 501}},
            "sla_applied": None, "custom_attributes": {"Kettle model": "K-2"},
            "statistics": {"type": "conversation_statistics", "time_to_assignment": 10, "time_to_admin_reply": 60,
                           "first_admin_reply_at": ONE + 60, "first_close_at": ONE + 3600, "last_close_at": ONE + 7200,
                           "last_closed_by_id": 501, "count_reopens": 1, "count_assignments": 1, "handling_time": 900},
            "conversation_parts": {"type": "conversation_part.list", "conversation_parts": [
                part("p1", "comment", rita, "<p>We send a new lid &amp; a note.</p>", ONE + 60),
                part("p2", "note", rita, "<p>Third one this week</p>", ONE + 90),
                part("p3", "assignment", rita, None, ONE + 95),
                part("p4", "comment", customer, "<p>Thanks</p>", ONE + 120),
            ], "total_count": 4},
        } | more  # fmt: skip

    never = {"type": "conversation_statistics", "first_admin_reply_at": None, "last_close_at": None, "count_reopens": 0}
    objects = [
        conversation("601"),
        conversation("602", state="snoozed", admin_assignee_id=0, statistics=never, conversation_rating=None)
        | {"conversation_parts": {"conversation_parts": []}},
        conversation("603", admin_assignee_id=502, channel="email")
        | {"conversation_rating": {"rating": 3, "remark": None, "created_at": TWO, "teammate": {"type": "admin", "id": 502}}},
    ]
    cases = {
        "601": {
            "status": "resolved", "channel": "chat", "handler": "rita@example.com", "customer": "c1", "subject": "Lid", "reopens": 1,
            "replies": 1, "customer_replies": 1, "handle_seconds": 900, "opened_at": "2026-01-06T10:00", "priority": "",
            "first_reply_at": "2026-01-06T10:01", "resolved_at": "2026-01-06T12:00",
            "extra": {"custom_attributes.Kettle model": "K-2"},
        },
        "602": {"status": "open", "handler": None, "queue": "", "replies": 0},
        "603": {"channel": "email", "handler": "ravi@example.com"},
    }  # fmt: skip
    messages = {
        ("601", "s601"): {"kind": "customer", "body": "Hello,\nit broke", "private": False, "position": 1},
        ("601", "p1"): {"kind": "agent", "body": "We send a new lid & a note.", "author": "rita@example.com"},
        ("601", "p2"): {"kind": "agent", "private": True},
        ("601", "p4"): {"kind": "customer", "body": "Thanks", "position": 4},
        ("602", "s602"): {"kind": "customer"},
        ("603", "s603"): {}, ("603", "p1"): {}, ("603", "p2"): {}, ("603", "p4"): {},
    }  # fmt: skip
    answers = {
        "601": {"value": 5, "polarity": 1, "case": "601", "handler": "rita@example.com", "comment": "Quick"},
        "603": {"value": 3, "polarity": 0, "handler": "ravi@example.com"},
    }
    expected: Any = {"interactions": cases, "messages": messages, "surveys": answers}[kind]
    date = "created_at" if kind == "interactions" else ""
    return Export("intercom.conversations", "intercom", kind, "intercom", expected, objects=objects, date_column=date)


def intercom_csv(kind: str) -> Export:
    rita = {"message_author_type": "admin", "message_author_id": "501", "message_author_name": "Rita Example"} | {
        "message_author_email": "rita@example.com"
    }
    customer = {"message_author_type": "user", "message_author_id": "c1", "message_author_name": "Ines Maar"}
    closed = {
        "conversation_id": "611", "conversation_state": "closed", "conversation_created_at": "2026-01-06 10:00:00",
        "conversation_first_response_at": "2026-01-06 10:05:00", "conversation_closed_at": "2026-01-06 11:00:00",
    }  # fmt: skip
    open_ = {"conversation_id": "612", "conversation_state": "open", "conversation_created_at": "2026-01-07 10:00:00"}

    def message(number: str, body: str, at: str, kind: str = "comment") -> dict[str, str]:
        return {"message_id": number, "message_body": body, "message_type": kind, "message_created_at": at}

    rows = [
        message("m1", "It broke, again", "2026-01-06 10:00:00") | customer | closed,
        message("m2", "A new lid is on its way", "2026-01-06 10:05:00") | rita | closed,
        message("m3", "Third this week", "2026-01-06 10:06:00", "note") | rita | closed,
        message("m4", "Où est-elle ?", "2026-01-07 10:00:00") | customer | open_,
    ]
    cases = {
        "611": {
            "status": "resolved", "handler": "rita@example.com", "customer": "c1", "first_reply_at": "2026-01-06T10:05",
            "resolved_at": "2026-01-06T11:00", "opened_at": "2026-01-06T10:00",
        },
        "612": {"status": "open", "handler": None, "resolved_at": None},
    }  # fmt: skip
    messages: Any = {
        ("611", "m1"): {"kind": "customer", "body": "It broke, again"},
        ("611", "m2"): {"kind": "agent", "author": "rita@example.com", "private": False},
        ("611", "m3"): {"private": True, "position": 3},
        ("612", "m4"): {"kind": "customer"},
    }
    return Export(
        "intercom.message_csv", "intercom", kind, "intercom", cases if kind == "interactions" else messages, INTERCOM_CSV, rows,
        id_column="message_id", date_column="message_created_at",
    )  # fmt: skip


def helpscout_conversations(kind: str) -> Export:
    rita = {"id": 501, "type": "user", "first": "Rita", "last": "Example", "email": "rita@example.com"}
    customer = {"id": 700, "type": "customer", "first": "Ines", "last": "Maar", "email": "ines@kettle.example"}

    def thread(number: int, kind: str, body: str | None, by: dict[str, Any], at: str) -> dict[str, Any]:
        return {
            "id": number,
            "type": kind,
            "status": "active",
            "state": "published",
            "body": body,
            "createdBy": by,
            "createdAt": at,
        }

    threads = [
        thread(1, "customer", "<p>It broke</p>", customer, "2026-01-06T09:00:00Z"),
        thread(2, "lineitem", None, rita, "2026-01-06T09:01:00Z"),
        thread(3, "note", "Third one", rita, "2026-01-06T09:20:00Z"),
        thread(4, "message", "<p>A new lid<br>is coming</p>", rita, "2026-01-06T09:30:00Z"),
        thread(5, "customer", "Thanks", customer, "2026-01-06T10:30:00Z"),
    ]

    def conversation(number: int, **more: Any) -> dict[str, Any]:
        return {
            "id": number, "number": number + 1000, "type": "email", "status": "closed", "state": "published", "subject": "Lid",
            "mailboxId": 88, "assignee": rita, "createdBy": customer, "createdAt": "2026-01-06T09:00:00Z", "closedBy": 501,
            "closedAt": "2026-01-07T09:00:00Z", "userUpdatedAt": "2026-01-07T09:00:00Z", "source": {"type": "email", "via": "customer"},
            "customerWaitingSince": {"time": "2026-01-06T09:00:00Z", "friendly": "a day ago"}, "tags": [{"id": 1, "tag": "lid"}],
            "customFields": [{"id": 8, "name": "Model", "value": "K-2", "text": "K-2"}], "primaryCustomer": customer, "threads": 5,
            "_embedded": {"threads": threads},
        } | more  # fmt: skip

    objects = [
        conversation(701),
        conversation(702, status="pending", assignee=None, closedAt=None, type="phone", _embedded={"threads": []}),
        conversation(703, status="spam"),
    ]
    cases = {
        "701": {
            "status": "resolved", "channel": "email", "handler": "rita@example.com", "customer": "700", "queue": "88", "replies": 1,
            "customer_replies": 1, "first_reply_at": "2026-01-06T09:30", "resolved_at": "2026-01-07T09:00",
            "extra": {"customFields.8": "K-2", "number": "1701"},
        },
        "702": {"status": "open", "channel": "phone", "handler": None, "replies": 0},
    }  # fmt: skip
    messages: Any = {
        ("701", "1"): {"kind": "customer", "body": "It broke"},
        ("701", "3"): {"kind": "agent", "private": True},
        ("701", "4"): {"kind": "agent", "body": "A new lid\nis coming", "author": "rita@example.com"},
        ("701", "5"): {"kind": "customer", "position": 4},
        ("703", "1"): {}, ("703", "3"): {}, ("703", "4"): {}, ("703", "5"): {},
    }  # fmt: skip
    if kind == "messages":
        objects = [item for item in objects if item["status"] != "spam"]
        messages = {key: value for key, value in messages.items() if key[0] != "703"}
    expected = cases if kind == "interactions" else messages
    date = "createdAt" if kind == "interactions" else ""
    return Export("helpscout.conversations", "helpscout", kind, "helpscout", expected, objects=objects, date_column=date)


def helpscout_ratings() -> Export:
    def rating(number: int, code: int, **more: Any) -> dict[str, Any]:
        return {
            "number": number + 1000, "id": number, "threadid": number * 10, "threadCreatedAt": "2026-01-06T09:30:00Z", "type": "email",
            "ratingId": code, "ratingCustomerId": 700, "ratingCustomerName": "Ines Maar", "ratingComments": "Fine",
            "ratingCreatedAt": "2026-01-08T09:00:00Z", "ratingUserId": 501, "ratingUserName": "Rita Example",
        } | more  # fmt: skip

    objects = [rating(701, 1), rating(702, 2), rating(703, 3, ratingUserId=502, ratingUserName="Ravi Example")]
    expected = {
        "701/7010": {"value": 3, "polarity": 1, "case": "701", "handler": "rita@example.com", "scale": (1, 3)},
        "702/7020": {"value": 2, "polarity": 0},
        "703/7030": {"value": 1, "polarity": -1, "handler": "ravi@example.com", "comment": "Fine"},
    }
    return Export(
        "helpscout.ratings", "helpscout", "surveys", "helpscout", expected, objects=objects, date_column="ratingCreatedAt"
    )


def chatwoot_csat_csv(*, german: bool = False) -> Export:
    header = CHATWOOT_CSV
    last = "Reporting period 2026-01-01 to 2026-01-31"
    if german:
        header = [
            "Agent",
            "Bewertung",
            "Kommentar",
            "Kontakt",
            "E-Mail des Kontakts",
            "Telefon des Kontakts",
            "Link zur Unterhaltung",
            "Erfasst am",
        ]
        last = "Berichtszeitraum 2026-01-01 bis 2026-01-31"
    link = "https://chat.example.com/app/accounts/1/conversations/"
    values = [
        ["Rita Example (rita@example.com)", "5", "Quick, kind", "Ines Maar", "ines@kettle.example", "", f"{link}801",
         "2026-01-06 10:00:00 UTC"],
        ["Ravi (the other) (ravi@example.com)", "3", "", "Ole Maar", "", "", f"{link}802", "2026-01-07 10:00:00 UTC"],
        ["", "1", "Où ?", "Ines Maar", "", "", f"{link}803", "2026-01-08 10:00:00 UTC"],
    ]  # fmt: skip
    expected = {
        "801/2026-01-06 10:00:00 UTC": {"value": 5, "polarity": 1, "case": "801", "handler": "rita@example.com"},
        "802/2026-01-07 10:00:00 UTC": {"value": 3, "polarity": 0, "handler": "ravi@example.com"},
        "803/2026-01-08 10:00:00 UTC": {"value": 1, "handler": None, "comment": "Où ?", "responded_at": "2026-01-08T10:00"},
    }
    return Export(
        "chatwoot.csat_csv", "chatwoot", "surveys", "chatwoot", expected, header, [dict(zip(header, row, strict=True)) for row in values],
        last=last, id_column=header[6], date_column=header[7], translated=german,
    )  # fmt: skip


def chatwoot_conversations(kind: str) -> Export:
    def conversation(number: int, **more: Any) -> dict[str, Any]:
        return {
            "meta": {"sender": {"id": 700, "name": "Ines Maar", "email": "ines@kettle.example"}, "channel": "Channel::WebWidget",
                     "assignee": {"id": 501, "name": "Rita Example", "email": "rita@example.com"}, "hmac_verified": False},
            "id": number, "uuid": f"u{number}", "account_id": 1, "inbox_id": 4, "can_reply": True, "status": "resolved",
            "labels": ["lid"], "custom_attributes": {"model": "K-2"}, "additional_attributes": {}, "created_at": ONE,
            "first_reply_created_at": ONE + 60, "last_activity_at": ONE + 7200, "timestamp": ONE + 7200, "priority": "high",
            "snoozed_until": None, "unread_count": 0,
            "messages": [
                {"id": number * 10, "content": "It broke", "message_type": 0, "created_at": ONE, "private": False,
                 "conversation_id": number, "sender": {"id": 700, "name": "Ines Maar", "type": "contact"}},
                {"id": number * 10 + 1, "content": "Third one", "message_type": 1, "created_at": ONE + 30, "private": True,
                 "conversation_id": number, "sender": {"id": 501, "name": "Rita Example", "type": "user"}},
                {"id": number * 10 + 2, "content": "Resolved by Rita", "message_type": 2, "created_at": ONE + 40, "private": False,
                 "conversation_id": number},
            ],
        } | more  # fmt: skip

    objects = [
        conversation(801),
        conversation(802, status="open", messages=[], first_reply_created_at=0, labels=[])
        | {"meta": {"sender": {"id": 701}, "channel": "Channel::Email"}},
    ]
    cases = {
        "801": {
            "status": "resolved", "channel": "chat", "handler": "rita@example.com", "customer": "700", "topic": "lid", "queue": "4",
            "first_reply_at": "2026-01-06T10:01", "resolved_at": "2026-01-06T12:00", "priority": "high",
            "extra": {"custom_attributes.model": "K-2"},
        },
        "802": {"status": "open", "channel": "email", "handler": None, "first_reply_at": None, "resolved_at": None, "topic": ""},
    }  # fmt: skip
    messages: Any = {
        ("801", "8010"): {"kind": "customer", "body": "It broke", "private": False},
        ("801", "8011"): {"kind": "agent", "private": True, "author": "rita@example.com"},
    }
    expected = cases if kind == "interactions" else messages
    date = "created_at" if kind == "interactions" else ""
    return Export("chatwoot.conversations", "chatwoot", kind, "chatwoot", expected, objects=objects, date_column=date)


def chatwoot_csat() -> Export:
    def answer(number: int, rating: int, agent: dict[str, Any] | None) -> dict[str, Any]:
        return {
            "id": number, "rating": rating, "feedback_message": "Fine", "csat_review_notes": None, "account_id": 1,
            "message_id": number, "contact": {"id": 700}, "conversation_id": 801, "assigned_agent": agent, "created_at": ONE,
        }  # fmt: skip

    rita = {"id": 501, "name": "Rita Example", "email": "rita@example.com"}
    objects = [answer(51, 5, rita), answer(52, 2, None)]
    expected = {
        "51": {"value": 5, "polarity": 1, "case": "801", "handler": "rita@example.com", "comment": "Fine"},
        "52": {"value": 2, "polarity": -1, "handler": None},
    }
    return Export("chatwoot.csat", "chatwoot", "surveys", "chatwoot", expected, objects=objects)


def zammad_xlsx() -> Export:
    usual = {"Priority": "2 normal", "Group": "Harbour", "Customer": "Ines Maar", "Kettle model": "K-2", "Sender": "Customer"}
    rows = [
        {"#": "67001", "Title": "Lid", "State": "closed", "Owner": "Rita Example", "Create Channel": "email"}
        | {"Created At": "2026-01-06 09:00:00", "Updated At": "2026-01-07 09:00:00", "Closed At": "2026-01-07 08:00:00"}
        | {"First Response At": "2026-01-06 09:30:00", "Close In Min": "1380", "Close Diff In Min": "-12"} | usual,
        {"#": "67002", "Title": "Invoice", "State": "pending reminder", "Owner": "-", "Create Channel": "phone"}
        | {"Created At": "2026-01-06 10:00:00", "Updated At": "2026-01-06 10:00:00"} | usual,
        {"#": "67003", "Title": "Again", "State": "merged", "Owner": "Ravi Example", "Create Channel": "web"}
        | {"Created At": "2026-01-06 11:00:00", "Updated At": "2026-01-06 12:00:00", "Closed At": "2026-01-06 12:00:00"} | usual,
    ]  # fmt: skip
    expected = {
        "67001": {
            "status": "resolved", "channel": "email", "handler": "rita@example.com", "opened_at": "2026-01-06T09:00",
            "first_reply_at": "2026-01-06T09:30", "resolved_at": "2026-01-07T08:00", "queue": "Harbour",
            "extra": {"Close Diff In Min": "-12", "Kettle model": "K-2"},
        },
        "67002": {"status": "open", "channel": "phone", "handler": None},
        "67003": {"status": "resolved", "channel": "web", "handler": "ravi@example.com"},
    }  # fmt: skip
    return Export(
        "zammad.xlsx", "zammad", "interactions", "zammad-export", expected, ZAMMAD_XLSX, rows, last="Timezone: Europe/London",
        id_column="#", date_column="Created At", xlsx=True, above=("Tickets in 2026-01", ""),
    )  # fmt: skip


def zammad_tickets() -> Export:
    def ticket(number: int, **more: Any) -> dict[str, Any]:
        return {
            "id": number, "number": f"67{number}", "title": "Lid", "group_id": 1, "priority_id": 2, "state_id": 4, "owner_id": 501,
            "organization_id": 77, "customer_id": 700, "first_response_at": "2026-01-06T09:30:00.000Z", "first_response_in_min": 30,
            "first_response_diff_in_min": 10, "close_at": "2026-01-07T09:00:00.000Z", "close_in_min": 1440, "close_diff_in_min": -5,
            "last_close_at": "2026-01-07T10:00:00.000Z", "update_in_min": None, "last_contact_at": "2026-01-07T09:00:00.000Z",
            "last_owner_update_at": None, "article_count": 3, "escalation_at": None, "pending_time": None, "type": None,
            "time_unit": None, "created_at": "2026-01-06T09:00:00.000Z", "updated_at": "2026-01-08T09:00:00.000Z", "model": "K-2",
        } | more  # fmt: skip

    objects = [
        ticket(901),
        ticket(902, state_id=2, owner_id=1, last_close_at=None, close_at=None, first_response_at=None),
        ticket(903, state="closed", owner="ravi@example.com", group="Harbour", priority="3 high"),
    ]
    expected = {
        "901": {
            "status": "resolved", "handler": "rita@example.com", "first_reply_at": "2026-01-06T09:30", "queue": "1", "customer": "700",
            "resolved_at": "2026-01-07T10:00", "account": "77", "extra": {"model": "K-2", "close_diff_in_min": "-5"},
        },
        "902": {"status": "open", "handler": None, "resolved_at": None},
        "903": {"status": "resolved", "handler": "ravi@example.com", "queue": "Harbour", "priority": "3 high"},
    }  # fmt: skip
    return Export("zammad.tickets", "zammad", "interactions", "zammad", expected, objects=objects)


def zammad_articles() -> Export:
    def article(number: int, **more: Any) -> dict[str, Any]:
        return {
            "id": number, "ticket_id": 901, "type_id": 1, "sender_id": 2, "from": "Ines Maar <ines@kettle.example>", "to": "desk",
            "subject": "Lid", "body": "It broke", "content_type": "text/plain", "internal": False, "created_by_id": 700,
            "origin_by_id": None, "created_at": "2026-01-06T09:00:00.000Z", "updated_at": "2026-01-06T09:00:00.000Z",
        } | more  # fmt: skip

    objects = [
        article(1),
        article(2, sender_id=1, created_by_id=501, body="<div>A new lid &amp; more</div>", content_type="text/html")
        | {"from": "Rita Example via Desk <desk@kettle.example>", "created_at": "2026-01-06T09:30:00.000Z"},
        article(3, sender="Agent", created_by="rita@example.com", internal=True, created_at="2026-01-06T09:40:00.000Z"),
    ]
    expected: Any = {
        ("901", "1"): {"kind": "customer", "body": "It broke", "private": False},
        ("901", "2"): {"kind": "agent", "body": "A new lid & more", "author": "rita@example.com"},
        ("901", "3"): {"kind": "agent", "private": True, "author": "rita@example.com"},
    }
    return Export("zammad.articles", "zammad", "messages", "zammad", expected, objects=objects)


def servicenow_csv() -> Export:
    def row(number: str, state: str, at: str, step: int, **more: str) -> dict[str, str]:
        return {
            "number": number, "incident_state": state, "active": "true", "reassignment_count": "0", "reopen_count": "0",
            "sys_mod_count": str(step), "made_sla": "true", "caller_id": "Caller 9", "opened_by": "Opened by  8",
            "opened_at": "29/2/2024 01:16", "sys_created_by": "?", "sys_created_at": "?", "sys_updated_by": "?", "sys_updated_at": at,
            "contact_type": "Phone", "location": "Location 1", "category": "Category 55", "subcategory": "?", "u_symptom": "?",
            "impact": "2 - Medium", "urgency": "2 - Medium", "priority": "3 - Moderate", "assignment_group": "Group 56",
            "assigned_to": "501", "resolved_by": "?", "resolved_at": "?", "closed_at": "?",
        } | more  # fmt: skip

    solved = {"resolved_at": "1/3/2024 11:29"}
    rows = [
        row("INC01", "New", "29/2/2024 01:23", 0, assigned_to="?"),
        row("INC02", "Active", "29/2/2024 04:40", 0, opened_at="29/2/2024 04:38", assigned_to="502", contact_type="Email"),
        row("INC01", "Resolved", "29/2/2024 11:29", 3, **solved),
        row("INC01", "Active", "29/2/2024 08:53", 2, assigned_to="502", reopen_count="1"),
        row("INC01", "Closed", "5/3/2024 12:00", 4, reopen_count="1", **solved),
    ]
    expected = {
        "INC01": {
            "status": "resolved", "handler": "rita@example.com", "reopens": 1, "channel": "phone", "opened_at": "2024-02-29T00:16",
            "resolved_at": "2024-03-01T10:29", "topic": "Category 55", "queue": "Group 56", "customer": "Caller 9",
            "extra": {"made_sla": "true", "impact": "2 - Medium"},
        },
        "INC02": {"status": "open", "handler": "ravi@example.com", "channel": "email", "resolved_at": None},
    }  # fmt: skip
    return Export(
        "servicenow.incidents", "servicenow", "interactions", "servicenow", expected, SERVICENOW_CSV, rows,
        id_column="number", zone="Europe/Berlin", date_column="sys_updated_at",
    )  # fmt: skip


def calls_xlsx(kind: str) -> Export:
    rows = [
        {"Call Id": "ID1", "Agent": "Rita Example", "Date": "2026-01-06 09:00:00", "Topic": "Lid", "Answered (Y/N)": "Y"}
        | {"Resolved": "Y", "Speed of answer in seconds": "40", "AvgTalkDuration": "0:02:30", "Satisfaction rating": "4"},
        {"Call Id": "ID2", "Agent": "Ravi Example", "Date": "2026-01-06 10:00:00", "Topic": "Lid", "Answered (Y/N)": "N"}
        | {"Resolved": "N"},
    ]  # fmt: skip
    cases = {
        "ID1": {"answered": True, "wait_seconds": 40, "handle_seconds": 150, "handler": "rita@example.com", "status": "resolved"},
        "ID2": {"answered": False, "wait_seconds": None, "handler": "ravi@example.com", "status": "open", "topic": "Lid"},
    }
    answers = {"ID1": {"value": 4, "polarity": 1, "case": "ID1", "handler": "rita@example.com"}}
    return Export(
        "generic.calls", "generic", kind, "call-centre", cases if kind == "interactions" else answers, CALLS_XLSX, rows,
        id_column="Call Id", date_column="Date", xlsx=True,
    )  # fmt: skip


EXPORTS: list[Export] = [
    zendesk_csv("interactions"), zendesk_csv("surveys"), zendesk_tickets(), zendesk_ratings(), zendesk_survey_responses(),
    zendesk_calls(), freshdesk_csv("interactions"), freshdesk_csv("surveys"), freshdesk_tickets(), freshdesk_ratings(),
    intercom_conversations("interactions"), intercom_conversations("messages"), intercom_conversations("surveys"),
    intercom_csv("interactions"), intercom_csv("messages"), helpscout_conversations("interactions"),
    helpscout_conversations("messages"), helpscout_ratings(), chatwoot_csat_csv(), chatwoot_csat_csv(german=True),
    chatwoot_conversations("interactions"), chatwoot_conversations("messages"), chatwoot_csat(), zammad_xlsx(), zammad_tickets(),
    zammad_articles(), servicenow_csv(), calls_xlsx("interactions"), calls_xlsx("surveys"),
]  # fmt: skip


def name_of(export: Export) -> str:
    return f"{export.key}-{export.kind}{'-translated' if export.translated else ''}"
