"""Pages under /quality/imports/: upload, what it would do, confirm, watch, what became of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.interactions.importing.problems import ImportRefused
from coaching.quality.exchange import access, files, jobs, services
from coaching.quality.exchange.forms import ReviewUploadForm
from coaching.quality.services.errors import QualityError
from people.requests import PersonRequest

PER_PAGE = 25


@login_required
@require_safe
def review_import_list(request: PersonRequest) -> HttpResponse:
    """All imports of reviews, newest first."""
    access.can_import_reviews(request.user).or_403()
    page = Paginator(access.review_imports_visible_to(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "coaching/quality/exchange/import_list.html", {"page_obj": page, "section": "imports"})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review_import_upload(request: PersonRequest) -> HttpResponse:
    access.can_import_reviews(request.user).or_403()
    form = ReviewUploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        wish = services.ImportWish(
            source=data["source"].key if data["source"] else "", scale=data["scale"], drafts=data["drafts"]
        )
        try:
            job = services.upload_review_import(actor=request.user, upload=data["file"], wish=wish, now=timezone.now())
        except ImportRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            services.set_going(job=job, clock=timezone.now)
            return redirect("review_import_detail", job.pk)
    return render(request, "coaching/quality/exchange/import_upload.html", {"form": form, "section": "imports"})


@login_required
@require_safe
def review_import_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """What a file would do, how far it is, what it did. Asks for itself again while it runs."""
    job = access.get_review_import_for(request.user, pk)
    now = timezone.now()
    context = {
        "job": job,
        "stale": jobs.is_stale(job, now),
        "can_resume": jobs.can_resume(job, now),
        "has_errors": bool(job.counts.get("rejected")) and files.errors_path_of(job).is_file(),
        "section": "imports",
    }
    if request.headers.get("HX-Request"):
        return render(request, "coaching/quality/exchange/_import_status.html", context)
    return render(request, "coaching/quality/exchange/import_detail.html", context)


@login_required
@require_POST
def review_import_start(request: PersonRequest, pk: int) -> HttpResponse:
    """Confirm what was checked."""
    job = access.get_review_import_for(request.user, pk)
    try:
        job = services.start_review_import(actor=request.user, job=job, now=timezone.now())
    except QualityError as error:
        messages.error(request, str(error))
    else:
        services.set_going(job=job, clock=timezone.now)
    return redirect("review_import_detail", job.pk)


@login_required
@require_POST
def review_import_resume(request: PersonRequest, pk: int) -> HttpResponse:
    job = access.get_review_import_for(request.user, pk)
    try:
        job = services.resume_review_import(actor=request.user, job=job, now=timezone.now())
    except QualityError as error:
        messages.error(request, str(error))
    else:
        services.set_going(job=job, clock=timezone.now)
    return redirect("review_import_detail", job.pk)


@login_required
@require_POST
def review_import_discard(request: PersonRequest, pk: int) -> HttpResponse:
    job = access.get_review_import_for(request.user, pk)
    try:
        services.discard_review_import(actor=request.user, job=job, now=timezone.now())
    except QualityError as error:
        messages.error(request, str(error))
        return redirect("review_import_detail", job.pk)
    messages.success(request, _("The upload was thrown away."))
    return redirect("review_import_list")


@login_required
@require_safe
def review_import_errors(request: PersonRequest, pk: int) -> FileResponse:
    """The rejected rows as a CSV file."""
    path = files.errors_path_of(access.get_review_import_for(request.user, pk))
    if not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), as_attachment=True, filename=f"rejected-{pk}.csv", content_type="text/csv")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
