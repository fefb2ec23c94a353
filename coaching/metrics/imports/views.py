"""Pages under /metrics/imports/: upload, check the mapping, watch, download what was rejected."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.interactions.models import ImportJob
from coaching.interactions.services import ImportRefused
from coaching.metrics.imports import access, queries, services
from coaching.metrics.imports.forms import LABELS, MappingForm, UploadForm
from coaching.metrics.matching.queries import count_waiting
from people.requests import PersonRequest

PER_PAGE = 25
FORM_AND_SAFE = ["GET", "HEAD", "POST"]


@login_required
@require_safe
def import_list(request: PersonRequest) -> HttpResponse:
    """All imports, newest first."""
    access.can_import(request.user).or_403()
    state, text = request.GET.get("state", ""), request.GET.get("q", "").strip()
    jobs = queries.filtered(access.jobs_visible_to(request.user), state, text)
    page = Paginator(jobs, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "state": state, "text": text, "states": ImportJob.State.choices}
    return render(request, "coaching/metrics/imports/list.html", context)


@login_required
@require_http_methods(FORM_AND_SAFE)
def import_upload(request: PersonRequest) -> HttpResponse:
    """Choose a file."""
    access.can_import(request.user).or_403()
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            job = services.upload_import(
                actor=request.user,
                upload=form.cleaned_data["file"],
                kind=form.cleaned_data["kind"],
                mapping_file=form.cleaned_data["mapping_file"],
                now=timezone.now(),
            )
        except ImportRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("import_preview", job.pk)
    return render(request, "coaching/metrics/imports/upload.html", {"form": form})


@login_required
@require_http_methods(FORM_AND_SAFE)
def import_preview(request: PersonRequest, pk: int) -> HttpResponse:
    """The first rows as they are understood, the mapping to correct, and the start."""
    job = access.get_job_for(request.user, pk)
    if job.state != ImportJob.State.DRAFT:
        return redirect("import_detail", job.pk)
    now = timezone.now()
    mapping = job.mapping
    header = queries.header_of(queries.stored_path(job), mapping, job.kind)
    form = MappingForm(request.POST or None, job=job, header=header, mapping=mapping)
    if request.method == "POST" and form.is_valid():
        mapping = form.mapping()
        if request.POST.get("action") == "start":
            try:
                services.start_import(actor=request.user, job=job, mapping=mapping, now=now)
            except (ImportRefused, services.ImportJobError) as refusal:
                form.add_error(None, str(refusal))
            else:
                return redirect("import_detail", job.pk)
    shown = queries.preview(job, mapping, now)
    context = {
        "job": job,
        "form": form,
        "preview": shown,
        "labels": [LABELS.get(name, name) for name in shown.fields],
        "before": queries.same_file_before(job),
        "format": queries.format_title(mapping),
    }
    return render(request, "coaching/metrics/imports/preview.html", context)


@login_required
@require_safe
def import_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """How far an import is, and what came of it. Asks for itself again while it runs."""
    job = access.get_job_for(request.user, pk)
    if job.state == ImportJob.State.DRAFT:
        return redirect("import_preview", job.pk)
    now = timezone.now()
    context = {
        "job": job,
        "stale": queries.is_stale(job, now),
        "can_resume": queries.can_resume(job, now),
        "moving": job.state in {ImportJob.State.WAITING, ImportJob.State.RUNNING},
        "share": min(job.position, job.total),
        "unmatched": count_waiting(job.source_id) if job.state == ImportJob.State.DONE else 0,
    }
    if request.headers.get("HX-Request"):
        return render(request, "coaching/metrics/imports/_status.html", context)
    return render(request, "coaching/metrics/imports/detail.html", context)


@login_required
@require_POST
def import_resume(request: PersonRequest, pk: int) -> HttpResponse:
    """Go on with a stopped import."""
    job = access.get_job_for(request.user, pk)
    try:
        services.resume_import(actor=request.user, job=job, now=timezone.now())
    except services.ImportJobError as refusal:
        messages.error(request, str(refusal))
    return redirect("import_detail", job.pk)


@login_required
@require_POST
def import_discard(request: PersonRequest, pk: int) -> HttpResponse:
    """Throw an upload away that was never started."""
    job = access.get_job_for(request.user, pk)
    try:
        services.discard_import(actor=request.user, job=job, now=timezone.now())
    except services.ImportJobError as refusal:
        messages.error(request, str(refusal))
        return redirect("import_detail", job.pk)
    messages.success(request, _("The upload was thrown away."))
    return redirect("import_list")


@login_required
@require_POST
def import_match(request: PersonRequest, pk: int) -> HttpResponse:
    """Look again for the people behind the handlers of this import's source."""
    job = access.get_job_for(request.user, pk)
    if job.source is None:
        raise Http404
    found = services.match_again(actor=request.user, source=job.source, now=timezone.now())
    messages.success(
        request,
        ngettext("%(n)s handler was matched to a person.", "%(n)s handlers were matched to people.", found) % {"n": found},
    )
    return redirect("import_detail", job.pk)


@login_required
@require_safe
def import_errors(request: PersonRequest, pk: int) -> FileResponse:
    """The rejected rows as a CSV file."""
    job = access.get_job_for(request.user, pk)
    path = queries.errors_path(job)
    if not job.rejected or not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), as_attachment=True, filename=f"rejected-{job.pk}.csv", content_type="text/csv")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
