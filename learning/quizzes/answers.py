"""An answer of a quiz looked at before it is kept, with the quiz's own words where it cannot be one."""

from collections.abc import Sequence

from learning.modules.questions import answers
from learning.modules.questions.kinds import Question
from learning.quizzes.errors import QuizError


def checked(question: Question, sent: Sequence[str]) -> list[str]:
    """The answer as it is stored; [] where there is none. Raises QuizError for what no page of ours sends."""
    try:
        return answers.checked(question, sent)
    except answers.AnswerError as error:
        raise QuizError(str(error)) from error
