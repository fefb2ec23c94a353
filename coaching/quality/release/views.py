"""Approving, sending back, holding and releasing reviews."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from coaching.quality.access import get_review_for
from coaching.quality.errors import QualityError
from coaching.quality.models import Review
from coaching.quality.release import access, queries, services
from coaching.quality.release.forms import ApprovalFilter, HoldForm, ReturnForm
from people.requests import PersonRequest

PER_PAGE = 25


@login_required
@require_safe
def approval_list(request: PersonRequest) -> HttpResponse:
    """What waits for a second pair of eyes, what this person approved, and what is held of the people they lead."""
    person, today = request.user, timezone.localdate()
    access.can_read_approvals(person, today).or_403()
    sets = {
        "waiting": queries.waiting_rows(access.reviews_to_approve(person)),
        "approved": queries.approved_rows(access.reviews_approved_by(person), person.pk),
        "held": queries.held_rows(access.held_reviews_visible_to(person, today)),
    }
    shown = ["waiting", "approved", "held"] if access.approves(person) else ["held"]
    show = request.GET.get("show", "")
    show = show if show in shown else shown[0]
    form = ApprovalFilter(request.GET, reviewers=queries.reviewers_of(sets[show]))
    form.is_valid()
    rows = queries.filter_on_the_way(sets[show], form.cleaned_data)
    return render(
        request,
        "coaching/quality/approval_list.html",
        {
            "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
            "show": show,
            "tabs": [(name, sets[name].count()) for name in shown],
            "filter": form,
            "filtered": any(form.cleaned_data.values()),
            "today": today,
            "section": "approvals",
        },
    )


@login_required
@require_POST
def review_approve(request: PersonRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    review = get_review_for(request.user, pk, timezone.localdate(now))
    access.can_approve_review(request.user, review).or_403()
    return _do(request, review, lambda: _approved(services.approve_review(actor=request.user, review=review, now=now)))


def _approved(review: Review) -> str:
    if review.is_held and review.release_on is not None:
        return _("Approved. It is held until %(day)s.") % {"day": date_format(review.release_on, "j F")}
    return _("Approved. %(person)s can read it now.") % {"person": review.reviewee}


def _do(request: PersonRequest, review: Review, verb: Callable[[], str], *, leave: str = "approval_list") -> HttpResponse:
    """Do it and say so; where it cannot be done any more, say why on the review's page."""
    try:
        said = verb()
    except QualityError as error:
        messages.error(request, str(error))
        return redirect("review_detail", review.pk)
    messages.success(request, said)
    return redirect(leave) if leave == "approval_list" else redirect(leave, review.pk)


@login_required
@require_POST
def review_return(request: PersonRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    review = get_review_for(request.user, pk, timezone.localdate(now))
    access.can_return_review(request.user, review).or_403()
    form = ReturnForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["reason"][0]))
        return redirect("review_detail", review.pk)

    def send_back() -> str:
        services.return_review(actor=request.user, review=review, reason=form.cleaned_data["reason"], now=now)
        return _("Sent back. %(reviewer)s reads your words beside the draft.") % {"reviewer": review.reviewer}

    return _do(request, review, send_back)


@login_required
@require_POST
def review_take_back(request: PersonRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    review = get_review_for(request.user, pk, timezone.localdate(now))
    access.can_take_back_review(request.user, review).or_403()

    def take_back() -> str:
        services.take_back_review(actor=request.user, review=review, now=now)
        return _("It is your draft again.")

    return _do(request, review, take_back, leave="review_edit")


@login_required
@require_POST
def review_hold(request: PersonRequest, pk: int) -> HttpResponse:
    """Move the day of the release."""
    now = timezone.now()
    review = get_review_for(request.user, pk, timezone.localdate(now))
    access.can_change_release(request.user, review, timezone.localdate(now)).or_403()
    form = HoldForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["release_on"][0]))
        return redirect("review_detail", review.pk)
    day = form.cleaned_data["release_on"]

    def hold() -> str:
        services.hold_review(actor=request.user, review=review, release_on=day, now=now)
        return _("Held until %(day)s.") % {"day": date_format(day, "j F Y")}

    return _do(request, review, hold, leave="review_detail")


@login_required
@require_POST
def review_release(request: PersonRequest, pk: int) -> HttpResponse:
    """Before its day."""
    now: datetime = timezone.now()
    review = get_review_for(request.user, pk, timezone.localdate(now))
    access.can_change_release(request.user, review, timezone.localdate(now)).or_403()

    def release() -> str:
        services.release_review(actor=request.user, review=review, now=now)
        return _("Released. %(person)s can read it now.") % {"person": review.reviewee}

    return _do(request, review, release, leave="review_detail")
