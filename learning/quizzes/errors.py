"""Why a quiz cannot be taken like this. Every message says what to do."""

from django.utils.translation import ngettext


class QuizError(Exception):
    """The quiz cannot be begun, saved or handed in like this; the message says why and what to do."""


class QuizClosed(QuizError):
    """The last day of the module has passed. What was typed is not thrown away: see papers.save_answers."""


class QuizIncomplete(QuizError):
    """Some questions have no answer; `question_ids` are those."""

    def __init__(self, question_ids: list[str]) -> None:
        self.question_ids = question_ids
        left = len(question_ids)
        super().__init__(
            ngettext("%(left)s question has no answer yet.", "%(left)s questions have no answer yet.", left) % {"left": left}
        )
