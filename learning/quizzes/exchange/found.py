"""What reading a file gives: questions, and every line that did not become one, with the reason."""

from dataclasses import dataclass, field

from foundation.row_problems import Problem
from learning.modules.questions.kinds import Question


class UnreadableFile(Exception):
    """The file cannot be read at all; the message says what to do."""


@dataclass(frozen=True)
class Found:
    """One question as a file names it. `external_id` is the same whenever the same file is read again."""

    line: int
    external_id: str
    title: str
    category: str
    tags: tuple[str, ...]
    question: Question


@dataclass
class Reading:
    """`read` counts all that claims to be a question; `problems` those left out; `warnings` what else was noticed."""

    read: int = 0
    found: list[Found] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    uses: dict[str, int] = field(default_factory=dict)

    def id_for(self, wanted: str) -> str:
        """This id, or with a number where it was given already: the same for the same file."""
        number = self.uses.get(wanted, 0) + 1
        id = wanted if number == 1 else f"{wanted}#{number}"
        while number > 1 and id in self.uses:
            number += 1
            id = f"{wanted}#{number}"
        self.uses[wanted] = number
        self.uses.setdefault(id, 1)
        return id
