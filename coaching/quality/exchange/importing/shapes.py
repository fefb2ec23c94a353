"""What the objects of the Zendesk QA (Klaus) export hold. Other fields are passed over.

Source: the published description of its export API (reviews, disputes, scorecards, users). Ids come as text or as numbers.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from coaching.interactions.importing.problems import Problem
from coaching.quality.exchange.importing.documents import Found

LONGEST = 20_000


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (str, int, float)):
        return str(value).replace("\x00", "").replace("\r\n", "\n").strip()[:LONGEST]
    raise ValueError("not a text")


def _list(value: Any) -> Any:
    return [] if value is None else value


def _moment(value: Any) -> Any:
    return None if value in {None, "", 0, "0"} else value


def _with_zone(value: datetime | None) -> datetime | None:
    """A moment without an offset is in UTC, as the export writes its times."""
    if value is None:
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Text = Annotated[str, BeforeValidator(_text)]
Moment = Annotated[datetime | None, BeforeValidator(_moment), AfterValidator(_with_zone)]
Texts = Annotated[list[Text], BeforeValidator(_list)]


class Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class User(Shape):
    id: Text = ""
    email: Annotated[str, BeforeValidator(lambda value: _text(value).lower())] = ""
    name: Text = ""


class RatingShape(Shape):
    """`score` is empty where the category did not apply."""

    categoryId: Text = ""
    categoryName: Text = ""
    score: float | None = Field(default=None, allow_inf_nan=False)
    weight: float = Field(default=0, ge=0, allow_inf_nan=False)
    critical: bool = False
    cause: Text = ""
    causes: Texts = Field(default_factory=list)
    groupName: Text = ""

    @property
    def why(self) -> list[str]:
        return list(dict.fromkeys(cause for cause in [*self.causes, self.cause] if cause))


class Tag(Shape):
    tag: Text = ""


class Reply(Shape):
    owner: User | None = None
    comment: Text = ""
    createdISO: Moment = None
    thread: Annotated[list[Reply], BeforeValidator(_list)] = Field(default_factory=list)

    def lines(self) -> list[dict[str, str]]:
        """This comment and its replies as they are kept: who, when, what."""
        at = self.createdISO.isoformat() if self.createdISO else ""
        own = [{"by": self.owner.name if self.owner else "", "at": at, "text": self.comment}] if self.comment else []
        return own + [line for reply in self.thread for line in reply.lines()]


class ScorecardName(Shape):
    id: Text = ""
    name: Text = ""


class ReviewShape(Shape):
    id: Text = Field(min_length=1, max_length=100)
    reviewer: User = Field(default_factory=User)
    reviewee: User = Field(default_factory=User)
    score: float | None = Field(default=None, ge=0, le=100)
    comment: Text = ""
    ratings: Annotated[list[RatingShape], BeforeValidator(_list)] = Field(default_factory=list)
    thread: Annotated[list[Reply], BeforeValidator(_list)] = Field(default_factory=list)
    tags: Annotated[list[Tag], BeforeValidator(_list)] = Field(default_factory=list)
    createdISO: Moment = None
    created: Moment = None
    updatedISO: Moment = None
    scorecard: ScorecardName = Field(default_factory=ScorecardName)
    reviewTime: Text = ""
    pauseTime: Text = ""

    @property
    def at(self) -> datetime | None:
        return self.createdISO or self.created

    def digest(self, conversation: str) -> str:
        """Of all that is read of it, so that a change is noticed and nothing else is one."""
        return hashlib.sha256(f"{conversation}\n{self.model_dump_json()}".encode()).hexdigest()


class ConversationShape(Shape):
    externalId: Text = Field(min_length=1, max_length=200)
    sourceType: Text = ""
    createdAtISO: Moment = None
    url: Text = ""
    externalUrl: Text = ""


class CategoryRating(Shape):
    rating: float
    description: Text = ""


class CategoryShape(Shape):
    ratingCategoryId: Text = ""
    name: Text = ""
    description: Text = ""
    weight: float = Field(default=0, ge=0, allow_inf_nan=False)
    critical: bool = False
    reviewCritical: bool = False
    groupCritical: bool = False
    position: int = 0
    ratings: Annotated[list[CategoryRating], BeforeValidator(_list)] = Field(default_factory=list)


class GroupShape(Shape):
    name: Text = ""
    position: int = 0
    categories: Annotated[list[CategoryShape], BeforeValidator(_list)] = Field(default_factory=list)


class ScorecardShape(Shape):
    id: Text = Field(min_length=1)
    name: Text = ""
    categories: Annotated[list[CategoryShape], BeforeValidator(_list)] = Field(default_factory=list)
    groups: Annotated[list[GroupShape], BeforeValidator(_list)] = Field(default_factory=list)


class DisputeComment(Shape):
    comment: Text = ""
    owner: User | None = None
    created: Moment = None
    thread: Annotated[list[DisputeComment], BeforeValidator(_list)] = Field(default_factory=list)

    def lines(self) -> list[dict[str, str]]:
        at = self.created.isoformat() if self.created else ""
        own = [{"by": self.owner.name if self.owner else "", "at": at, "text": self.comment}] if self.comment else []
        return own + [line for reply in self.thread for line in reply.lines()]


def _comment(value: Any) -> Any:
    """Some exports write the comment as an object, some as the text alone."""
    return {"comment": value} if isinstance(value, str) else value


Comment = Annotated[DisputeComment | None, BeforeValidator(_comment)]


class DisputedCategory(Shape):
    id: Text = ""
    expectedRating: float | None = None
    comment: Comment = None


class DisputeShape(Shape):
    disputeId: Text = Field(min_length=1, max_length=100)
    reviewId: Text = Field(min_length=1)
    type: Text = ""
    status: Text = ""
    createdAt: Moment = None
    createdBy: User | None = None
    assignee: User | None = None
    rejectedBy: User | None = None
    resolvedAt: Moment = None
    categories: Annotated[list[DisputedCategory], BeforeValidator(_list)] = Field(default_factory=list)
    comment: Comment = None

    def digest(self) -> str:
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def problem_of(found: Found, error: ValidationError, place: str = "") -> Problem:
    """The first thing that is wrong with an object, with its field."""
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in (place, *first["loc"]) if part != "")
    value = "" if isinstance(first["input"], dict) else str(first["input"])
    reason = _("This is not what the export’s description says: %(what)s.") % {"what": first["msg"]}
    return Problem(found.line, found.field(field), value[:120], reason, _("Export it again, unchanged, from the API."))
