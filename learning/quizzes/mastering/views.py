"""Pages of mastery runs: choosing a category, and one question after the other."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from learning.modules.content import shown_prompt
from learning.modules.questions.asking import Asked, rows_of
from learning.modules.questions.marking import mark_question
from learning.quizzes import mastery
from learning.quizzes.errors import QuizError, QuizIncomplete
from learning.quizzes.mastering import access, queries, services
from people.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
def mastery_home(request: PersonRequest) -> HttpResponse:
    """What there is to master; POST begins, or goes on."""
    if request.method == "POST":
        try:
            run = services.begin_run(actor=request.user, category=request.POST.get("category", ""), now=timezone.now())
        except QuizError as error:
            messages.error(request, str(error))
            return redirect("mastery_home")
        return redirect("mastery_run", run.pk)
    return render(request, "learning/quizzes/mastery/home.html", {"categories": queries.categories_for(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
def mastery_run(request: PersonRequest, pk: int) -> HttpResponse:
    """The question that waits, above it how the last one went; at the end the verdict."""
    run = access.get_run_for(request.user, pk)
    waiting = queries.current(run)
    question = waiting.version.question_as_asked if waiting else None
    sent: list[str] = []
    incomplete = False
    if request.method == "POST":
        number = request.POST.get("number", "")
        sent = request.POST.getlist(f"question-{question.id}") if question else []
        try:
            services.answer_run(
                actor=request.user,
                run=run,
                number=int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0,
                sent=sent,
                now=timezone.now(),
            )
        except QuizIncomplete:
            incomplete = True
        except QuizError as error:
            messages.error(request, str(error))
            return redirect("mastery_run", pk)
        else:
            return redirect("mastery_run", pk)
    rows = []
    if waiting is not None and question is not None:
        asked_now = Asked(question, queries.mixed(waiting, question))
        rows = rows_of([asked_now], {question.id: sent}, [question.id] if incomplete else [])
    last = queries.latest(run)
    right, asked = queries.tally(run)
    context = {
        "run": run,
        "waiting": waiting,
        "rows": rows,
        "last": mark_question(last.version.question_as_asked, last.answer) if last else None,
        "last_prompt": shown_prompt(last.version.question_as_asked) if last else "",
        "right": right,
        "asked": asked,
        "most": mastery.MOST,
    }
    return render(request, "learning/quizzes/mastery/run.html", context, status=422 if incomplete else 200)
