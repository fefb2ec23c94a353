"""Pages of marking: the queue, one submission, marking anew, another try, and how the questions of a module do."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from learning.modules.access import get_module_for
from learning.modules.models import Module
from learning.modules.questions.display import with_answers
from learning.modules.questions.kinds import Question
from learning.quizzes.bank.access import can_keep_bank, get_question_for
from learning.quizzes.bank.queries import versions_of
from learning.quizzes.errors import QuizError
from learning.quizzes.marks import access, queries, services
from learning.quizzes.marks.forms import MarkForm, RegradeForm
from people.requests import PersonRequest, note_read

PAGE_SIZE = 25


@require_safe
def marking_queue(request: PersonRequest) -> HttpResponse:
    """What waits to be marked, longest first; and whose tries are used up."""
    access.can_mark(request.user).or_403()
    now = timezone.now()
    today = timezone.localdate(now)
    page = Paginator(access.submissions_to_mark(request.user, today), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "named": access.people_named_to(request.user, today),
        "stuck": queries.out_of_tries(request.user, now, today),
    }
    return render(request, "learning/quizzes/marks/queue.html", context)


def mark_submission(request: PersonRequest, pk: int) -> HttpResponse:
    """What somebody wrote, beside what a good answer holds."""
    now = timezone.now()
    today = timezone.localdate(now)
    submission = access.get_submission_to_mark(request.user, pk, today)
    person = submission.attempt.assignment.person
    named = person.pk in access.people_named_to(request.user, today)
    if named:
        note_read(request, person, "learning", now)
    form = MarkForm(request.POST or None, written=queries.written_in(submission))
    if request.method == "POST" and form.is_valid():
        try:
            services.mark_by_person(actor=request.user, submission=submission, marks=form.marks(), now=now)
        except QuizError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Marked. The learner finds the result on their assignment."))
        return redirect("marking_queue")
    return render(
        request, "learning/quizzes/marks/mark.html", {"submission": submission, "form": form, "person": person if named else None}
    )


@require_POST
def give_try(request: PersonRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    assignment = access.get_assignment_to_help_with(request.user, pk, timezone.localdate(now))
    try:
        services.give_try(actor=request.user, assignment=assignment, now=now)
    except QuizError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("%(person)s can try once more.") % {"person": assignment.person})
    return redirect("marking_queue")


@require_safe
def quiz_analysis(request: PersonRequest, pk: int) -> HttpResponse:
    """How each question of a module does in everybody's first try."""
    module = get_module_for(request.user, pk)
    access.can_read_analysis(request.user).or_403()
    return render(request, "learning/quizzes/marks/analysis.html", {"module": module, "rows": queries.analysis_of(module)})


def question_regrade(request: PersonRequest, pk: int) -> HttpResponse:
    """Mark every try that asked this question of the bank anew."""
    question = get_question_for(request.user, pk)
    newest = versions_of(question)[0].question_as_asked
    return _regrade(request, newest, None, reverse("question_detail", args=[pk]))


def inline_regrade(request: PersonRequest, pk: int, key: str) -> HttpResponse:
    """The same for a question written into a module, by the key that is published now."""
    module = get_module_for(request.user, pk)
    can_keep_bank(request.user).or_403()
    question = queries.inline_question(module, key)
    if question is None:
        raise Http404
    return _regrade(request, question, module, reverse("quiz_analysis", args=[pk]))


def _regrade(request: PersonRequest, question: Question, module: Module | None, back: str) -> HttpResponse:
    form = RegradeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason, now = form.cleaned_data["reason"], timezone.now()
        done = services.regrade(actor=request.user, question=question, module=module, reason=reason, now=now)
        counts = {"n": done.up + done.down, "passed": done.passed}
        messages.success(request, _("Marked anew: %(n)s tries changed, %(passed)s are passed now.") % counts)
        return redirect(back)
    context = {
        "form": form,
        "back": back,
        "row": with_answers([question])[0],
        "plan": services.plan_regrade(question=question, module=module),
    }
    return render(request, "learning/quizzes/marks/regrade.html", context)
