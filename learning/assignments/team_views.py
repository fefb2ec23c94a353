"""The lead's pages: what their people have to learn, giving them a module, and changing many at once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from foundation.spreadsheets import csv_text
from learning.assignments import access, queries, services
from learning.assignments.forms import AssignModuleForm, DatesForm, TeamFilter, WithdrawForm
from learning.assignments.groups import queries as group_queries
from learning.assignments.groups import services as group_services
from learning.assignments.models import Assignment
from learning.modules.queries import catalogue
from people.access import teams_visible_to
from people.requests import PersonRequest

PAGE_SIZE = 25
USUAL_DAYS = 14
NAMES_TOLD = 10
MOST_AT_ONCE = 500


@require_safe
def learn_team(request: PersonRequest) -> HttpResponse:
    """The assignments of my people, the overdue ones first."""
    access.can_see_team(request.user).or_403()
    now = timezone.now()
    today = timezone.localdate(now)
    form, rows = _filtered(request, now)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [(row, row.is_overdue(today), row.is_closed(today)) for row in page],
        "query": request.GET.urlencode(),
    }
    return render(request, "learning/assignments/team.html", context)


@require_safe
def learn_team_export(request: PersonRequest) -> HttpResponse:
    """The list as it is filtered, whole, as a CSV file."""
    access.can_see_team(request.user).or_403()
    now = timezone.now()
    _form, rows = _filtered(request, now)
    services.note_export(actor=request.user, now=now)
    text = csv_text(group_queries.list_header(), group_queries.list_rows(rows))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="learning-{timezone.localdate(now)}.csv"'
    return response


def _filtered(request: PersonRequest, now: datetime) -> tuple[TeamFilter, QuerySet[Assignment]]:
    people = access.people_assignable_by(request.user, timezone.localdate(now))
    form = TeamFilter(request.GET, people=people, modules=catalogue(request.user))
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
    return form, rows


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
        teams=teams_visible_to(request.user, today),
        modules=catalogue(request.user),
        today=today,
    )
    if request.method == "POST" and form.is_valid():
        try:
            done = group_services.assign_module_to_people(actor=request.user, now=now, **form.cleaned_data)
        except services.AssignmentError as error:
            form.add_error(None, str(error))
        else:
            _tell(request, done)
            return redirect("learn_team")
    return render(request, "learning/assignments/assign.html", {"form": form})


def _names(people: Sequence[object]) -> str:
    """The first ten by name, then how many more."""
    told = ", ".join(str(person) for person in people[:NAMES_TOLD])
    more = len(people) - NAMES_TOLD
    return _("%(names)s and %(n)s more") % {"names": told, "n": more} if more > 0 else told


def _tell(request: HttpRequest, done: group_services.Assigned) -> None:
    count = len(done.assignments)
    if count:
        text = ngettext("Assigned to %(n)s person.", "Assigned to %(n)s people.", count) % {"n": count}
        messages.success(request, text)
    if done.already:
        names = _names(done.already)
        messages.warning(request, _("Left as it is, because they already have it to do: %(names)s.") % {"names": names})
    if done.done:
        messages.info(request, _("Left out, because they have completed it before: %(names)s.") % {"names": _names(done.done)})
    for reason in dict.fromkeys(reason for _person, reason in done.refused[:NAMES_TOLD]):
        messages.warning(request, reason)
    if not (count or done.already or done.done or done.refused):
        messages.warning(request, _("Nobody of yours is in these teams with these roles, so nothing was assigned."))


@require_POST
def learn_team_change(request: PersonRequest) -> HttpResponse:
    """What was ticked on the list: asks for the new day or the reason, then does it to all of them."""
    access.can_assign(request.user).or_403()
    now = timezone.now()
    today = timezone.localdate(now)
    ids = [int(pk) for pk in request.POST.getlist("assignment") if pk.isascii() and pk.isdigit() and len(pk) < 19]
    chosen = list(group_queries.changeable(request.user, ids[:MOST_AT_ONCE], today))
    if not chosen:
        messages.warning(request, _("Nothing was chosen. Tick the assignments that you want to change."))
        return redirect("learn_team")
    action = "withdraw" if request.POST.get("action") == "withdraw" else "dates"
    confirmed = "confirmed" in request.POST
    form = _change_form(request, action, confirmed, today)
    if confirmed and form.is_valid():
        wish = form.cleaned_data
        pks = [row.pk for row in chosen]
        if isinstance(form, WithdrawForm):
            done = group_services.withdraw_many(actor=request.user, ids=pks, reason=wish["reason"], now=now)
            text = ngettext("%(n)s assignment is withdrawn.", "%(n)s assignments are withdrawn.", done.count)
        else:
            done = group_services.change_dates_of_many(actor=request.user, ids=pks, now=now, **wish)
            text = ngettext("%(n)s assignment has the new date.", "%(n)s assignments have the new date.", done.count)
        if done.count:
            messages.success(request, text % {"n": done.count})
        if done.kept:
            kept = _names([f"{row.person}: {row.module.title}" for row, _reason in done.kept])
            messages.warning(request, _("Left as they are, because they are started or completed: %(names)s.") % {"names": kept})
        return redirect("learn_team")
    context = {"form": form, "chosen": chosen, "action": action}
    return render(request, "learning/assignments/change_many.html", context)


def _change_form(request: PersonRequest, action: str, confirmed: bool, today: date) -> DatesForm | WithdrawForm:
    data = request.POST if confirmed else None
    if action == "withdraw":
        return WithdrawForm(data)
    return DatesForm(data, initial={"due_on": today + timedelta(days=USUAL_DAYS)}, today=today)
