"""Markup that nobody's editor wrote (an import, a restored backup) never closes the door to the form that could mend it."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from wagtail.admin.rich_text.editors.draftail import DraftailRichTextArea

from cms.blocks import RICH_TEXT_FEATURES
from cms.models import GuidelineModule
from cms.rich_text_editor import UNREADABLE, ForgivingRichTextArea
from learning.modules.models import Module
from learning.modules.services import create_learning_page

MALFORMED = [
    "<p>Say it <b>early</p></ul><p>and again</p>",
    "<li>Say it early</li></p>",
    "<h3>Say it<p>early</h3>",
    "<p>Say it early</h3></b>",
    "<table><tr><td>Say it early</table>",
    "<p>Say it<br>early</p></blockquote>",
    "<ul></h3>Say it early",
]
PIECES = ["<p>", "</p>", "<ul>", "</ul>", "<li>", "</li>", "<b>", "</b>", "<a href='/x'>", "</a>", "<h3>", "</h3>", "<br>", "<hr/>",
          "<blockquote>", "</blockquote>", "<i>", "</i>", "<ol>", "<table>", "<", "&", "word ", " "]  # fmt: skip


def words(content: str) -> str:
    return " ".join(block["text"] for block in json.loads(content)["blocks"])


@pytest.mark.parametrize("markup", MALFORMED)
def test_the_form_of_a_guideline_module_opens(guide, cast, sign_in, markup):
    page = GuidelineModule(title="Mended", slug="mended", intro="…", body=[("text", markup)])
    guide.add_child(instance=page)
    response = sign_in(cast.edda).get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert response.status_code == 200
    assert "early" in response.content.decode()


def test_the_form_of_a_learning_module_opens(guide, cast, sign_in, now):
    lessons = [
        {"type": "lesson", "id": "l", "value": {"title": "One", "body": [{"type": "text", "id": "t", "value": MALFORMED[0]}]}}
    ]
    module = Module(title="Mended", slug="mended", summary="…", estimated_minutes=5, lessons=json.dumps(lessons), quiz="[]")
    create_learning_page(actor=None, now=now).add_child(instance=module)
    response = sign_in(cast.edda).get(reverse("wagtailadmin_pages:edit", args=[module.pk]))
    assert response.status_code == 200
    assert "early" in response.content.decode()


def test_wagtails_own_editor_breaks_on_these():
    """The control: where Wagtail opens them itself, our editor has nothing to mend and can go."""
    editor = DraftailRichTextArea(features=RICH_TEXT_FEATURES)
    for markup in MALFORMED:
        with pytest.raises(UNREADABLE):
            editor.format_value(markup)


@pytest.mark.parametrize("markup", MALFORMED)
def test_no_word_is_lost(markup):
    text = words(ForgivingRichTextArea(features=RICH_TEXT_FEATURES).format_value(markup))
    assert "".join(text.split()).startswith("Sayitearly")


def test_formatting_is_kept_where_it_can_be_told():
    content = ForgivingRichTextArea(features=RICH_TEXT_FEATURES).format_value("<h3>One</h3><p>two <b>three</b></p></ul>")
    first, second = json.loads(content)["blocks"]
    assert first["type"] == "header-three"
    assert second["inlineStyleRanges"] == [{"offset": 4, "length": 5, "style": "BOLD"}]


def test_good_text_is_left_as_it_is():
    markup = '<h3 data-block-key="abc12">One</h3><p data-block-key="def34">two <a href="https://example.com/">three</a></p>'
    ours, theirs = (
        editor(features=RICH_TEXT_FEATURES).format_value(markup) for editor in (ForgivingRichTextArea, DraftailRichTextArea)
    )
    assert ours == theirs


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_nothing_breaks_it(markup):
    assert "blocks" in json.loads(ForgivingRichTextArea(features=RICH_TEXT_FEATURES).format_value(markup))
