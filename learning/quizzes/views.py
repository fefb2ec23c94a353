"""Taking the quiz and reading its result."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
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
from learning.quizzes.errors import QuizClosed, QuizError, QuizIncomplete
from learning.quizzes.models import QuizPaper
from people.requests import PersonRequest, number_sent
from people.signed_out import forget_sent, keep_sent, sent_before


def _mine(request: PersonRequest, pk: int, now: datetime) -> tuple[Assignment, Attempt | None, ModuleContent | None]:
    """The learner's own assignment with its attempt and quiz; 404 where the revision has no quiz.

    The attempt is the one the form was made in, the current one on a page that is only read.
    """
    assignment = access.get_assignment_for(request.user, pk, timezone.localdate(now))
    number = number_sent(request, "attempt")
    attempt = current_attempt(assignment) if number is None else access.get_attempt_of(assignment, number)
    begun = request.method == "POST" or queries.runs_against_the_clock(attempt)
    access.can_learn(request.user, assignment, begun=begun).or_403()
    if attempt is None:
        return assignment, None, None
    content = from_revision(attempt.revision)
    if not content.has_quiz:
        raise Http404
    return assignment, attempt, content


def _answers(sent: QueryDict, paper: QuizPaper | None, content: ModuleContent) -> dict[str, list[str]]:
    """What was answered, by question. Browsers send a line break as two characters and count it as one."""
    asked = [row.question.id for row in queries.asked_on(paper, content)]
    return {key: [value.replace("\r\n", "\n") for value in sent.getlist(f"question-{key}")] for key in asked}


def _sent_signed_out(request: PersonRequest, pk: int, number: int, now: datetime) -> QueryDict | None:
    """What the learner sent of this try after their sign-in had run out."""
    sent = sent_before(request, {reverse("quiz", args=[pk]), reverse("save_quiz", args=[pk])}, now)
    return sent if sent is not None and sent.get("number") == str(number) else None


def _keep_for_later(request: PersonRequest, attempt: Attempt, answers: papers.Answers, error: QuizClosed, now: datetime) -> None:
    """The last day is over: keep what was typed, and say so."""
    try:
        papers.save_answers(
            actor=request.user, attempt=attempt, number=number_sent(request, "number") or 0, answers=answers, now=now
        )
    except QuizError as other:
        messages.error(request, str(other))
    else:
        messages.warning(request, str(error))


@keep_sent
def quiz(request: PersonRequest, pk: int) -> HttpResponse:
    """The questions of this try, or how to begin one; POST hands the answers in."""
    now = timezone.now()
    assignment, attempt, content = _mine(request, pk, now)
    if attempt is None or content is None:
        return redirect("assignment_detail", pk)
    state = queries.standing(attempt, content, now)
    paper = state.running
    if request.method == "POST":
        forget_sent(request)
        answers = _answers(request.POST, paper, content)
        try:
            submission = services.submit_quiz(
                actor=request.user,
                attempt=attempt,
                number=number_sent(request, "number") or 0,
                answers=answers,
                unfinished=request.POST.get("unfinished") == "1",
                now=now,
            )
        except QuizIncomplete as error:
            return _questions(request, assignment, attempt, content, state, answers, error.question_ids, now)
        except QuizClosed as error:
            _keep_for_later(request, attempt, answers, error, now)
            return redirect("assignment_detail", pk)
        except QuizError as error:
            messages.error(request, str(error))
            return redirect("quiz", pk) if assignment.is_open else redirect("assignment_detail", pk)
        if queries.was_other(submission, _answers(request.POST, submission.paper, content)):
            messages.info(request, _("This try was handed in before, perhaps in another tab. The answers of then count."))
        elif submission.late:
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
    sent = _sent_signed_out(request, pk, paper.number if paper else queries.next_number(attempt), now)
    answers = _answers(sent, paper, content) if sent is not None else paper.saved if paper else {}
    return _questions(request, assignment, attempt, content, state, answers, [], now, signed_out=sent is not None)


def _questions(
    request: PersonRequest,
    assignment: Assignment,
    attempt: Attempt,
    content: ModuleContent,
    state: queries.Standing,
    answers: dict[str, list[str]],
    unanswered: list[str],
    now: datetime,
    *,
    signed_out: bool = False,
) -> HttpResponse:
    paper = state.running
    context = {
        "assignment": assignment,
        "attempt": attempt,
        "content": content,
        "signed_out": signed_out,
        "number": paper.number if paper else queries.next_number(attempt),
        "paper": paper,
        "over": paper is not None and paper.is_over(now),
        "seconds_left": _seconds_left(paper, now),
        "rules": rules_in_words(content, state),
        "rows": rows_of(queries.asked_on(paper, content), answers, unanswered),
        "unanswered": unanswered,
        "last_lesson": len(content.lessons),
    }
    return render(request, "learning/quizzes/quiz.html", context, status=422 if unanswered else 200)


def _seconds_left(paper: QuizPaper | None, now: datetime) -> int | None:
    return max(0, int((paper.deadline - now).total_seconds())) if paper and paper.deadline else None


@require_POST
def begin_quiz(request: PersonRequest, pk: int) -> HttpResponse:
    """Make the paper of the next try, and start its clock."""
    now = timezone.now()
    _assignment, attempt, _content = _mine(request, pk, now)
    if attempt is not None:
        try:
            papers.begin_try(actor=request.user, attempt=attempt, now=now)
        except QuizClosed as error:
            messages.error(request, str(error))
            return redirect("assignment_detail", pk)
        except QuizError as error:
            messages.error(request, str(error))
    return redirect("quiz", pk)


@keep_sent
@require_POST
def save_quiz(request: PersonRequest, pk: int) -> HttpResponse:
    """Keep what was answered so far: by the button, or by the page itself, which reads the answer as text.

    The page is told how many seconds are left: its own clock may have been set, or have slept.
    """
    now = timezone.now()
    _assignment, attempt, content = _mine(request, pk, now)
    by_itself = request.headers.get("X-Autosave") == "1"
    if attempt is None or content is None:
        return redirect("assignment_detail", pk)
    forget_sent(request)
    answers = _answers(request.POST, queries.running_paper(attempt), content)
    try:
        number = number_sent(request, "number") or 0
        paper = papers.save_answers(actor=request.user, attempt=attempt, number=number, answers=answers, now=now)
        papers.must_be_in_time(attempt, paper.in_time_at(now))
    except QuizError as error:
        if by_itself:
            return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
        closed = isinstance(error, QuizClosed)
        messages.add_message(request, messages.WARNING if closed else messages.ERROR, str(error))
        return redirect("assignment_detail" if closed else "quiz", pk)
    if by_itself:
        left = _seconds_left(paper, now)
        return HttpResponse(status=204, headers={} if left is None else {"X-Seconds-Left": str(left)})
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
