"""What the learner looks at: words and letters of a conversation, counted into a fixed number of places, and facts of the case.

The same code makes the numbers for training and for prediction, so the two cannot drift apart. Places are found by a
checksum, so that memory is bounded whatever people write, and nothing has to be unpickled to find them again. Names are
taken out before: what is learned is about conversations, not about whose they are.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log1p

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Places = NDArray[np.int32]

WORD_PLACES = 2**15
LETTER_PLACES = 2**15
TEXT_PLACES = WORD_PLACES + LETTER_PLACES
LONGEST_TEXT = 20_000  # characters of a conversation; what comes after says little more
LETTERS = (3, 4)  # how many letters in a row are counted
WORD = re.compile(r"\w+")
DIGITS = re.compile(r"\d+")

CHANNELS = ("email", "chat", "phone", "web", "messaging", "social")
CASE_FACTS = (
    "messages", "length", "replies", "replies_known", "handle", "handle_known", "reopens", "rated_low", "rated_high",
    "rated", "complaint", *CHANNELS,
)  # fmt: skip
MESSAGE_FACTS = ("by_agent", "by_customer", "note", "length", "place", "first", "last")


@dataclass(frozen=True)
class Turn:
    """One message as the learner sees it."""

    pk: int
    kind: str  # Message.AuthorKind
    is_private: bool
    text: str


@dataclass(frozen=True)
class Conversation:
    """One case with its messages in order. `rating` is the polarity of the customer's answer, None where none came."""

    case: int
    turns: tuple[Turn, ...]
    channel: str
    replies: int | None
    handle_seconds: int | None
    reopens: int
    rating: int | None
    is_complaint: bool

    @property
    def text(self) -> str:
        return "\n".join(turn.text for turn in self.turns)[:LONGEST_TEXT]


def without_names(text: str, names: Iterable[str], mask: str = " ") -> str:
    """The text with `mask` in place of these words, whatever their case."""
    words = {word for name in names for word in WORD.findall(name.lower()) if len(word) > 1}
    if not words:
        return text
    return re.sub(r"\b(?:" + "|".join(sorted(map(re.escape, words))) + r")\b", mask, text, flags=re.IGNORECASE)


def place(gram: str, places: int) -> int:
    return zlib.crc32(gram.encode()) % places


def counts(text: str) -> dict[int, int]:
    """How often each place is hit: single words and pairs in the first half, three and four letters in a row in the second."""
    words = WORD.findall(DIGITS.sub("0", text.lower()))
    grams = Counter(words)
    grams.update(f"{first} {second}" for first, second in pairwise(words))
    found: Counter[int] = Counter()
    for gram, number in grams.items():
        found[place(gram, WORD_PLACES)] += number
    letters: Counter[str] = Counter()
    for word, number in Counter(words).items():
        padded = f" {word} "
        for size in LETTERS:
            for start in range(len(padded) - size + 1):
                letters[padded[start : start + size]] += number
    for gram, number in letters.items():
        found[WORD_PLACES + place(gram, LETTER_PLACES)] += number
    return dict(found)


def inverse_frequency(documents: Sequence[dict[int, int]]) -> Floats:
    """ln((1 + n) / (1 + documents with it)) + 1 for each place: what stands everywhere says little. (Salton; smooth form.)"""
    seen = np.zeros(TEXT_PLACES, dtype=np.int64)
    for document in documents:
        seen[list(document)] += 1
    return np.asarray(np.log((1 + len(documents)) / (1 + seen)) + 1, dtype=np.float32)


def weighted(document: dict[int, int], frequency: Floats) -> tuple[Places, Floats]:
    """Places and weights (1 + ln count) · inverse frequency, words and letters each scaled to length 1."""
    places = np.fromiter(sorted(document), dtype=np.int32, count=len(document))
    times = np.fromiter((document[int(p)] for p in places), dtype=np.float32, count=len(document))
    weights = (1 + np.log(times)) * frequency[places]
    for half in (places < WORD_PLACES, places >= WORD_PLACES):
        length = float(np.sqrt((weights[half] ** 2).sum()))
        if length:
            weights[half] /= length
    return places, weights


def case_facts(conversation: Conversation) -> Floats:
    """In the order of CASE_FACTS. What the source does not tell is 0, with a flag that it is not known."""
    c = conversation
    values = [
        log1p(len(c.turns)),
        log1p(len(c.text)),
        log1p(c.replies or 0),
        float(c.replies is not None),
        log1p(c.handle_seconds or 0),
        float(c.handle_seconds is not None),
        float(min(c.reopens, 3)),
        float(c.rating == -1),
        float(c.rating == 1),
        float(c.rating is not None),
        float(c.is_complaint),
        *(float(c.channel == channel) for channel in CHANNELS),
    ]
    return np.array(values, dtype=np.float32)


def message_facts(conversation: Conversation, number: int) -> Floats:
    """In the order of MESSAGE_FACTS, of the message at this place from 0."""
    turn, last = conversation.turns[number], len(conversation.turns) - 1
    values = [
        float(turn.kind == "agent"),
        float(turn.kind == "customer"),
        float(turn.is_private),
        log1p(len(turn.text)),
        number / last if last else 0.0,
        float(number == 0),
        float(number == last),
    ]
    return np.array(values, dtype=np.float32)
