"""Packages in a real browser: the real ones reach completed and passed, go on where one left, and keep their time."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Frame, FrameLocator, Page, expect

from learning.assignments.models import Assignment, Completion
from learning.packages.models import PartState, Visit
from learning.packages.services import import_package
from tests.browser import assert_accessible
from tests.factories.learning import give
from tests.factories.packages import keep_package, module_of


@pytest.fixture(autouse=True)
def content_host(live_server, settings, tmp_path):
    """The same server under another name: what is `localhost` to the site is 127.0.0.1 to packages."""
    settings.CONTENT_ORIGIN = live_server.url.replace("localhost", "127.0.0.1")
    settings.PACKAGE_ROOT = tmp_path / "packages"
    return settings.CONTENT_ORIGIN


def inside(page: Page) -> FrameLocator:
    """The frame in which the package runs, within the player, within our page."""
    return page.frame_locator("#package").frame_locator("#part")


def frame_of(page: Page, name: str) -> Frame:
    page.wait_for_function("() => true")
    return next(frame for frame in page.frames if name in frame.url)


def stored(check) -> None:
    """Wait until the server has what was sent: beacons arrive a little after the page is gone."""
    for _try in range(100):
        if check():
            return
        time.sleep(0.05)
    raise AssertionError("it never arrived")


ANSWER_RIGHTLY = """() => {
    for (const q of test.Questions) {
        const at = (end) => document.getElementById(`question_${q.Id}_${end}`);
        if (q.Type === QUESTION_TYPE_CHOICE) at(q.Answers.indexOf(q.CorrectAnswer)).checked = true;
        else if (q.Type === QUESTION_TYPE_TF) at(q.CorrectAnswer ? "True" : "False").checked = true;
        else at("Text").value = q.CorrectAnswer;
    }
    SubmitAnswers();
}"""


@pytest.mark.parametrize("file", ["RuntimeBasicCalls_SCORM12.zip", "RuntimeBasicCalls_SCORM20043rdEdition.zip"])
def test_real_packages_are_passed_and_gone_on_with(file, cast, now, shared_data, live_server, open_as):
    source = (shared_data / "scorm" / file).read_bytes()
    package = import_package(actor=None, pieces=[source], file_name=file, now=now).package
    assignment = give(cast.rita, module_of(package, now), now)
    page = open_as(cast.rita)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.goto(f"{live_server.url}/learn/assignments/{assignment.pk}/")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Open the package").click()
    for _page in range(3):
        inside(page).locator("#butNext").click()
    page.wait_for_timeout(1100)
    page.get_by_role("link", name="Leave the package").click()
    stored(lambda: PartState.objects.get().has_reported)
    first = PartState.objects.get()
    assert (first.completion, first.is_done, Visit.objects.get().terminated) == ("incomplete", False, True)
    assert first.seconds >= 1
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("It reported: begun, not finished.")

    page.get_by_role("button", name="Go on with the package").click()
    expect(inside(page).locator("#contentFrame")).to_have_attribute("src", "../Playing/OtherScoring.html")
    assert asked == ["Would you like to resume from where you previously left off?"]
    for _page in range(11):
        inside(page).locator("#butNext").click()
    expect(inside(page).frame_locator("#contentFrame").get_by_role("heading", name="Knowledge Check")).to_be_visible()
    page.wait_for_timeout(1100)
    frame_of(page, "assessmenttemplate.html").evaluate(ANSWER_RIGHTLY)
    inside(page).locator("#butExit").click()
    page.frame_locator("#package").get_by_role("button", name="Close the package").click()
    expect(page.get_by_role("main")).to_contain_text("It reported: passed.")

    state, second = PartState.objects.get(), Visit.objects.latest("number")
    assert (state.completion, state.success) == ("completed", "passed")
    assert max(state.score_raw or 0, (state.score_scaled or 0) * 100) == 100
    # Replaced, not added: the total is the earlier one and this session, once.
    clock = (second.last_contact_at - second.opened_at).total_seconds()
    assert first.seconds < state.seconds <= first.seconds + clock + 2
    assignment.refresh_from_db()
    assert assignment.state == Assignment.State.COMPLETED
    assert Completion.objects.get().criteria[0]["key"] == "package"


TALKS = """<!doctype html><html lang="en"><head><title>Part</title><script>
const api = parent.API;
api.LMSInitialize("");
function say(location) { api.LMSSetValue("cmi.core.lesson_location", location); return api.LMSCommit(""); }
function finish() { api.LMSSetValue("cmi.core.lesson_status", "completed"); api.LMSFinish(""); }
</script></head><body><h1>A part</h1><button id="finish" onclick="finish()">Finish</button></body></html>"""


def test_several_parts_a_lost_network_and_our_own_pages(cast, now, live_server, open_as, context):
    parts = [{"title": "Greeting", "href": "a.html"}, {"title": "Listening", "href": "b.html"}]
    package = keep_package(now, parts=parts, files={"a.html": TALKS, "b.html": TALKS})
    assignment = give(cast.rita, module_of(package, now), now)
    page = open_as(cast.rita)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/learn/assignments/{assignment.pk}/")
    page.get_by_role("button", name="Start").click()
    assert_accessible(page, "Calm calls")
    page.get_by_role("button", name="Open the package").click()
    expect(inside(page).get_by_role("heading", name="A part")).to_be_visible()
    assert_accessible(page, "Calm calls")

    player = page.frame_locator("#package")
    sco = frame_of(page, "/a.html")
    context.set_offline(True)
    assert sco.evaluate("say('7')") == "true", "the package need not know"
    expect(player.get_by_role("status")).to_contain_text("Not saved yet: there is no connection.")
    assert not PartState.objects.get(part=0).has_reported
    context.set_offline(False)
    stored(lambda: PartState.objects.get(part=0).has_reported)
    expect(player.get_by_role("status")).to_be_hidden()
    assert Visit.objects.get().runtime_data["cmi"]["core"]["lesson_location"] == "7"

    inside(page).locator("#finish").click()
    player.get_by_role("button", name="Next part").click()
    expect(player.get_by_role("button", name="Greeting (done)")).to_be_visible()
    expect(player.get_by_role("button", name="Listening")).to_have_attribute("aria-current", "true")
    assert not Completion.objects.exists()
    inside(page).locator("#finish").click()
    expect(player.get_by_role("status")).to_contain_text("You can close the package now.")
    # A word from anywhere but the player's own frame closes nothing; neither does another word.
    page.evaluate("window.postMessage('closed', '*')")
    frame_of(page, "/b.html").evaluate("top.postMessage('closed', '*')")
    page.wait_for_timeout(300)
    assert page.url.split("/")[-3] == "package"
    player.get_by_role("button", name="Close the package").click()
    expect(page.get_by_role("heading", name="What it reported")).to_be_visible()
    assert Completion.objects.get().assignment == assignment

    page = open_as(cast.edda)
    for path, marker in (("", "Training packages"), ("upload/", "Upload a package"), (f"{package.pk}/", "Calm calls")):
        page.goto(f"{live_server.url}/learn/packages/{path}")
        assert_accessible(page, marker)
