"""The pages of learning paths: the list, one path, somebody's way, giving it, and keeping its steps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from learning.assignments.access import can_assign, people_assignable_by
from learning.assignments.services import AssignmentError
from learning.modules.access import get_module_for
from learning.modules.queries import catalogue
from learning.paths import access, queries, services
from learning.paths.forms import AssignPathForm, PathFilter, PathForm, StepForm, WithdrawPathForm
from people.access import teams_visible_to
from people.requests import PersonRequest, note_read

PAGE_SIZE = 20
USUAL_DAYS = 60


@require_safe
def path_list(request: PersonRequest) -> HttpResponse:
    form = PathFilter(request.GET)
    form.is_valid()
    page = Paginator(queries.path_list(request.user, search=form.cleaned_data.get("q", "")), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    mine = queries.my_paths(request.user)
    context = {
        "form": form,
        "page": page,
        "rows": [(path, mine.get(path.pk)) for path in page],
        "can_keep": access.can_keep_paths(request.user),
    }
    return render(request, "learning/paths/list.html", context)


@require_safe
def path_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """The steps, how far I am, and how far my people are."""
    path = access.get_path_for(request.user, pk)
    today = timezone.localdate()
    people = None
    if can_assign(request.user):
        rows = queries.people_on(path, request.user, today)
        people = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    met = queries.met_of_many(path, [row.person for row in people]) if people else {}
    progress = queries.progress_of(path, request.user)
    context = {
        "path": path,
        "progress": progress,
        "mine": queries.latest_path_of(request.user, path),
        "people": people,
        "rows": [(row, met.get(row.person_id, 0)) for row in people or ()],
        "can_keep": access.can_keep_paths(request.user),
        "can_assign": can_assign(request.user),
    }
    return render(request, "learning/paths/detail.html", context)


@require_safe
def path_way(request: PersonRequest, pk: int) -> HttpResponse:
    """One person's way on a path: what is done, what comes now, what may be chosen."""
    now = timezone.now()
    today = timezone.localdate(now)
    assignment = access.get_path_assignment_for(request.user, pk, today)
    note_read(request, assignment.person, "learning", now)
    context = {
        "assignment": assignment,
        "path": assignment.path,
        "progress": queries.progress_of(assignment.path, assignment.person),
        "is_learner": assignment.person_id == request.user.pk,
        "can_go": access.can_go(request.user, assignment),
        "can_withdraw": assignment.is_open and access.can_withdraw_path(request.user, assignment, today),
    }
    return render(request, "learning/paths/way.html", context)


@require_POST
def path_choose(request: PersonRequest, pk: int) -> HttpResponse:
    path = access.get_path_for(request.user, pk)
    try:
        assignment = services.choose_path(actor=request.user, path=path, now=timezone.now())
    except services.PathError as error:
        messages.error(request, str(error))
        return redirect("path_detail", pk)
    return redirect("path_way", assignment.pk)


@require_POST
def path_take(request: PersonRequest, pk: int, module_pk: int) -> HttpResponse:
    """Choose one of the modules of the step one has reached."""
    assignment = access.get_path_assignment_for(request.user, pk, timezone.localdate())
    access.can_go(request.user, assignment).or_403()
    module = get_module_for(request.user, module_pk)
    try:
        taken = services.choose_on_path(actor=request.user, assignment=assignment, module=module, now=timezone.now())
    except (services.PathError, AssignmentError) as error:
        messages.error(request, str(error))
        return redirect("path_way", pk)
    return redirect("assignment_detail", taken.pk)


def path_withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    assignment = access.get_path_assignment_for(request.user, pk, timezone.localdate(now))
    access.can_withdraw_path(request.user, assignment, timezone.localdate(now)).or_403()
    form = WithdrawPathForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wish = form.cleaned_data
        _do(
            request,
            lambda: services.withdraw_path(actor=request.user, assignment=assignment, reason=wish["reason"], now=now),
            _("The path is withdrawn."),
        )
        return redirect("path_way", pk)
    return render(request, "learning/paths/withdraw.html", {"assignment": assignment, "form": form})


def path_assign(request: PersonRequest, pk: int) -> HttpResponse:
    can_assign(request.user).or_403()
    path = access.get_path_for(request.user, pk)
    now = timezone.now()
    today = timezone.localdate(now)
    form = AssignPathForm(
        request.POST or None,
        initial={"due_on": today + timedelta(days=USUAL_DAYS)},
        people=people_assignable_by(request.user, today),
        teams=teams_visible_to(request.user, today),
        today=today,
    )
    if request.method == "POST" and form.is_valid():
        try:
            given = services.assign_path_to_people(actor=request.user, path=path, now=now, **form.cleaned_data)
        except services.PathError as error:
            form.add_error(None, str(error))
        else:
            _tell(request, given)
            return redirect("path_detail", pk)
    return render(request, "learning/paths/assign.html", {"path": path, "form": form})


def _tell(request: PersonRequest, given: services.PathGiven) -> None:
    count = len(given.assignments)
    if count:
        messages.success(request, ngettext("Given to %(n)s person.", "Given to %(n)s people.", count) % {"n": count})
    if given.already:
        n = len(given.already)
        text = ngettext("%(n)s person is on it already.", "%(n)s people are on it already.", n)
        messages.warning(request, text % {"n": n})
    if given.done:
        n = len(given.done)
        text = ngettext(
            "%(n)s person has gone it before and was left out.", "%(n)s people have gone it before and were left out.", n
        )
        messages.info(request, text % {"n": n})
    if not (count or given.already or given.done):
        messages.warning(request, _("Nobody of yours is in these teams with these roles, so nothing was given."))


# --- Keeping ------------------------------------------------------------------------------------


def path_create(request: PersonRequest) -> HttpResponse:
    access.can_keep_paths(request.user).or_403()
    form = PathForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            path = services.create_path(actor=request.user, now=timezone.now(), **form.cleaned_data)
        except services.PathError as error:
            form.add_error("title", str(error))
        else:
            return redirect("path_edit", path.pk)
    return render(request, "learning/paths/form.html", {"form": form, "path": None})


def path_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Title, summary and the steps of a path."""
    path = access.get_path_to_keep(request.user, pk)
    form = PathForm(request.POST or None, instance=path)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_path(actor=request.user, path=path, now=timezone.now(), **form.cleaned_data)
        except services.PathError as error:
            form.add_error("title", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("path_edit", pk)
    steps = queries.progress_of(path, request.user).steps
    return render(request, "learning/paths/form.html", {"form": form, "path": path, "steps": steps})


def step_add(request: PersonRequest, pk: int) -> HttpResponse:
    return _step(request, pk, None)


def step_edit(request: PersonRequest, pk: int, step_pk: int) -> HttpResponse:
    return _step(request, pk, step_pk)


def _step(request: PersonRequest, pk: int, step_pk: int | None) -> HttpResponse:
    path = access.get_path_to_keep(request.user, pk)
    step = access.get_step_to_keep(request.user, pk, step_pk) if step_pk else None
    initial = {}
    if step is not None:
        chosen = [row.module_id for row in step.step_modules.all()]
        initial = {"modules": chosen, "needed": step.needed if step.needed < len(chosen) else None}
    form = StepForm(request.POST or None, initial=initial, modules=catalogue(request.user))
    if request.method == "POST" and form.is_valid():
        wish = form.cleaned_data
        try:
            services.save_step(
                actor=request.user,
                path=path,
                step=step,
                modules=list(wish["modules"]),
                needed=wish["needed"],
                now=timezone.now(),
            )
        except services.PathError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved. Who is on the path goes on by the new steps."))
            return redirect("path_edit", pk)
    return render(request, "learning/paths/step.html", {"form": form, "path": path, "step": step})


@require_POST
def step_remove(request: PersonRequest, pk: int, step_pk: int) -> HttpResponse:
    step = access.get_step_to_keep(request.user, pk, step_pk)
    services.remove_step(actor=request.user, step=step, now=timezone.now())
    messages.success(request, _("The step is taken out. What was completed for it stays."))
    return redirect("path_edit", pk)


@require_POST
def step_move(request: PersonRequest, pk: int, step_pk: int) -> HttpResponse:
    step = access.get_step_to_keep(request.user, pk, step_pk)
    services.move_step(actor=request.user, step=step, up=request.POST.get("to") != "down", now=timezone.now())
    return redirect("path_edit", pk)


@require_POST
def path_archive(request: PersonRequest, pk: int) -> HttpResponse:
    """Out of use, or back into it."""
    path = access.get_path_to_keep(request.user, pk)
    archived = request.POST.get("archived") != "no"
    done = _("Archived. Who is on the way goes on.") if archived else _("The path is in use again.")
    _do(
        request,
        lambda: services.set_archived(actor=request.user, path=path, archived=archived, now=timezone.now()),
        done,
    )
    return redirect("path_edit", pk)


def _do(request: PersonRequest, call: Callable[[], object], done: str) -> None:
    try:
        call()
    except services.PathError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
