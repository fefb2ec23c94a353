"""Pages of those who decide how figures are counted: definitions and business hours."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.metrics import access, calendar_queries, queries, services
from coaching.metrics.calendar_services import CalendarError, remove_calendar, save_calendar
from coaching.metrics.definition_forms import CalendarForm, DefinitionForm
from people.models import Team
from people.requests import PersonRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def metrics_definition_edit(request: PersonRequest, key: str) -> HttpResponse:
    """Choose how a figure is counted: the next version."""
    access.can_define_metrics(request.user).or_403()
    definition = queries.definition_in_force(key)
    form = DefinitionForm(definition, request.POST or None)
    if form.is_valid():
        try:
            saved = services.define_metric(actor=request.user, key=key, now=timezone.now(), **form.wanted)
        except services.MetricError as error:
            form.add_error(None, str(error))
        else:
            if saved.pk == definition.pk:
                messages.info(request, _("Nothing was changed."))
            else:
                messages.success(
                    request,
                    _("Version %(n)s is in force. Where the counting changed, the days are counted again now.")
                    % {"n": saved.version},
                )
            return redirect("metrics_definition", key)
    return render(request, "coaching/metrics/definition_form.html", {"form": form, "definition": definition})


@login_required
@require_safe
def metrics_calendars(request: PersonRequest) -> HttpResponse:
    """When each team works."""
    access.can_read_calendars(request.user).or_403()
    context = {
        "organisation": calendar_queries.calendar_of(None),
        "teams": calendar_queries.hours_by_team(request.user, timezone.localdate()),
        "edit": bool(access.can_edit_calendars(request.user)),
    }
    return render(request, "coaching/metrics/calendars.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def metrics_calendar_organisation(request: PersonRequest) -> HttpResponse:
    """The hours that count wherever no team has its own."""
    access.can_edit_calendars(request.user).or_403()
    return _edit(request, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def metrics_calendar_team(request: PersonRequest, pk: int) -> HttpResponse:
    """A team's own hours, for it and the teams below."""
    return _edit(request, access.get_team_of_calendar_for(request.user, pk))


def _edit(request: PersonRequest, team: Team | None) -> HttpResponse:
    form = CalendarForm(calendar_queries.nearest_calendar(team), request.POST or None)
    if form.is_valid():
        try:
            save_calendar(actor=request.user, team=team, now=timezone.now(), **form.wanted)
        except CalendarError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved. Figures in business hours are counted again now."))
            return redirect("metrics_calendars")
    own = calendar_queries.calendar_of(team) is not None
    return render(request, "coaching/metrics/calendar_form.html", {"form": form, "team": team, "own": own})


@login_required
@require_POST
def metrics_calendar_remove(request: PersonRequest, pk: int) -> HttpResponse:
    """Give a team the hours of the team above again."""
    team = access.get_team_of_calendar_for(request.user, pk)
    remove_calendar(actor=request.user, calendar=calendar_queries.own_calendar_or_404(team), now=timezone.now())
    messages.success(request, _("%(team)s has the hours of the team above again.") % {"team": team})
    return redirect("metrics_calendars")
