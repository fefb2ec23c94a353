"""Handing in a quiz: checked, marked and stored on the server, once per try."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learning.assignments.models import QUIZ_STEP, Assignment, Attempt
from learning.assignments.services import finish_step
from learning.modules.content import from_revision
from learning.modules.questions.kinds import Question
from learning.quizzes.marking import mark
from learning.quizzes.models import QuizSubmission
from learning.quizzes.queries import next_number
from people.audit import record
from people.models import Person


class QuizError(Exception):
    """The quiz cannot be handed in like this; the message says why and what to do."""


class QuizIncomplete(QuizError):
    """Some questions have no answer; `question_ids` are those."""

    def __init__(self, question_ids: list[str]) -> None:
        self.question_ids = question_ids
        left = len(question_ids)
        super().__init__(
            ngettext("%(left)s question has no answer yet.", "%(left)s questions have no answer yet.", left) % {"left": left}
        )


@transaction.atomic
def submit_quiz(
    *, actor: Person, attempt: Attempt, number: int, answers: Mapping[str, Sequence[str]], now: datetime
) -> QuizSubmission:
    """Mark and store try `number` of an attempt; passing finishes the step "quiz" of the assignment.

    The assignment is locked, as by every other verb of a learner: the same number handed in twice (a second click, a second tab) gives the first
    result back and stores nothing. Raises QuizIncomplete where a question has no answer, and QuizError
    where an answer is not one of the frozen revision, the number is not the next one, or the
    assignment is closed.
    """
    # The assignment first and alone: finish_step holds it while it writes the attempt, so the other order would deadlock.
    Assignment.objects.select_for_update(of=("self",)).get(pk=attempt.assignment_id)
    attempt = Attempt.objects.select_related("assignment", "revision").get(pk=attempt.pk)
    earlier = QuizSubmission.objects.filter(attempt=attempt, number=number).first()
    if earlier is not None:
        return earlier
    if attempt.assignment.state != Assignment.State.STARTED:
        raise QuizError(_("This module is not open any more. Take it again from the catalogue."))
    if attempt.assignment.attempts.filter(number__gt=attempt.number).exists():
        raise QuizError(_("You began again on a newer version. Take its quiz instead."))
    if number != next_number(attempt):
        raise QuizError(_("This page is out of date. Open the quiz again."))
    content = from_revision(attempt.revision)
    chosen = {question.id: _checked(question, answers.get(question.id, ())) for question in content.questions}
    unanswered = [question_id for question_id, ids in chosen.items() if not ids]
    if unanswered:
        raise QuizIncomplete(unanswered)
    result = mark(content, chosen)
    submission = QuizSubmission.objects.create(
        attempt=attempt, number=number, answers=chosen, score_percent=result.score_percent, passed=result.passed, submitted_at=now
    )
    record(
        actor=actor,
        verb="quiz.submit",
        target=submission,
        subject=attempt.assignment.person,
        after={"attempt": attempt.pk, "number": number},
        now=now,
    )
    if result.passed:
        finish_step(actor=actor, attempt=attempt, step=QUIZ_STEP, now=now)
    return submission


def _checked(question: Question, chosen: Sequence[str]) -> list[str]:
    """The chosen answers of one question, in the question's order. Raises QuizError where they cannot be."""
    known = [answer.id for answer in question.answers]
    if any(answer_id not in known for answer_id in chosen):
        raise QuizError(_("This page is out of date. Open the quiz again."))
    if not question.multiple and len(set(chosen)) > 1:
        raise QuizError(_("Choose one answer only where one is asked for."))
    return [answer_id for answer_id in known if answer_id in chosen]
