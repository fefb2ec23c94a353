"""Raw rows as an import would leave them, with the mark that their days must be counted again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from coaching.interactions.models import ChangedDay, Handler, Interaction, Message, Source, SurveyResponse
from people.models import Person

_numbers = count(1)


@dataclass
class _Kept:
    """What `at_once` has not stored yet, and what it has met."""

    cases: list[Interaction] = field(default_factory=list)
    responses: list[SurveyResponse] = field(default_factory=list)
    marks: dict[tuple[int, date], None] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    handlers: dict[tuple[str, str], Handler] = field(default_factory=dict)


_kept: _Kept | None = None


@contextlib.contextmanager
def at_once() -> Iterator[None]:
    """Cases and ratings made inside are stored together when it ends, with their marks: for hundreds of them."""
    global _kept
    _kept = kept = _Kept()
    try:
        yield
    finally:
        _kept = None
    Interaction.objects.bulk_create(kept.cases)
    SurveyResponse.objects.bulk_create(kept.responses)
    marks = [ChangedDay(person_id=person_id, day=day) for person_id, day in kept.marks]
    ChangedDay.objects.bulk_create(marks, ignore_conflicts=True)


def source(key: str = "helpdesk") -> Source:
    if _kept is not None and key in _kept.sources:
        return _kept.sources[key]
    found = Source.objects.get_or_create(key=key, defaults={"name": key.title()})[0]
    if _kept is not None:
        _kept.sources[key] = found
    return found


def handler(person: Person | None, key: str | None = None, source_key: str = "helpdesk") -> Handler:
    """The person's handler in this source; an unmatched one where person is None."""
    key = key or (person.email if person else "nobody")
    if _kept is not None and (source_key, key) in _kept.handlers:
        return _kept.handlers[source_key, key]
    found = Handler.objects.get_or_create(
        source=source(source_key),
        external_key=key,
        defaults={"person": person, "name": person.display_name if person else "Somebody"},
    )[0]
    if _kept is not None:
        _kept.handlers[source_key, key] = found
    return found


def mark(person: Person | None, *days: date | None) -> None:
    for day in days:
        if person is not None and day is not None:
            if _kept is not None:
                _kept.marks[person.pk, day] = None
            else:
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
    case = Interaction(**values)
    if _kept is not None:
        _kept.cases.append(case)
    else:
        case.save(force_insert=True)
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
    response = SurveyResponse(interaction=case, kind=kind, polarity=polarity, responded_on=responded_on, **values)
    if _kept is not None:
        _kept.responses.append(response)
    else:
        response.save(force_insert=True)
    if marked:
        mark(person, responded_on)
    return response
