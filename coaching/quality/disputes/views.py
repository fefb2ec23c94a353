"""Raising, reading and deciding disputes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.quality import queries as review_queries
from coaching.quality.access import get_review_for, may_read_review
from coaching.quality.disputes import access, queries, services
from coaching.quality.disputes.forms import (
    DecisionForm,
    DeclineForm,
    DisputeFilter,
    ForwardForm,
    WrongPersonForm,
    read_outcomes,
    read_points,
)
from coaching.quality.models import Dispute
from coaching.quality.services import QualityError
from people.models import Role
from people.requests import PersonRequest, note_read

PER_PAGE = 25


@login_required
@require_http_methods(["GET", "POST"])
def dispute_raise(request: PersonRequest, pk: int) -> HttpResponse:
    """The person reviewed says which answers are wrong and why. What was filled in stays where something is missing."""
    now = timezone.now()
    review = get_review_for(request.user, pk, timezone.localdate(now))
    access.can_dispute_review(request.user, review, now).or_403()
    card = review_queries.load_card(review)
    error = ""
    if request.method == "POST":
        try:
            dispute = services.raise_dispute(
                actor=request.user,
                review=review,
                reason=request.POST.get("reason", ""),
                points=read_points(request.POST, card.rows),
                wrong_person=request.POST.get("kind") == Dispute.Kind.WRONG_PERSON,
                now=now,
            )
        except QualityError as refused:
            error = str(refused)
        else:
            messages.success(request, _("Your dispute is with your lead now."))
            return redirect("dispute_detail", dispute.pk)
    return render(
        request,
        "coaching/quality/dispute_raise.html",
        {
            "review": review,
            "rows": [_disputable(row, request.POST) for row in card.rows],
            "turns": review_queries.conversation(card),
            "error": error,
            "given": request.POST,
            "last_day": access.last_day_to_dispute(review),
            "section": "mine",
        },
        status=422 if error else 200,
    )


def _disputable(row: Any, given: Any) -> dict[str, Any]:
    """A criterion with what was filled in so far."""
    why, answer = given.get(f"why-{row.criterion.pk}", ""), given.get(f"answer-{row.criterion.pk}", "")
    return {"row": row, "why": why, "answer": answer, "open": bool(why or answer)}


@login_required
@require_safe
def dispute_detail(request: PersonRequest, pk: int) -> HttpResponse:
    dispute = access.get_dispute_for(request.user, pk, timezone.localdate())
    return _detail(request, dispute)


def _detail(request: PersonRequest, dispute: Dispute, *, status: int = 200, **forms: Any) -> HttpResponse:
    now = timezone.now()
    note_read(request, dispute.raised_by, "reviews", now)
    on = timezone.localdate(now)
    card = review_queries.load_card(dispute.review)
    quoted = {row.criterion.pk: row.quotes for row in card.rows}
    wrong_person = dispute.kind == Dispute.Kind.WRONG_PERSON
    may_forward = bool(access.can_forward_dispute(request.user, dispute, on))
    may_decide = bool(access.can_decide_dispute(request.user, dispute))
    context = {
        "dispute": dispute,
        "review": dispute.review,
        "points": [
            {"point": point, "given": _given(request, point), "quotes": quoted.get(point.row.criterion_id, [])}
            for point in queries.points_of(dispute)
        ],
        "wrong_person": wrong_person,
        "turns": review_queries.conversation(card),
        "forward_form": ForwardForm(deciders=access.deciders_to_pick(dispute)) if may_forward else None,
        "decline_form": DeclineForm() if access.can_decline_dispute(request.user, dispute, on) else None,
        "decision_form": (WrongPersonForm() if wrong_person else DecisionForm()) if may_decide else None,
        # Who decides need not see the reviews of the person: no link to a page that is not theirs to open.
        "may_read_corrected": may_read_review(request.user, dispute.corrected_id, on),
        "only_head_left": dispute.is_undecided and access.only_the_head_is_left(dispute),
        "decider_judged_before": dispute.is_decided and dispute.decided_by_id in access.who_judged(dispute),
        # To whoever would decide but for their part in it: why they do not.
        "no_say": "" if may_decide else access.why_no_say(request.user, dispute),
        "may_take_back": bool(access.can_take_back_dispute(request.user, dispute)),
        "section": "mine" if dispute.raised_by_id == request.user.pk else "disputes",
    }
    return render(request, "coaching/quality/dispute.html", context | forms, status=status)


def _given(request: PersonRequest, point: queries.Point) -> dict[str, str]:
    """What was posted about a point; before anything was, the proposed answer waits to be accepted."""
    pk = point.row.criterion_id
    proposed = "na" if point.row.proposed_na else str(point.row.proposed_id or "")
    return {"accept": request.POST.get(f"accept-{pk}", ""), "answer": request.POST.get(f"answer-{pk}", proposed)}


@login_required
@require_POST
def dispute_take_back(request: PersonRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    dispute = access.get_dispute_for(request.user, pk, timezone.localdate(now))
    access.can_take_back_dispute(request.user, dispute).or_403()
    try:
        services.take_back_dispute(actor=request.user, dispute=dispute, now=now)
        messages.success(request, _("Taken back. The review stands as it is."))
    except QualityError as error:
        messages.error(request, str(error))
    return redirect("dispute_detail", dispute.pk)


@login_required
@require_POST
def dispute_forward(request: PersonRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    dispute = access.get_dispute_for(request.user, pk, timezone.localdate(now))
    access.can_forward_dispute(request.user, dispute, timezone.localdate(now)).or_403()
    form = ForwardForm(request.POST, deciders=access.deciders_to_pick(dispute))
    if not form.is_valid():
        return _detail(request, dispute, status=422, forward_form=form)
    data = form.cleaned_data
    try:
        services.forward_dispute(actor=request.user, dispute=dispute, decider=data["decider"], note=data["note"], now=now)
        messages.success(request, _("%(person)s decides now.") % {"person": data["decider"]})
    except QualityError as error:
        messages.error(request, str(error))
    return redirect("dispute_detail", dispute.pk)


@login_required
@require_POST
def dispute_decline(request: PersonRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    dispute = access.get_dispute_for(request.user, pk, timezone.localdate(now))
    access.can_decline_dispute(request.user, dispute, timezone.localdate(now)).or_403()
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _detail(request, dispute, status=422, decline_form=form)
    try:
        services.decline_dispute(actor=request.user, dispute=dispute, comment=form.cleaned_data["comment"], now=now)
        messages.success(request, _("Turned down. The rep reads your reason."))
    except QualityError as error:
        messages.error(request, str(error))
    return redirect("dispute_detail", dispute.pk)


@login_required
@require_POST
def dispute_decide(request: PersonRequest, pk: int) -> HttpResponse:
    """Decision and score in one step; what was filled in stays where something is missing."""
    now = timezone.now()
    dispute = access.get_dispute_for(request.user, pk, timezone.localdate(now))
    access.can_decide_dispute(request.user, dispute).or_403()
    wrong_person = dispute.kind == Dispute.Kind.WRONG_PERSON
    form = WrongPersonForm(request.POST) if wrong_person else DecisionForm(request.POST)
    if not form.is_valid():
        return _detail(request, dispute, status=422, decision_form=form)
    data = form.cleaned_data
    try:
        decided = services.decide_dispute(
            actor=request.user,
            dispute=dispute,
            outcomes=() if wrong_person else read_outcomes(request.POST, queries.points_of(dispute)),
            accept_wrong_person=bool(data.get("accept")),
            comment=data["comment"],
            grader_error=data["grader_error"],
            now=now,
        )
    except QualityError as error:
        return _detail(request, dispute, status=422, decision_form=form, decision_error=str(error))
    messages.success(
        request,
        _("Decided. The review is corrected and counts anew.")
        if decided.corrected_id
        else _("Decided. The rep reads your reason."),
    )
    return redirect("dispute_detail", dispute.pk)


@login_required
@require_safe
def dispute_list(request: PersonRequest) -> HttpResponse:
    """All disputes this person may read; first those that wait for them."""
    today = timezone.localdate()
    visible = access.disputes_visible_to(request.user, today)
    waiting = access.disputes_waiting_for(request.user, today)
    mine = request.GET.get("show") != "all"
    form = DisputeFilter(request.GET)
    form.is_valid()
    rows = queries.filter_disputes(queries.dispute_rows(waiting if mine else visible), form.cleaned_data)
    return render(
        request,
        "coaching/quality/dispute_list.html",
        {
            "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
            "filter": form,
            "filtered": any(form.cleaned_data.values()),
            "mine": mine,
            "waiting": waiting.count(),
            "figures": queries.dispute_figures(visible) if request.user.has_role(Role.HEAD, Role.LEAD) and not mine else None,
            "section": "disputes",
        },
    )
