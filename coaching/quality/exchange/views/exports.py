"""Pages under /quality/export/, and the history that was imported."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coaching.quality.exchange import access, files, jobs, queries, services
from coaching.quality.exchange.forms import ExportForm
from coaching.quality.exchange.models import QualityExport
from coaching.quality.forms import whole_number
from coaching.quality.services.errors import QualityError
from foundation.charts import line_chart
from people.requests import PersonRequest, note_read

PER_PAGE = 10
TYPES = {
    "csv": "application/zip",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def quality_export(request: PersonRequest) -> HttpResponseBase:
    """Choose what to export. A small file comes at once, a large one is written in the background."""
    access.can_export_quality(request.user).or_403()
    now = timezone.now()
    today = timezone.localdate(now)
    form = ExportForm(request.POST or None, person=request.user, today=today)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            export = services.create_quality_export(
                actor=request.user,
                kind=data["format"],
                tables=data["tables"],
                since=data["since"],
                until=data["until"],
                team=data.get("team"),
                person=data.get("person"),
                now=now,
            )
        except QualityError as error:
            form.add_error(None, str(error))
        else:
            services.set_going(job=export, clock=timezone.now)
            export.refresh_from_db()
            if export.state == QualityExport.State.DONE:
                return _file(request, export)
            return redirect("quality_export_detail", export.pk)
    page = Paginator(access.quality_exports_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "tables": queries.all_tables(),
        "now": now,
        "may_read_history": bool(access.can_read_history(request.user, today)),
        "section": "exports",
    }
    return render(request, "coaching/quality/exchange/export.html", context)


@login_required
@require_safe
def quality_export_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """How far a large export is. Asks for itself again while it is written."""
    export = access.get_quality_export_for(request.user, pk)
    now = timezone.now()
    context = {"job": export, "stale": jobs.is_stale(export, now), "there": export.expires_at > now, "section": "exports"}
    if request.headers.get("HX-Request"):
        return render(request, "coaching/quality/exchange/_export_status.html", context)
    return render(request, "coaching/quality/exchange/export_detail.html", context)


@login_required
@require_safe
def quality_export_download(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The file, for who asked for it, as long as they may read whom it is about."""
    export = access.get_quality_export_for(request.user, pk)
    return _file(request, export)


def _file(request: PersonRequest, export: QualityExport) -> HttpResponseBase:
    now = timezone.now()
    if request.acting_as is not None:
        raise PermissionDenied(_("A file is for who asked for it, not for who sees the site as they do."))
    access.can_download_export(request.user, export, timezone.localdate(now), now).or_403()
    path = files.path_of(export)
    if not path.is_file():
        messages.error(request, _("This file is not there any more. Export again."))
        return redirect("quality_export")
    services.note_download(actor=request.user, export=export, now=now)
    ending = "zip" if export.format == QualityExport.Format.CSV else export.format
    name = f"quality-{export.since}-{export.until}.{ending}"
    response = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=TYPES[export.format])
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_safe
def imported_history(request: PersonRequest) -> HttpResponse:
    """The mean score by month in the system before: apart from our figures, which it never enters."""
    now = timezone.now()
    today = timezone.localdate(now)
    access.can_read_history(request.user, today).or_403()
    whom = whole_number(request.GET.get("person"))
    everybody = access.imported_reviews_of(request.user, today, 0)
    reviews = access.imported_reviews_of(request.user, today, whom) if whom else everybody
    people = list(queries.people_with_history(everybody))
    person = next((each for each in people if each.pk == whom), None)
    if person is not None:
        note_read(request, person, "reviews", now)
    months = queries.history_of(reviews)
    chart = line_chart(
        labels=[date_format(month.first, "M Y") for month in months],
        values=[month.mean for month in months],
        lows=[month.low for month in months],
        highs=[month.high for month in months],
        title=_("Mean score by month, imported reviews"),
        description=_("The same numbers stand in the table below."),
    )
    context = {
        "months": list(reversed(months)),
        "chart": chart if len(months) > 1 else "",
        "people": people,
        "person": person,
        "total": sum(month.n for month in months),
        "section": "history",
    }
    return render(request, "coaching/quality/exchange/history.html", context)
