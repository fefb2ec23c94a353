"""Reading reviews: the review page, the rep's own list, the lead's list."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.quality import access, queries, services
from coaching.quality.disputes.access import can_dispute_review, last_day_to_dispute
from coaching.quality.disputes.queries import disputes_of
from coaching.quality.exchange.access import can_read_history
from coaching.quality.exchange.queries import imported_facts
from coaching.quality.forms import AcknowledgeForm, ReviewFilter, WithdrawForm
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
    imported = imported_facts(review)
    acknowledgement = queries.acknowledgement_of(review)
    may_acknowledge = bool(access.can_acknowledge_review(request.user, review)) and acknowledgement is None
    return render(
        request,
        "coaching/quality/review.html",
        {
            "review": review,
            "card": card,
            "turns": queries.conversation(card),
            "acknowledgement": acknowledgement,
            "is_mine": review.reviewee_id == request.user.pk,
            "may_withdraw": bool(access.can_withdraw_review(request.user, review)),
            "may_dispute": bool(can_dispute_review(request.user, review, now)),
            "last_day": last_day_to_dispute(review),
            "disputes": disputes_of(review),
            "imported": imported,
            "may_read_history": imported is not None and bool(can_read_history(request.user, timezone.localdate(now))),
            "acknowledge_form": AcknowledgeForm() if may_acknowledge else None,
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
    reviews = queries.with_list_columns(access.own_reviews(request.user))
    return render(
        request,
        "coaching/quality/my_reviews.html",
        {
            "page_obj": Paginator(reviews, PER_PAGE).get_page(request.GET.get("page")),
            "waiting": queries.reviews_to_acknowledge(request.user).count(),
            "figure": queries.mean_score([request.user], today.replace(day=1) - queries.THREE_MONTHS, today).get(request.user.pk),
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
    return render(
        request,
        "coaching/quality/review_list.html",
        {
            "page_obj": Paginator(reviews, PER_PAGE).get_page(request.GET.get("page")),
            "filter": form,
            "filtered": any(form.cleaned_data.values()),
            "stuck": queries.stuck_count(access.draws_to_reassign(request.user, today)),
            "section": "reviews",
        },
    )
