"""Importing an export, and reading back what it left."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from coaching.interactions import services
from coaching.interactions.models import Interaction, Message, SurveyResponse
from people.models import ExternalId
from tests.coaching.interactions.helpers import NOW

VERBS = {
    "interactions": services.import_interactions,
    "messages": services.import_messages,
    "surveys": services.import_surveys,
}


def bring_format(path: Path, kind: str, **options: Any) -> services.ImportResult:
    return VERBS[kind](actor=None, path=path, now=NOW, **options)


def know_agents(cast: Any) -> None:
    """The ids that the exports name Rita and Ravi by."""
    for system in ("zendesk", "freshdesk", "intercom", "helpscout", "chatwoot", "zammad", "servicenow"):
        ExternalId.objects.create(person=cast.rita, source=system, value="501")
        ExternalId.objects.create(person=cast.ravi, source=system, value="502")


def stored(kind: str) -> dict[Any, dict[str, Any]]:
    """What is in the database after an import of this kind, by key."""
    if kind == "interactions":
        return {case.external_id: _case(case) for case in Interaction.objects.select_related("handler__person")}
    if kind == "messages":
        messages = Message.objects.select_related("interaction", "author__person")
        return {(m.interaction.external_id, m.external_id): _message(m) for m in messages}
    return {answer.external_id: _answer(answer) for answer in SurveyResponse.objects.select_related("handler__person")}


def _email(handler: Any) -> str | None:
    return handler.person.email if handler is not None and handler.person is not None else None


def _time(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M") if moment is not None else None


def _case(case: Interaction) -> dict[str, Any]:
    plain = (
        "channel", "status", "subject", "topic", "customer", "account", "queue", "priority", "reopens", "replies",
        "customer_replies", "answered", "wait_seconds", "handle_seconds", "is_complaint",
    )  # fmt: skip
    times = ("opened_at", "first_reply_at", "resolved_at", "last_event_at")
    return (
        {name: getattr(case, name) for name in plain}
        | {name: _time(getattr(case, name)) for name in times}
        | {"handler": _email(case.handler), "handler_key": case.handler.external_key if case.handler else "", "extra": case.extra}
    )


def _message(message: Message) -> dict[str, Any]:
    return {
        "kind": message.author_kind,
        "body": message.body,
        "private": message.is_private,
        "position": message.position,
        "author": _email(message.author),
        "name": message.author_name,
        "sent_at": _time(message.sent_at),
    }


def _answer(answer: SurveyResponse) -> dict[str, Any]:
    return {
        "value": float(answer.raw_value),
        "scale": (float(answer.scale_min), float(answer.scale_max)),
        "polarity": answer.polarity,
        "case": answer.case_key,
        "handler": _email(answer.handler),
        "comment": answer.comment,
        "responded_at": _time(answer.responded_at),
    }


def differences(found: dict[Any, dict[str, Any]], expected: dict[Any, dict[str, Any]]) -> list[str]:
    """Where the database holds something else than expected. Of `extra` only the named columns are looked at."""
    told = [f"{key}: missing" for key in expected if key not in found] + [
        f"{key}: too much" for key in found if key not in expected
    ]
    for key, fields in expected.items():
        for name, value in fields.items():
            is_ = found.get(key, {}).get(name)
            if name == "extra":
                is_ = {column: (is_ or {}).get(column) for column in value}
            if key in found and is_ != value:
                told.append(f"{key}.{name}: {is_!r}, expected {value!r}")
    return told
