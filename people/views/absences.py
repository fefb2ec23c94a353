"""Who is away when: noted by oneself, one's lead, the head or an administrator."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from people import queries, services
from people.access import absences_visible_to, get_absence_for, may_read_note, people_to_note_absences_of
from people.forms import AbsenceFilter, AbsenceForm
from people.requests import PersonRequest
from people.views.shared import attempt, confirm, page_of


@require_http_methods(["GET", "HEAD", "POST"])
def absence_list(request: PersonRequest) -> HttpResponse:
    """Whose absences the reader keeps, and a form for another one."""
    person, today = request.user, timezone.localdate()
    people = people_to_note_absences_of(person, today)
    form = AbsenceForm(
        request.POST if request.method == "POST" else None, people=people, initial={"person": person.pk, "starts_on": today}
    )
    if form.is_valid():
        try:
            services.record_absence(actor=person, now=timezone.now(), **form.cleaned_data)
        except services.PeopleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Noted. %(person)s gets no new work on these days.") % form.cleaned_data)
            return redirect("absence_list")
    wish = AbsenceFilter(request.GET)
    wish.is_valid()
    rows = queries.absence_rows(absences_visible_to(person, today), wish.cleaned_data, today)
    page = page_of(request, rows)
    context = {
        "form": form,
        "filter": wish,
        "filtered": any(wish.cleaned_data.values()),
        "page_obj": page,
        "rows": [(absence, absence.note if may_read_note(person, absence) else "") for absence in page],
        "keeps_others": people.exclude(pk=person.pk).exists(),
        "today": today,
    }
    return render(request, "people/absence_list.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def absence_remove(request: PersonRequest, pk: int) -> HttpResponse:
    absence = get_absence_for(request.user, pk, timezone.localdate())
    if request.method == "POST":
        attempt(
            request,
            lambda: services.remove_absence(actor=request.user, absence=absence, now=timezone.now()),
            _("Removed."),
        )
        return redirect("absence_list")
    days = {
        "person": absence.person,
        "first": date_format(absence.starts_on, "j F Y"),
        "last": date_format(absence.until, "j F Y"),
    }
    return confirm(
        request,
        title=_("Remove this absence?"),
        text=_("%(person)s, %(first)s to %(last)s. Work is given to them on these days again.") % days,
        action=_("Remove it"),
        back=reverse("absence_list"),
    )
