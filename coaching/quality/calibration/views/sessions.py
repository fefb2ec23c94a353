"""Sessions: prepare, open, discuss, agree, close."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.interactions.models import Interaction
from coaching.quality.calibration import access, queries, services
from coaching.quality.calibration.forms import ConclusionForm, SessionFilter, SessionForm, read_consensus
from coaching.quality.calibration.results import load_results
from coaching.quality.calibration.sheets import blind_conversation, blind_subject
from coaching.quality.models import CalibrationSession
from coaching.quality.services import QualityError
from people.requests import PersonRequest, note_read

PER_PAGE = 25
RANDOM_DAYS = 30


@login_required
@require_safe
def calibration_list(request: PersonRequest) -> HttpResponse:
    access.must_know_calibration(request.user)
    form = SessionFilter(request.GET)
    form.is_valid()
    rows = queries.filter_sessions(queries.session_rows(access.sessions_visible_to(request.user)), form.cleaned_data)
    return render(
        request,
        "coaching/quality/calibration_list.html",
        {
            "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
            "filter": form,
            "filtered": any(form.cleaned_data.values()),
            "waiting": queries.blind_work_of(request.user),
            "may_create": bool(access.can_create_session(request.user)),
            "today": timezone.localdate(),
            "section": "calibration",
            "part": "sessions",
        },
    )


def _form(session: CalibrationSession | None, data: Any = None) -> SessionForm:
    initial: dict[str, Any] = {}
    if session is not None:
        initial = {
            "title": session.title,
            "version": session.scorecard_version_id,
            "due_on": session.due_on,
            "threshold": session.threshold,
            "participants": [each.person_id for each in session.participants.all()],
        }
    return SessionForm(data, initial=initial, versions=access.versions_to_calibrate(), people=access.participants_to_pick())


def _chosen(request: PersonRequest, form: SessionForm, now: datetime) -> list[Interaction] | None:
    """The conversations that the form asks for; None, with the error on the form, where a number names none."""
    today = timezone.localdate(now)
    cases = access.interactions_to_calibrate(request.user, today)
    found, unknown = queries.cases_by_numbers(cases, form.numbers_given())
    if unknown:
        text = _("No single conversation that you may choose has the number %(numbers)s.") % {"numbers": ", ".join(unknown)}
        form.add_error("numbers", text)
        return None
    wish = form.wish()
    if wanted := form.cleaned_data["at_random"]:
        found += services.random_reviewed(
            actor=request.user,
            version=wish.version,
            participants=[*wish.participants, request.user],
            wanted=wanted,
            since=today - timedelta(days=RANDOM_DAYS),
            until=today,
            seed=secrets.token_hex(8),
        )
    return found


@login_required
@require_http_methods(["GET", "POST"])
def calibration_create(request: PersonRequest) -> HttpResponse:
    access.must_know_calibration(request.user)
    access.can_create_session(request.user).or_403()
    now = timezone.now()
    form = _form(None, request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = _chosen(request, form, now)
        if chosen is not None:
            try:
                session = services.create_session(actor=request.user, wish=form.wish(), interactions=chosen, now=now)
            except QualityError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Prepared. Nobody is asked before you open it."))
                return redirect("calibration_detail", session.pk)
    return render(
        request, "coaching/quality/calibration_change.html", {"form": form, "section": "calibration", "part": "sessions"}
    )


@login_required
@require_http_methods(["GET", "POST"])
def calibration_change(request: PersonRequest, pk: int) -> HttpResponse:
    session = access.get_session_for(request.user, pk)
    access.can_change_session(request.user, session).or_403()
    now = timezone.now()
    form = _form(session, request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = _chosen(request, form, now)
        if chosen is not None:
            try:
                services.change_session(
                    actor=request.user,
                    session=session,
                    wish=form.wish(),
                    interactions=chosen,
                    remove_items=[int(pk) for pk in request.POST.getlist("remove") if pk.isdecimal() and len(pk) < 19],
                    now=now,
                )
            except QualityError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Saved."))
                return redirect("calibration_detail", session.pk)
    return render(
        request,
        "coaching/quality/calibration_change.html",
        {
            "form": form,
            "session": session,
            "items": queries.item_names(session),
            "section": "calibration",
            "part": "sessions",
        },
    )


@login_required
@require_safe
def calibration_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """What the session is, how far scoring is and, once it is over, what came of it."""
    session = access.get_session_for(request.user, pk)
    return _detail(request, session)


def _detail(request: PersonRequest, session: CalibrationSession, *, status: int = 200, **extra: Any) -> HttpResponse:
    may_lead = bool(access.can_lead_session(request.user, session))
    results = load_results(session) if access.can_read_answers(session) else None
    context = {
        "session": session,
        "may_lead": may_lead,
        "progress": queries.progress_of(session),
        "own": queries.own_scorings(request.user, session),
        "items": queries.item_names(session),
        "results": results,
        "steps": _steps(session),
        "conclusion_form": ConclusionForm() if may_lead and session.state == CalibrationSession.State.REVIEW else None,
        "today": timezone.localdate(),
        "section": "calibration",
        "part": "sessions",
    }
    return render(request, "coaching/quality/calibration.html", context | extra, status=status)


def _steps(session: CalibrationSession) -> list[dict[str, Any]]:
    states = list(CalibrationSession.State)
    at = states.index(CalibrationSession.State(session.state))
    return [{"label": state.label, "done": number < at, "current": number == at} for number, state in enumerate(states)]


@login_required
@require_http_methods(["GET", "POST"])
def calibration_discard(request: PersonRequest, pk: int) -> HttpResponse:
    session = access.get_session_for(request.user, pk)
    access.can_change_session(request.user, session).or_403()
    if request.method == "POST":
        try:
            services.discard_session(actor=request.user, session=session, now=timezone.now())
        except QualityError as error:
            messages.error(request, str(error))
            return redirect("calibration_detail", session.pk)
        messages.success(request, _("Thrown away."))
        return redirect("calibration_list")
    context = {"session": session, "section": "calibration", "part": "sessions"}
    return render(request, "coaching/quality/calibration_discard.html", context)


@login_required
@require_POST
def calibration_open(request: PersonRequest, pk: int) -> HttpResponse:
    session = access.get_session_for(request.user, pk)
    access.can_lead_session(request.user, session).or_403()
    try:
        services.open_session(actor=request.user, session=session, now=timezone.now())
        messages.success(request, _("Open. The participants find it on their pages “Today” and “To review”."))
    except QualityError as error:
        messages.error(request, str(error))
    return redirect("calibration_detail", session.pk)


@login_required
@require_POST
def calibration_end(request: PersonRequest, pk: int) -> HttpResponse:
    session = access.get_session_for(request.user, pk)
    access.can_lead_session(request.user, session).or_403()
    try:
        services.end_session_scoring(actor=request.user, session=session, now=timezone.now())
        messages.success(request, _("Scoring is over. Everybody who takes part sees the answers now."))
    except QualityError as error:
        messages.error(request, str(error))
    return redirect("calibration_detail", session.pk)


@login_required
@require_POST
def calibration_resolve(request: PersonRequest, pk: int) -> HttpResponse:
    session = access.get_session_for(request.user, pk)
    access.can_lead_session(request.user, session).or_403()
    form = ConclusionForm(request.POST)
    if not form.is_valid():
        return _detail(request, session, status=422, conclusion_form=form)
    try:
        services.resolve_session(
            actor=request.user, session=session, conclusion=form.cleaned_data["conclusion"], now=timezone.now()
        )
        messages.success(request, _("Agreed. Each participant sees how near their answers were."))
    except QualityError as error:
        messages.error(request, str(error))
    return redirect("calibration_detail", session.pk)


@login_required
@require_POST
def calibration_close(request: PersonRequest, pk: int) -> HttpResponse:
    session = access.get_session_for(request.user, pk)
    access.can_lead_session(request.user, session).or_403()
    try:
        services.close_session(actor=request.user, session=session, now=timezone.now())
        messages.success(request, _("Closed. It now counts on the page “Agreement”."))
    except QualityError as error:
        messages.error(request, str(error))
    return redirect("calibration_detail", session.pk)


@login_required
@require_http_methods(["GET", "POST"])
def calibration_item(request: PersonRequest, pk: int) -> HttpResponse:
    """One conversation with everybody's answers; the facilitator writes down what is agreed on."""
    now = timezone.now()
    item = access.get_item_for(request.user, pk)
    session = item.session
    may_agree = bool(access.can_lead_session(request.user, session)) and session.state == CalibrationSession.State.REVIEW
    if request.method == "POST":
        access.can_lead_session(request.user, session).or_403()
        results = load_results(session, item)
        criteria = [spread.row.criterion for each in results.items for spread in each.spreads]
        try:
            services.save_consensus(actor=request.user, item=item, wishes=read_consensus(request.POST, criteria), now=now)
            messages.success(request, _("Saved what was agreed on."))
        except QualityError as error:
            messages.error(request, str(error))
        return redirect("calibration_item", item.pk)
    note_read(request, item.reviewee, "cases", now)
    return render(
        request,
        "coaching/quality/calibration_item.html",
        {
            "session": session,
            "item": item,
            "subject": blind_subject(item.interaction),
            "result": load_results(session, item).items[0],
            "turns": blind_conversation(item.interaction),
            "may_agree": may_agree,
            "items": queries.item_names(session),
            "section": "calibration",
            "part": "sessions",
        },
    )
