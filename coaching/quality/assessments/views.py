"""Asking for assessments, beginning them, and reading them beside the review."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.quality import queries as review_queries
from coaching.quality.access import can_edit_review, leads_somebody
from coaching.quality.assessments import access, queries, services
from coaching.quality.assessments.forms import AskForm, AssessOwnForm
from coaching.quality.services import QualityError, start_review
from people.requests import PersonRequest, note_read

PER_PAGE = 25


@login_required
@require_safe
def assessment_list(request: PersonRequest) -> HttpResponse:
    """What is asked of the signed-in person, and what is finished that they may read."""
    on = timezone.localdate()
    done = queries.finished(access.assessments_visible_to(request.user, on))
    return render(
        request,
        "coaching/quality/assessment_list.html",
        {
            "asked": access.asked_of(request.user),
            "page_obj": Paginator(done, PER_PAGE).get_page(request.GET.get("page")),
            "may_ask": access.can_ask_for_assessment(request.user, on),
            "today": on,
            "section": "assessments",
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def assessment_ask(request: PersonRequest) -> HttpResponse:
    now = timezone.now()
    on = timezone.localdate(now)
    access.can_ask_for_assessment(request.user, on).or_403()
    leads = leads_somebody(request.user, on)
    form = (
        AskForm(request.POST or None, peers=access.peers_to_pick(request.user, on))
        if leads
        else AssessOwnForm(request.POST or None)
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        found = review_queries.cases_by_number(access.interactions_to_assess(request.user, on), data["case"])
        if len(found) != 1:
            form.add_error("case", _("Several cases have this number.") if found else _("There is no such case for you to pick."))
        else:
            try:
                draw = services.ask_for_assessment(
                    actor=request.user, interaction=found[0], peer=data.get("peer"), reason=data.get("reason", ""), now=now
                )
            except QualityError as error:
                form.add_error(None, str(error))
            else:
                if draw.reviewer_id == request.user.pk:
                    return redirect("review_edit", start_review(actor=request.user, draw=draw, now=now).pk)
                messages.success(request, _("%(person)s is asked.") % {"person": draw.reviewer})
                return redirect("assessment_list")
    context = {"form": form, "leads": leads, "section": "assessments"}
    return render(request, "coaching/quality/assessment_ask.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def assessment_start(request: PersonRequest, pk: int) -> HttpResponse:
    draw = access.get_asked_for(request.user, pk)
    try:
        review = start_review(actor=request.user, draw=draw, now=timezone.now())
    except QualityError as error:
        messages.error(request, str(error))
        return redirect("assessment_list")
    return redirect("review_edit", review.pk)


@login_required
@require_safe
def assessment_detail(request: PersonRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    on = timezone.localdate(now)
    assessment = access.get_assessment_for(request.user, pk, on)
    if can_edit_review(request.user, assessment):
        return redirect("review_edit", assessment.pk)
    note_read(request, assessment.reviewee, "reviews", now)
    comparison = queries.compare_assessment(assessment, request.user, on)
    return render(
        request,
        "coaching/quality/assessment_detail.html",
        {
            "review": assessment,
            "comparison": comparison,
            "card": comparison.card,
            "turns": review_queries.conversation(comparison.card),
            "section": "assessments",
        },
    )
