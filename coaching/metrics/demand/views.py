"""Pages under /metrics/demand/: when customers write, how often, about what, and the cases themselves."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coaching.metrics.demand import access, customers, pictures, queries
from coaching.metrics.demand.case_list import RankedCases, ranked_cases
from coaching.metrics.demand.exports import cases_csv
from coaching.metrics.demand.forms import CasesForm, DemandForm
from coaching.metrics.queries import freshness, last_weeks
from people.models import Team
from people.requests import PersonRequest

PER_PAGE = 50
MONTHS_DRAWN = 24


def _chosen(request: PersonRequest, on: date) -> tuple[DemandForm, list[Team], Team | None]:
    access.can_read_demand(request.user).or_403()
    teams = access.demand_teams_for(request.user, on)
    form = DemandForm(request.GET, teams=teams)
    return form, teams, access.get_demand_team_for(teams, form.team_pk)


@login_required
@require_safe
def demand_hours(request: PersonRequest) -> HttpResponse:
    """When customers write: hours of the week, months and years, channels."""
    on = timezone.localdate()
    form, teams, team = _chosen(request, on)
    days = queries.demand_days(teams, team, everything=access.reads_everything(request.user))
    weeks, window = form.chosen_weeks, last_weeks(form.chosen_weeks, on)
    zone = queries.zone_of(team if form.chosen("zone") == "team" else None, on)
    found = queries.hours_of_week(days, window, zone)
    seasons = queries.months(days, on)
    names, channels = queries.channel_names(), queries.parts(days, window, "channels")
    title = _("Cases opened per hour of the week")
    context: dict[str, Any] = {
        "tab": "hours",
        "form": form,
        "teams": teams,
        "team": team,
        "window": window,
        "weeks": weeks,
        "zone": zone,
        "found": found,
        "heat": pictures.heat_svg(found, title, pictures.heat_description(found, weeks)) if found.cases else "",
        "weekdays": pictures.weekday_names(),
        "by_hour": [(hour, [found.cells[day, hour] for day in range(7)]) for hour in range(24)],
        "busiest": pictures.busiest_in_words(found),
        "seasons": seasons,
        "years": sorted({month.year for month in seasons}),
        "by_month": _by_month(seasons),
        "bars": _bars(seasons),
        "channels": channels,
        "named_channels": [(names.get(part.name, part.name), part) for part in channels.named],
        "freshness": freshness(),
    }
    return render(request, "coaching/metrics/demand/hours.html", context)


def _by_month(seasons: list[queries.Month]) -> list[tuple[str, list[queries.Month | None]]]:
    """January to December, each with one cell per year."""
    years = sorted({month.year for month in seasons})
    found = {(month.year, month.month): month for month in seasons}
    return [(date_format(date(2024, number, 1), "F"), [found.get((year, number)) for year in years]) for number in range(1, 13)]


def _bars(seasons: list[queries.Month]) -> str:
    drawn = seasons[-MONTHS_DRAWN:]
    if len(drawn) < 2:
        return ""
    labels = [date_format(date(month.year, month.month, 1), "M y") for month in drawn]
    top = max(drawn, key=lambda month: month.per_day)
    description = _("%(n)s months; most in %(month)s, with %(rate)s cases a day.") % {
        "n": len(drawn),
        "month": date_format(date(top.year, top.month, 1), "F Y"),
        "rate": pictures.rate_text(top.per_day),
    }
    return pictures.bars_svg(labels, [month.per_day for month in drawn], _("Cases opened per day, by month"), description)


@login_required
@require_safe
def demand_customers(request: PersonRequest) -> HttpResponse:
    """How often customers write, who writes again, and about what."""
    on = timezone.localdate()
    form, teams, team = _chosen(request, on)
    days = queries.demand_days(teams, team, everything=access.reads_everything(request.user))
    window = last_weeks(form.chosen_weeks, on)
    if team is None and access.reads_everything(request.user):
        frequency = customers.frequency_of_everybody(window)
    else:
        frequency = customers.frequency(queries.customer_days(teams, team), window)
    context = {
        "tab": "customers",
        "form": form,
        "teams": teams,
        "team": team,
        "window": window,
        "frequency": frequency,
        "customers": frequency.top,
        "topics": queries.parts(days, window, "topics"),
        "freshness": freshness(),
    }
    return render(request, "coaching/metrics/demand/customers.html", context)


def _cases(request: PersonRequest, on: date) -> tuple[CasesForm, list[Team], Team | None, RankedCases]:
    access.can_read_demand(request.user).or_403()
    teams = access.demand_teams_for(request.user, on)
    form = CasesForm(request.GET, teams=teams)
    team = access.get_demand_team_for(teams, form.team_pk)
    cases = access.demand_cases_for(request.user, teams, team, on)
    everything = team is None and access.reads_everything(request.user)
    return form, teams, team, ranked_cases(cases, form.window(on), form.wish, everything=everything)


@login_required
@require_safe
def demand_cases(request: PersonRequest) -> HttpResponse:
    """Cases by date, effort or response time."""
    on = timezone.localdate()
    form, teams, team, rows = _cases(request, on)
    context = {
        "tab": "cases",
        "form": form,
        "teams": teams,
        "team": team,
        "window": form.window(on),
        "wish": form.wish,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "freshness": freshness(),
    }
    return render(request, "coaching/metrics/demand/cases.html", context)


@login_required
@require_safe
def demand_cases_csv(request: PersonRequest) -> HttpResponse:
    """The same list as a file, ten thousand cases at most."""
    on = timezone.localdate()
    _form, _teams, _team, rows = _cases(request, on)
    response = HttpResponse(cases_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="cases-{on.isoformat()}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response
