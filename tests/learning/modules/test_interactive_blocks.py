"""Blocks that a learner does something with: what editors may write, and what the player shows without JavaScript."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from learning.modules.branching import LONGEST_WAY, Mood, Step, problems_of, walk
from learning.modules.content import content_digest, from_revision
from learning.modules.services import publish_starter_modules
from tests.browser import assert_accessible
from tests.factories.learning import build_module, give, make_module


def item(value: dict[str, Any], id: str) -> dict[str, Any]:
    return {"type": "item", "value": value, "id": id}


def block(kind: str, value: Any) -> dict[str, Any]:
    return {"type": "lesson", "id": "l1", "value": {"title": "Try", "body": [{"type": kind, "id": "b1", "value": value}]}}


def choice(text: str, change: int = 0, goes_to: str = "") -> dict[str, Any]:
    return {"text": text, "feedback": f"About {text}", "change": str(change), "goes_to": goes_to}


DIALOGUE: dict[str, Any] = {
    "situation": "A late parcel",
    "customer": "Ada",
    "mood": "2",
    "closing": "Name it, then act.",
    "steps": [
        {"name": "start", "says": "Where is it?", "choices": [choice("I look", 1, "found"), choice("Wait", -1, "start")]},
        {"name": "found", "says": "And?", "choices": [choice("Tomorrow", 2), choice("No idea", -1)]},
    ],
}


def stored(dialogue: dict[str, Any]) -> dict[str, Any]:
    """As a revision keeps it."""
    steps = [
        item({**step, "choices": [item(one, f"c{n}{m}") for m, one in enumerate(step["choices"])]}, f"s{n}")
        for n, step in enumerate(dialogue["steps"])
    ]
    return {**dialogue, "steps": steps}


def lesson_page(cast, sign_in, now, kind: str, value: Any, query: str = "") -> str:
    module = make_module(now, lessons=[block(kind, value)], quiz=[])
    assignment = give(cast.rita, module, now)
    browser = sign_in(cast.rita)
    browser.post(reverse("start_attempt", args=[assignment.pk]))
    page = browser.get(reverse("lesson", args=[assignment.pk, 1]) + query).content.decode()
    return page.split('class="lesson__body"')[1].split("</article>")[0]


# --- Talks --------------------------------------------------------------------------------
def test_every_answer_has_its_consequence():
    start = walk(DIALOGUE, "")
    assert (start.says, [one.text for one in start.options], start.mood) == ("Where is it?", ["I look", "Wait"], Mood.UPSET)
    worse = walk(DIALOGUE, "1")
    assert (worse.says, worse.mood, worse.exchanges[0].feedback) == ("Where is it?", Mood.FURIOUS, "About Wait")
    assert [one.way for one in worse.options] == ["1.0", "1.1"]
    good = walk(DIALOGUE, "0.0")
    assert (good.is_over, good.mood, good.best, good.says) == (True, Mood.RELIEVED, 2, "")


@given(st.text(alphabet="0123456789.x-²", max_size=120))
def test_any_way_in_the_address_is_played_as_far_as_it_goes(way):
    talk = walk(DIALOGUE, way)
    assert walk(DIALOGUE, talk.way) == talk  # what was played is a way of its own
    assert talk.mood in Mood
    assert len(talk.exchanges) <= LONGEST_WAY
    assert talk.is_over or talk.says


def test_a_talk_in_circles_ends():
    assert walk(DIALOGUE, ".".join(["1"] * 500)).is_over


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([Step("a", "", ("b", "")), Step("a", "", ("",))], "Two steps have the name “a”."),
        ([Step("a", "", ("c", ""))], "goes on with “c”, which is no step"),
        ([Step("a", "", ("",)), Step("b", "", ("a",))], "No answer leads to “b”."),
        ([Step("a", "", ("b", "")), Step("b", "", ("b",))], "From “b” there is no way to an end."),
    ],
)
def test_a_talk_that_cannot_be_played_is_refused(steps, said):
    assert said in " ".join(map(str, problems_of(steps)))


@pytest.mark.django_db
def test_a_talk_is_played_by_links(cast, sign_in, now):
    first = lesson_page(cast, sign_in, now, "dialogue", stored(DIALOGUE))
    assert "Ada is upset" in first
    assert 'href="?talk-b1=0#talk-b1"' in first
    assert "About I look" not in first


@pytest.mark.django_db
def test_the_end_says_what_to_take_away(cast, sign_in, now):
    page = lesson_page(cast, sign_in, now, "dialogue", stored(DIALOGUE), "?talk-b1=0.1")
    assert "The talk ends, Ada is upset." in page
    assert "1 of 2 answers helped." in page
    assert "Name it, then act." in page
    assert "Begin the talk anew" in page


# --- Cards and questions in between -------------------------------------------------------
@pytest.mark.django_db
def test_cards_and_questions_work_without_scripts(cast, sign_in, now):
    page = lesson_page(cast, sign_in, now, "flip", {"cards": [item({"front": "SLA", "back": "<b>by when</b>"}, "f1")]})
    assert re.search(r"<details.*?SLA.*?&lt;b&gt;by when", page, re.DOTALL)


@pytest.mark.django_db
def test_a_question_in_between_answers_at_once(cast, sign_in, now):
    answers = [
        item({"text": "Yes", "correct": True, "feedback": "Because."}, "a1"),
        item({"text": "No", "correct": False, "feedback": "Think again."}, "a2"),
    ]
    page = lesson_page(cast, sign_in, now, "check", {"prompt": "Is it?", "answers": answers})
    assert page.count('name="check-b1"') == 2
    assert "Think again." in page
    with pytest.raises(ValidationError):
        make_module(now, "Two right", lessons=[block("check", {"prompt": "?", "answers": [answers[0], answers[0]]})])


# --- Pictures and films -------------------------------------------------------------------
def picture() -> Any:
    stream = io.BytesIO()
    Pillow.new("RGB", (800, 400), "white").save(stream, "PNG")
    return get_image_model().objects.create(title="Screen", file=ImageFile(stream, name="screen.png"))


def spot(**changes: Any) -> dict[str, Any]:
    return item({"name": "Total", "text": "Twice.", "left": 10, "top": 20, "width": 30, "height": 40, **changes}, "s1")


@pytest.mark.django_db
def test_spots_lie_on_the_picture_and_in_a_list(cast, sign_in, now):
    value = {"image": picture().pk, "alt": "An invoice", "task": "Find it", "spots": [spot()]}
    page = lesson_page(cast, sign_in, now, "hotspot", value)
    assert 'viewBox="0 0 800 400"' in page
    assert 'x="80.0" y="80.0" width="240.0" height="160.0"' in page
    assert '<summary>Total</summary><div class="flip__back" id="spot-b1-1">' in page
    with pytest.raises(ValidationError):
        make_module(now, "Beyond", lessons=[block("hotspot", {**value, "spots": [spot(left=80)]})])


def document(name: str, content: bytes = b"1") -> Any:
    return get_document_model().objects.create(title=name, file=ContentFile(content, name=name))


@pytest.mark.django_db
def test_a_film_has_subtitles_or_nobody_speaks_in_it(cast, sign_in, now):
    film, words = document("film.mp4"), document("film.vtt")
    value = {"file": film.pk, "caption": "Two minutes", "captions": words.pk, "silent": False, "transcript": "Hello."}
    page = lesson_page(cast, sign_in, now, "video", value)
    assert 'type="video/mp4"' in page
    assert f'<track kind="captions" src="{words.url}"' in page
    make_module(now, "Silent", lessons=[block("video", {**value, "captions": None, "silent": True})])
    for wrong in ({"captions": None}, {"file": words.pk}, {"captions": film.pk}):
        with pytest.raises(ValidationError):
            make_module(now, "Refused", lessons=[block("video", {**value, **wrong})])


@pytest.mark.django_db
def test_the_digest_covers_the_film_and_is_as_before_without_one(now):
    film = document("film.mp4")
    value = {"file": film.pk, "caption": "c", "captions": None, "silent": True, "transcript": ""}
    revision = make_module(now, lessons=[block("video", value)], quiz=[]).live_revision
    before = content_digest(revision)
    film.file_hash = ""
    film.file.save("film.mp4", ContentFile(b"another"))
    film._set_document_file_metadata()
    film.save()
    assert content_digest(revision) != before
    film.delete()
    assert from_revision(revision).lessons[0].blocks[0].value["file"] is None
    assert '"files"' not in str(build_module().serializable_data())


# --- In a browser -------------------------------------------------------------------------
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_an_upset_customer_is_answered_by_keyboard(cast, now, live_server, open_as):
    """The starter's talk, its cards and its question: accessible, and the focus follows the talk."""
    module = next(m for m in publish_starter_modules(actor=None, now=now) if m.starter_key == "calm-clear-one-voice")
    assignment = give(cast.rita, module, now)
    page = open_as(cast.rita)
    page.goto(f"{live_server.url}{reverse('assignment_detail', args=[assignment.pk])}")
    page.get_by_role("button", name="Start").click()
    lessons = from_revision(module.live_revision).lessons
    talk = next(n for n, lesson in enumerate(lessons, 1) if any(b.kind == "dialogue" for b in lesson.blocks))
    for number in (2, 3, talk):  # the question in between, the cards, the talk
        page.goto(f"{live_server.url}{reverse('lesson', args=[assignment.pk, number])}")
        assert_accessible(page, lessons[number - 1].title)
    page.get_by_role("link", name="The carrier is responsible").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Mrs Okafor is furious.").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "What do you say?"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Turned round in one sentence.").wait_for()
    page.get_by_role("link", name="The parcel is stuck").click()
    page.get_by_text("The talk ends, Mrs Okafor is calm.").wait_for()
    assert_accessible(page, lessons[talk - 1].title)
