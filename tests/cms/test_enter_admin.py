"""Who gets into Wagtail's admin, and which of its rooms do not exist."""

import io
import re
import socket

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as Picture
from wagtail.blocks import StructBlockValidationError
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from cms.blocks import FigureBlock
from cms.models import GuidelineModule
from learning.modules.models import ModuleIndex
from learning.modules.services import create_learning_page

CLOSED = [
    "/cms/users/", "/cms/users/add/", "/cms/users/1/", "/cms/groups/", "/cms/groups/new/", "/cms/bulk/people/person/delete/",
    "/cms/sites/", "/cms/redirects/", "/cms/reports/site-history/", "/cms/reports/workflow/",
    "/cms/reports/workflow_tasks/", "/cms/reports/page-types-usage/",
]  # fmt: skip


def _picture(kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Picture.new("RGB", (40, 30), "teal").save(stream, kind)
    return stream.getvalue()


def test_anonymous_is_sent_to_our_sign_in(guide, client):
    response = client.get("/cms/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/")


@pytest.mark.parametrize("who", ["rita", "lena", "vera", "hana", "adam"])
def test_no_editor_no_entry(guide, cast, sign_in, who):
    client = sign_in(getattr(cast, who))
    for url in [*CLOSED, "/cms/", "/cms/pages/", "/cms/snippets/", "/cms/snippets/cms/standard/add/", "/cms/images/chooser/"]:
        response = client.get(url)
        assert response.status_code == 403, url
    assert client.post("/cms/snippets/cms/standard/add/", {"title": "x"}).status_code == 403


def test_closed_rooms_do_not_exist_for_editors_either(guide, cast, sign_in):
    client = sign_in(cast.edda)
    for url in CLOSED:
        assert client.get(url).status_code == 404, url
        assert client.post(url).status_code == 404, url


def test_an_account_is_kept_on_its_own_page(guide, cast, sign_in):
    for url in ("/cms/account/", "/cms/account/change_password/"):
        response = sign_in(cast.edda).get(url)
        assert (response.status_code, response.url) == (302, "/people/me/")


def test_editor_works_here(guide, cast, sign_in):
    client = sign_in(cast.edda)
    body = client.get("/cms/").content.decode()
    assert "What good looks like" in body
    for url in (
        reverse("wagtailsnippets_cms_standard:list"),
        reverse("wagtailsnippets_cms_credo:list"),
        "/cms/images/",
        "/cms/documents/",
    ):
        assert client.get(url).status_code == 200, url
    assert "/cms/users/" not in body
    assert "/cms/groups/" not in body


def test_editors_land_where_they_work(guide, cast, sign_in, now):
    create_learning_page(actor=None, now=now)
    client = sign_in(cast.edda)
    landed = client.get("/cms/pages/", follow=True)
    assert landed.redirect_chain == [(reverse("wagtailadmin_explore", args=[guide.pk]), 302)]
    page = landed.content.decode()
    assert guide.title in page
    assert "will not be accessible at any URL" not in page  # what Wagtail says at the root
    start = client.get("/cms/").content.decode()
    learning = ModuleIndex.objects.get()
    for place in (guide, learning):
        assert f'href="{reverse("wagtailadmin_explore", args=[place.pk])}"' in start
    assert sign_in(cast.rita).get("/cms/pages/").status_code == 403


def test_admin_calls_no_other_host(guide, cast, sign_in, monkeypatch):
    asked = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *args, **kwargs: asked.append(host) or [])
    body = sign_in(cast.edda).get("/cms/").content.decode()
    assert asked == []
    loaded = re.findall(r"""(?:\bsrc=|\bsrcset=|<link[^>]*\bhref=|url\()["']?((?:https?:)?//[^"' >]+)""", body)
    assert [url for url in loaded if "localhost" not in url] == []
    assert "gravatar" not in body
    with pytest.raises(OSError, match=r".*"):  # the guard itself works
        socket.create_connection(("example.com", 80), timeout=1)
    assert asked == ["example.com"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("drawing.png", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("page.html", b"<script>alert(1)</script>"),
        ("big.png", None),
    ],
)
def test_images_that_are_refused(guide, cast, sign_in, settings, name, content):
    if content is None:
        content = _picture() + b"\0" * (settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE + 1)
    response = sign_in(cast.edda).post(
        reverse("wagtailimages:add"), {"title": "x", "description": "", "file": SimpleUploadedFile(name, content), "tags": ""}
    )
    assert response.status_code == 200
    assert not get_image_model().objects.exists()


def test_picture_goes_in_and_only_staff_see_it(guide, cast, sign_in, client):
    editor = sign_in(cast.edda)
    form = {"title": "Box", "description": "", "file": SimpleUploadedFile("box.png", _picture()), "tags": ""}
    editor.post(reverse("wagtailimages:add"), form)
    image = get_image_model().objects.get()
    url = image.get_rendition("width-20").url
    response = sign_in(cast.rita).get(url)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert client.get(url).status_code == 302
    assert sign_in(cast.rita).get(image.file.url).status_code == 404  # originals stay closed
    assert sign_in(cast.rita).get("/media/images/../documents/x.png").status_code == 404


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "run.exe", "macro.docm"])
def test_documents_that_are_refused(guide, cast, sign_in, name):
    sign_in(cast.edda).post(
        reverse("wagtaildocs:add"), {"title": "x", "file": SimpleUploadedFile(name, b"<script>alert(1)</script>"), "tags": ""}
    )
    assert not get_document_model().objects.exists()


def test_documents_are_downloads_for_staff_only(guide, cast, sign_in, client):
    document = get_document_model().objects.create(title="Plan", file=ContentFile(b"%PDF-1.4", name="plan.pdf"))
    response = sign_in(cast.rita).get(document.url)
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"] == "default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert client.get(document.url).status_code == 302
    assert sign_in(cast.rita).get(f"/media/{document.file.name}").status_code == 404


def test_picture_and_video_in_a_guideline_module(guide, cast, sign_in):
    editor = sign_in(cast.edda)
    editor.post(
        reverse("wagtailimages:add"),
        {"title": "Box", "description": "", "file": SimpleUploadedFile("box.png", _picture()), "tags": ""},
    )
    model = get_document_model()
    video = model.objects.create(title="Film", file=ContentFile(b"\0" * 100, name="film.mp4"))
    words = model.objects.create(title="Words", file=ContentFile(b"WEBVTT", name="words.vtt"))
    plan = model.objects.create(title="Plan", file=ContentFile(b"%PDF-1.4", name="plan.pdf"))
    body = [
        ("image", {"image": get_image_model().objects.get(), "alt": "A crushed corner", "caption": "As it arrived"}),
        ("file", {"file": video, "caption": "Three minutes", "subtitles": words}),
        ("file", {"file": plan, "caption": "The plan", "subtitles": None}),
    ]
    guide.add_child(instance=GuidelineModule(title="With pictures", slug="with-pictures", intro="…", body=body))
    markup = sign_in(cast.rita).get("/guide/with-pictures/").content.decode()
    assert 'alt="A crushed corner"' in markup
    assert f'<source src="{video.url}" type="video/mp4">' in markup
    assert f'<track kind="captions" src="{words.url}"' in markup
    assert "The plan (PDF, 8" in markup
    rendition = re.search(r'<img src="([^"]+)"', markup).group(1)
    assert sign_in(cast.rita).get(rendition).status_code == 200
    editor = sign_in(cast.edda)
    page = GuidelineModule.objects.get(slug="with-pictures")
    assert editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200


def test_picture_needs_a_text_alternative(db):
    block = FigureBlock()
    with pytest.raises(StructBlockValidationError) as refusal:
        block.clean(block.to_python({"image": None, "alt": "", "caption": ""}))
    assert "alt" in refusal.value.block_errors
