"""Reading reviews: the review page, the rep's own list, the lead's list."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.quality import access, queries, services
from coaching.quality.assessments.access import assessments_visible_to
from coaching.quality.assessments.queries import assessments_of_conversation
from coaching.quality.disputes.access import can_dispute_review, disputes_visible_to, last_day_to_dispute
from coaching.quality.disputes.queries import disputes_of
from coaching.quality.exchange.access import can_read_history
from coaching.quality.exchange.queries import imported_facts
from coaching.quality.forms import AcknowledgeForm, ReviewFilter, WithdrawForm
from coaching.quality.models import Review
from coaching.quality.recordings.queries import recording_of
from coaching.quality.release.access import held_reviews_visible_to
from coaching.quality.release.publishing import release_of
from coaching.quality.release.queries import overdue_reviews
from coaching.quality.scores.queries import person_scores
from coaching.quality.workspace.access import can_show_personal_data
from coaching.quality.workspace.queries import found_in
from people.requests import PersonRequest, note_read

PER_PAGE = 25


@login_required
@require_safe
def review_detail(request: PersonRequest, pk: int) -> HttpResponse:
    review = access.get_review_for(request.user, pk, timezone.localdate())
    if access.can_edit_review(request.user, review):
        return redirect("review_edit", review.pk)
    now = timezone.now()
    note_read(request, review.reviewee, "reviews", now)
    card = queries.load_card(review)
    queries.add_readings(card)
    turns = queries.conversation(card, request.GET.get("q", ""))
    imported = imported_facts(review)
    today = timezone.localdate(now)
    # Only what was withdrawn can have been corrected: other pages pay no read for it.
    correction = getattr(review, "correction", None) if review.state == Review.State.WITHDRAWN else None
    acknowledgement = queries.acknowledgement_of(review)
    may_acknowledge = bool(access.can_acknowledge_review(request.user, review)) and acknowledgement is None
    return render(
        request,
        "coaching/quality/review.html",
        {
            "review": review,
            "card": card,
            "turns": turns,
            "found": found_in(turns, request.GET.get("q", "")),
            "may_show": bool(can_show_personal_data(request.user, review, timezone.localdate(now))),
            "recording": recording_of(review.interaction),
            "assessments": assessments_of_conversation(assessments_visible_to(request.user, timezone.localdate(now)), review),
            "acknowledgement": acknowledgement,
            "is_mine": review.reviewee_id == request.user.pk,
            "may_withdraw": bool(access.can_withdraw_review(request.user, review)),
            "may_dispute": bool(can_dispute_review(request.user, review, now)),
            "last_day": last_day_to_dispute(review),
            "disputes": disputes_of(review, disputes_visible_to(request.user, timezone.localdate(now))),
            # Who approved it need not see what stands in its place.
            "may_read_correction": access.may_read_review(request.user, correction.pk if correction else None, today),
            "imported": imported,
            "may_read_history": imported is not None and bool(can_read_history(request.user, timezone.localdate(now))),
            "acknowledge_form": AcknowledgeForm() if may_acknowledge else None,
            "release": release_of(request.user, review, now),
            "section": "mine" if review.reviewee_id == request.user.pk else "reviews",
        },
    )


@login_required
@require_POST
def review_acknowledge(request: PersonRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    review = access.get_review_for(request.user, pk, timezone.localdate(now))
    access.can_acknowledge_review(request.user, review).or_403()
    form = AcknowledgeForm(request.POST)
    form.is_valid()
    try:
        services.acknowledge_review(actor=request.user, review=review, comment=form.cleaned_data.get("comment", ""), now=now)
        messages.success(request, _("Thank you. Your lead sees that you have read it."))
    except services.QualityError as error:
        messages.error(request, str(error))
    return redirect("review_detail", review.pk)


@login_required
@require_http_methods(["GET", "POST"])
def review_withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    review = access.get_review_for(request.user, pk, timezone.localdate(now))
    access.can_withdraw_review(request.user, review).or_403()
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.withdraw_review(actor=request.user, review=review, reason=data["reason"], again=data["again"], now=now)
            messages.success(request, _("Withdrawn. It stays readable with your reason and counts nowhere."))
        except services.QualityError as error:
            messages.error(request, str(error))
        return redirect("review_detail", review.pk)
    return render(request, "coaching/quality/withdraw.html", {"review": review, "form": form, "section": "reviews"})


@login_required
@require_safe
def my_reviews(request: PersonRequest) -> HttpResponse:
    """What was written about the signed-in person."""
    today = timezone.localdate()
    show = request.GET.get("show", "")
    own = access.own_reviews(request.user)
    waiting, overdue = queries.reviews_to_acknowledge(request.user), overdue_reviews(own, today)
    chosen = {"waiting": waiting, "overdue": overdue}.get(show, own)
    reviews = queries.with_list_columns(own.filter(pk__in=chosen.order_by().values("pk")) if chosen is not own else own)
    return render(
        request,
        "coaching/quality/my_reviews.html",
        {
            "page_obj": Paginator(reviews, PER_PAGE).get_page(request.GET.get("page")),
            "show": show if show in {"waiting", "overdue"} else "",
            "waiting": waiting.count(),
            "overdue": overdue.count(),
            "score": person_scores([request.user], today)[0],
            "section": "mine",
        },
    )


@login_required
@require_safe
def review_list(request: PersonRequest) -> HttpResponse:
    """Reviews of the people this person leads."""
    today = timezone.localdate()
    access.can_read_review_list(request.user, today).or_403()
    visible = access.reviews_of_people_visible_to(request.user, today)
    form = ReviewFilter(request.GET, people=access.people_in_review_list(request.user, today))
    form.is_valid()
    reviews = queries.filter_reviews(queries.with_list_columns(visible), form.cleaned_data)
    overdue = overdue_reviews(visible, today)
    if form.cleaned_data.get("read") == "overdue":
        reviews = reviews.filter(pk__in=overdue.values("pk"))
    # What a row shows is joined to the rows of this page, not to all that lie before them.
    page_obj: Page[Any] = Paginator(reviews.values_list("pk", flat=True), PER_PAGE).get_page(request.GET.get("page"))
    page_obj.object_list = reviews.filter(pk__in=list(page_obj.object_list))
    return render(
        request,
        "coaching/quality/review_list.html",
        {
            "page_obj": page_obj,
            "filter": form,
            "filtered": any(form.cleaned_data.values()),
            "stuck": queries.stuck_count(access.draws_to_reassign(request.user, today)),
            "overdue": overdue.count(),
            "held": held_reviews_visible_to(request.user, today).count(),
            "section": "reviews",
        },
    )
