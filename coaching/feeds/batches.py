"""The bodies of the API and of webhooks in, and what is answered. The rows themselves are checked one by one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from coaching.feeds.intake import MAX_ROWS, Received
from coaching.feeds.rows import InteractionRow, MessageRow, Row, SurveyRow

SOURCE_PATTERN = "^[-a-zA-Z0-9_]{1,60}$"
Bounded = Annotated[float, Field(ge=-1000, le=1000, allow_inf_nan=False)]


def _rows(model: type[Row]) -> Any:
    """A list of rows, described as `model` but not checked as a whole: a bad row does not spoil the good ones."""
    schema = model.model_json_schema()
    return Field(
        ..., min_length=1, max_length=MAX_ROWS, description="1 to 1,000 rows, one per id.", json_schema_extra={"items": schema}
    )


def _source() -> Any:
    return Field(
        ...,
        pattern=SOURCE_PATTERN,
        description="The system the rows come from; with the row's id it is what a row is known by.",
        examples=["zendesk"],
    )


class Body(Schema):
    model_config = ConfigDict(extra="forbid")


class InteractionBatch(Body):
    """Cases of one source."""

    source: str = _source()
    rows: list[Any] = _rows(InteractionRow)


class MessageBatch(Body):
    """Messages of one source. Cases that are not known yet are opened from them."""

    source: str = _source()
    rows: list[Any] = _rows(MessageRow)


class Scale(Body):
    """What the values of a survey mean."""

    low: Bounded = Field(..., description="The lowest value.", examples=[1])
    high: Bounded = Field(..., description="The highest value.", examples=[5])
    satisfied: list[Bounded] = Field(
        ..., min_length=1, max_length=100, description="Values of satisfied customers.", examples=[[4, 5]]
    )
    neutral: list[Bounded] = Field([], max_length=100, description="Values of customers who are neither.", examples=[[3]])


class SurveyBatch(Body):
    """Survey answers of one source and kind."""

    source: str = _source()
    kind: Literal["csat", "nps", "ces"] = Field("csat", description="Satisfaction, net promoter score or effort.")
    scale: Scale | None = Field(None, description="Without one: csat 1–5 (4 and 5 satisfied), nps 0–10, ces 1–7.")
    rows: list[Any] = _rows(SurveyRow)

    def options(self) -> dict[str, Any]:
        """As the importer's mapping names them."""
        if self.scale is None:
            return {"kind": self.kind}
        return {
            "kind": self.kind,
            "scale": [self.scale.low, self.scale.high],
            "satisfied": self.scale.satisfied,
            "neutral": self.scale.neutral,
        }


class RowOutcome(Schema):
    """What came of one row."""

    index: int = Field(..., description="Its place in the batch, from 0.")
    id: str | None = Field(None, description="Its id; null where it could not be read.")
    case: str | None = Field(None, description="The case of a message.")
    outcome: Literal["created", "updated", "unchanged", "rejected"]
    field: str | None = Field(None, description="Rejected rows: the field that is wrong.")
    reason: str | None = Field(None, description="Rejected rows: what is wrong with it.")
    remedy: str | None = Field(None, description="Rejected rows: what to do.")


class BatchResult(Schema):
    """What came of a batch. Rows that were rejected were left out; all others are stored."""

    source: str
    created: int
    updated: int
    unchanged: int
    rejected: int
    rows: list[RowOutcome]
    notes: list[str] = Field(..., description="What is worth knowing, in words.")

    @classmethod
    def of(cls, received: Received) -> BatchResult:
        """The answer to what was received."""
        return cls(
            source=received.source.key,
            rows=[
                RowOutcome(
                    index=row.index,
                    id=row.key[-1] if row.key else None,
                    case=row.key[0] if len(row.key) == 2 else None,
                    outcome=row.outcome,  # type: ignore[arg-type]
                    field=row.field or None,
                    reason=row.reason or None,
                    remedy=row.remedy or None,
                )
                for row in received.results
            ],
            notes=received.notes,
            **received.counts(),
        )


class Fault(Schema):
    where: str = Field(..., description="The place in the request.")
    reason: str


class Problem(Schema):
    """Why a request was not carried out, and what to do."""

    status: int
    title: str
    detail: str
    errors: list[Fault] = []


class InteractionState(Schema):
    """What is stored of a case. Never what a customer wrote, nor who they are."""

    source: str
    external_id: str
    channel: str
    status: str
    handler: str | None = Field(None, description="The source's own id of who it counts for.")
    handler_is_matched: bool = Field(..., description="Is the handler matched to a person here? Only then does the case count.")
    opened_at: str
    first_reply_at: str | None = None
    resolved_at: str | None = None
    last_event_at: str | None = None
    reopens: int
    messages: int = Field(..., description="How many messages are stored.")
    survey_answers: int
    only_from_messages: bool = Field(..., description="Known from its messages only, until the case itself is sent.")


class EventTaken(Schema):
    state: Literal["stored", "known"] = Field(..., description="“known” for an id that was stored before.")
    id: str
