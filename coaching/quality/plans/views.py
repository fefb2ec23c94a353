"""Sampling plans: the list, a plan with its cycles, the editor, the planner; replacing a draw; moving work of who is away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.quality.forms import whole_number
from coaching.quality.models import ReviewDraw, SamplingPlan
from coaching.quality.plans import access, planner, population, queries, services
from coaching.quality.plans.drawing import day_of, draw_plan
from coaching.quality.plans.forms import MarginForm, PlanForm, ReplaceForm
from coaching.quality.plans.words import condition_texts, rhythm_text
from coaching.quality.services import QualityError
from people.queries import team_labels
from people.requests import PersonRequest

PER_PAGE = 25
MARGIN = 5.0  # points, until another is asked for


@login_required
@require_safe
def plan_list(request: PersonRequest) -> HttpResponse:
    access.can_read_plans(request.user).or_403()
    today = timezone.localdate()
    plans = access.plans_visible_to(request.user).order_by("state", "name")
    page = Paginator(plans, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": queries.plan_rows(list(page)),
        "may_edit": bool(access.can_edit_plans(request.user)),
        "away": services.draws_of_absent(access.draws_to_rebalance(request.user, today), today).count(),
        "section": "plans",
    }
    return render(request, "coaching/quality/plan_list.html", context)


@login_required
@require_safe
def plan_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """One plan, what it says, and one of its cycles: the newest, or the one chosen."""
    plan = access.get_plan_for(request.user, pk)
    now = timezone.now()
    cycles = list(plan.cycles.all()[:60])
    chosen = next((cycle for cycle in cycles if cycle.pk == whole_number(request.GET.get("cycle"))), None)
    cycle = chosen or next(iter(cycles), None)
    rows = queries.person_rows(cycle) if cycle else []
    context = {
        "plan": plan,
        "rules": plan.says,
        "rhythm": rhythm_text(plan.says),
        "conditions": condition_texts(plan.says),
        "names": queries.names_in(plan.says),
        "cycles": cycles,
        "cycle": cycle,
        "figures": queries.cycle_figures(cycle) if cycle else None,
        "reviewers": queries.reviewer_rows(cycle, timezone.localdate(now)) if cycle else [],
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "preview": None if cycle else queries.preview_of(plan.kind, plan.says, now),
        "overlaps": queries.overlaps_of(plan.kind, plan.says, day_of(plan.says, now), plan),
        "edited": bool(cycle and cycle.rules != plan.rules),
        "may_edit": bool(access.can_edit_plans(request.user)),
        "section": "plans",
    }
    return render(request, "coaching/quality/plan_detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def plan_create(request: PersonRequest) -> HttpResponse:
    access.can_edit_plans(request.user).or_403()
    return _edit(request, None)


@login_required
@require_http_methods(["GET", "POST"])
def plan_edit(request: PersonRequest, pk: int) -> HttpResponse:
    plan = access.get_plan_for(request.user, pk)
    access.can_edit_plans(request.user).or_403()
    return _edit(request, plan)


def _edit(request: PersonRequest, plan: SamplingPlan | None) -> HttpResponse:
    """Save what was filled in, or only count what it would draw; what was filled in stays."""
    now = timezone.now()
    form = PlanForm(
        request.POST if request.method == "POST" else None,
        plan=plan,
        teams=sorted(team_labels().items(), key=lambda team: team[1]),
        people=queries.people_to_plan(),
        reviewers=list(population.reviewers_to_name()),
        topics=queries.known_topics(),
    )
    preview = None
    overlaps: list[queries.Overlap] = []
    if request.method == "POST" and form.is_valid():
        data, rules = form.cleaned_data, form.rules()
        if "preview" in request.POST:
            preview = queries.preview_of(data["kind"], rules, now, plan)
            overlaps = queries.overlaps_of(data["kind"], rules, day_of(rules, now), plan)
        else:
            try:
                saved = services.save_plan(
                    actor=request.user, plan=plan, name=data["name"], kind=data["kind"], rules=rules, now=now
                )
            except QualityError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _saved(saved))
                return redirect("plan_detail", saved.pk)
    elif plan is not None and not form.is_bound:
        preview = queries.preview_of(plan.kind, plan.says, now, plan)
    context = {"form": form, "plan": plan, "preview": preview, "overlaps": overlaps, "section": "plans"}
    return render(request, "coaching/quality/plan_edit.html", context, status=422 if form.errors else 200)


def _saved(plan: SamplingPlan) -> str:
    if plan.is_on:
        return _("Saved. A cycle that was begun goes on as it was; the next one is drawn by the new rules.")
    return _("Saved. Nothing is drawn by it until you switch it on.")


@login_required
@require_POST
def plan_switch_on(request: PersonRequest, pk: int) -> HttpResponse:
    return _switch(request, pk, services.switch_on_plan, _("Switched on. It draws in the next night, or now by hand."))


@login_required
@require_POST
def plan_switch_off(request: PersonRequest, pk: int) -> HttpResponse:
    return _switch(request, pk, services.switch_off_plan, _("Switched off. What was drawn stays in the queues."))


def _switch(request: PersonRequest, pk: int, switch: Callable[..., SamplingPlan], done: str) -> HttpResponse:
    plan = access.get_plan_for(request.user, pk)
    access.can_edit_plans(request.user).or_403()
    try:
        switch(actor=request.user, plan=plan, now=timezone.now())
        messages.success(request, done)
    except QualityError as error:
        messages.error(request, str(error))
    return redirect("plan_detail", pk)


@login_required
@require_POST
def plan_draw(request: PersonRequest, pk: int) -> HttpResponse:
    """Draw the present cycle now instead of in the night."""
    plan = access.get_plan_for(request.user, pk)
    access.can_edit_plans(request.user).or_403()
    try:
        drawn = len(draw_plan(actor=request.user, plan=plan, now=timezone.now()).draws)
    except QualityError as error:
        messages.error(request, str(error))
    else:
        text = ngettext("One conversation drawn.", "%(n)s conversations drawn.", drawn) % {"n": drawn}
        messages.success(request, text if drawn else _("Nothing more to draw in this cycle for now."))
    return redirect("plan_detail", pk)


@login_required
@require_safe
def plan_planner(request: PersonRequest, pk: int) -> HttpResponse:
    """How many reviews a wanted margin takes. Works by address: it can be sent to somebody."""
    plan = access.get_plan_for(request.user, pk)
    form = MarginForm({"margin": MARGIN, **request.GET.dict()})
    margin, minutes = (form.cleaned_data["margin"], form.cleaned_data["minutes"]) if form.is_valid() else (MARGIN, None)
    answer = planner.answer(plan.says, margin, timezone.now(), minutes)
    return render(
        request,
        "coaching/quality/plan_planner.html",
        {"plan": plan, "form": form, "answer": answer, "section": "plans"},
        status=422 if form.errors else 200,
    )


@login_required
@require_http_methods(["GET", "POST"])
def plan_rebalance(request: PersonRequest) -> HttpResponse:
    """Open draws of reviewers who are away, listed and then moved to others where the reader leaves them ticked."""
    now = timezone.now()
    today = timezone.localdate(now)
    access.can_rebalance(request.user, today).or_403()
    draws = services.draws_of_absent(access.draws_to_rebalance(request.user, today), today)
    if request.method == "POST":
        return _rebalance(request, draws.filter(pk__in=[whole_number(pk) for pk in request.POST.getlist("draw")]), now)
    rows = draws.select_related("interaction", "reviewer", "reviewee", "plan").order_by("reviewer__display_name", "due_on", "pk")
    page = Paginator(rows, 4 * PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "coaching/quality/plan_rebalance.html", {"page_obj": page, "today": today, "section": "reviews"})


def _rebalance(request: PersonRequest, draws: QuerySet[ReviewDraw], now: datetime) -> HttpResponse:
    if not draws.exists():
        messages.error(request, _("Tick what should be moved."))
        return redirect("plan_rebalance")
    try:
        result = services.rebalance_plans(actor=request.user, draws=draws, now=now)
    except QualityError as error:  # something was given away between looking and moving
        messages.error(request, str(error))
        return redirect("plan_rebalance")
    moved, left = len(result.moved), len(result.left)
    if moved:
        text = ngettext("One review was given to somebody else.", "%(n)s reviews were given to others.", moved) % {"n": moved}
        messages.success(request, text)
    if left:
        text = ngettext(
            "One stays where it is: nobody else has room for it, or may review it.",
            "%(n)s stay where they are: nobody else has room for them, or may review them.",
            left,
        )
        messages.warning(request, text % {"n": left})
    return redirect("plan_rebalance")


@login_required
@require_http_methods(["GET", "POST"])
def draw_replace(request: PersonRequest, pk: int) -> HttpResponse:
    """A reviewer has another conversation drawn in the place of one that cannot be reviewed."""
    draw = access.get_draw_to_replace(request.user, pk)
    form = ReplaceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            other = services.replace_draw(actor=request.user, draw=draw, reason=form.cleaned_data["reason"], now=timezone.now())
        except QualityError as error:
            form.add_error(None, str(error))
        else:
            if other.reviewer_id == request.user.pk:
                messages.success(request, _("Another conversation was drawn and is in your queue."))
            else:
                messages.success(request, _("Another conversation was drawn. %(person)s has it.") % {"person": other.reviewer})
            return redirect("quality_queue")
    context = {"draw": draw, "form": form, "section": "queue"}
    return render(request, "coaching/quality/draw_replace.html", context, status=422 if form.errors else 200)
