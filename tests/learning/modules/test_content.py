"""What a revision freezes: rendered safely, fingerprinted, and kept for as long as somebody's proof names it."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.models import Revision
from wagtail.rich_text import expand_db_html

from learning.assignments.models import Completion
from learning.modules.content import clean_html, content_digest, from_revision
from tests.factories.learning import build_module, give, learn_all, lesson, make_module
from tests.factories.pictures import a_picture

PAYLOADS = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<p onclick="alert(1)">x</p>',
    "<svg><script>alert(1)</script></svg>",
    '<iframe src="https://evil.example"></iframe>',
    '<embed embedtype="media" url="javascript:alert(1)"/>',
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_scripts_in_rich_text_never_reach_the_page(cast, now, sign_in, payload):
    evil = [lesson("Evil", f"<p>before</p>{payload}<p>after</p>")]
    module = make_module(now, lessons=evil)
    assignment = give(cast.rita, module, now)
    browser = sign_in(cast.rita)
    browser.post(reverse("start_attempt", args=[assignment.pk]))
    html = browser.get(reverse("lesson", args=[assignment.pk, 1])).content.decode()
    body = html.split('class="lesson__body"')[1].split("</article>")[0].lower()
    assert "before" in body
    assert "after" in body
    for sign in ("<script", "onerror", "onclick", "javascript:", "<iframe", "<svg", "<embed", "data:text", "<style"):
        assert sign not in body


def test_the_check_above_can_fail():
    """Wagtail's own filter lets a script through: without our cleaning the payloads would show."""
    assert "<script" in expand_db_html(PAYLOADS[0])
    assert "<script" not in clean_html(PAYLOADS[0])


def test_formatting_editors_use_survives():
    html = '<h3>Head</h3><p><b>bold</b> <i>it</i></p><ul><li>a</li></ul><a href="https://example.com/">l</a>'
    cleaned = clean_html(html)
    for part in ("<h3>", "<b>", "<i>", "<li>", 'href="https://example.com/"', 'rel="noopener noreferrer"'):
        assert part in cleaned


@pytest.mark.django_db
def test_digest_follows_the_content(now):
    module = make_module(now)
    first = content_digest(module.live_revision)
    module.save_revision().publish()
    module.refresh_from_db()
    assert content_digest(module.live_revision) == first, "publishing the same words again keeps the digest"
    for field, value in (("title", "Other"), ("summary", "Other"), ("pass_mark", 70), ("estimated_minutes", 3)):
        setattr(module, field, value)
        revision = module.save_revision()
        assert content_digest(revision) != first, field
        module.refresh_from_db()
    data = json.loads(module.live_revision.content["quiz"])
    data[0]["value"]["answers"][0]["value"]["correct"] = False
    module.quiz = json.dumps(data)
    assert content_digest(module.save_revision()) != first


def test_digest_notices_a_picture_exchanged_outside_the_revision(cast, now, sign_in):
    image = get_image_model().objects.create(title="Diagram", file=a_picture("red"))
    body = [{"type": "picture", "id": "p", "value": {"image": image.pk, "alt": "A red square", "caption": ""}}]
    entry = {"type": "lesson", "id": "l", "value": {"title": "Seen", "body": body}}
    module = make_module(now, lessons=[entry])
    before = content_digest(module.live_revision)

    assignment = give(cast.rita, module, now)
    browser = sign_in(cast.rita)
    browser.post(reverse("start_attempt", args=[assignment.pk]))
    assert 'alt="A red square"' in browser.get(reverse("lesson", args=[assignment.pk, 1])).content.decode()

    image.file = a_picture("blue")
    image.file_hash = ""
    image.save()
    assert content_digest(Revision.objects.get(pk=module.live_revision_id)) != before
    image.delete()
    page = browser.get(reverse("lesson", args=[assignment.pk, 1]))
    assert page.status_code == 200
    assert "It showed: A red square" in page.content.decode()


def test_a_picture_needs_its_description(now, db):
    image = get_image_model().objects.create(title="Diagram", file=a_picture("red"))
    body = [{"type": "picture", "id": "p", "value": {"image": image.pk, "alt": "", "caption": ""}}]
    module = build_module(lessons=[{"type": "lesson", "id": "l", "value": {"title": "Seen", "body": body}}])
    with pytest.raises(ValidationError):
        module.lessons.stream_block.clean(module.lessons)


def test_purging_revisions_keeps_the_one_a_proof_names(cast, now, sign_in):
    module = make_module(now)
    learn_all(sign_in(cast.rita), give(cast.rita, module, now))
    named = Completion.objects.get().revision_id
    module.title = "Newer"
    between = module.save_revision().pk
    module.refresh_from_db()
    module.title = "Newest"
    module.save_revision().publish()
    call_command("purge_revisions", verbosity=0)
    assert Revision.objects.filter(pk=named).exists()
    assert not Revision.objects.filter(pk=between).exists(), "an unused revision goes, so the command did run"
    assert from_revision(Revision.objects.get(pk=named)).title == "Listening"


def test_two_lessons_with_one_id_are_refused(db):
    module = build_module(lessons=[lesson("A", id="same"), lesson("B", id="same")])
    with pytest.raises(ValidationError, match="share one id"):
        module.clean()


def test_a_module_has_one_address(cast, now, sign_in):
    module = make_module(now)
    assert module.get_url() == reverse("module_detail", args=[module.pk])
    assert sign_in(cast.rita).get(f"/guide/{module.slug}/").status_code == 404
