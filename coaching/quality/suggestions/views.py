"""The list of conversations worth a look: give one to a reviewer, dismiss it, bring it back."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.quality.access import leads_somebody, people_in_review_list, reviewers_to_pick
from coaching.quality.services.errors import QualityError
from coaching.quality.suggestions import access, queries, services
from coaching.quality.suggestions.forms import GiveForm, SuggestionFilter
from coaching.quality.suggestions.learner.queries import run_that_orders
from people.requests import PersonRequest

PER_PAGE = 20


@login_required
@require_safe
def suggestion_list(request: PersonRequest) -> HttpResponse:
    """Of the people I lead, what nobody has drawn; a reviewer sees what was picked for them."""
    person, today = request.user, timezone.localdate()
    access.can_read_suggestions(person, today).or_403()
    if not leads_somebody(person, today):
        return _given(request)
    visible = access.suggestions_visible_to(person, today)
    dismissed = request.GET.get("show") == "dismissed"
    form = SuggestionFilter(request.GET, people=people_in_review_list(person, today))
    form.is_valid()
    rows = queries.filter_suggestions(queries.shown_or_dismissed(visible, dismissed=dismissed), form.cleaned_data, today)
    page = Paginator(queries.suggestion_rows(rows), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "coaching/quality/suggestions/list.html",
        {
            "page_obj": page,
            "rows": [(suggestion, queries.lines(suggestion.reasons.all())) for suggestion in page],
            "filter": form,
            "filtered": any(form.cleaned_data.values()),
            "dismissed": dismissed,
            "count": queries.suggestion_count(visible),
            "found_at": queries.found_at(),
            "ordered": run_that_orders(),
            "section": "suggestions",
        },
    )


def _given(request: PersonRequest) -> HttpResponse:
    draws = queries.given_rows(access.draws_with_reasons(request.user), request.user)
    page = Paginator(draws, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "coaching/quality/suggestions/given.html",
        {"page_obj": page, "today": timezone.localdate(), "ordered": run_that_orders(), "section": "suggestions"},
    )


@login_required
@require_POST
def suggestion_find(request: PersonRequest) -> HttpResponse:
    now = timezone.now()
    access.can_give_suggestions(request.user, timezone.localdate(now)).or_403()
    services.find_suggestions(actor=request.user, now=now)
    messages.success(request, _("Looked anew for reasons."))
    return redirect("suggestion_list")


@login_required
@require_http_methods(["GET", "POST"])
def suggestion_give(request: PersonRequest, pk: int) -> HttpResponse:
    """Give one conversation to a reviewer, with the reasons it was suggested for."""
    now = timezone.now()
    suggestion = access.get_suggestion_for(request.user, pk, timezone.localdate(now))
    reasons = queries.lines(suggestion.reasons.all())
    handler = suggestion.interaction.handler
    reviewers = reviewers_to_pick(request.user)
    if handler and handler.person_id:
        reviewers = reviewers.exclude(pk=handler.person_id)
    form = GiveForm(request.POST or None, reviewers=reviewers, initial={"reason": queries.reason_text(reasons)})
    if request.method == "POST" and form.is_valid():
        reviewer = form.cleaned_data["reviewer"]
        try:
            services.give_suggestion(
                actor=request.user, suggestion=suggestion, reviewer=reviewer, reason=form.cleaned_data["reason"], now=now
            )
        except QualityError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(reviewer)s has it in the queue now.") % {"reviewer": reviewer})
            return redirect("suggestion_list")
    return render(
        request,
        "coaching/quality/suggestions/give.html",
        {"suggestion": suggestion, "reasons": reasons, "form": form, "section": "suggestions"},
        status=422 if form.is_bound else 200,
    )


@login_required
@require_POST
def suggestion_dismiss(request: PersonRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    suggestion = access.get_suggestion_for(request.user, pk, timezone.localdate(now))
    try:
        services.dismiss_suggestion(actor=request.user, suggestion=suggestion, now=now)
        messages.success(request, _("Dismissed. It stands under “Dismissed”, where you can bring it back."))
    except QualityError as error:
        messages.error(request, str(error))
    return _back(request)


@login_required
@require_POST
def suggestion_restore(request: PersonRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    suggestion = access.get_suggestion_for(request.user, pk, timezone.localdate(now))
    try:
        services.restore_suggestion(actor=request.user, suggestion=suggestion, now=now)
        messages.success(request, _("Brought back."))
    except QualityError as error:
        messages.error(request, str(error))
    return _back(request)


def _back(request: PersonRequest) -> HttpResponse:
    """To the list as it was filtered."""
    to = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(to)
    return redirect("suggestion_list")
