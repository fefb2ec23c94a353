"""Nothing a learner did is lost: a tab closed in the middle, a network gone for a while, a server that is down, two tabs at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, FrameLocator, Page, expect

from learning.assignments.models import Assignment, Attempt, Completion
from learning.packages import services
from learning.packages.models import PartState, Visit
from learning.packages.services import import_package
from tests.factories.learning import give
from tests.factories.packages import keep_package, module_of

# A part that says what the test tells it to, in either standard, and nothing by itself: it does not listen for its own closing.
TALKS = """<!doctype html><html lang="en"><head><title>Part</title><script>
const api = parent.API || parent.API_1484_11, old = Boolean(parent.API);
if (old) api.LMSInitialize(""); else api.Initialize("");
function put(name, value) { return old ? api.LMSSetValue(name, value) : api.SetValue(name, value); }
function got(name) { return old ? api.LMSGetValue(name) : api.GetValue(name); }
function keep() { return old ? api.LMSCommit("") : api.Commit(""); }
const PLACE = old ? "cmi.core.lesson_location" : "cmi.location", STATUS = old ? "cmi.core.lesson_status" : "cmi.completion_status";
</script></head><body><h1>A part</h1></body></html>"""


@pytest.fixture(autouse=True)
def content_host(live_server, settings, tmp_path):
    settings.CONTENT_ORIGIN = live_server.url.replace("localhost", "127.0.0.1")
    settings.PACKAGE_ROOT = tmp_path / "packages"


@pytest.fixture
def assignment(cast, now) -> Assignment:
    return given(cast, now, "1.2")


def given(cast, now, version: str) -> Assignment:
    package = keep_package(now, version=version, files={"part1.html": TALKS})
    return give(cast.rita, module_of(package, now), now)


def begin(page: Page, url: str, assignment: Assignment) -> None:
    page.goto(f"{url}/learn/assignments/{assignment.pk}/")
    page.get_by_role("button", name="Start").click()
    open_package(page)


def open_package(page: Page, name: str = "Open the package") -> None:
    page.get_by_role("button", name=name).click()
    expect(inside(page).get_by_role("heading", name="A part")).to_be_visible()


def inside(page: Page) -> FrameLocator:
    return page.frame_locator("#package").frame_locator("#part")


def part(page: Page) -> Frame:
    return next(frame for frame in page.frames if "/part1.html" in frame.url)


@pytest.fixture(autouse=True)
def stored(monkeypatch) -> Callable[[Callable[[], bool]], None]:
    """Wait until the server has what was sent. It looks after each report only: reading the database of a test while the server
    writes into it is refused to the server."""
    arrived, real = threading.Semaphore(0), services.record_commit

    def noticed(**report):
        kept = real(**report)
        arrived.release()
        return kept

    def wait(check: Callable[[], bool]) -> None:
        while arrived.acquire(timeout=15):
            while arrived.acquire(timeout=0.3):
                pass  # hiding a window and closing it are two reports
            if check():
                return
        raise AssertionError("it never arrived")

    monkeypatch.setattr(services, "record_commit", noticed)
    return wait


def place_kept() -> str:
    visit = Visit.objects.order_by("number").last()
    cmi = visit.runtime_data.get("cmi", {}) if visit else {}
    return cmi.get("location") or cmi.get("core", {}).get("lesson_location", "")


@pytest.mark.parametrize("version", ["1.2", "2004 4th Edition"])
def test_a_tab_closed_in_the_middle_keeps_place_and_time(version, cast, now, live_server, open_as, context, stored):
    """The part has set its place and never said "commit": closing the tab sends it all the same, and the next time begins there."""
    assignment = given(cast, now, version)
    page = open_as(cast.rita)
    begin(page, live_server.url, assignment)
    part(page).evaluate("put(PLACE, 'page 4'), put('cmi.suspend_data', 'answers=3')")
    page.wait_for_timeout(1100)
    assert not PartState.objects.get().has_reported
    other = context.new_page()
    page.close(run_before_unload=False)
    stored(lambda: place_kept() == "page 4")
    first = PartState.objects.get().seconds
    assert first >= 1

    other.goto(f"{live_server.url}/learn/assignments/{assignment.pk}/package/")
    expect(other.get_by_role("main")).to_contain_text("Last contact:")
    open_package(other, "Go on with the package")
    entry = "cmi.core.entry" if version == "1.2" else "cmi.entry"
    assert part(other).evaluate(f"[got('{entry}'), got(PLACE), got('cmi.suspend_data')]") == ["resume", "page 4", "answers=3"]
    other.wait_for_timeout(1100)
    part(other).evaluate("put(STATUS, 'completed'), keep()")
    state, second = PartState.objects.get(), Visit.objects.latest("number")
    spent = (second.last_contact_at - second.opened_at).total_seconds()
    assert first < state.seconds <= first + spent + 2, "the time before is kept, and counted once"
    assert Completion.objects.get().assignment == assignment


def test_what_was_done_without_a_network_arrives_once_it_is_back(assignment, cast, live_server, open_as, context, stored):
    page = open_as(cast.rita)
    begin(page, live_server.url, assignment)
    note = page.frame_locator("#package").get_by_role("status")
    context.set_offline(True)
    for place in range(1, 4):
        assert part(page).evaluate(f"put(PLACE, 'page {place}') && keep()") == "true"
    assert part(page).evaluate("put(STATUS, 'completed'), keep()") == "true"
    expect(note).to_contain_text("Not saved yet: there is no connection. Leave this window open")
    assert not PartState.objects.get().has_reported
    # Closing it now would lose the last minutes: the browser asks whether to leave.
    part(page).locator("h1").click()
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.close(run_before_unload=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert not page.is_closed()

    context.set_offline(False)
    stored(lambda: Completion.objects.exists())
    expect(note).to_be_hidden()
    assert (place_kept(), PartState.objects.get().completion) == ("page 3", "completed")
    assert Completion.objects.get().assignment == assignment


def test_a_server_that_is_down_is_asked_again(assignment, cast, live_server, open_as, stored):
    page = open_as(cast.rita)
    begin(page, live_server.url, assignment)
    down = "**/commit/**"
    page.route(down, lambda route: route.fulfill(status=502, content_type="text/html", body="<h1>Bad gateway</h1>"))
    assert part(page).evaluate("put(PLACE, 'page 2'), keep()") == "true"
    expect(page.frame_locator("#package").get_by_role("status")).to_contain_text("Not saved yet")
    page.unroute(down)
    stored(lambda: place_kept() == "page 2")


def test_two_tabs_at_once_are_one_attempt(assignment, cast, live_server, open_as, context):
    one = open_as(cast.rita)
    begin(one, live_server.url, assignment)
    two = context.new_page()
    two.goto(f"{live_server.url}/learn/assignments/{assignment.pk}/package/")
    open_package(two, "Go on with the package")
    part(two).evaluate("put(PLACE, 'page 7'), keep()")
    part(one).evaluate("put(PLACE, 'page 3'), put(STATUS, 'completed'), keep()")
    state = PartState.objects.get()
    assert (state.visits, state.completion, Attempt.objects.count(), Completion.objects.count()) == (2, "completed", 1, 1)
    assert state.latest.runtime_data["cmi"]["core"]["lesson_location"] == "page 7", "the place of the tab opened last"
    # The later tab goes on: it does not take back what the earlier one reached.
    part(two).evaluate("put(STATUS, 'incomplete'), keep()")
    state.refresh_from_db()
    assert (state.completion, Completion.objects.count()) == ("completed", 1)


def test_a_real_package_that_makes_no_calls_is_not_complete(cast, now, shared_data, live_server, open_as):
    file = "ContentPackagingOneFilePerSCO_SCORM12.zip"
    source = (shared_data / "scorm" / file).read_bytes()
    package = import_package(actor=None, pieces=[source], file_name=file, now=now).package
    assignment = give(cast.rita, module_of(package, now), now)
    page = open_as(cast.rita)
    page.goto(f"{live_server.url}/learn/assignments/{assignment.pk}/")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Open the package").click()
    parts = page.frame_locator("#package").locator("#menu [data-part]")
    expect(parts).to_have_count(18)
    for number in range(18):
        parts.nth(number).click()
        expect(parts.nth(number)).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="Leave the package").click()
    assert PartState.objects.filter(last_contact_at=None, opened_at__isnull=False).count() == 18
    assert not Completion.objects.exists()
    expect(page.get_by_role("main")).to_contain_text("This package reports nothing by itself.")
    page.get_by_role("button", name="I have gone through it").click()
    expect(page.get_by_role("heading", name="What it reported")).to_be_visible()
    assert Completion.objects.get().assignment == assignment
