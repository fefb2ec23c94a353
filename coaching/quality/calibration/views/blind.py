"""Scoring blind: the conversation without names beside the scorecard with one's own answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coaching.quality.calibration import access, queries, services
from coaching.quality.calibration.sheets import blind_conversation, blind_subject, sheet_of
from coaching.quality.forms import read_ratings
from coaching.quality.models import BlindScoring
from coaching.quality.services import NotPublishable, QualityError
from people.requests import PersonRequest, note_read


@login_required
@require_http_methods(["GET", "POST"])
def scoring_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """One's own blind scoring, of a session or as a second reader; once submitted, back to where it belongs."""
    now = timezone.now()
    scoring = access.get_scoring_for(request.user, pk)
    may_edit = access.can_edit_scoring(request.user, scoring)
    if request.method == "POST":
        return _write(request, scoring, now)
    if not may_edit:
        messages.info(request, str(may_edit.reason))
        return _home(scoring)
    reviewee = scoring.item.reviewee if scoring.item else scoring.grader_review.review.reviewee
    note_read(request, reviewee, "cases", now)
    sheet = sheet_of(scoring)
    return render(
        request,
        "coaching/quality/scoring.html",
        {
            "scoring": scoring,
            "session": scoring.item.session if scoring.item else None,
            "subject": blind_subject(scoring.interaction),
            "card": sheet,
            "turns": blind_conversation(scoring.interaction),
            "problems": sheet.problems if request.GET.get("check") else [],
            "due_on": scoring.item.session.due_on if scoring.item else scoring.grader_review.due_on,
            "today": timezone.localdate(now),
        },
    )


def _home(scoring: BlindScoring) -> HttpResponse:
    """The session, or the second reading."""
    if scoring.item is not None:
        return redirect("calibration_detail", scoring.item.session_id)
    return redirect("grader_detail", scoring.grader_review.pk)


def _write(request: PersonRequest, scoring: BlindScoring, now: datetime) -> HttpResponse:
    """Store the sheet and, where that button was pressed, submit it."""
    sheet: Any = sheet_of(scoring)  # has the rows that reading the post asks for
    try:
        services.save_scoring(
            actor=request.user,
            scoring=scoring,
            ratings=read_ratings(request.POST, sheet),
            comment=request.POST.get("overall", scoring.comment),
            now=now,
        )
        if request.POST.get("action") != "submit":
            messages.success(request, _("Draft saved. Nobody else sees it."))
            return redirect("scoring_edit", scoring.pk)
        services.submit_scoring(actor=request.user, scoring=scoring, now=now)
    except NotPublishable:
        return redirect(f"{reverse('scoring_edit', args=[scoring.pk])}?check=1#missing")
    except QualityError as error:
        messages.error(request, str(error))
        return _home(scoring)
    if scoring.item is not None:
        following = queries.next_scoring(request.user, scoring.item.session)
        if following is not None:
            messages.success(request, _("Submitted. Here is the next one."))
            return redirect("scoring_edit", following.pk)
        messages.success(request, _("Submitted. You see the answers of the others once scoring is over."))
        return redirect("calibration_detail", scoring.item.session_id)
    messages.success(request, _("Submitted. Whoever scored the conversation reads it now."))
    return redirect("grader_detail", scoring.grader_review.pk)
