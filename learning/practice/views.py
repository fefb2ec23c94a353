"""Daily practice: one question at a time, how it went, and all that is held of it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from learning.modules.questions.asking import Asked, rows_of
from learning.practice import access, queries, services
from learning.practice.errors import Incomplete, PracticeError
from learning.practice.forms import CardFilter, PauseForm, PutAsideForm
from people.delivery import local_day
from people.requests import PersonRequest

PAGE_SIZE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def practice(request: PersonRequest) -> HttpResponse:
    """The question of now, or that it is enough for today; POST answers it."""
    now = timezone.now()
    sent: list[str] = []
    incomplete = False
    if request.method == "POST":
        # One question stands on the page, whatever it is called.
        sent = [value for name in request.POST if name.startswith("question-") for value in request.POST.getlist(name)]
        try:
            seen = services.shown(request.POST.get("shown", ""))
            answer = services.answer_card(actor=request.user, seen=seen, sent=sent, now=now)
        except Incomplete:
            incomplete = True
        except PracticeError as error:
            messages.info(request, str(error))
            return redirect("practice")
        else:
            return redirect("practice_answer", answer.pk)
    today = queries.today_of(request.user, now)
    context = {"today": today, "position": today.done + 1, "total": today.done + today.left}
    if today.next is not None:
        question = today.next.practised.question
        asked = [Asked(question, today.next.order)]
        context["rows"] = rows_of(asked, {question.id: sent}, [question.id] if incomplete else [])
        # Whoever forgot to choose goes on with the page they had: the clock runs from when they first saw it.
        context["shown"] = request.POST.get("shown") if incomplete else services.show(today.next.card, today.next.practised, now)
    else:
        context["rhythm"] = queries.rhythm_of(request.user, today.on)
    return render(request, "learning/practice/practice.html", context, status=422 if incomplete else 200)


@require_safe
def practice_answer(request: PersonRequest, pk: int) -> HttpResponse:
    """How it went, with the reason behind it, and when the question comes again."""
    answer = access.get_answer_for(request.user, pk)
    today = queries.today_of(request.user, timezone.now())
    context = {
        "found": queries.answered(answer),
        "today": today,
        "reasons": queries.standing_reasons(answer.card),
        "days": (answer.next_on - answer.on).days,
        "newest": answer.number == answer.card.answered,
    }
    return render(request, "learning/practice/answer.html", context)


@require_safe
def practice_answers(request: PersonRequest) -> HttpResponse:
    """Everything one has answered, the latest first."""
    page = Paginator(queries.answers_of(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [queries.answered(answer) for answer in page]
    return render(request, "learning/practice/answers.html", {"page": page, "rows": rows})


@require_safe
def practice_mine(request: PersonRequest) -> HttpResponse:
    """What is held of one's practice, and what one may choose about it."""
    return _mine(request, PauseForm())


def _mine(request: PersonRequest, pause_form: PauseForm, status: int = 200) -> HttpResponse:
    person, now = request.user, timezone.now()
    today = local_day(person, now)
    form = CardFilter(request.GET)
    wish = form.cleaned_data if form.is_valid() else {}
    cards = queries.cards_of(person, which=wish.get("which", ""), search=wish.get("q", ""))
    page = Paginator(cards, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": queries.held(list(page), today),
        "counts": queries.counts_of(person),
        "answers": queries.answers_of(person).count(),
        "shares": queries.shares(person),
        "pause": queries.current_pause(person, today),
        "pause_form": pause_form,
    }
    return render(request, "learning/practice/mine.html", context, status=status)


@require_safe
def practice_export(request: PersonRequest) -> HttpResponse:
    """All that is held, as a file."""
    response = JsonResponse(queries.everything_held(request.user), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response.headers["Content-Disposition"] = 'attachment; filename="practice.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def practice_erase(request: PersonRequest) -> HttpResponse:
    """Begin anew: asked first what goes, then done."""
    if request.method == "POST":
        services.begin_anew(actor=request.user, now=timezone.now())
        messages.success(request, _("Erased. The questions of modules you completed start again as new ones."))
        return redirect("practice_mine")
    return render(request, "learning/practice/erase.html", {"answers": queries.answers_of(request.user).count()})


@require_POST
def practice_pause(request: PersonRequest) -> HttpResponse:
    form = PauseForm(request.POST)
    if form.is_valid():
        try:
            services.pause(actor=request.user, until=form.cleaned_data["until"], now=timezone.now())
        except PracticeError as error:
            form.add_error("until", str(error))
        else:
            messages.success(request, _("Your practice rests. These days never count against you."))
            return redirect("practice_mine")
    return _mine(request, form, status=422)


@require_POST
def practice_go_on(request: PersonRequest) -> HttpResponse:
    services.go_on(actor=request.user, now=timezone.now())
    messages.success(request, _("You go on with your practice."))
    return redirect("practice")


@require_POST
def practice_share(request: PersonRequest) -> HttpResponse:
    """Share with the lead, or take it back."""
    shares = request.POST.get("shares") == "yes"
    services.share(actor=request.user, shares=shares, now=timezone.now())
    if shares:
        messages.success(request, _("From your next answer on, your lead sees how you answer, by standard."))
    else:
        messages.success(request, _("Taken back. Your lead sees nothing of your answers any more."))
    return redirect("practice_mine")


@require_http_methods(["GET", "HEAD", "POST"])
def put_card_aside(request: PersonRequest, pk: int) -> HttpResponse:
    """Not to be asked any more: why, then done."""
    card = access.get_card_for(request.user, pk)
    form = PutAsideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.put_aside(actor=request.user, card=card, **form.cleaned_data, now=timezone.now())
        messages.success(request, _("Put aside. You find it under “My practice” and can bring it back."))
        return redirect("practice")
    held = queries.held([card], local_day(request.user, timezone.now()))[0]
    return render(request, "learning/practice/aside.html", {"form": form, "held": held})


@require_POST
def bring_card_back(request: PersonRequest, pk: int) -> HttpResponse:
    services.bring_back(actor=request.user, card=access.get_card_for(request.user, pk), now=timezone.now())
    messages.success(request, _("It is asked again when it is due."))
    return redirect("practice_mine")
