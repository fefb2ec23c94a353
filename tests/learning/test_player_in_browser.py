"""The player in a real browser: by keyboard alone at 360 px, and no accessibility violation on its pages."""

import pytest
from playwright.sync_api import Page, expect

from learning.assignments.models import Completion
from learning.modules.services import publish_starter_modules
from tests.browser import assert_accessible
from tests.factories.learning import give, make_module

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def tab_to(page: Page, text: str, limit: int = 60) -> None:
    """Press Tab until the focused element shows this text."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.textContent.trim()")
        if text in focused:
            return
    raise AssertionError(f"Tab never reached {text!r}")


def test_a_module_by_keyboard_on_a_phone(cast, now, live_server, open_as):
    assignment = give(cast.rita, make_module(now, "By keyboard"), now, because="You asked for it.")
    page = open_as(cast.rita)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{live_server.url}/learn/")
    tab_to(page, "By keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("By keyboard")
    expect(page.get_by_text("You asked for it.")).to_be_visible()
    tab_to(page, "Start")
    page.keyboard.press("Enter")
    for title in ("First", "Second"):
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        tab_to(page, "Finish lesson")
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Quiz")
    page.locator("input[type=radio]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    tab_to(page, "Hand in")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Passed")
    expect(page.get_by_text("Module completed")).to_be_visible()
    assert Completion.objects.get().assignment == assignment


def test_pages_have_no_accessibility_violations(cast, now, live_server, open_as):
    modules = publish_starter_modules(actor=None, now=now)
    assignment = give(
        cast.rita,
        modules[1],
        now,
        actor=cast.lena,
        because="Two customers had to ask twice.",
        because_quote="Which of the two do you mean?",
        evidence_url="/quality/reviews/1/",
    )
    page = open_as(cast.rita)

    def check(path: str, marker: str) -> None:
        page.goto(live_server.url + path)
        assert_accessible(page, marker)

    base = f"/learn/assignments/{assignment.pk}/"
    check("/learn/", "Learn")
    check("/learn/modules/", "All modules")
    check(f"/learn/modules/{modules[0].pk}/", "A warm start")
    page.goto(live_server.url + base)
    page.get_by_role("button", name="Start").click()
    check(base, "Listen, then verify")
    check(base + "lessons/2/", "Questions that help")
    page.goto(live_server.url + base + "quiz/")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("alert")).to_contain_text("5 questions have no answer yet.")
    assert_accessible(page, "Quiz")
    for question in page.locator("fieldset").all():
        question.locator("input").first.check()
    page.get_by_role("button", name="Hand in").click()
    assert_accessible(page, "Not yet")

    page = open_as(cast.lena)
    check("/learn/team/", "Learning of my people")
    check("/learn/team/assign/", "Assign a module")
