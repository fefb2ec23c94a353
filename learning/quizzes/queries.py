"""Reads of quiz submissions."""

from django.db.models import QuerySet

from learning.assignments.models import Attempt
from learning.quizzes.models import QuizSubmission


def submissions_of(attempt: Attempt) -> QuerySet[QuizSubmission]:
    """All tries of an attempt, the first first."""
    return QuizSubmission.objects.filter(attempt=attempt).order_by("number")


def next_number(attempt: Attempt) -> int:
    """The number the next try will have; the quiz form carries it, so that a second click is the same try."""
    last = submissions_of(attempt).last()
    return last.number + 1 if last else 1


def passed_submission(attempt: Attempt) -> QuizSubmission | None:
    return submissions_of(attempt).filter(passed=True).first()
