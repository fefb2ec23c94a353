"""Marking by a person, marking anew, and another try. Every marking is a new row; nothing completed is ever taken back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from django.db import transaction
from django.utils.translation import gettext as _

from learning.assignments.models import Assignment
from learning.assignments.queries import current_attempt
from learning.assignments.services import lock_assignment
from learning.modules.content import ModuleContent, from_revision
from learning.modules.models import Module
from learning.modules.questions.answers import kept
from learning.modules.questions.kinds import FreeText, Question
from learning.modules.questions.marking import mark_question
from learning.quizzes import models
from learning.quizzes.errors import QuizError
from learning.quizzes.marking import Marked, mark_questions
from learning.quizzes.models import ExtraTry, QuizMark, QuizSubmission
from learning.quizzes.papers import locked
from learning.quizzes.queries import asked_on, result_of, shares_of, standing
from learning.quizzes.services import add_mark, pass_on
from people.audit import record
from people.models import Person


@dataclass(frozen=True)
class GivenMark:
    """What a person thinks of one answer: whole percent, and words for the learner."""

    percent: int
    remark: str


@transaction.atomic
def mark_by_person(*, actor: Person, submission: QuizSubmission, marks: Mapping[str, GivenMark], now: datetime) -> QuizMark:
    """Mark all that waits in a submission; a pass finishes the step of the learner's module.

    Raises QuizError where somebody else was faster, where an answer is left out, or a percent lies outside 0..100.
    """
    attempt = locked(submission.attempt)
    submission = QuizSubmission.objects.select_related("paper").get(pk=submission.pk)
    if submission.waiting_since is None:
        raise QuizError(_("Somebody has marked this already. Go on with the next one."))
    content = from_revision(attempt.revision)
    questions = [row.question for row in asked_on(submission.paper, content)]
    given = _shares(submission)
    for question in questions:
        if not isinstance(question, FreeText):
            continue
        mark = marks.get(question.id)
        if mark is None or not 0 <= mark.percent <= 100:
            raise QuizError(_("Give every answer a whole number from 0 to 100."))
        given[question.id] = Fraction(mark.percent, 100)
    result = _marked(questions, submission, content, given)
    remarks = {key: mark.remark.strip() for key, mark in marks.items() if mark.remark.strip()}
    row = add_mark(submission=submission, result=result, reason=QuizMark.Reason.PERSON, marked_by=actor, remarks=remarks, now=now)
    submission.waiting_since = None
    submission.save(update_fields=["waiting_since"])
    record(
        actor=actor,
        verb="quiz.mark",
        target=submission,
        subject=attempt.assignment.person,
        after={"number": submission.number, "marking": row.number},
        now=now,
    )
    if result.passed:
        pass_on(actor=actor, submission=submission, attempt=attempt, content=content, now=now)
    return row


@dataclass
class Regrade:
    """What marking one question anew does: how many tries have it, and what becomes of them.

    `skipped` chose something that the present question does not offer any more, or wait for a person: they stay.
    """

    tries: int = 0
    up: int = 0
    down: int = 0
    passed: int = 0
    skipped: int = 0
    changes: list[tuple[QuizSubmission, Marked]] = field(default_factory=list)


def plan_regrade(*, question: Question, module: Module | None) -> Regrade:
    """What `regrade` would do now; writes nothing. `module` None: a question of the bank, wherever it was asked."""
    plan = Regrade()
    for submission, content in _tries_with(question.id, module):
        plan.tries += 1
        questions = [row.question for row in asked_on(submission.paper, content)]
        frozen = next((row for row in questions if row.id == question.id), None)
        given, shares = submission.answers[question.id], _shares(submission)
        unknown = kept(question, given) != list(given)
        if frozen is None or frozen.kind != question.kind or isinstance(question, FreeText) or unknown:
            plan.skipped += 1
            continue
        before = shares.get(question.id)
        if before is None:
            before = mark_question(frozen, given, partial=content.rules.partial_credit).share
        after = mark_question(question, given, partial=content.rules.partial_credit).share
        if after is None or before is None or after == before:
            continue
        shares[question.id] = after
        result = _marked(questions, submission, content, shares)
        plan.up += after > before
        plan.down += after < before
        plan.passed += result.passed and not result_of(submission).passed
        plan.changes.append((submission, result))
    return plan


@transaction.atomic
def regrade(*, actor: Person, question: Question, module: Module | None, reason: str, now: datetime) -> Regrade:
    """Mark every try that asked this question anew, by its present key: a new marking below the old one, with the reason.

    A try that is passed now finishes its step, and may so complete the module. One that is not passed any more stays
    passed in every proof: no completion and no finished step is taken back. Doing it again changes nothing.
    Raises QuizError without a reason.
    """
    if not reason.strip():
        raise QuizError(_("Say why: learners read the reason beside their result."))
    touched = plan_regrade(question=question, module=module)
    for assignment_id in sorted({submission.attempt.assignment_id for submission, _marked_anew in touched.changes}):
        lock_assignment(Assignment(pk=assignment_id))
    plan = plan_regrade(question=question, module=module)  # again, now that nothing moves
    for submission, result in plan.changes:
        passed_before = result_of(submission).passed
        add_mark(
            submission=submission,
            result=result,
            reason=QuizMark.Reason.REGRADE,
            marked_by=actor,
            remarks=_remarks(submission),
            note=reason.strip(),
            now=now,
        )
        attempt = submission.attempt
        record(
            actor=actor,
            verb="quiz.regrade",
            target=submission,
            subject=attempt.assignment.person,
            after={"number": submission.number},
            now=now,
        )
        if result.passed and not passed_before:
            content = from_revision(attempt.revision)
            pass_on(actor=actor, submission=submission, attempt=locked(attempt), content=content, now=now)
    bank = models.Question.objects.filter(pk=question.id.removeprefix("bank-")).first() if module is None else None
    counts = {"tries": plan.tries, "up": plan.up, "down": plan.down}
    record(actor=actor, verb="question.regrade", target=bank or module, after=counts, now=now)
    return plan


@transaction.atomic
def give_try(*, actor: Person, assignment: Assignment, now: datetime) -> ExtraTry:
    """One more try than the module allows. Raises QuizError where the learner has one left or needs none."""
    assignment = lock_assignment(assignment)
    attempt = current_attempt(assignment)
    if assignment.state != Assignment.State.STARTED or attempt is None:
        raise QuizError(_("This module is not being learnt at the moment, so there is nothing to try."))
    state = standing(attempt, from_revision(attempt.revision), now)
    if state.left != 0 or state.passed is not None:
        raise QuizError(_("%(person)s can try again already.") % {"person": assignment.person})
    extra = ExtraTry.objects.create(assignment=assignment, given_by=actor, given_at=now)
    record(actor=actor, verb="quiz.give_try", target=assignment, subject=assignment.person, now=now)
    return extra


def _tries_with(key: str, module: Module | None) -> Iterator[tuple[QuizSubmission, ModuleContent]]:
    """Every try that asked this question, with the content it was made on."""
    rows = QuizSubmission.objects.filter(answers__has_key=key)
    if module is not None:
        rows = rows.filter(attempt__assignment__module=module)
    rows = rows.select_related("attempt__assignment__person", "attempt__revision", "paper").prefetch_related("marks")
    contents: dict[int, ModuleContent] = {}
    for row in rows.order_by("pk"):
        revision = row.attempt.revision
        if revision.pk not in contents:
            contents[revision.pk] = from_revision(revision)
        yield row, contents[revision.pk]


def _shares(submission: QuizSubmission) -> dict[str, Fraction]:
    mark = result_of(submission).mark
    return shares_of(mark) if mark else {}


def _remarks(submission: QuizSubmission) -> dict[str, str]:
    mark = result_of(submission).mark
    return mark.remarks if mark else {}


def _marked(
    questions: list[Question], submission: QuizSubmission, content: ModuleContent, shares: Mapping[str, Fraction]
) -> Marked:
    return mark_questions(
        questions,
        submission.answers,
        pass_mark=content.pass_mark,
        partial=content.rules.partial_credit,
        given_shares=shares,
    )
