"""Reads of quizzes: tries, papers, and what may be done next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from django.db.models import QuerySet
from django.utils.safestring import SafeString

from learning.assignments.models import Attempt
from learning.modules.content import ModuleContent, from_revision, shown_prompt
from learning.modules.questions import serial
from learning.modules.questions.answers import kept
from learning.modules.questions.asking import Asked
from learning.modules.questions.marking import MarkedQuestion
from learning.quizzes.marking import Marked, mark_questions
from learning.quizzes.models import ExtraTry, PaperQuestion, QuizMark, QuizPaper, QuizSubmission


@dataclass(frozen=True)
class Result:
    """What a submission is worth by its newest marking."""

    score_percent: int
    passed: bool
    waiting: bool
    mark: QuizMark | None


@dataclass(frozen=True)
class Standing:
    """What the learner may do next. `left` None: as many tries as they like; `wait_until` None: at once."""

    passed: QuizSubmission | None
    waiting: QuizSubmission | None
    running: QuizPaper | None
    tries: int
    left: int | None
    wait_until: datetime | None


def submissions_of(attempt: Attempt) -> QuerySet[QuizSubmission]:
    """All tries of an attempt, the first first."""
    return QuizSubmission.objects.filter(attempt=attempt).prefetch_related("marks").order_by("number")


def next_number(attempt: Attempt) -> int:
    """The number the next try will have; the quiz form carries it, so that a second click is the same try."""
    last = QuizSubmission.objects.filter(attempt=attempt).order_by("number").last()
    return last.number + 1 if last else 1


def result_of(submission: QuizSubmission) -> Result:
    """By the newest marking; a submission of before there were any counts as it was marked then."""
    marks = list(submission.marks.all())
    waiting = submission.waiting_since is not None
    if not marks:
        return Result(submission.score_percent, submission.passed, waiting, None)
    return Result(marks[-1].score_percent, marks[-1].passed, waiting, marks[-1])


def passed_submission(attempt: Attempt) -> QuizSubmission | None:
    """The first try that counts as passed today."""
    return next((row for row in submissions_of(attempt) if result_of(row).passed), None)


def running_paper(attempt: Attempt) -> QuizPaper | None:
    """The try that has begun and is not handed in."""
    return QuizPaper.objects.filter(attempt=attempt, submission=None).order_by("number").last()


def runs_against_the_clock(attempt: Attempt | None) -> bool:
    """Has a try with a deadline begun that is not handed in?"""
    paper = running_paper(attempt) if attempt is not None else None
    return paper is not None and paper.deadline is not None


def was_other(submission: QuizSubmission, answers: Mapping[str, Sequence[str]]) -> bool:
    """Did what was handed in say something else than these answers? Of what was late, nothing is asked."""
    if submission.late:
        return False
    asked = asked_on(submission.paper, from_revision(submission.attempt.revision))
    return any(
        kept(row.question, answers.get(row.question.id, ())) != list(submission.answers.get(row.question.id, ())) for row in asked
    )


def must_begin(content: ModuleContent) -> bool:
    """Does a try need its own paper before the first question is shown? Else the frozen questions are all there is."""
    return bool(content.draws or content.rules.shuffle or content.rules.time_limit_minutes)


def standing(attempt: Attempt, content: ModuleContent, now: datetime) -> Standing:
    """Tries are counted over the whole assignment: beginning again on a newer version gives none back."""
    rules = content.rules
    tries = list(
        QuizSubmission.objects.filter(attempt__assignment=attempt.assignment_id)
        .prefetch_related("marks")
        .order_by("submitted_at", "pk")
    )
    here = [row for row in tries if row.attempt_id == attempt.pk]
    left = None
    if rules.attempts:
        # A try against the clock on an earlier version that was never handed in showed its questions all the same.
        left_behind = QuizPaper.objects.filter(attempt__assignment=attempt.assignment_id, submission=None)
        shown = left_behind.exclude(attempt=attempt).exclude(deadline=None).count()
        left = max(0, rules.attempts + extra_tries(attempt.assignment_id) - len(tries) - shown)
    wait_until = None
    if tries and rules.cooldown_minutes:
        end = tries[-1].submitted_at + timedelta(minutes=rules.cooldown_minutes)
        wait_until = end if end > now else None
    return Standing(
        passed=next((row for row in here if result_of(row).passed), None),
        waiting=next((row for row in here if row.waiting_since is not None), None),
        running=running_paper(attempt),
        tries=len(tries),
        left=left,
        wait_until=wait_until,
    )


def extra_tries(assignment_id: int) -> int:
    return ExtraTry.objects.filter(assignment=assignment_id).count()


def asked_on(paper: QuizPaper | None, content: ModuleContent) -> list[Asked]:
    """The questions of a try in their order; without a paper those of the revision."""
    if paper is None:
        return [Asked(question) for question in content.questions]
    inline = {question.id: question for question in content.questions}
    found = []
    for row in PaperQuestion.objects.filter(paper=paper).select_related("version").order_by("position"):
        question = inline[row.key] if row.version is None else serial.from_json(row.version.content, row.key)
        found.append(Asked(question, tuple(row.order)))
    return found


def marked_for(submission: QuizSubmission, content: ModuleContent) -> Marked:
    """A submission as its newest marking sees it: the words of the frozen questions, the shares that were stored."""
    asked = asked_on(submission.paper, content)
    mark = result_of(submission).mark
    return mark_questions(
        [row.question for row in asked],
        submission.answers,
        pass_mark=content.pass_mark,
        partial=content.rules.partial_credit,
        given_shares=shares_of(mark) if mark else None,
    )


@dataclass(frozen=True)
class Reviewed:
    """One question of the result: marked, with what a person wrote about it."""

    marked: MarkedQuestion
    prompt: SafeString
    remark: str


def reviewed(submission: QuizSubmission, content: ModuleContent) -> list[Reviewed]:
    mark = result_of(submission).mark
    remarks = mark.remarks if mark else {}
    return [
        Reviewed(row, shown_prompt(row.question), remarks.get(row.question.id, ""))
        for row in marked_for(submission, content).questions
    ]


def shares_of(mark: QuizMark) -> dict[str, Fraction]:
    return {key: Fraction(share) for key, share in mark.shares.items()}


def may_show_right_answers(content: ModuleContent, state: Standing) -> bool:
    """By the review policy of the frozen revision."""
    match content.rules.review:
        case "at_once":
            return True
        case "passed":
            return state.passed is not None
        case "last":
            return state.passed is not None or state.left == 0
    return False
