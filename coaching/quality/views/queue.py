"""The reviewer's queue and what leads into it."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.quality import access, queries, services
from coaching.quality.forms import DrawOneForm, QueueFilter, ReasonForm, ReassignForm, whole_number
from coaching.quality.plans.services import draws_of_absent
from coaching.quality.suggestions import queries as suggested
from people.models import Role
from people.requests import PersonRequest

PER_PAGE = 25


@login_required
@require_safe
def quality_home(request: PersonRequest) -> HttpResponse:
    """To where this person's work in this room begins."""
    person = request.user
    if person.has_role(Role.REVIEWER):
        return redirect("quality_queue")
    if access.leads_somebody(person, timezone.localdate()):
        return redirect("review_list")
    if person.has_role(Role.EDITOR) and not person.has_role(Role.REP):
        return redirect("flag_list")
    return redirect("my_reviews")


@login_required
@require_safe
def quality_queue(request: PersonRequest) -> HttpResponse:
    access.can_review(request.user).or_403()
    now = timezone.now()
    form = QueueFilter(request.GET)
    form.is_valid()
    done = request.GET.get("show") == "done"
    draws = queries.queue_page(
        access.draws_visible_to(request.user), done=done, today=timezone.localdate(now), **_filters(form.cleaned_data)
    )
    return render(
        request,
        "coaching/quality/queue.html",
        {
            "page_obj": Paginator(draws if done else suggested.likely_first(draws, request.user), PER_PAGE).get_page(
                request.GET.get("page")
            ),
            "filter": form,
            "filtered": any(form.cleaned_data.values()),
            "done": done,
            "counts": queries.queue_counts(access.draws_visible_to(request.user), timezone.localdate(now)),
            "next": suggested.next_draw(request.user, now),
            "today": timezone.localdate(now),
            "section": "queue",
            "has_queue": access.has_queue(request.user),
            "may_pick": access.can_draw_by_hand(request.user, timezone.localdate(now)),
        },
    )


def _filters(data: dict[str, str]) -> dict[str, str]:
    return {"search": data.get("q", ""), "method": data.get("method", ""), "due": data.get("due", "")}


@login_required
@require_POST
def review_start(request: PersonRequest, pk: int) -> HttpResponse:
    return _start(request, pk, timezone.now())


@login_required
@require_POST
def quality_next(request: PersonRequest) -> HttpResponse:
    """Open what comes next in the queue."""
    access.can_review(request.user).or_403()
    now = timezone.now()
    draw = suggested.next_draw(request.user, now)
    if draw is None:
        messages.success(request, _("Your queue is empty. Nothing else to review for now."))
        return redirect("quality_queue")
    return _start(request, draw.pk, now)


def _start(request: PersonRequest, pk: int, now: datetime) -> HttpResponse:
    draw = access.get_draw_for(request.user, pk)
    try:
        review = services.start_review(actor=request.user, draw=draw, now=now)
    except services.QualityError as error:
        messages.error(request, str(error))
        return redirect("quality_queue")
    return redirect("review_edit", review.pk)


@login_required
@require_http_methods(["GET", "POST"])
def draw_take_out(request: PersonRequest, pk: int) -> HttpResponse:
    draw = access.get_draw_for(request.user, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.take_out(actor=request.user, draw=draw, reason=form.cleaned_data["reason"], now=timezone.now())
            messages.success(request, _("Taken out of your queue."))
        except services.QualityError as error:
            messages.error(request, str(error))
        return redirect("quality_queue")
    return render(request, "coaching/quality/take_out.html", {"draw": draw, "form": form, "section": "queue"})


@login_required
@require_safe
def draw_list(request: PersonRequest) -> HttpResponse:
    """What is drawn of my people and not reviewed yet; first what lies with nobody who reviews."""
    today = timezone.localdate()
    access.can_read_review_list(request.user, today).or_403()
    draws = queries.with_stuck(access.draws_to_reassign(request.user, today))
    page = Paginator(draws, PER_PAGE).get_page(request.GET.get("page"))
    away = draws_of_absent(access.draws_to_reassign(request.user, today), today).count()
    context = {"page_obj": page, "today": today, "away": away, "section": "reviews"}
    return render(request, "coaching/quality/draw_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def draw_reassign(request: PersonRequest, pk: int) -> HttpResponse:
    """A lead or the head gives an open conversation to another reviewer."""
    now = timezone.now()
    draw = access.get_draw_to_reassign(request.user, pk, timezone.localdate(now))
    others = access.reviewers_to_pick(request.user).exclude(pk__in=[draw.reviewer_id, draw.reviewee_id])
    form = ReassignForm(request.POST or None, reviewers=others)
    if request.method == "POST" and form.is_valid():
        reviewer = form.cleaned_data["reviewer"]
        try:
            services.reassign_draw(actor=request.user, draw=draw, reviewer=reviewer, now=now)
        except services.QualityError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(reviewer)s has it in the queue now.") % {"reviewer": reviewer})
            return redirect("draw_list")
    return render(request, "coaching/quality/draw_reassign.html", {"draw": draw, "form": form, "section": "reviews"})


@login_required
@require_http_methods(["GET", "POST"])
def draw_one(request: PersonRequest) -> HttpResponse:
    """A lead or the head gives one conversation to a reviewer."""
    now = timezone.now()
    today = timezone.localdate(now)
    access.can_draw_by_hand(request.user, today).or_403()
    reviewers = access.reviewers_to_pick(request.user)
    cases = access.interactions_to_pick(request.user, today)
    chosen = queries.case_by_id(cases, whole_number(request.GET.get("case")))
    initial = {"case": chosen.external_id} if chosen else {}
    form = DrawOneForm(request.POST or None, reviewers=reviewers, initial=initial)
    if request.method == "POST" and form.is_valid():
        found = queries.cases_by_number(cases, form.cleaned_data["case"])
        if len(found) != 1:
            text = _("Several cases have this number.") if found else _("None of your people's cases has this number.")
            form.add_error("case", text)
        else:
            data = form.cleaned_data
            try:
                services.draw_one(
                    actor=request.user,
                    interaction=found[0],
                    reviewer=data["reviewer"],
                    reason=data["reason"],
                    position=data["message"],
                    now=now,
                )
            except services.QualityError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("%(reviewer)s has it in the queue now.") % {"reviewer": data["reviewer"]})
                return redirect("review_list")
    return render(request, "coaching/quality/draw_one.html", {"form": form, "section": "reviews"})
