"""Questions that attempts met beyond those of their revision: drawn from a bank that lies above this room.

The room that keeps them registers itself when it starts (`AppConfig.ready`), so that a room beside it may ask for them
without knowing it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from learning.modules.questions.kinds import Question


@dataclass(frozen=True)
class DrawnQuestion:
    """A question as it reads today, and the standard it is filed under."""

    question: Question
    standard_id: int | None


class DrawnQuestions(Protocol):
    def met_in(self, attempt_ids: Iterable[int]) -> dict[int, list[str]]:
        """Per attempt: the names of the questions that were drawn for it."""

    def named(self, names: Iterable[str]) -> dict[str, DrawnQuestion]:
        """Those of these names that are still in use."""


_rooms: list[DrawnQuestions] = []


def register(room: DrawnQuestions) -> None:
    """Add a room; adding it twice changes nothing."""
    if room not in _rooms:
        _rooms.append(room)


def met_in(attempt_ids: Iterable[int]) -> dict[int, list[str]]:
    ids, found = list(attempt_ids), dict[int, list[str]]()
    for room in _rooms:
        for attempt_id, names in room.met_in(ids).items():
            found.setdefault(attempt_id, []).extend(names)
    return found


def named(names: Iterable[str]) -> dict[str, DrawnQuestion]:
    wanted = list(names)
    return {name: drawn for room in _rooms for name, drawn in room.named(wanted).items()}
