"""Saved comments, masked messages, recordings and assessments. Vera reviews Rita."""

from django.core.files.uploadedfile import SimpleUploadedFile

from coaching.quality.assessments.services import ask_for_assessment, finish_assessment
from coaching.quality.recordings.services import add_recording
from coaching.quality.services import save_draft, start_review
from coaching.quality.workspace.services import save_snippet
from tests.access_table import Entry, by_role, only, signed_in
from tests.factories.quality import answers, make_draft, make_interaction, make_published
from tests.factories.sounds import a_wav

REVIEWING = ("reviewer", "lead", "other_lead", "head")
READERS = {"rep": 200, "lead": 200, "head": 200}
FORM = {"title": "Praise", "text": "Keep this.", "is_shared": ""}


def _upload():
    return SimpleUploadedFile("call.wav", a_wav(), content_type="audio/wav")


def build(cast, now):
    draft = make_draft(cast.vera, cast.rita, number=71, now=now)
    read = make_published(cast.vera, cast.rita, number=72, now=now)
    asked = ask_for_assessment(
        actor=cast.lena, interaction=make_interaction(cast.rita, number=73, now=now), reason="How was it?", now=now
    )
    assessment = start_review(
        actor=cast.rita,
        draw=ask_for_assessment(actor=cast.rita, interaction=make_interaction(cast.rita, number=74, now=now), reason="", now=now),
        now=now,
    )
    save_draft(actor=cast.rita, review=assessment, ratings=answers(assessment), comment="", now=now)
    finish_assessment(actor=cast.rita, review=assessment, now=now)
    kept = save_snippet(actor=cast.vera, title="Mine", text="Keep greeting.", is_shared=False, now=now)
    shared = save_snippet(actor=cast.vera, title="Ours", text="Keep greeting.", is_shared=True, now=now)
    return {
        "sheet": draft,
        "sheet_message": draft.interaction.messages.first(),
        "read": read,
        "read_message": read.interaction.messages.first(),
        "snippet": kept,
        "shared": shared,
        "recording": add_recording(actor=cast.vera, interaction=draft.interaction, upload=_upload(), now=now),
        "asked": asked,
        "assessment": assessment,
        "to_assess": make_interaction(cast.rita, number=75, now=now),
    }


def of(name):
    return lambda w: [getattr(w, name).pk]


ENTRIES = [
    Entry("snippet_list", get=only(*REVIEWING)),
    Entry("snippet_create", get=only(*REVIEWING), post=only(*REVIEWING, status=302), data=lambda w: FORM),
    Entry(
        "snippet_edit", args=of("snippet"), get=by_role(404, reviewer=200), post=by_role(404, reviewer=302), data=lambda w: FORM
    ),
    Entry(
        "snippet_edit",
        args=of("shared"),
        get=only("reviewer", "head"),
        post=only("reviewer", "head", status=302),
        data=lambda w: FORM | {"title": "Ours again"},
        case="shared",
    ),
    Entry("snippet_delete", args=of("snippet"), get=by_role(404, reviewer=200), post=by_role(404, reviewer=302)),
    Entry("message_show", args=lambda w: [w.sheet.pk, w.sheet_message.pk], post=by_role(404, reviewer=200)),
    Entry(
        "message_show",
        args=lambda w: [w.read.pk, w.read_message.pk],
        post=by_role(404, rep=403, reviewer=403, lead=200, head=200),
        case="published",
    ),
    Entry("recording_find", get=only("lead", "other_lead", "head"), post=only("lead", "other_lead", "head", status=422)),
    Entry(
        "recording_edit",
        args=lambda w: [w.sheet.interaction_id],
        get=by_role(404, rep=403, reviewer=200, lead=200, head=200),
        post=by_role(404, rep=403, reviewer=200, lead=200, head=200),
    ),
    Entry("recording_sound", args=of("recording"), get=by_role(404, reviewer=200, **READERS)),
    Entry("recording_delete", args=of("recording"), post=by_role(404, rep=403, reviewer=302, lead=302, head=302)),
    Entry("assessment_list", get=signed_in(200)),
    Entry(
        "assessment_ask",
        get=only("rep", "other_rep", "lead", "other_lead", "head"),
        post=by_role(403, rep=302, other_rep=422, lead=302, other_lead=422, head=302),
        data=lambda w: {"case": w.to_assess.external_id, "reason": "How was it?"},
    ),
    Entry("assessment_start", args=of("asked"), post=by_role(404, rep=302)),
    Entry("assessment_detail", args=of("assessment"), get=by_role(404, **READERS)),
]
