"""The review workspace: write, quote, publish."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coaching.quality import access, queries, services
from coaching.quality.forms import read_ratings, whole_number
from coaching.quality.models import Review
from coaching.quality.suggestions.assistant.services import accept_proposal
from people.requests import PersonRequest

FRAGMENTS = "X-Fragments"  # asked for by static/js/review.js: parts of the page instead of a redirect


@login_required
@require_http_methods(["GET", "POST"])
def review_edit(request: PersonRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    review = access.get_review_for(request.user, pk, timezone.localdate(now))
    if review.reviewer_id == request.user.pk and not review.is_draft and request.method == "GET":
        return redirect("review_detail", review.pk)
    access.can_edit_review(request.user, review).or_403()
    if request.method == "POST":
        return _write(request, review, now)
    card = queries.load_card(review)
    return render(
        request,
        "coaching/quality/workspace.html",
        {
            "review": review,
            "card": card,
            "turns": queries.conversation(card),
            "problems": card.problems if request.GET.get("check") else [],
            "saved_at": review.saved_at,
            "today": timezone.localdate(now),
        },
    )


def _write(request: PersonRequest, review: Review, now: datetime) -> HttpResponse:
    """Store the sheet, then do what the pressed button says: save, quote:<message>, unquote:<quote>, accept:<proposal> or publish."""
    action, _colon, target = request.POST.get("action", "save").partition(":")
    wants_fragments = bool(request.headers.get(FRAGMENTS))
    touched: list[int] = []
    try:
        ratings = read_ratings(request.POST, queries.load_card(review))
        comment = request.POST.get("overall", review.comment)
        services.save_draft(actor=request.user, review=review, ratings=ratings, comment=comment, now=now)
        if action == "quote":
            quote = services.add_quote(
                actor=request.user,
                review=review,
                criterion_id=whole_number(request.POST.get("quote_for") or request.POST.get(f"quote_for-{target}")),
                message_id=whole_number(target),
                text=request.POST.get("quote_text", ""),
                now=now,
            )
            touched = [quote.message_id]
        elif action == "unquote":
            touched = queries.messages_quoted(review, whole_number(target))
            services.remove_quote(actor=request.user, review=review, quote_id=whole_number(target), now=now)
        elif action == "accept":
            criterion = accept_proposal(actor=request.user, review=review, proposal_id=whole_number(target), now=now)
            return redirect(f"{reverse('review_edit', args=[review.pk])}#criterion-{criterion.pk}")
    except services.QualityError as error:
        if wants_fragments:
            return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
        messages.error(request, str(error))
        return redirect("review_edit", review.pk)
    if wants_fragments:
        return _fragments(request, review, touched, now, quoting=action in {"quote", "unquote"})
    if action == "publish":
        return redirect("review_publish", review.pk)
    if action == "save":
        messages.success(request, _("Draft saved."))
        return redirect("review_edit", review.pk)
    return redirect(f"{reverse('review_edit', args=[review.pk])}#message-{touched[0]}" if touched else request.path)


def _fragments(request: PersonRequest, review: Review, touched: list[int], now: datetime, *, quoting: bool) -> HttpResponse:
    """The parts of the workspace that the write has changed; the script swaps each by its id."""
    card = queries.load_card(review)
    context = {"review": review, "card": card, "saved_at": now}
    parts = [render_to_string("coaching/quality/_score_panel.html", context, request)]
    if quoting:
        parts += [render_to_string("coaching/quality/_quotes.html", {**context, "row": row}, request) for row in card.rows]
        parts += [
            render_to_string("coaching/quality/_message.html", {**context, "turn": turn, "editing": True}, request)
            for turn in queries.conversation(card)
            if turn.message.pk in touched
        ]
    return HttpResponse("".join(parts))


@login_required
@require_http_methods(["GET", "POST"])
def review_publish(request: PersonRequest, pk: int) -> HttpResponse:
    """A last look before the rep may read it."""
    now = timezone.now()
    review = access.get_review_for(request.user, pk, timezone.localdate(now))
    if review.reviewer_id == request.user.pk and not review.is_draft:
        if request.method == "POST":
            messages.info(request, _("This review was already published."))
        return redirect("review_detail", review.pk)
    access.can_edit_review(request.user, review).or_403()
    if request.method == "POST":
        try:
            services.publish_review(actor=request.user, review=review, now=now)
        except services.NotPublishable:
            return redirect(f"{reverse('review_edit', args=[review.pk])}?check=1#missing")
        except services.QualityError as error:
            messages.error(request, str(error))
            return redirect("review_detail", review.pk)
        messages.success(request, _("Published. %(person)s can read it now.") % {"person": review.reviewee})
        return redirect("quality_queue")
    card = queries.load_card(review)
    if card.problems:
        return redirect(f"{reverse('review_edit', args=[review.pk])}?check=1#missing")
    return render(request, "coaching/quality/publish.html", {"review": review, "card": card, "section": "queue"})
