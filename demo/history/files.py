"""Writes the history as the CSV files that a support desk, its night desk and the sales system would export."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from zlib import crc32

from demo.history.accounts import ACCOUNT_COLUMNS, account_of, account_rows, night_desk_rows
from demo.history.build import Case, History

CASE_COLUMNS = (
    "case", "opened", "first_reply", "resolved", "last_event", "status", "channel", "subject", "topic", "customer", "account",
    "agent", "agent_email", "reopens", "answered", "wait", "handle", "queue", "priority", "replies", "customer_replies", "complaint",
)  # fmt: skip
QUEUES = {
    "orders": "Orders and delivery", "returns": "Returns", "billing": "Billing", "app": "App help", "devices": "Device help",
}  # fmt: skip
PHONE_QUEUE = "Phone line"
COMPLAINTS = ("Complaint:", "Service: promised call missed")
MESSAGE_COLUMNS = ("case", "message", "position", "sent", "author", "author_email", "kind", "body", "private")
SURVEY_COLUMNS = ("survey", "case", "agent", "agent_email", "rating", "answered_at", "comment")


def write_files(history: History, folder: Path) -> dict[str, Path]:
    """Write cases.csv, messages.csv, surveys.csv, accounts.csv and night-desk.csv; returns their paths by kind."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {kind: folder / f"{kind}.csv" for kind in ("cases", "messages", "surveys", "accounts", "night-desk")}
    _write(paths["cases"], CASE_COLUMNS, (_case_row(case, history.weeks) for case in history.cases))
    _write(
        paths["messages"], MESSAGE_COLUMNS, (row for case in history.cases if case.conversation for row in _message_rows(case))
    )
    _write(
        paths["surveys"],
        SURVEY_COLUMNS,
        (
            (s.survey_id, s.case.case_id, s.case.rep.name, s.case.rep.email, s.rating, _iso(s.answered_at), s.comment)
            for s in history.surveys
        ),
    )
    _write(paths["accounts"], ACCOUNT_COLUMNS, account_rows(history))
    _write(paths["night-desk"], CASE_COLUMNS, night_desk_rows(history))
    return paths


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(rows)


def _iso(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def _case_row(case: Case, weeks: int) -> Sequence[object]:
    last = max(moment for moment in (case.opened, case.first_reply, case.resolved) if moment)
    return (
        case.case_id, _iso(case.opened), _iso(case.first_reply), _iso(case.resolved), _iso(last),
        "resolved" if case.resolved else "open", case.channel, case.subject, case.topic, case.customer,
        account_of(case, weeks), case.rep.name, case.rep.email,
        case.reopens, "" if case.answered is None else str(case.answered).lower(), _blank(case.wait), _blank(case.handle),
        *_desk_columns(case),
    )  # fmt: skip


def _desk_columns(case: Case) -> Sequence[object]:
    """Queue, priority, replies of the desk and of the customer, and whether the desk calls it a complaint."""
    mark = crc32(case.case_id.encode())
    if case.conversation is not None:
        speakers = [message.speaker for message in case.conversation.messages]
        replies, of_customer = speakers.count("agent"), max(0, speakers.count("customer") - 1)
    else:
        replies = 0 if case.first_reply is None else 1 + case.reopens + int(mark % 12 == 5)
        of_customer = max(0, replies - 1)
    complaint = case.topic.startswith(COMPLAINTS) or mark % 60 == 7
    queue = PHONE_QUEUE if case.channel == "phone" else QUEUES[case.team]
    return queue, "high" if complaint or mark % 11 == 3 else "normal", replies, of_customer, str(complaint).lower()


def _blank(number: int | None) -> object:
    return "" if number is None else number


def _message_rows(case: Case) -> Iterable[Sequence[object]]:
    if case.conversation is None:
        return
    for message, sent in zip(case.conversation.messages, case.sent, strict=True):
        customer = message.speaker == "customer"
        yield (
            case.case_id, f"{case.case_id}-{message.position}", message.position, _iso(sent),
            case.customer if customer else case.rep.name, "" if customer else case.rep.email,
            "customer" if customer else "agent", message.body, str(message.speaker == "note").lower(),
        )  # fmt: skip
