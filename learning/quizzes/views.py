"""Taking the quiz and reading its result."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from learning.assignments import access
from learning.assignments.queries import completion_explained, current_attempt
from learning.modules.content import from_revision
from learning.quizzes import queries, services
from learning.quizzes.marking import mark
from people.requests import PersonRequest


def quiz(request: PersonRequest, pk: int) -> HttpResponse:
    """The questions of the revision the learner began with; POST hands the answers in."""
    now = timezone.now()
    assignment = access.get_assignment_for(request.user, pk, timezone.localdate(now))
    access.can_learn(request.user, assignment).or_403()
    attempt = current_attempt(assignment)
    if attempt is None:
        return redirect("assignment_detail", pk)
    content = from_revision(attempt.revision)
    if not content.questions:
        raise Http404
    passed = queries.passed_submission(attempt)
    chosen: dict[str, list[str]] = {}
    unanswered: list[str] = []
    number = queries.next_number(attempt)
    if request.method == "POST":
        chosen = {question.id: request.POST.getlist(f"question-{question.id}") for question in content.questions}
        sent = request.POST.get("number", "")
        try:
            submission = services.submit_quiz(
                actor=request.user,
                attempt=attempt,
                number=int(sent) if sent.isascii() and sent.isdigit() else 0,
                answers=chosen,
                now=now,
            )
        except services.QuizIncomplete as error:
            unanswered = error.question_ids
        except services.QuizError as error:
            messages.error(request, str(error))
            return redirect("quiz", pk) if assignment.is_open else redirect("assignment_detail", pk)
        else:
            return redirect("quiz_result", pk, submission.number)
    elif passed is not None:
        return redirect("quiz_result", pk, passed.number)
    context = {
        "assignment": assignment,
        "content": content,
        "number": number,
        "questions": [
            {"question": question, "chosen": chosen.get(question.id, []), "unanswered": question.id in unanswered}
            for question in content.questions
        ],
        "unanswered": unanswered,
        "last_lesson": len(content.lessons),
    }
    return render(request, "learning/quizzes/quiz.html", context, status=422 if unanswered else 200)


@require_safe
def quiz_result(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """Each question with its reason; what is still missing; all tries so far."""
    assignment = access.get_assignment_for(request.user, pk, timezone.localdate())
    access.can_learn(request.user, assignment).or_403()
    attempt = access.get_attempt_of(assignment)
    submissions = list(queries.submissions_of(attempt))
    submission = next((row for row in submissions if row.number == number), None)
    if submission is None:
        raise Http404
    content = from_revision(attempt.revision)
    context = {
        "assignment": assignment,
        "content": content,
        "submission": submission,
        "submissions": submissions,
        "passed_before": any(row.passed for row in submissions),
        "marked": mark(content, submission.answers),
        "explained": completion_explained(assignment),
    }
    return render(request, "learning/quizzes/result.html", context)
