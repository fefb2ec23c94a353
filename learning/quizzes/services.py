"""Handing in a quiz: checked, marked and stored on the server, once per try."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from django.db import transaction

from learning.assignments.models import QUIZ_STEP, Assignment, Attempt
from learning.assignments.services import finish_step
from learning.modules.content import ModuleContent, from_revision
from learning.modules.questions.answers import is_answered, kept
from learning.quizzes.answers import checked
from learning.quizzes.errors import QuizError, QuizIncomplete
from learning.quizzes.marking import Marked, mark_questions
from learning.quizzes.models import QuizMark, QuizPaper, QuizSubmission
from learning.quizzes.papers import locked, must_be_in_time, must_be_newest, must_be_open, paper_for
from learning.quizzes.queries import asked_on
from people.audit import record
from people.models import Person


@transaction.atomic
def submit_quiz(
    *,
    actor: Person,
    attempt: Attempt,
    number: int,
    answers: Mapping[str, Sequence[str]],
    unfinished: bool = False,
    now: datetime,
) -> QuizSubmission:
    """Mark and store try `number` of an attempt; passing finishes the step "quiz" of the assignment.

    The assignment is locked, as by every other verb of a learner: the same number handed in twice (a second click, a
    second tab) gives the first result back and stores nothing. After the deadline and its grace, what was saved until
    then is marked and `answers` are not looked at. Raises QuizIncomplete where a question has no answer, unless
    `unfinished` says that this is meant in a try against the clock; and QuizError where an answer is not one of the
    frozen questions, the number is not the next one, the rules allow no try, or the assignment is closed; QuizClosed where its
    last day has passed (a try against the clock that began in time runs to its own end).
    """
    attempt = locked(attempt)
    must_be_newest(attempt)
    earlier = QuizSubmission.objects.filter(attempt=attempt, number=number).first()
    if earlier is not None:
        return earlier
    must_be_open(attempt)
    content = from_revision(attempt.revision)
    paper = paper_for(actor=actor, attempt=attempt, content=content, number=number, now=now)
    must_be_in_time(attempt, paper.in_time_at(now))
    questions = [row.question for row in asked_on(paper, content)]
    late = paper.is_over(now)
    if late:
        chosen = {question.id: kept(question, paper.saved.get(question.id, ())) for question in questions}
    else:
        chosen = {question.id: checked(question, answers.get(question.id, ())) for question in questions}
        unanswered = [question.id for question in questions if not is_answered(question, chosen[question.id])]
        if unanswered and not (unfinished and paper.deadline is not None):
            raise QuizIncomplete(unanswered)
    result = mark_questions(questions, chosen, pass_mark=content.pass_mark, partial=content.rules.partial_credit)
    submission = _store(actor, attempt, paper, chosen, result, late=late, now=now)
    if result.passed:
        finish_step(actor=actor, attempt=attempt, step=QUIZ_STEP, earned_at=paper.in_time_at(now), now=now)
    return submission


def _store(
    actor: Person,
    attempt: Attempt,
    paper: QuizPaper,
    chosen: Mapping[str, Sequence[str]],
    result: Marked,
    *,
    late: bool,
    now: datetime,
) -> QuizSubmission:
    submission = QuizSubmission.objects.create(
        attempt=attempt,
        paper=paper,
        number=paper.number,
        answers=chosen,
        score_percent=result.score_percent,
        passed=result.passed,
        submitted_at=now,
        late=late,
        waiting_since=now if result.waiting else None,
    )
    add_mark(submission=submission, result=result, reason=QuizMark.Reason.AUTOMATIC, marked_by=None, now=now)
    record(
        actor=actor,
        verb="quiz.submit",
        target=submission,
        subject=attempt.assignment.person,
        after={"attempt": attempt.pk, "number": paper.number, **({"late": True} if late else {})},
        now=now,
    )
    return submission


def add_mark(
    *,
    submission: QuizSubmission,
    result: Marked,
    reason: str,
    marked_by: Person | None,
    remarks: Mapping[str, str] | None = None,
    note: str = "",
    now: datetime,
) -> QuizMark:
    """Write the next marking of a submission below the earlier ones. The caller holds the assignment."""
    return QuizMark.objects.create(
        submission=submission,
        number=submission.marks.count() + 1,
        reason=reason,
        shares={key: _text(share) for key, share in result.shares.items()},
        remarks=dict(remarks or {}),
        score_percent=result.score_percent,
        passed=result.passed,
        note=note,
        marked_by=marked_by,
        marked_at=now,
    )


def _text(share: Fraction) -> str:
    return f"{share.numerator}/{share.denominator}"


def pass_on(*, actor: Person, submission: QuizSubmission, attempt: Attempt, content: ModuleContent, now: datetime) -> bool:
    """A try that came to be passed later finishes the step, where the module is still being learnt. Did it?

    A completion that was made stays as it is, and so does a step that was finished: neither is ever taken back. Whether it
    could still be taken is asked of the day of the try, not of the day on which somebody marked it.
    """
    newer = attempt.assignment.attempts.filter(number__gt=attempt.number).exists()
    if attempt.assignment.state != Assignment.State.STARTED or newer or not content.has_quiz:
        return False
    finish_step(actor=actor, attempt=attempt, step=QUIZ_STEP, earned_at=submission.in_time_at, now=now)
    return True


__all__ = ["QuizError", "QuizIncomplete", "add_mark", "pass_on", "submit_quiz"]
