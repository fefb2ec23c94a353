"""All kinds of question in a real browser: saved as one types, nothing lost with the session, accessible everywhere."""

import os
import re
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect
from wagtail.images import get_image_model

from cms.services import ensure_site
from learning.assignments.services import start_attempt
from learning.quizzes.bank.services import import_questions
from learning.quizzes.exchange.gift_reader import read_gift
from learning.quizzes.models import QuizPaper, QuizSubmission
from tests.browser import assert_accessible
from tests.factories.learning import free_text, give, lesson, make_module, question
from tests.factories.pictures import a_picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BANK = """$CATEGORY: Tone/Chat

// [id:greet] [tag:care]
::Greeting::[html]<p>How do you <b>begin</b> a chat?</p>{=With a greeting#Warm. ~With the order number#Later. ####People first.}

Only a text.
"""


def shot(page: Page, name: str) -> None:
    """Pictures for looking at the pages, where a folder is named for them."""
    folder = os.environ.get("SHOTS")
    if folder:
        for width, scheme in ((360, "dark"), (1440, "light")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def a_quiz_of_every_kind():
    def block(kind, **value):
        return {"type": kind, "id": kind, "value": {"prompt": f"What about {kind}?", "explanation": "This is why.", **value}}

    def items(*values):
        return [{"type": "item", "id": f"i{n}", "value": value} for n, value in enumerate(values)]

    picture = get_image_model().objects.create(title="Screen", file=a_picture("steelblue", (600, 300)))
    places = [("Search field", 5, 10, True), ("Menu", 60, 50, False)]
    regions = items(*({"name": n, "left": x, "top": y, "width": 30, "height": 25, "correct": c} for n, x, y, c in places))
    return [
        question("Which of these?", [("This one", True), ("That one", False)], multiple=True),
        block("true_false", is_true="true", feedback_true="", feedback_false=""),
        block("short_text", accepted=items("order number"), case_sensitive=False),
        block("numeric", number="2.5", tolerance="0.5", wrong_feedback=""),
        block("match", pairs=items({"left": "Angry customer", "right": "Listen"}, {"left": "Lost parcel", "right": "Track"}), extra=[]),
        block("order", items=items("Greet", "Listen", "Solve")),
        block("hotspot", picture=picture.pk, alt="A blue screen", regions=regions),
        free_text("Answer in your own words."),
        {"type": "draw", "id": "draw", "value": {"number": 1, "category": "Tone", "tags": ""}},
    ]  # fmt: skip


def test_a_quiz_of_every_kind_from_begin_to_mark(cast, live_server, open_as):
    now = timezone.now()
    ensure_site(now=now)  # an emptied database has lost the library's collection of pictures, too
    import_questions(actor=None, reading=read_gift(BANK.encode()), source="gift", now=now)
    rules = {"quiz_time_limit_minutes": 20, "quiz_partial_credit": True, "quiz_review": "at_once"}
    module = make_module(now, "Every kind", quiz=a_quiz_of_every_kind(), lessons=[lesson("One")], **rules)
    attempt = start_attempt(actor=cast.rita, assignment=give(cast.rita, module, now), now=now)
    url = f"{live_server.url}/learn/assignments/{attempt.assignment_id}/quiz/"
    page = open_as(cast.rita)
    page.goto(url)
    assert_accessible(page, "Quiz")
    shot(page, "start")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("timer")).to_contain_text("Time left 19:")
    page.get_by_role("group", name="short_text").get_by_label("Your answer").fill("the order number")
    page.get_by_role("group", name="What about hotspot?").get_by_label("1. Search field").check()
    page.locator("svg label").nth(1).click()
    expect(page.get_by_label("2. Menu")).to_be_checked()
    page.get_by_label("Angry customer").select_option("Listen")
    page.get_by_role("group", name="own words").get_by_label("Your answer").fill("I would say")
    expect(page.get_by_text("Saved ")).to_be_visible(timeout=10_000)
    assert "I would say" in str(QuizPaper.objects.get().saved)

    Session.objects.all().delete()
    page.get_by_role("group", name="own words").get_by_label("Your answer").fill("I would say her name first.")
    expect(page.get_by_text("you are signed out")).to_be_visible(timeout=10_000)
    page.get_by_role("button", name="Hand in").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    again = open_as(cast.rita)
    again.close()
    page.goto(url)
    expect(page.get_by_role("group", name="own words").get_by_label("Your answer")).to_have_value("I would say her name first.")
    expect(page.get_by_label("2. Menu")).to_be_checked()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("alert")).to_contain_text("have no answer yet.")
    assert_accessible(page, "Quiz")
    shot(page, "quiz")
    page.get_by_label("Hand in also without").check()
    page.get_by_role("button", name="Hand in").click()
    assert_accessible(page, "Waiting to be marked")
    shot(page, "result")
    submission = QuizSubmission.objects.get()
    assert submission.answers["Answer in your own words."] == ["I would say her name first."]

    sure = "$CATEGORY: Refunds\n\n" + "\n\n".join(f"Refund {n}?{{=yes ~no}}" for n in range(5))
    import_questions(actor=None, reading=read_gift(sure.encode()), source="gift", now=now)
    page.goto(f"{live_server.url}/learn/mastery/")
    assert_accessible(page, "Am I sure of this?")
    page.get_by_role("button", name=re.compile("Find out.*Refunds")).click()
    page.get_by_label("yes").check()
    page.get_by_role("button", name="Answer").click()
    assert_accessible(page, "Refunds")
    shot(page, "mastery")

    page = open_as(cast.edda)
    for path, marker in (
        ("quizzes/marking/", "Marking"),
        (f"quizzes/marking/{submission.pk}/", "Mark an answer"),
        ("questions/", "Question bank"),
        ("questions/new/?kind=single", "Write a question"),
        ("questions/1/", "Greeting"),
        (f"modules/{module.pk}/answers/", "Every kind"),
        (f"modules/{module.pk}/quiz/", "How the questions do"),
        (f"modules/{module.pk}/quiz/numeric/regrade/", "Mark anew"),
    ):
        page.goto(f"{live_server.url}/learn/{path}")
        assert_accessible(page, marker)
        shot(page, path.strip("/").replace("/", "-").split("?")[0])
    page.goto(f"{live_server.url}/learn/questions/import/")
    page.get_by_label("File").set_input_files({"name": "q.gift", "mimeType": "text/plain", "buffer": BANK.encode()})
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("2 read: 0 new, 0 changed, 1 as before, 1 left out.")).to_be_visible()
    assert_accessible(page, "Import questions")
    shot(page, "import")
