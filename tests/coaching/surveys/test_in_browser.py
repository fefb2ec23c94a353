"""In a real browser: one click from the mail, without scripts, in a frame on the right site and on the wrong one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from coaching.interactions.models import SurveyResponse
from coaching.surveys.models import SnippetDay
from tests.browser import violations
from tests.factories import surveys as make

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LOOKED_AT = "Object.defineProperty(navigator, 'webdriver', {get: () => false})"


@pytest.fixture
def asked(cast, live_server):
    now = timezone.now()
    survey = make.survey(now, languages=("en", "de"))
    invitation = make.sent(survey, make.case(cast.rita, now), now)
    token = make.token(invitation)
    return SimpleNamespace(
        survey=survey,
        now=now,
        question=live_server.url + reverse("survey_answer", args=[token]),
        four=live_server.url + reverse("survey_score", args=[token, 4]),
        stop=live_server.url + reverse("survey_stop", args=[token]),
    )


def test_one_click_stores_the_score_at_once(asked, page: Page):
    """The page is looked at by somebody, so its script presses the button."""
    page.add_init_script(LOOKED_AT)
    page.goto(asked.four)
    expect(page.get_by_text("Your answer: 4 of 5")).to_be_visible()
    assert [a.raw_value for a in SurveyResponse.objects.all()] == [4]
    page.get_by_label("What is the main reason for your score?").fill("Kind.")
    page.get_by_role("button", name="Send comment").click()
    expect(page.get_by_text("Your comment has arrived too.")).to_be_visible()
    assert [a.comment for a in SurveyResponse.objects.all()] == ["Kind."]
    assert page.context.cookies() == []


def test_a_program_that_runs_scripts_stores_nothing(asked, page: Page):
    """Checkers of links drive a browser, too: they say so."""
    page.goto(asked.four)
    expect(page.get_by_role("button", name="Send 4")).to_be_visible()
    page.wait_for_timeout(600)
    assert not SurveyResponse.objects.exists()


def test_by_keyboard_alone(asked, page: Page):
    page.goto(asked.question)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "2"
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your answer: 2 of 5")).to_be_visible()


def test_without_javascript(asked, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(asked.four)
    page.get_by_role("button", name="Send 4").click()
    page.get_by_label("What is the main reason for your score?").fill("No scripts here.")
    page.get_by_role("button", name="Send comment").click()
    page.get_by_text("Change the score").click()
    page.get_by_role("button", name="5, very").click()
    expect(page.get_by_text("Your answer: 5 of 5")).to_be_visible()
    page.get_by_role("link", name="Do not ask me again").click()
    page.get_by_role("button", name="Yes, do not ask me again").click()
    expect(page.get_by_role("heading", name="We will not ask you again")).to_be_visible()
    assert [(a.raw_value, a.comment) for a in SurveyResponse.objects.all()] == [(5, "No scripts here.")]
    assert context.cookies() == []
    context.close()


# --- In somebody else's page ----------------------------------------------------------------------


class Host(BaseHTTPRequestHandler):
    """A site with a strict content policy and one line of ours."""

    def do_GET(self) -> None:
        body = self.server.page.encode()  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", self.server.policy)  # type: ignore[attr-defined]
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Nothing on the console."""


@pytest.fixture
def hosts(live_server) -> Iterator[list[ThreadingHTTPServer]]:
    """Two sites, each an origin of its own."""
    servers = []
    for _number in range(2):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
        server.policy = f"default-src 'none'; script-src {live_server.url}; frame-src {live_server.url}"  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
    yield servers
    for server in servers:
        server.shutdown()
        server.server_close()


def origin(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}"


@pytest.fixture
def placed(asked, hosts, live_server):
    """A snippet that the first site may show, put into both."""
    snippet = make.snippet(asked.survey, asked.now, origins=[origin(hosts[0])])
    line = f'<script src="{live_server.url}/survey/snippet.js" data-survey="{snippet.key}" data-language="de" async></script>'
    for server in hosts:
        server.page = f'<!doctype html><html lang="en"><title>Shop</title><main><h1>Shop</h1>{line}</main></html>'  # type: ignore[attr-defined]
    return snippet


def test_a_snippet_on_its_own_site(placed, hosts, page: Page, live_server):
    seen, complaints = set(), []
    page.on("request", lambda request: seen.add("/".join(request.url.split("/")[:3])))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(origin(hosts[0]) + "/")
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="5, sehr").click()
    expect(frame.get_by_text("Ihre Antwort: 5 von 5")).to_be_visible()
    frame.get_by_label("Was ist der wichtigste Grund").fill("Gut.")
    frame.get_by_role("button", name="Kommentar senden").click()
    expect(frame.get_by_text("Auch Ihr Kommentar ist angekommen.")).to_be_visible()
    assert [(a.raw_value, a.comment) for a in SurveyResponse.objects.all()] == [(5, "Gut.")]
    assert SnippetDay.objects.get().shown == 1
    assert page.context.cookies() == []
    assert seen <= {origin(hosts[0]), live_server.url}
    assert [text for text in complaints if "Content Security Policy" in text] == []
    assert 100 < int(page.locator("iframe").get_attribute("height")) < 900
    assert violations(page) == []


def test_a_snippet_elsewhere_is_refused(placed, hosts, page: Page):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(origin(hosts[1]) + "/")
    page.wait_for_selector("iframe")
    page.wait_for_timeout(1500)
    assert any("frame-ancestors" in text for text in complaints), complaints
    assert page.frames[1].get_by_role("button", name="5, sehr").count() == 0
    assert not SurveyResponse.objects.exists()
    assert not SnippetDay.objects.exists()
