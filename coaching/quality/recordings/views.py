"""The page on which a call gets its sound and its transcript, and the sound itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.interactions.models import Interaction
from coaching.quality.access import can_draw_by_hand, interactions_to_pick
from coaching.quality.queries import cases_by_number
from coaching.quality.recordings import access, queries, services, store
from coaching.quality.recordings.forms import FindCaseForm, RecordingForm, TranscriptForm
from coaching.quality.recordings.transcripts import MOST_CUES, TranscriptError, read_transcript
from coaching.quality.services import QualityError
from people.requests import PersonRequest, note_read

MOST_TRANSCRIPT_BYTES = 2 * 1024**2


@login_required
@require_http_methods(["GET", "POST"])
def recording_find(request: PersonRequest) -> HttpResponse:
    """A lead names the call that is to get a recording or a transcript."""
    on = timezone.localdate()
    can_draw_by_hand(request.user, on).or_403()
    form = FindCaseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        found = cases_by_number(interactions_to_pick(request.user, on), form.cleaned_data["case"])
        if len(found) == 1:
            return redirect("recording_edit", found[0].pk)
        form.add_error(
            "case", _("Several cases have this number.") if found else _("None of your people's cases has this number.")
        )
    context = {"form": form, "section": "reviews"}
    return render(request, "coaching/quality/recording_find.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def recording_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """The sound and the transcript of one case: each has a form of its own."""
    now = timezone.now()
    case = access.get_case_for(request.user, pk, timezone.localdate(now))
    access.can_add_recording(request.user, case, timezone.localdate(now)).or_403()
    what = request.POST.get("what", "")
    forms: dict[str, Any] = {
        "recording_form": RecordingForm(request.POST, request.FILES) if what == "recording" else RecordingForm(),
        "transcript_form": TranscriptForm(request.POST, request.FILES) if what == "transcript" else TranscriptForm(),
    }
    form = forms.get(f"{what}_form")
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            _add(request, case, what, form.cleaned_data)
        except QualityError as error:
            form.add_error(None, str(error))
        else:
            return redirect("recording_edit", case.pk)
    recording = queries.recording_of(case)
    cues, others = queries.turns_of(case)
    may_replace = access.can_replace_recording(case) if recording else None
    context = {
        "case": case,
        "recording": recording,
        "why_it_stands": may_replace.reason if may_replace is not None else "",
        "cues": cues,
        "others": others,
        "section": "queue",
        **forms,
    }
    failed = request.method == "POST" and form is not None and form.errors
    return render(request, "coaching/quality/recording_edit.html", context, status=422 if failed else 200)


def _add(request: PersonRequest, case: Interaction, what: str, data: dict[str, Any]) -> None:
    now = timezone.now()
    if what == "recording":
        services.add_recording(actor=request.user, interaction=case, upload=data["audio"], now=now)
        messages.success(request, _("The sound is there now."))
        return
    file = data["transcript"]
    if file.size > MOST_TRANSCRIPT_BYTES:
        raise QualityError(_("The transcript is larger than 2 MB. Is it a text file with times?"))
    try:
        cues = read_transcript(file.read())
    except TranscriptError as error:
        raise QualityError(_said(error)) from error
    turns = services.add_transcript(actor=request.user, interaction=case, cues=cues, rep=data["rep"].strip(), now=now)
    messages.success(request, _("The transcript is there now: %(n)d turns.") % {"n": turns})


def _said(error: TranscriptError) -> str:
    if error.code == "times":
        return _("Line %(line)d holds times that cannot be read. Times look like 00:01:02.500 --> 00:01:05.000.") % {
            "line": error.line
        }
    if error.code == "many":
        return _("The transcript has more than %(n)d parts. Split it.") % {"n": MOST_CUES}
    if error.code == "encoding":
        return _("The file is not text in UTF-8. Save it as UTF-8 and try again.")
    return _("The file holds nothing with a time. Choose a WebVTT or SubRip file.")


@login_required
@require_POST
def recording_delete(request: PersonRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    recording = access.get_recording_for(request.user, pk, timezone.localdate(now))
    access.can_add_recording(request.user, recording.interaction, timezone.localdate(now)).or_403()
    case = recording.interaction_id
    try:
        services.delete_recording(actor=request.user, recording=recording, now=now)
        messages.success(request, _("The sound is deleted."))
    except QualityError as error:
        messages.error(request, str(error))
    return redirect("recording_edit", case)


@login_required
@require_safe
def recording_sound(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The bytes, whole or the range that a player asks for; never kept by a cache on the way."""
    now = timezone.now()
    recording = access.get_recording_for(request.user, pk, timezone.localdate(now))
    handler = recording.interaction.handler
    if handler is not None and handler.person is not None:
        note_read(request, handler.person, "cases", now)
    path, kind = store.path_of(recording), store.CONTENT_TYPES[recording.kind]
    response: HttpResponseBase
    try:
        size = path.stat().st_size
        wanted = store.asked_range(request.headers.get("Range", ""), size)
    except FileNotFoundError:
        return HttpResponse(_("The sound file is missing. Add it again."), status=404, content_type="text/plain; charset=utf-8")
    except ValueError:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
        return response
    if wanted is None:
        response = FileResponse(path.open("rb"), content_type=kind)
    else:
        first, last = wanted
        response = StreamingHttpResponse(store.pieces(path, first, last), status=206, content_type=kind)
        response["Content-Range"], response["Content-Length"] = f"bytes {first}-{last}/{size}", str(last - first + 1)
    response["Accept-Ranges"], response["Cache-Control"] = "bytes", "private, no-store"
    response["Content-Disposition"], response["X-Content-Type-Options"] = "inline", "nosniff"
    return response
