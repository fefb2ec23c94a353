"""Taking the quiz and reading its result."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from learning.assignments import access
from learning.assignments.models import Assignment, Attempt
from learning.assignments.queries import completion_explained, current_attempt
from learning.modules.content import ModuleContent, from_revision
from learning.modules.questions.asking import rows_of
from learning.quizzes import papers, queries, services
from learning.quizzes.display import rules_in_words
from learning.quizzes.errors import QuizError, QuizIncomplete
from learning.quizzes.models import QuizPaper
from people.requests import PersonRequest


def _mine(request: PersonRequest, pk: int, now: datetime) -> tuple[Assignment, Attempt | None, ModuleContent | None]:
    """The learner's own assignment with its attempt and quiz; 404 where the revision has no quiz."""
    assignment = access.get_assignment_for(request.user, pk, timezone.localdate(now))
    access.can_learn(request.user, assignment).or_403()
    attempt = current_attempt(assignment)
    if attempt is None:
        return assignment, None, None
    content = from_revision(attempt.revision)
    if not content.has_quiz:
        raise Http404
    return assignment, attempt, content


def _number(request: PersonRequest) -> int:
    sent = request.POST.get("number", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 6 else 0


def _sent(request: PersonRequest, paper: QuizPaper | None, content: ModuleContent) -> dict[str, list[str]]:
    asked = queries.asked_on(paper, content)
    return {row.question.id: request.POST.getlist(f"question-{row.question.id}") for row in asked}


def quiz(request: PersonRequest, pk: int) -> HttpResponse:
    """The questions of this try, or how to begin one; POST hands the answers in."""
    now = timezone.now()
    assignment, attempt, content = _mine(request, pk, now)
    if attempt is None or content is None:
        return redirect("assignment_detail", pk)
    state = queries.standing(attempt, content, now)
    paper = state.running
    if request.method == "POST":
        answers = _sent(request, paper, content)
        try:
            submission = services.submit_quiz(
                actor=request.user,
                attempt=attempt,
                number=_number(request),
                answers=answers,
                unfinished=request.POST.get("unfinished") == "1",
                now=now,
            )
        except QuizIncomplete as error:
            return _questions(request, assignment, attempt, content, state, answers, error.question_ids, now)
        except QuizError as error:
            messages.error(request, str(error))
            return redirect("quiz", pk) if assignment.is_open else redirect("assignment_detail", pk)
        if submission.late:
            messages.warning(request, _("The time was over. What was saved until then is counted."))
        return redirect("quiz_result", pk, submission.number)
    done = state.passed or state.waiting
    if done is not None:
        return redirect("quiz_result", pk, done.number)
    blocked = paper is None and (state.left == 0 or state.wait_until is not None)
    if blocked or (paper is None and queries.must_begin(content)):
        context = {
            "assignment": assignment,
            "content": content,
            "state": state,
            "blocked": blocked,
            "rules": rules_in_words(content, state),
            "last_lesson": len(content.lessons),
        }
        return render(request, "learning/quizzes/start.html", context)
    return _questions(request, assignment, attempt, content, state, paper.saved if paper else {}, [], now)


def _questions(
    request: PersonRequest,
    assignment: Assignment,
    attempt: Attempt,
    content: ModuleContent,
    state: queries.Standing,
    answers: dict[str, list[str]],
    unanswered: list[str],
    now: datetime,
) -> HttpResponse:
    paper = state.running
    context = {
        "assignment": assignment,
        "content": content,
        "number": paper.number if paper else queries.next_number(attempt),
        "paper": paper,
        "over": paper is not None and paper.is_over(now),
        "seconds_left": max(0, int((paper.deadline - now).total_seconds())) if paper and paper.deadline else None,
        "rules": rules_in_words(content, state),
        "rows": rows_of(queries.asked_on(paper, content), answers, unanswered),
        "unanswered": unanswered,
        "last_lesson": len(content.lessons),
    }
    return render(request, "learning/quizzes/quiz.html", context, status=422 if unanswered else 200)


@require_POST
def begin_quiz(request: PersonRequest, pk: int) -> HttpResponse:
    """Make the paper of the next try, and start its clock."""
    now = timezone.now()
    _assignment, attempt, _content = _mine(request, pk, now)
    if attempt is not None:
        try:
            papers.begin_try(actor=request.user, attempt=attempt, now=now)
        except QuizError as error:
            messages.error(request, str(error))
    return redirect("quiz", pk)


@require_POST
def save_quiz(request: PersonRequest, pk: int) -> HttpResponse:
    """Keep what was answered so far: by the button, or by the page itself, which reads the answer as text."""
    now = timezone.now()
    _assignment, attempt, content = _mine(request, pk, now)
    by_itself = request.headers.get("X-Autosave") == "1"
    if attempt is None or content is None:
        return redirect("assignment_detail", pk)
    answers = _sent(request, queries.running_paper(attempt), content)
    try:
        papers.save_answers(actor=request.user, attempt=attempt, number=_number(request), answers=answers, now=now)
    except QuizError as error:
        if by_itself:
            return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
        messages.error(request, str(error))
        return redirect("quiz", pk)
    if by_itself:
        return HttpResponse(status=204)
    messages.success(request, _("Your answers are saved. Go on whenever you like."))
    return redirect("quiz", pk)


@require_safe
def quiz_result(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """Each question with its reason; what is still missing; all tries so far."""
    now = timezone.now()
    assignment = access.get_assignment_for(request.user, pk, timezone.localdate(now))
    access.can_learn(request.user, assignment).or_403()
    attempt = access.get_attempt_of(assignment)
    submissions = list(queries.submissions_of(attempt))
    submission = next((row for row in submissions if row.number == number), None)
    if submission is None:
        raise Http404
    content = from_revision(attempt.revision)
    state = queries.standing(attempt, content, now)
    result = queries.result_of(submission)
    context = {
        "assignment": assignment,
        "content": content,
        "submission": submission,
        "result": result,
        "tries": [(row, queries.result_of(row)) for row in submissions],
        "state": state,
        "can_try": state.passed is None and state.waiting is None and state.left != 0,
        "show_right": queries.may_show_right_answers(content, state),
        "rows": queries.reviewed(submission, content),
        "right": queries.marked_for(submission, content).right,
        "explained": completion_explained(assignment),
    }
    return render(request, "learning/quizzes/result.html", context)
