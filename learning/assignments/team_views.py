"""The lead's pages: what their people have to learn, and giving them a module."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from learning.assignments import access, queries, services
from learning.assignments.forms import AssignModuleForm, TeamFilter
from learning.modules.queries import catalogue
from people.requests import PersonRequest

PAGE_SIZE = 25
USUAL_DAYS = 14


@require_safe
def learn_team(request: PersonRequest) -> HttpResponse:
    """The assignments of my people, the overdue ones first."""
    access.can_see_team(request.user).or_403()
    now = timezone.now()
    today = timezone.localdate(now)
    form = TeamFilter(request.GET, people=access.people_assignable_by(request.user, today), modules=catalogue(request.user))
    form.is_valid()
    chosen = form.cleaned_data
    rows = queries.team_assignments(
        request.user,
        now,
        search=chosen.get("q", ""),
        state=chosen.get("state", ""),
        person=chosen.get("person"),
        module_id=chosen["module"].pk if chosen.get("module") else None,
    )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "rows": [(row, row.is_overdue(today)) for row in page]}
    return render(request, "learning/assignments/team.html", context)


def assign_module(request: PersonRequest) -> HttpResponse:
    access.can_assign(request.user).or_403()
    now = timezone.now()
    today = timezone.localdate(now)
    initial = {
        "due_on": today + timedelta(days=USUAL_DAYS),
        "module": request.GET.get("module"),
        "people": request.GET.getlist("person"),
        "because": request.GET.get("because", ""),
    }
    form = AssignModuleForm(
        request.POST or None,
        initial=initial,
        people=access.people_assignable_by(request.user, today),
        modules=catalogue(request.user),
        today=today,
    )
    if request.method == "POST" and form.is_valid():
        wish = form.cleaned_data
        try:
            done = services.assign_module_to_people(
                actor=request.user,
                people=wish["people"],
                module=wish["module"],
                due_on=wish["due_on"],
                because=wish["because"],
                now=now,
            )
        except services.AssignmentError as error:
            form.add_error(None, str(error))
        else:
            _tell(request, done)
            return redirect("learn_team")
    return render(request, "learning/assignments/assign.html", {"form": form})


def _tell(request: PersonRequest, done: services.Assigned) -> None:
    count = len(done.assignments)
    if count:
        text = ngettext("Assigned to %(n)s person.", "Assigned to %(n)s people.", count) % {"n": count}
        messages.success(request, text)
    if done.already:
        names = ", ".join(str(person) for person in done.already)
        messages.warning(request, _("Left as it is, because they already have it to do: %(names)s.") % {"names": names})
