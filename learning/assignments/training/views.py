"""Completing by hand, and importing what people learnt before: upload, look at what would happen, confirm, result."""

from __future__ import annotations

from dataclasses import asdict

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation.row_problems import Problem
from learning.assignments import access
from learning.assignments.forms import ByHandForm, TrainingFileForm
from learning.assignments.services import AssignmentError
from learning.assignments.training.importing import read_training_table
from learning.assignments.training.services import TrainingResult, complete_by_hand, import_training
from people.error_file import error_file
from people.importing import UnreadableFile
from people.requests import PersonRequest
from people.uploads import Upload, keep_upload

ROWS_SHOWN = 200


def assignment_by_hand(request: PersonRequest, pk: int) -> HttpResponse:
    """The lead says that it is learnt, and how they know."""
    now = timezone.now()
    today = timezone.localdate(now)
    assignment = access.get_assignment_for(request.user, pk, today)
    access.can_complete_by_hand(request.user, assignment, today).or_403()
    form = ByHandForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            complete_by_hand(actor=request.user, assignment=assignment, reason=form.cleaned_data["reason"], now=now)
        except AssignmentError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Completed by hand. The proof names you and your reason."))
        return redirect("assignment_detail", pk)
    return render(request, "learning/assignments/by_hand.html", {"assignment": assignment, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def training_import(request: PersonRequest) -> HttpResponse:
    access.can_import_training(request.user).or_403()
    form = TrainingFileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        token = keep_upload(person=request.user, upload=form.cleaned_data["file"], invite=False, now=timezone.now())
        return redirect("training_import_preview", token)
    return render(request, "learning/assignments/training_upload.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def training_import_preview(request: PersonRequest, token: str) -> HttpResponse:
    """What the file would do; posting does it."""
    upload = access.get_training_upload_for(request.user, token)
    if upload.result() is not None:
        return redirect("training_import_result", token)
    try:
        result = _run(request, upload, dry_run=request.method != "POST")
    except UnreadableFile as error:
        return render(request, "learning/assignments/training_unreadable.html", {"upload": upload, "reason": str(error)})
    if request.method == "POST":
        upload.keep_result({"counts": result.counts(), "problems": [asdict(problem) for problem in result.problems]})
        return redirect("training_import_result", token)
    rows = [row for row in result.outcomes if row.result != "unchanged"]
    context = {
        "upload": upload,
        "result": result,
        "counts": result.counts(),
        "rows": rows[:ROWS_SHOWN],
        "more": max(0, len(rows) - ROWS_SHOWN),
        "problems": result.problems[:ROWS_SHOWN],
    }
    return render(request, "learning/assignments/training_preview.html", context)


@require_safe
def training_import_result(request: PersonRequest, token: str) -> HttpResponse:
    upload = access.get_training_upload_for(request.user, token)
    result = upload.result()
    if result is None:
        return redirect("training_import_preview", token)
    context = {"upload": upload, "counts": result["counts"], "token": token}
    return render(request, "learning/assignments/training_result.html", context)


@require_safe
def training_import_errors(request: PersonRequest, token: str) -> HttpResponse:
    """The rejected rows as a file."""
    result = access.get_training_upload_for(request.user, token).result()
    if result is None:
        raise Http404
    text = error_file(Problem(**problem) for problem in result["problems"])
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="training-errors.csv"'
    return response


def _run(request: PersonRequest, upload: Upload, *, dry_run: bool) -> TrainingResult:
    now = timezone.now()
    table = read_training_table(upload.data())
    return import_training(actor=request.user, table=table, dry_run=dry_run, today=timezone.localdate(now), now=now)
