"""Real packages in a real browser: completed and passed, gone on with where one left, time replaced and never added."""

from __future__ import annotations

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from learning.assignments.models import Assignment, Completion
from learning.packages.models import Launch, PartState, Visit
from learning.packages.services import import_package
from tests.factories.learning import give
from tests.factories.packages import module_of


@pytest.fixture
def content_host(live_server, settings):
    """The same server under another name: what is `localhost` to the site is 127.0.0.1 to packages."""
    settings.CONTENT_ORIGIN = live_server.url.replace("localhost", "127.0.0.1")
    return settings.CONTENT_ORIGIN


def golf(page: Page):
    """The frame in which the package runs."""
    return page.frame_locator("#package").frame_locator("#part")


@pytest.mark.parametrize(("file", "kind"), [("RuntimeBasicCalls_SCORM12.zip", "scorm12"), ("RuntimeBasicCalls_SCORM20043rdEdition.zip", "scorm2004")])
def test_golf(file, kind, cast, now, shared_data, live_server, content_host, open_as):
    source = (shared_data / "scorm" / file).read_bytes()
    package = import_package(actor=None, pieces=[source], file_name=file, now=now).package
    assignment = give(cast.rita, module_of(package, now), now)
    page = open_as(cast.rita)
    page.on("dialog", lambda dialog: dialog.accept())
    page.on("console", lambda m: print("console", m.text))
    page.goto(f"{live_server.url}/learn/assignments/{assignment.pk}/")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Open the package").click()
    for _step in range(3):
        golf(page).locator("#butNext").click()
    page.wait_for_timeout(1500)
    page.get_by_role("link", name="Leave the package").click()
    expect(page.get_by_role("heading", name="Why is this not complete?")).to_be_visible()
    page.wait_for_timeout(500)
    for v in Visit.objects.all(): print(v.number, v.sequence, v.terminated, v.runtime_data)
    for v in PartState.objects.all(): print(v.__dict__)
    print(page.inner_text("main"))
    page.reload()
    print(page.inner_text("main"))
    page.get_by_role("button", name="Go on with the package").click()
    page.wait_for_timeout(1000)
    print(golf(page).locator("#contentFrame").get_attribute("src"))
    for _step in range(11):
        golf(page).locator("#butNext").click()
    page.wait_for_timeout(1000)
    assert 0
