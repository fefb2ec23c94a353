"""Second readings: ask for one, draw a month's, read the result, answer."""

from __future__ import annotations

import secrets
from datetime import timedelta
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

from coaching.quality.access import get_review_for
from coaching.quality.calibration import access, queries, services
from coaching.quality.calibration.forms import DrawForm, GraderForm, ReplyForm
from coaching.quality.calibration.results import grader_result
from coaching.quality.calibration.sheets import blind_conversation, blind_subject
from coaching.quality.models import GraderReview
from coaching.quality.services import QualityError
from people.requests import PersonRequest, note_read

PER_PAGE = 25
FIGURE_DAYS = 365


@login_required
@require_safe
def grader_list(request: PersonRequest) -> HttpResponse:
    """Second readings and how near reviewers were to them: the head's all, a reviewer's own."""
    access.must_know_calibration(request.user)
    return _list(request)


def _list(request: PersonRequest, *, status: int = 200, form: DrawForm | None = None) -> HttpResponse:
    visible = access.grader_reviews_visible_to(request.user)
    may_draw = bool(access.can_draw_grader_reviews(request.user))
    figured = visible if may_draw else queries.graded(visible, request.user)
    return render(
        request,
        "coaching/quality/grader_list.html",
        {
            "page_obj": Paginator(queries.grader_rows(visible), PER_PAGE).get_page(request.GET.get("page")),
            "figures": queries.grader_figures(figured, timezone.localdate() - timedelta(days=FIGURE_DAYS)),
            "form": form or (DrawForm() if may_draw else None),
            "today": timezone.localdate(),
            "section": "calibration",
            "part": "readings",
        },
        status=status,
    )


@login_required
@require_POST
def grader_draw(request: PersonRequest) -> HttpResponse:
    access.must_know_calibration(request.user)
    access.can_draw_grader_reviews(request.user).or_403()
    form = DrawForm(request.POST)
    if not form.is_valid():
        return _list(request, status=422, form=form)
    try:
        drawn = services.draw_grader_reviews(
            actor=request.user,
            per_reviewer=form.cleaned_data["per_reviewer"],
            seed=secrets.token_hex(8),
            now=timezone.now(),
        )
    except QualityError as error:
        messages.error(request, str(error))
    else:
        text = ngettext("%(n)s review drawn for a second reading.", "%(n)s reviews drawn for a second reading.", len(drawn))
        messages.success(request, text % {"n": len(drawn)})
    return redirect("grader_list")


@login_required
@require_http_methods(["GET", "POST"])
def grader_ask(request: PersonRequest, pk: int) -> HttpResponse:
    """The head has one review's conversation read a second time."""
    access.must_know_calibration(request.user)
    now = timezone.now()
    review = get_review_for(request.user, pk, timezone.localdate(now))
    access.can_ask_grader_review(request.user, review).or_403()
    form = GraderForm(request.POST or None, graders=access.graders_to_pick(review))
    if request.method == "POST" and form.is_valid():
        grader = form.cleaned_data["grader"]
        try:
            services.ask_grader_review(actor=request.user, review=review, grader=grader, now=now)
        except QualityError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(person)s reads it a second time now.") % {"person": grader})
            return redirect("grader_list")
    context = {"review": review, "form": form, "section": "calibration", "part": "readings"}
    return render(request, "coaching/quality/grader_ask.html", context)


@login_required
@require_safe
def grader_detail(request: PersonRequest, pk: int) -> HttpResponse:
    return _detail(request, access.get_grader_review_for(request.user, pk))


def _detail(request: PersonRequest, reading: GraderReview, *, status: int = 200, **extra: Any) -> HttpResponse:
    note_read(request, reading.review.reviewer, "reviews", timezone.now())
    context = {
        "reading": reading,
        "result": grader_result(reading),
        "subject": blind_subject(reading.scoring.interaction),
        "turns": blind_conversation(reading.scoring.interaction),
        "reply_form": ReplyForm() if access.can_reply_to_grader(request.user, reading) else None,
        "is_mine": reading.review.reviewer_id == request.user.pk,
        "section": "calibration",
        "part": "readings",
    }
    return render(request, "coaching/quality/grader.html", context | extra, status=status)


@login_required
@require_POST
def grader_reply(request: PersonRequest, pk: int) -> HttpResponse:
    reading = access.get_grader_review_for(request.user, pk)
    access.can_reply_to_grader(request.user, reading).or_403()
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _detail(request, reading, status=422, reply_form=form)
    try:
        services.reply_to_grader(actor=request.user, reading=reading, comment=form.cleaned_data["comment"], now=timezone.now())
        messages.success(request, _("Sent. The second reader and the head of support read it."))
    except QualityError as error:
        messages.error(request, str(error))
    return redirect("grader_detail", reading.pk)
