"""Raw rows as an import would leave them, with the mark that their days must be counted again."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from coaching.interactions.models import ChangedDay, Handler, Interaction, Message, Source, SurveyResponse
from people.models import Person

_numbers = count(1)


def source(key: str = "helpdesk") -> Source:
    return Source.objects.get_or_create(key=key, defaults={"name": key.title()})[0]


def handler(person: Person | None, key: str | None = None, source_key: str = "helpdesk") -> Handler:
    """The person's handler in this source; an unmatched one where person is None."""
    return Handler.objects.get_or_create(
        source=source(source_key),
        external_key=key or (person.email if person else "nobody"),
        defaults={"person": person, "name": person.display_name if person else "Somebody"},
    )[0]


def mark(person: Person | None, *days: date | None) -> None:
    for day in days:
        if person is not None and day is not None:
            ChangedDay.objects.get_or_create(person=person, day=day)


def interaction(
    person: Person | None,
    opened_on: date,
    *,
    seconds: int | None = 3600,
    reopens: int = 0,
    answered: bool | None = None,
    marked: bool = True,
    **fields: Any,
) -> Interaction:
    """A case opened at noon and resolved that many seconds later; still open where seconds is None."""
    opened_at = datetime.combine(opened_on, time(12), tzinfo=UTC)
    resolved_at = None if seconds is None else opened_at + timedelta(seconds=seconds)
    resolved_on = resolved_at.date() if resolved_at else None
    values: dict[str, Any] = {
        "source": source(),
        "external_id": f"case-{next(_numbers)}",
        "handler": handler(person),
        "status": Interaction.Status.OPEN if resolved_at is None else Interaction.Status.RESOLVED,
        "opened_at": opened_at,
        "opened_on": opened_on,
        "resolved_at": resolved_at,
        "resolved_on": resolved_on,
        "reopens": reopens,
        "answered": answered,
    } | fields
    case = Interaction.objects.create(**values)
    if marked:
        mark(person, opened_on, resolved_on)
    return case


def message(case: Interaction, body: str, *, position: int = 1, is_private: bool = False, **fields: Any) -> Message:
    values: dict[str, Any] = {
        "external_id": f"message-{next(_numbers)}",
        "author_kind": Message.AuthorKind.CUSTOMER,
        "author_name": "A customer",
        "sent_at": case.opened_at + timedelta(minutes=position),
    } | fields
    return Message.objects.create(interaction=case, body=body, position=position, is_private=is_private, **values)


def rating(
    person: Person | None,
    responded_on: date,
    *,
    polarity: int = 1,
    case: Interaction | None = None,
    kind: str = SurveyResponse.Kind.CSAT,
    marked: bool = True,
    **fields: Any,
) -> SurveyResponse:
    values: dict[str, Any] = {
        "source": source(),
        "external_id": f"rating-{next(_numbers)}",
        "handler": handler(person),
        "raw_value": Decimal({1: 5, 0: 3, -1: 1}[polarity]),
        "scale_min": Decimal(1),
        "scale_max": Decimal(5),
        "responded_at": datetime.combine(responded_on, time(15), tzinfo=UTC),
    } | fields
    response = SurveyResponse.objects.create(interaction=case, kind=kind, polarity=polarity, responded_on=responded_on, **values)
    if marked:
        mark(person, responded_on)
    return response
