"""What can go wrong, in words for the person in front of the screen."""

from collections.abc import Sequence

from coaching.quality.errors import QualityError as QualityError
from coaching.quality.queries.problems import Problem


class NotPublishable(QualityError):
    """Something is still missing; `problems` says what and where."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(" ".join(str(p.message) for p in self.problems))
