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
from coaching.quality.assessments.access import get_sheet_for
from coaching.quality.assessments.services import finish_assessment
from coaching.quality.forms import read_ratings, whole_number
from coaching.quality.models import Mode, Review
from coaching.quality.recordings.queries import recording_of
from coaching.quality.release.forms import ChosenDayForm
from coaching.quality.release.publishing import publishing_of, said_of
from coaching.quality.release.queries import last_return
from coaching.quality.suggestions import queries as suggested
from coaching.quality.suggestions.assistant.services import accept_proposal
from coaching.quality.workspace import access as workspace_access
from coaching.quality.workspace import queries as workspace_queries
from coaching.quality.workspace import services as workspace
from people.requests import PersonRequest

FRAGMENTS = "X-Fragments"  # asked for by static/js/review.js: parts of the page instead of a redirect


@login_required
@require_http_methods(["GET", "POST"])
def review_edit(request: PersonRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    review = get_sheet_for(request.user, pk, today)
    if review.reviewer_id == request.user.pk and not review.is_draft and request.method == "GET":
        return redirect(_read_address(review))
    access.can_edit_review(request.user, review).or_403()
    if request.method == "POST":
        return _write(request, review, now)
    card = queries.load_card(review)
    workspace_queries.add_guidance(card)
    turns = queries.conversation(card, request.GET.get("q", ""))
    return render(
        request,
        "coaching/quality/workspace.html",
        {
            "review": review,
            "card": card,
            "turns": turns,
            "found": workspace_queries.found_in(turns, request.GET.get("q", "")),
            "problems": _problems(card) if request.GET.get("check") else [],
            "saved_at": review.saved_at,
            "today": today,
            "sent_back": last_return(review),
            "clock": workspace_queries.clock_of(review),
            "note": workspace_queries.note_of(review),
            "snippets": workspace_access.snippets_visible_to(request.user),
            "left": workspace_queries.left_in_queue(request.user, review, now),
            "recording": recording_of(review.interaction),
            "may_show": bool(workspace_access.can_show_personal_data(request.user, review, today)),
            "may_add_recording": access.can_review(request.user),
        },
    )


def _read_address(review: Review) -> str:
    return reverse("review_detail" if review.mode == Mode.REVIEW else "assessment_detail", args=[review.pk])


def _problems(card: queries.Card) -> list[queries.Problem]:
    """What is missing. Peer feedback and a self-assessment need an answer to everything, but no evidence."""
    if card.review.mode == Mode.REVIEW:
        return card.problems
    return [problem for row in card.rows if not row.is_answered for problem in row.problems]


def _write(request: PersonRequest, review: Review, now: datetime) -> HttpResponse:
    """Store the sheet, then do what the pressed button says.

    save, publish, pause, resume, snippet, quote:<message>, unquote:<quote> or accept:<proposal>. Saving by itself, the
    script also tells that somebody is at work.
    """
    action, _colon, target = request.POST.get("action", "save").partition(":")
    wants_fragments = bool(request.headers.get(FRAGMENTS))
    touched: list[int] = []
    try:
        ratings = read_ratings(request.POST, queries.load_card(review))
        comment = request.POST.get("overall", review.comment)
        services.save_draft(actor=request.user, review=review, ratings=ratings, comment=comment, now=now)
        if "note" in request.POST:
            workspace.save_note(actor=request.user, review=review, text=request.POST["note"], now=now)
        if action == "pause":
            workspace.pause_review(actor=request.user, review=review, now=now)
        elif action == "resume":
            workspace.resume_review(actor=request.user, review=review, now=now)
        else:
            workspace.note_activity(actor=request.user, review=review, now=now)
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
        elif action == "snippet":
            _insert_snippet(request, review, now)
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
    if action == "snippet":
        place = whole_number(request.POST.get("snippet_for"))
        return redirect(f"{request.path}#{f'criterion-{place}' if place else 'overall'}")
    return redirect(f"{request.path}#message-{touched[0]}" if touched else request.path)


def _insert_snippet(request: PersonRequest, review: Review, now: datetime) -> None:
    chosen = workspace_access.snippets_visible_to(request.user).filter(pk=whole_number(request.POST.get("snippet"))).first()
    if chosen is None:
        raise services.QualityError(_("Choose one of your comments first."))
    criterion = whole_number(request.POST.get("snippet_for"))
    workspace.insert_snippet(actor=request.user, review=review, snippet=chosen, criterion_id=criterion, now=now)


def _fragments(request: PersonRequest, review: Review, touched: list[int], now: datetime, *, quoting: bool) -> HttpResponse:
    """The parts of the workspace that the write has changed; the script swaps each by its id."""
    review = get_sheet_for(request.user, review.pk, timezone.localdate(now))
    card = queries.load_card(review)
    context = {
        "review": review,
        "card": card,
        "saved_at": now,
        "clock": workspace_queries.clock_of(review),
        "may_show": bool(workspace_access.can_show_personal_data(request.user, review, timezone.localdate(now))),
    }
    parts = [
        render_to_string("coaching/quality/_score_panel.html", context, request),
        render_to_string("coaching/quality/_clock.html", context, request),
    ]
    # Whether these are asked may have changed; the script swaps only those where it has.
    parts += [
        render_to_string("coaching/quality/_criterion.html", {**context, "row": row}, request)
        for row in card.rows
        if row.condition
    ]
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
    """A last look before anybody else may read it; then, with `then=next`, straight to the next conversation."""
    now = timezone.now()
    review = get_sheet_for(request.user, pk, timezone.localdate(now))
    if review.reviewer_id == request.user.pk and not review.is_draft:
        if request.method == "POST":
            done = _("This review is handed in already.") if review.is_on_the_way else _("This review was already published.")
            messages.info(request, done)
        return redirect(_read_address(review))
    access.can_edit_review(request.user, review).or_403()
    form = ChosenDayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _publish(request, review, form, now)
    card = queries.load_card(review)
    if _problems(card):
        return redirect(f"{reverse('review_edit', args=[review.pk])}?check=1#missing")
    context = {
        "review": review,
        "card": card,
        "coming": publishing_of(review, card.score, now),
        "form": form,
        "left": workspace_queries.left_in_queue(request.user, review, now),
        "note": workspace_queries.note_of(review),
        "section": "queue" if review.mode == Mode.REVIEW else "assessments",
    }
    return render(request, "coaching/quality/publish.html", context)


def _publish(request: PersonRequest, review: Review, form: ChosenDayForm, now: datetime) -> HttpResponse:
    chosen = form.cleaned_data["release_on"]
    try:
        workspace.note_activity(actor=request.user, review=review, now=now)
        if request.POST.get("keep_note"):
            workspace.keep_note(actor=request.user, review=review, now=now)
        if review.mode != Mode.REVIEW:
            finish_assessment(actor=request.user, review=review, now=now)
            messages.success(request, _("Finished. It can be read now."))
            return redirect("assessment_detail", review.pk)
        review = services.publish_review(actor=request.user, review=review, release_on=chosen, now=now)
    except services.NotPublishable:
        return redirect(f"{reverse('review_edit', args=[review.pk])}?check=1#missing")
    except services.QualityError as error:
        messages.error(request, str(error))
        return redirect(reverse("review_publish", args=[review.pk]) if chosen else _read_address(review))
    messages.success(request, said_of(review))
    return _next(request, now) if request.POST.get("then") == "next" else redirect("quality_queue")


def _next(request: PersonRequest, now: datetime) -> HttpResponse:
    """The next conversation of the queue, begun; an empty queue says so."""
    draw = suggested.next_draw(request.user, now)
    if draw is None:
        messages.info(request, _("Your queue is empty. Nothing else to review for now."))
        return redirect("quality_queue")
    try:
        review = services.start_review(actor=request.user, draw=draw, now=now)
    except services.QualityError as error:
        messages.error(request, str(error))
        return redirect("quality_queue")
    return redirect("review_edit", review.pk)
