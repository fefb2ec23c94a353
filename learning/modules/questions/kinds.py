"""The kinds of question. One frozen dataclass each; all words that a learner may see are plain text but the prompt.

`id` is unique within one quiz. Ids of parts (answers, pairs, items, regions) are unique within their question and
tell nothing about what is right: they stand in the page. `html` says that the prompt is HTML of an allow-list.
"""

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# In the order in which editors choose among them.
KINDS: dict[str, str | Promise] = {
    "single": _("One right answer"),
    "multiple": _("Several right answers"),
    "true_false": _("True or false"),
    "short": _("Short text"),
    "numeric": _("Number"),
    "match": _("Match"),
    "order": _("Put in order"),
    "hotspot": _("Place on a picture"),
    "free": _("Free text, marked by a person"),
}


def part_id(*words: str) -> str:
    """An id for a part of a question, made of its words: the same wherever it is made, and silent about what is right."""
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:12]


@dataclass(frozen=True, kw_only=True)
class Base:
    """What all kinds share. `explanation` is shown after the quiz, whatever was answered."""

    id: str
    prompt: str
    explanation: str = ""
    html: bool = False


@dataclass(frozen=True)
class Answer:
    """One answer to choose. `weight` in percent of the question, below 0 for a harmful one; None: as `correct` says."""

    id: str
    text: str
    correct: bool
    feedback: str = ""
    weight: float | None = None


@dataclass(frozen=True, kw_only=True)
class Choice(Base):
    multiple: bool
    answers: tuple[Answer, ...]

    @property
    def kind(self) -> str:
        return "multiple" if self.multiple else "single"

    @property
    def right_ids(self) -> frozenset[str]:
        return frozenset(answer.id for answer in self.answers if answer.correct)


@dataclass(frozen=True, kw_only=True)
class TrueFalse(Base):
    """`feedback_true` is shown to who chose "true", whether that is right or not."""

    kind: ClassVar[str] = "true_false"
    is_true: bool
    feedback_true: str = ""
    feedback_false: str = ""


@dataclass(frozen=True)
class Accepted:
    """A text that counts, for `percent` of the question; a star in it stands for any words."""

    text: str
    percent: float = 100
    feedback: str = ""


@dataclass(frozen=True, kw_only=True)
class ShortText(Base):
    kind: ClassVar[str] = "short"
    accepted: tuple[Accepted, ...]
    case_sensitive: bool = False


@dataclass(frozen=True)
class Span:
    """The numbers from `low` to `high`, both included, count for `percent` of the question."""

    low: Decimal
    high: Decimal
    percent: float = 100
    feedback: str = ""


@dataclass(frozen=True, kw_only=True)
class Numeric(Base):
    """`wrong_feedback` is shown where no span holds the number."""

    kind: ClassVar[str] = "numeric"
    accepted: tuple[Span, ...]
    wrong_feedback: str = ""


@dataclass(frozen=True)
class Pair:
    id: str
    left: str
    right: str


@dataclass(frozen=True, kw_only=True)
class Match(Base):
    """Each left goes with one right. `extra` are rights that go with nothing."""

    kind: ClassVar[str] = "match"
    pairs: tuple[Pair, ...]
    extra: tuple[str, ...] = ()

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """(id, text) of every right, each text once, in an order that gives nothing away."""
        texts = {*(pair.right for pair in self.pairs), *self.extra}
        return tuple(sorted((self.choice_id(text), text) for text in texts))

    def choice_id(self, text: str) -> str:
        return part_id(self.id, "right", text)


@dataclass(frozen=True)
class Item:
    id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Order(Base):
    """`items` in their right order."""

    kind: ClassVar[str] = "order"
    items: tuple[Item, ...]

    @property
    def shuffled(self) -> tuple[Item, ...]:
        """As the page lists them before anybody has put them in order; for everybody the same and never the right order."""
        mixed = sorted(self.items, key=lambda item: part_id(self.id, item.id))
        if tuple(mixed) == self.items:
            mixed.reverse()
        return tuple(mixed)


@dataclass(frozen=True)
class Region:
    """A rectangle of the picture, in percent of its width and height from the upper left corner. `name` is read aloud."""

    id: str
    name: str
    left: float
    top: float
    width: float
    height: float
    correct: bool
    feedback: str = ""


@dataclass(frozen=True, kw_only=True)
class Hotspot(Base):
    """One place of a picture is to be chosen; each region is a radio button with a name. `picture` is an image's key."""

    kind: ClassVar[str] = "hotspot"
    picture: int
    alt: str
    regions: tuple[Region, ...]


@dataclass(frozen=True, kw_only=True)
class FreeText(Base):
    """A person marks it; `guidance` is what the marker looks for."""

    kind: ClassVar[str] = "free"
    guidance: str = ""


Question = Choice | TrueFalse | ShortText | Numeric | Match | Order | Hotspot | FreeText
