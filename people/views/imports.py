"""Importing people from a file: upload, look at what would happen, confirm, result with its error file."""

from dataclasses import asdict

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from foundation.row_problems import Problem
from people.access import can_manage_people
from people.error_file import error_file
from people.forms import UploadForm
from people.importing import MAX_BYTES, UnreadableFile, read_table
from people.requests import PersonRequest
from people.services.people_import import ImportResult, import_people
from people.uploads import Upload, find_upload, keep_upload

ROWS_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
def people_import(request: PersonRequest) -> HttpResponse:
    can_manage_people(request.user).or_403()
    form = UploadForm(request.POST or None, request.FILES or None, max_bytes=MAX_BYTES)
    if form.is_valid():
        token = keep_upload(
            person=request.user, upload=form.cleaned_data["file"], invite=form.cleaned_data["invite"], now=timezone.now()
        )
        return redirect("people_import_preview", token)
    return render(request, "people/import_upload.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def people_import_preview(request: PersonRequest, token: str) -> HttpResponse:
    """What the file would do; posting does it."""
    upload = _own_upload(request, token)
    if upload.result() is not None:
        return redirect("people_import_result", token)
    try:
        result = _run(request, upload, dry_run=request.method != "POST")
    except UnreadableFile as error:
        return render(request, "people/import_unreadable.html", {"upload": upload, "reason": str(error)})
    if request.method == "POST":
        upload.keep_result({"counts": result.counts(), "problems": [asdict(problem) for problem in result.problems]})
        return redirect("people_import_result", token)
    rows = [outcome for outcome in result.outcomes if outcome.result != "unchanged"]
    context = {
        "upload": upload,
        "result": result,
        "counts": result.counts(),
        "rows": rows[:ROWS_SHOWN],
        "more": max(0, len(rows) - ROWS_SHOWN),
        "problems": result.problems[:ROWS_SHOWN],
    }
    return render(request, "people/import_preview.html", context)


@require_safe
def people_import_result(request: PersonRequest, token: str) -> HttpResponse:
    upload = _own_upload(request, token)
    result = upload.result()
    if result is None:
        return redirect("people_import_preview", token)
    return render(request, "people/import_result.html", {"upload": upload, "counts": result["counts"], "token": token})


@require_safe
def people_import_errors(request: PersonRequest, token: str) -> HttpResponse:
    """The rejected rows as a file."""
    result = _own_upload(request, token).result()
    if result is None:
        raise Http404
    text = error_file(Problem(**problem) for problem in result["problems"])
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="people-errors.csv"'
    return response


def _own_upload(request: PersonRequest, token: str) -> Upload:
    can_manage_people(request.user).or_403()
    upload = find_upload(request.user, token)
    if upload is None:
        raise Http404
    return upload


def _run(request: PersonRequest, upload: Upload, *, dry_run: bool) -> ImportResult:
    now = timezone.now()
    return import_people(
        actor=request.user,
        table=read_table(upload.data()),
        invite=upload.invite,
        dry_run=dry_run,
        today=timezone.localdate(now),
        now=now,
    )
