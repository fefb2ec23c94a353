"""A module as one file: out of one installation, into another as a draft; and what a broken file is told."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.models import Page

from cms.models import Standard
from learning.modules.certificate_templates import CertificateTemplate
from learning.modules.content import from_page, from_revision
from learning.modules.models import Module
from learning.modules.services import publish_starter_modules
from people.models import AuditEntry
from tests.factories.learning import lesson, make_module
from tests.learning.modules.test_interactive_blocks import block, document, picture, spot

pytestmark = pytest.mark.django_db


def exported(sign_in, person, module) -> bytes:
    answer = sign_in(person).get(reverse("export_module", args=[module.pk]))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{module.slug}.zip"'
    return answer.content


def uploaded(sign_in, person, content: bytes) -> Any:
    return sign_in(person).post(reverse("import_module"), {"file": SimpleUploadedFile("module.zip", content)})


def changed(content: bytes, **changes: Any) -> bytes:
    """The same file with other values in its `module-content.json`; a value None takes a name away."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            found = old.read(name)
            if name == "module-content.json":
                described = json.loads(found) | changes
                found = json.dumps({key: value for key, value in described.items() if value is not None}).encode()
            new.writestr(name, found)
    return stream.getvalue()


def test_a_module_travels_with_its_media(cast, sign_in, now):
    film = document("film.mp4", b"moving")
    lessons = [
        lesson("Words"),
        {**block("hotspot", {"image": picture().pk, "alt": "An invoice", "task": "Find it", "spots": [spot()]}), "id": "l2"},
        {**block("video", {"file": film.pk, "caption": "c", "captions": None, "silent": True, "transcript": ""}), "id": "l3"},
    ]
    module = make_module(now, "Travels", lessons=lessons, pass_mark=75, quiz_attempts=3, quiz_time_limit_minutes=20)
    content = exported(sign_in, cast.hana, module)
    assert AuditEntry.objects.filter(verb="read.module_file", actor=cast.hana).count() == 1
    film.delete()
    answer = uploaded(sign_in, cast.edda, content)
    draft = Module.objects.exclude(pk=module.pk).get()
    assert answer.url == reverse("wagtailadmin_pages:edit", args=[draft.pk])
    assert (draft.title, draft.slug, draft.live, draft.pass_mark, draft.summary) == (
        "Travels",
        "travels-2",
        False,
        75,
        module.summary,
    )
    before, after = from_revision(module.live_revision), from_page(draft)
    assert (after.questions, after.rules) == (before.questions, before.rules)
    assert after.rules.attempts == 3
    assert [one.title for one in after.lessons] == [one.title for one in before.lessons]
    assert after.lessons[1].blocks[0].value["image"].pk != before.lessons[1].blocks[0].value["image"].pk
    with after.lessons[2].blocks[0].value["file"].file.open("rb") as stream:
        assert stream.read() == b"moving"
    # The editor's page of the draft opens, and nobody can learn it yet.
    assert sign_in(cast.edda).get(answer.url).status_code == 200
    assert sign_in(cast.rita).get(reverse("module_detail", args=[draft.pk])).status_code == 404
    draft.get_latest_revision().publish()
    assert sign_in(cast.rita).get(reverse("module_detail", args=[draft.pk])).status_code == 200


def test_every_starter_module_comes_back_the_same(cast, sign_in, now):
    for module in publish_starter_modules(actor=None, now=now):
        content = exported(sign_in, cast.edda, module)
        assert uploaded(sign_in, cast.edda, content).status_code == 302
        draft = Module.objects.order_by("-pk").first()
        # A certificate is the organisation's own: its template does not travel.
        assert from_page(draft) == replace(from_revision(module.live_revision), certificate_template_id=None)


def test_standards_that_are_not_here_are_named(cast, sign_in, now):
    content = changed(exported(sign_in, cast.edda, make_module(now)), standards=["nowhere"])
    assert not Standard.objects.filter(key="nowhere").exists()
    said = uploaded(sign_in, cast.edda, content).wsgi_request._messages
    assert "Standards that are not here: nowhere." in " ".join(str(message) for message in said)


LESSON = lesson("One")
BROKEN = {
    "no ZIP": (lambda _file: b"hello", "Choose the ZIP"),
    "no description": (lambda _file: zipped({"other.txt": b"1"}), "no “module-content.json”"),
    "no JSON": (lambda _file: zipped({"module-content.json": b"{"}), "cannot be read"),
    "something else": (lambda file: changed(file, format="course"), "does not describe a module"),
    "another version": (lambda file: changed(file, version=9), "another version (9)"),
    "no title": (lambda file: changed(file, title=" "), "“title” must be a text"),
    "minutes in words": (lambda file: changed(file, estimated_minutes="ten"), "“estimated_minutes” must be a whole number"),
    "an impossible pass mark": (lambda file: changed(file, pass_mark=0), "breaks a rule of the editor"),
    "no lessons": (lambda file: changed(file, lessons=None), "“lessons” must be a list"),
    "lessons of another kind": (lambda file: changed(file, lessons=["one"]), "not built as lessons are"),
    "an empty lesson": (
        lambda file: changed(file, lessons=[{**LESSON, "value": {"title": "", "body": []}}]),
        "breaks a rule of the editor",
    ),
    "a picture that is not there": (
        lambda file: changed(file, lessons=[block("picture", {"image": 7, "alt": "x", "caption": ""})]),
        "is not in the file",
    ),
    "a picture that is none": (
        lambda file: with_media(file, "image:7", "media/x.png", b"<svg/>"),
        "is none that browsers show",
    ),
    "a film that is none": (lambda file: with_media(file, "file:7", "media/x.html", b"<script>"), "neither a video nor subtitles"),
}  # fmt: skip


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def with_media(file: bytes, key: str, name: str, content: bytes) -> bytes:
    value: dict[str, Any] = {"image": 7, "alt": "x", "caption": ""}
    kind = "picture"
    if key.startswith("file"):
        kind, value = "video", {"file": 7, "caption": "c", "captions": None, "silent": True, "transcript": ""}
    stream = io.BytesIO(changed(file, lessons=[block(kind, value)], media={key: {"name": name, "title": "x"}}))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_file_is_told_why_and_leaves_nothing(cast, sign_in, now, fault):
    breaking, said = BROKEN[fault]
    content = breaking(exported(sign_in, cast.edda, make_module(now)))
    pages, pictures = Page.objects.count(), get_image_model().objects.count()
    answer = uploaded(sign_in, cast.edda, content)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert (Page.objects.count(), get_image_model().objects.count()) == (pages, pictures)


def test_a_file_that_would_grow_too_large_is_not_read(cast, sign_in, now, monkeypatch):
    monkeypatch.setattr("learning.modules.exchange.MOST_BYTES", 1000)
    answer = uploaded(sign_in, cast.edda, zipped({"module-content.json": b" " * 2000}))
    assert "holds more than a module may" in answer.content.decode()


def test_a_module_with_a_package_is_not_exported_and_certifies_only_with_a_quiz(cast, sign_in, now):
    module = make_module(now, "Packed", package_digest="a" * 64, quiz=[])
    answer = sign_in(cast.edda).get(reverse("export_module", args=[module.pk]), follow=True)
    assert "This module has a training package." in answer.content.decode()
    module.certificate_template = CertificateTemplate.objects.create(title="Plain")
    with pytest.raises(ValidationError, match="says itself whether it was passed"):
        module.full_clean()
