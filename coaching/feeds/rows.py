"""The rows of a batch as JSON: their fields, types and examples. What a value means is the importer's business.

A field left out stays as it is stored; null empties it.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr
from pydantic import ValidationError as RowInvalid

from coaching.interactions.models import ImportJob

MAX_EXTRA_FIELDS = 50
Scalar = StrictStr | StrictBool | StrictInt | StrictFloat | None
Number = StrictInt | StrictFloat


def _text(description: str, *, longest: int | None = None, example: str | None = None, required: bool = False) -> Any:
    return Field(
        ... if required else None,
        description=description,
        max_length=longest,
        min_length=1 if required else None,
        examples=[example] if example else None,
    )


def _time(description: str, *, required: bool = False) -> Any:
    return Field(
        ... if required else None,
        description=description + " RFC 3339, with its offset.",
        json_schema_extra={"format": "date-time"},
        examples=["2026-06-15T09:30:00Z"],
    )


def _whole(description: str) -> Any:
    return Field(None, description=description, json_schema_extra={"minimum": 0})


class Row(Schema):
    """What every row has in common: no field but the named ones."""

    model_config = ConfigDict(extra="forbid")


class InteractionRow(Row):
    """One case, chat or call."""

    external_id: StrictStr = _text("The case's id in the source.", longest=200, example="4711", required=True)
    opened_at: StrictStr = _time("When the customer wrote or called.", required=True)
    first_reply_at: StrictStr | None = _time("When an agent first answered.")
    resolved_at: StrictStr | None = _time("When it was resolved. Emptied when `status` is open.")
    last_event_at: StrictStr | None = _time("When anything last happened to it.")
    reopened_at: StrictStr | None = _time("When it was first reopened.")
    handler: StrictStr | None = _text("Who the case counts for, by the source's own id.", longest=200, example="agent-12")
    handler_name: StrictStr | None = _text("Their name.", example="Rita Example")
    handler_email: StrictStr | None = _text("Their e-mail address: what people are found by first.", example="rita@example.com")
    assignee: StrictStr | None = _text("Who has the case now, by the source's own id.", longest=200)
    channel: StrictStr | None = _text("email, chat, phone, web, messaging, social, mention or other.", example="email")
    status: StrictStr | None = _text(
        "open or resolved; new, pending, hold, solved, closed and done are understood.", example="resolved"
    )
    subject: StrictStr | None = _text("Cut to 300 characters.", example="Parcel not arrived")
    topic: StrictStr | None = _text("What made the customer write. Cut to 120 characters.", example="Delivery")
    customer: StrictStr | None = _text("The customer, by the source's own id.", example="customer-9")
    account: StrictStr | None = _text("The customer's organisation, by the source's own id.", longest=200)
    queue: StrictStr | None = _text("The group or queue it lay in.", longest=120)
    priority: StrictStr | None = _text("As the source calls it.", longest=40)
    reopens: Number | None = _whole("How often it was reopened.")
    replies: Number | None = _whole("Public replies by agents.")
    customer_replies: Number | None = _whole("Messages by the customer after the first.")
    is_complaint: StrictBool | None = Field(None, description="Is it a complaint?")
    answered: StrictBool | None = Field(None, description="Was the call or chat picked up?")
    wait_seconds: Number | None = _whole("How long the customer waited.")
    handle_seconds: Number | None = _whole("How long it took the handler.")
    extra: dict[StrictStr, Scalar] | None = Field(
        None,
        description="Whatever else the source tells: names and plain values.",
        examples=[{"plan": "gold"}],
        max_length=MAX_EXTRA_FIELDS,
    )


class MessageRow(Row):
    """One turn of a conversation. Its place in it follows from the times, unless `position` says otherwise."""

    case: StrictStr = _text("The case's id in the source.", longest=200, example="4711", required=True)
    external_id: StrictStr = _text("The message's id within the case.", longest=200, example="m-1", required=True)
    sent_at: StrictStr = _time("When it was sent.", required=True)
    body: StrictStr = Field(..., description="What was written, as plain text.", examples=["Where is my parcel?"])
    author_kind: StrictStr | None = _text("customer, agent, system or other.", example="customer")
    author: StrictStr | None = _text("Who wrote it, by the source's own id.", longest=200)
    author_name: StrictStr | None = _text("Their name.")
    author_email: StrictStr | None = _text("Their e-mail address, for agents.")
    is_private: StrictBool | None = Field(None, description="An internal note, which no customer sees.")
    position: Number | None = _whole("Its place in the conversation, from 1.")
    subject: StrictStr | None = _text("Of the case, where it is not known yet.")
    channel: StrictStr | None = _text("Of the case, where it is not known yet.")


class SurveyRow(Row):
    """One answer to a survey."""

    external_id: StrictStr = _text("The answer's id in the source.", longest=200, example="s-1", required=True)
    value: Number = Field(..., description="What the customer chose, on the batch's scale.", examples=[5])
    responded_at: StrictStr = _time("When the customer answered.", required=True)
    case: StrictStr | None = _text("The case it is about, by its id in the source.", longest=200, example="4711")
    handler: StrictStr | None = _text("Who it counts for; without one, whoever handled the case.", longest=200)
    handler_name: StrictStr | None = _text("Their name.")
    handler_email: StrictStr | None = _text("Their e-mail address.")
    comment: StrictStr | None = _text("What the customer wrote with it.")


ROW_MODELS: dict[str, type[Row]] = {
    ImportJob.Kind.INTERACTIONS: InteractionRow,
    ImportJob.Kind.MESSAGES: MessageRow,
    ImportJob.Kind.SURVEYS: SurveyRow,
}


def first_fault(model: type[Row], row: Any) -> tuple[str, str, str] | None:
    """(field, reason, remedy) of the first thing in a row that is not what its schema says; None where it fits."""
    if not isinstance(row, dict):
        return "", _("A row must be an object."), _('Write it like {"external_id": "…"}.')
    try:
        model.model_validate(row)
    except RowInvalid as invalid:
        fault = invalid.errors(include_url=False, include_context=False, include_input=False)[0]
        name = ".".join(str(part) for part in fault["loc"][:1])[:100]
        return _printable(name), *_words(fault["type"], fault["msg"], model)
    return None


def _words(kind: str, message: str, model: type[Row]) -> tuple[str, str]:
    if kind == "extra_forbidden":
        if "extra" in model.model_fields:
            return _("There is no such field."), _("Correct its name, or put it into “extra”.")
        return _("There is no such field."), _("Correct its name. Fields: %(names)s.") % {"names": ", ".join(model.model_fields)}
    if kind == "missing":
        return _("The value is missing."), _("Fill it in.")
    if kind == "string_too_long":
        return _("The value is too long."), _("Shorten it.")
    if kind == "string_too_short":
        return _("The value is missing."), _("Fill it in.")
    return _("It is not of the type that is expected: %(why)s.") % {"why": message}, _("See the description of the API.")


def _printable(text: str) -> str:
    """Text that can be sent back: whoever named a field with half a character gets a mark instead."""
    return text.encode("utf-8", "replace").decode()
