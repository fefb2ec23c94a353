"""The reports: completion by team and module, who completed which version when, hours by year, how modules work; each as a file too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from foundation.spreadsheets import csv_lines, xlsx_bytes
from learning.assignments.hours import hours_of
from learning.classroom import access, services
from learning.classroom.forms import CompletionFilter, HoursFilter, ModuleFilter, ReportFilter
from learning.classroom.queries import effectiveness, proofs
from learning.classroom.queries import matrix as matrices
from people.queries import team_labels
from people.requests import PersonRequest

MODULES_SHOWN = 20
PAGE_SIZE = 50
MOST_IN_A_WORKBOOK = 100_000


# --- Completion by team and module --------------------------------------------------------------


@require_safe
def report_teams(request: PersonRequest) -> HttpResponse:
    access.can_read_reports(request.user).or_403()
    today = timezone.localdate()
    form = ReportFilter(request.GET, teams=access.teams_reported_to(request.user, today))
    form.is_valid()
    chosen = form.cleaned_data
    modules = Paginator(matrices.modules_reported(request.user, today, chosen.get("q", "")), MODULES_SHOWN).get_page(
        request.GET.get("page")
    )
    context = {
        "form": form,
        "page": modules,
        "matrix": matrices.matrix(request.user, list(modules), today, team=chosen.get("team")),
        "people": matrices.people_counted(request.user, today),
        "query": request.GET.urlencode(),
    }
    return render(request, "learning/classroom/teams.html", context)


@require_safe
def report_teams_export(request: PersonRequest, kind: str) -> HttpResponseBase:
    """Every team with every module, one row each."""
    access.can_read_reports(request.user).or_403()
    now = timezone.now()
    today = timezone.localdate(now)
    form = ReportFilter(request.GET, teams=access.teams_reported_to(request.user, today))
    form.is_valid()
    chosen = form.cleaned_data
    modules = {module.pk: module for module in matrices.modules_reported(request.user, today, chosen.get("q", ""))}
    labels = team_labels()
    header = [_("Team"), _("Module"), _("People"), _("Completed"), _("Share completed"), _("To do"), _("Overdue")]
    rows = [
        [
            labels.get(team_id, "") if team_id else _("no team"), modules[module_id].title, cell.n, cell.done,
            round(cell.done / cell.n, 4) if cell.n else "", cell.open, cell.overdue,
        ]
        for module_id, team_id, cell in matrices.by_team(request.user, list(modules.values()), today, team=chosen.get("team"))
    ]  # fmt: skip
    rows.sort(key=lambda row: (str(row[0]), str(row[1])))
    return _file(request, "teams", kind, header, rows, len(rows), now)


# --- Who completed which version when -----------------------------------------------------------


def _completion_filter(request: PersonRequest) -> CompletionFilter:
    today = timezone.localdate()
    teams = access.teams_reported_to(request.user, today)
    form = CompletionFilter(request.GET, teams=teams, modules=matrices.modules_reported(request.user, today))
    form.is_valid()
    return form


@require_safe
def report_completions(request: PersonRequest) -> HttpResponse:
    access.can_read_reports(request.user).or_403()
    form = _completion_filter(request)
    rows = proofs.completions(request.user, timezone.localdate(), **_wishes(form))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "query": request.GET.urlencode()}
    return render(request, "learning/classroom/completions.html", context)


def _wishes(form: CompletionFilter) -> dict[str, Any]:
    chosen = form.cleaned_data
    return {
        "search": chosen.get("q", ""),
        "module_id": chosen["module"].pk if chosen.get("module") else None,
        "team": chosen.get("team"),
        "since": chosen.get("since"),
        "until": chosen.get("until"),
        "how": chosen.get("how", ""),
    }


@require_safe
def report_completions_export(request: PersonRequest, kind: str) -> HttpResponseBase:
    access.can_read_reports(request.user).or_403()
    now = timezone.now()
    rows = proofs.completions(request.user, timezone.localdate(now), **_wishes(_completion_filter(request)))
    count = rows.count()
    body = proofs.completion_rows(rows.iterator(chunk_size=2000))
    return _file(request, "completions", kind, proofs.completion_header(), body, count, now)


# --- Hours by year ------------------------------------------------------------------------------


def _hours_filter(request: PersonRequest) -> HoursFilter:
    today = timezone.localdate()
    teams = access.teams_reported_to(request.user, today)
    form = HoursFilter(request.GET, teams=teams, years=proofs.years(request.user, today))
    form.is_valid()
    return form


@require_safe
def report_hours(request: PersonRequest) -> HttpResponse:
    access.can_read_reports(request.user).or_403()
    form = _hours_filter(request)
    year = form.chosen_year()
    people = proofs.learners_of_year(
        request.user, timezone.localdate(), year, search=form.cleaned_data.get("q", ""), team=form.cleaned_data.get("team")
    )
    page = Paginator(people, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "year": year,
        "page": page,
        "rows": hours_of(page, year),
        "query": request.GET.urlencode(),
    }
    return render(request, "learning/classroom/hours.html", context)


@require_safe
def report_hours_export(request: PersonRequest, kind: str) -> HttpResponseBase:
    access.can_read_reports(request.user).or_403()
    now = timezone.now()
    form = _hours_filter(request)
    year = form.chosen_year()
    people = proofs.learners_of_year(
        request.user, timezone.localdate(now), year, search=form.cleaned_data.get("q", ""), team=form.cleaned_data.get("team")
    )
    rows = list(proofs.hours_rows(proofs.hours_of_all(people, year), year))
    return _file(request, "hours", kind, proofs.hours_header(), rows, len(rows), now)


# --- How modules work ---------------------------------------------------------------------------


@require_safe
def report_effectiveness(request: PersonRequest) -> HttpResponse:
    access.can_read_reports(request.user).or_403()
    form = ModuleFilter(request.GET)
    form.is_valid()
    modules = matrices.modules_reported(request.user, timezone.localdate(), form.cleaned_data.get("q", ""))
    page = Paginator(modules, MODULES_SHOWN).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": effectiveness.effectiveness_of(page),
        "least": effectiveness.LEAST,
        "query": request.GET.urlencode(),
    }
    return render(request, "learning/classroom/effectiveness.html", context)


@require_safe
def report_effectiveness_export(request: PersonRequest, kind: str) -> HttpResponseBase:
    access.can_read_reports(request.user).or_403()
    now = timezone.now()
    form = ModuleFilter(request.GET)
    form.is_valid()
    modules = matrices.modules_reported(request.user, timezone.localdate(now), form.cleaned_data.get("q", ""))
    rows = list(effectiveness.effectiveness_rows(effectiveness.effectiveness_of(modules)))
    return _file(request, "effectiveness", kind, effectiveness.effectiveness_header(), rows, len(rows), now)


# --- Files --------------------------------------------------------------------------------------


def _file(
    request: PersonRequest,
    report: str,
    kind: str,
    header: Sequence[object],
    rows: Iterable[Sequence[object]],
    count: int,
    now: datetime,
) -> HttpResponseBase:
    """The rows as CSV, sent as they are read, or as a workbook of at most a hundred thousand rows."""
    if kind not in {"csv", "xlsx"}:
        raise Http404
    if kind == "xlsx" and count > MOST_IN_A_WORKBOOK:
        messages.warning(
            request,
            _("%(n)s rows are too many for a workbook. Narrow the report down, or take it as CSV.") % {"n": count},
        )
        return redirect(f"report_{report}")
    services.note_export(actor=request.user, report=report, rows=count, now=now)
    name = f'attachment; filename="learning-{report}-{timezone.localdate(now)}.{kind}"'
    if kind == "csv":
        lines = csv_lines(chain([header], rows))
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})
    content = xlsx_bytes({_("Learning"): (header, rows)})
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return HttpResponse(content, content_type=sheet, headers={"Content-Disposition": name})
