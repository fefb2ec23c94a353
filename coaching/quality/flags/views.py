"""Flagging a standard, the editors' queue, the answer, and one's own flags."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.quality.errors import QualityError
from coaching.quality.flags import access, queries, services
from coaching.quality.flags.forms import AnswerForm, FlagFilter, FlagForm
from coaching.quality.forms import whole_number
from coaching.quality.models import StandardFlag
from people.requests import PersonRequest

PER_PAGE = 25
STANDARDS_PER_PAGE = 10


@login_required
@require_http_methods(["GET", "POST"])
def flag_raise(request: PersonRequest) -> HttpResponse:
    """`?standard=key` and, from a review, `&review=…&criterion=…`."""
    now = timezone.now()
    standard = access.get_standard_to_flag(request.user, request.GET.get("standard", ""))
    review, criterion = access.place_of(
        request.user,
        standard,
        review_pk=whole_number(request.GET.get("review")),
        criterion_pk=whole_number(request.GET.get("criterion")),
        on=timezone.localdate(now),
    )
    form = FlagForm(request.POST or None, standard=standard)
    if request.method == "POST" and form.is_valid():
        try:
            flag = services.raise_flag(
                actor=request.user, standard=standard, review=review, criterion=criterion, now=now, **form.cleaned_data
            )
        except QualityError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Thank you. An editor reads it and answers; it changes no score."))
            return redirect("flag_detail", flag.pk)
    context = {"standard": standard, "review": review, "criterion": criterion, "form": form, "section": "flags"}
    return render(request, "coaching/quality/flag_raise.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def flag_list(request: PersonRequest) -> HttpResponse:
    """The editors' queue: flags by standard."""
    access.answers_flags(request.user).or_403()
    flags = access.flags_to_answer(request.user)
    form = FlagFilter(request.GET, standards=queries.standards_of(flags))
    form.is_valid()
    chosen = queries.filter_flags(flags, form.cleaned_data)
    page = Paginator(queries.flagged_standards(chosen), STANDARDS_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "coaching/quality/flag_list.html",
        {
            "page_obj": page,
            "groups": queries.grouped(list(page.object_list), chosen),
            "filter": form,
            "filtered": any(form.cleaned_data.values()),
            "section": "flags",
        },
    )


@login_required
@require_safe
def my_flags(request: PersonRequest) -> HttpResponse:
    """What the signed-in person said, and what came of it."""
    page = Paginator(queries.own_rows(access.own_flags(request.user)), PER_PAGE).get_page(request.GET.get("page"))
    answers = bool(access.answers_flags(request.user))
    return render(request, "coaching/quality/my_flags.html", {"page_obj": page, "answers": answers, "section": "flags"})


@login_required
@require_safe
def flag_detail(request: PersonRequest, pk: int) -> HttpResponse:
    return _detail(request, access.get_flag_for(request.user, pk))


def _detail(request: PersonRequest, flag: StandardFlag, *, status: int = 200, **more: Any) -> HttpResponse:
    may_answer = bool(access.can_answer_flag(request.user, flag))
    context = {
        "flag": flag,
        "is_mine": flag.raised_by_id == request.user.pk,
        "may_take_back": bool(access.can_take_back_flag(request.user, flag)),
        "may_read_review": access.may_read_review_of(request.user, flag, timezone.localdate()),
        "answers": bool(access.answers_flags(request.user)),
        "beside": queries.open_beside(flag) if may_answer else 0,
        "form": AnswerForm() if may_answer else None,
        "section": "flags",
    }
    return render(request, "coaching/quality/flag.html", context | more, status=status)


@login_required
@require_POST
def flag_take_back(request: PersonRequest, pk: int) -> HttpResponse:
    flag = access.get_flag_for(request.user, pk)
    access.can_take_back_flag(request.user, flag).or_403()
    try:
        services.take_back_flag(actor=request.user, flag=flag, now=timezone.now())
        messages.success(request, _("Taken back."))
    except QualityError as error:
        messages.error(request, str(error))
    return redirect("my_flags")


@login_required
@require_POST
def flag_answer(request: PersonRequest, pk: int) -> HttpResponse:
    """What was filled in stays where something is missing."""
    flag = access.get_flag_for(request.user, pk)
    access.can_answer_flag(request.user, flag).or_403()
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _detail(request, flag, status=422, form=form)
    try:
        answered = services.answer_flag(actor=request.user, flag=flag, now=timezone.now(), **form.cleaned_data)
    except QualityError as error:
        form.add_error(None, str(error))
        return _detail(request, flag, status=422, form=form)
    n = len(answered)
    messages.success(request, ngettext("Answered.", "%(n)s flags answered.", n) % {"n": n})
    return redirect("flag_list")
