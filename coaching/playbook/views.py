"""The head's pages: which module answers which failed criterion."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from coaching.playbook import access, queries, services
from coaching.playbook.forms import RemedyForm
from learning.modules.queries import catalogue
from people.requests import PersonRequest


@require_safe
def remedy_list(request: PersonRequest) -> HttpResponse:
    access.can_manage_remedies(request.user).or_403()
    rows = queries.remedy_rows(request.user)
    context = {
        "rows": rows,
        "covered": sum(row.remedy is not None and row.remedy.active for row in rows),
        "resting": queries.remedies_without_criterion(request.user),
    }
    return render(request, "coaching/playbook/remedy_list.html", context)


def remedy_add(request: PersonRequest) -> HttpResponse:
    access.can_manage_remedies(request.user).or_403()
    open_rows = [row for row in queries.remedy_rows(request.user) if row.remedy is None]
    criteria = [(f"{row.scorecard_key}/{row.criterion.key}", f"{row.scorecard_name}: {row.criterion.label}") for row in open_rows]
    form = RemedyForm(
        request.POST or None,
        initial={"criterion": request.GET.get("criterion")},
        modules=catalogue(request.user),
        criteria=criteria,
    )
    if request.method == "POST" and form.is_valid():
        scorecard_key, criterion_key = form.cleaned_data["criterion"].split("/")
        try:
            services.add_remedy(
                actor=request.user,
                scorecard_key=scorecard_key,
                criterion_key=criterion_key,
                module=form.cleaned_data["module"],
                due_in_days=form.cleaned_data["due_in_days"],
                weight=form.cleaned_data["weight"],
                now=timezone.now(),
            )
        except services.PlaybookError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved. It works from the next published review on."))
            return redirect("remedy_list")
    return render(request, "coaching/playbook/remedy_form.html", {"form": form, "remedy": None})


def remedy_edit(request: PersonRequest, pk: int) -> HttpResponse:
    remedy = access.get_remedy_for(request.user, pk)
    initial = {"module": remedy.module_id, "due_in_days": remedy.due_in_days, "weight": remedy.weight}
    form = RemedyForm(request.POST or None, initial=initial, modules=catalogue(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_remedy(
                actor=request.user,
                remedy=remedy,
                module=form.cleaned_data["module"],
                due_in_days=form.cleaned_data["due_in_days"],
                weight=form.cleaned_data["weight"],
                now=timezone.now(),
            )
        except services.PlaybookError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved. What is assigned already stays as it is."))
            return redirect("remedy_list")
    context = {"form": form, "remedy": remedy, "criterion": queries.criterion_of(remedy)}
    return render(request, "coaching/playbook/remedy_form.html", context)


@require_POST
def remedy_pause(request: PersonRequest, pk: int) -> HttpResponse:
    remedy = access.get_remedy_for(request.user, pk)
    services.pause_remedy(actor=request.user, remedy=remedy, now=timezone.now())
    messages.success(request, _("Paused. Nothing more is assigned until you resume it."))
    return redirect("remedy_list")


@require_POST
def remedy_resume(request: PersonRequest, pk: int) -> HttpResponse:
    remedy = access.get_remedy_for(request.user, pk)
    services.resume_remedy(actor=request.user, remedy=remedy, now=timezone.now())
    messages.success(request, _("It works again, from the next published review on."))
    return redirect("remedy_list")
