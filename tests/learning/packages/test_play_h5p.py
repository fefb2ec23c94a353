"""An H5P exercise: what it reports and keeps by the addresses of the content host, in Chromium, and that it certifies nothing."""

from __future__ import annotations

import json
import threading

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from playwright.sync_api import FrameLocator, Page, expect

from learning.assignments.models import Assignment, Attempt, Completion
from learning.certificates.models import Certificate
from learning.modules.models import Module
from learning.modules.services import ensure_starter_certificate, publish_module
from learning.packages import services
from learning.packages.faults import PackageError
from learning.packages.models import Launch, Package, PartState, Visit
from learning.packages.tokens import token_of
from tests.browser import assert_accessible
from tests.factories.learning import build_module, give, lesson, question
from tests.factories.packages import h5p_zip, keep_h5p, keep_package, module_of

HOST = "content.example.test"


@pytest.fixture(autouse=True)
def apart(request, settings, tmp_path):
    settings.CONTENT_ORIGIN = f"http://{HOST}"
    settings.PACKAGE_ROOT = tmp_path / "packages"
    if "live_server" in request.fixturenames:
        settings.CONTENT_ORIGIN = request.getfixturevalue("live_server").url.replace("localhost", "127.0.0.1")


class Exercise:
    """A browser on the content host with Rita's exercise open."""

    def __init__(self, assignment: Assignment, site: Client) -> None:
        self.assignment, self.site, self.browser = assignment, site, Client(HTTP_HOST=HOST)
        site.post(reverse("start_attempt", args=[assignment.pk]))
        self.open()

    def open(self) -> None:
        self.site.post(reverse("package_launch", args=[self.assignment.pk]))
        self.token = token_of(Launch.objects.latest("pk").key)
        self.base = self.browser.post(f"/p/{self.token}/open/0/").json()["commit"]

    def say(self, verb: str, *, seconds: int = 0, context: dict | None = None, home="http://adlnet.gov/expapi/verbs/", **result):
        actor = {"name": "Someone Else", "mbox": "mailto:someone@example.com"}
        statement = {"actor": actor, "verb": {"id": home + verb}, "result": result, "context": context or {}}
        return self.post("statement/", json.dumps({"statement": statement, "seconds": seconds}))

    def post(self, where: str, body: str):
        return self.browser.generic("POST", self.base + where, body, content_type="text/plain;charset=UTF-8")

    def keep(self, body: str, name: str = "state/0"):
        return self.browser.generic("POST", f"{self.base}data/1/{name}/", body, content_type="application/x-www-form-urlencoded")

    def kept(self, name: str = "state/0"):
        return self.browser.get(f"{self.base}data/1/{name}/").json()

    def page(self, name: str = "package_step") -> str:
        return self.site.get(reverse(name, args=[self.assignment.pk])).content.decode()


@pytest.fixture
def exercise(cast, now, sign_in) -> Exercise:
    return Exercise(give(cast.rita, module_of(keep_h5p(now), now), now), sign_in(cast.rita))


def score(raw: float, most: float) -> dict:
    return {"raw": raw, "min": 0, "max": most, "scaled": raw / most}


PART = {"contextActivities": {"parent": [{"id": "whole"}]}}


def test_only_what_the_whole_exercise_ends_with_counts(exercise):
    assert "Not opened yet" not in exercise.page()
    assert "it has reported no result yet. An exercise reports when everything is answered" in exercise.page()
    for ignored in (
        exercise.say("answered", context=PART, score=score(1, 1), success=True, completion=True),
        exercise.say("interacted"),
        exercise.say("progressed"),
        exercise.say("completed", home="https://evil.example/"),
    ):
        assert ignored.json() == {"success": True, "counted": False}
    assert PartState.objects.get().last_contact_at is None
    wrong = exercise.say("completed", score=score(1, 4), success=False, completion=True, duration="PT30.5S")
    assert wrong.json() == {"success": True, "counted": True, "done": False}
    assert not Completion.objects.exists()
    page = exercise.page()
    assert "It reported: not passed. Open it again and answer anew." in page
    assert "Score 1 of 4." in page
    assert "Time it reported: 30 s." in page
    assert exercise.say("completed", seconds=80, score=score(4, 4), success=True, completion=True).json()["done"] is True
    state = PartState.objects.get()
    assert (state.completion, state.success, state.score_raw, state.seconds) == ("completed", "passed", 4, 80)
    proof = Completion.objects.get()
    assert proof.assignment == exercise.assignment
    # A late failure takes nothing back, and the name in a statement is kept nowhere.
    exercise.say("failed", score=score(0, 4))
    assert PartState.objects.get().success == "passed"
    assert "someone" not in json.dumps(Visit.objects.get().runtime_data).lower()


@pytest.mark.parametrize(
    ("verb", "result", "done"),
    [
        ("passed", {}, True),
        ("mastered", {}, True),
        ("completed", {}, True),
        ("answered", {"success": True}, True),
        ("answered", {"success": False}, False),
        ("failed", {"completion": True}, False),
        ("completed", {"completion": False}, False),
    ],
)
def test_what_ends_an_exercise(exercise, verb, result, done):
    assert exercise.say(verb, **result).json()["done"] is done
    assert Completion.objects.exists() is done


def test_one_that_is_only_read_is_consumed(exercise):
    assert exercise.say("consume", home="http://activitystrea.ms/schema/1.0/").json()["counted"] is True
    assert Completion.objects.exists()


def test_state_is_found_again_and_the_time_of_visits_adds_up_once(exercise):
    assert exercise.kept() == {"success": True, "data": False}
    assert exercise.keep("data=%7B%22given%22%3A%22Hello%22%7D&preload=1&invalidate=1").json() == {"success": True}
    assert exercise.kept()["data"] == '{"given":"Hello"}'
    assert "begun, not finished" not in exercise.page(), "nothing was reported: what it kept is no result"
    exercise.say("completed", seconds=100, success=False)
    exercise.post("finished/", "contentId=1&score=1&maxScore=4&opened=1000&finished=1100")
    first, earlier = exercise.base, PartState.objects.get().seconds
    assert earlier == 100
    exercise.open()
    assert exercise.kept()["data"] == '{"given":"Hello"}'
    exercise.say("completed", seconds=30, success=False)
    exercise.say("completed", seconds=40, success=False)
    assert PartState.objects.get().seconds == 140, "the time before and this visit's, once"
    exercise.keep("data=later")
    # The tab that was opened before keeps its own state, and the next visit begins with that of the later one.
    exercise.browser.generic("POST", f"{first}data/1/state/0/", "data=earlier", content_type="text/plain")
    exercise.open()
    assert exercise.kept()["data"] == "later"
    exercise.keep("data=0")
    assert exercise.kept()["data"] is False
    assert Attempt.objects.count() == 1


def test_what_is_no_report_is_refused_and_stores_nothing(exercise):
    for body in ("", "[]", "{}", '{"statement": {"verb": "completed"}}', "[" * 100_000, json.dumps({"a": "x" * 600_000})):
        assert exercise.post("statement/", body).status_code in {400, 413}
    assert exercise.keep("preload=1").status_code == 400
    assert exercise.keep("data=" + "x" * 300_000).status_code == 400
    assert exercise.keep("data=x", "..%2Fetc/0").status_code in {400, 404}
    for number in range(40):
        exercise.keep("data=x", f"kind{number}/0")
    assert exercise.keep("data=x", "one-more/0").status_code == 400
    assert exercise.browser.get(f"{exercise.base}statement/").status_code == 405
    assert exercise.browser.put(f"{exercise.base}data/1/state/0/").status_code == 400
    other = exercise.base.replace("/1/", "/7/")
    assert (
        exercise.browser.generic("POST", f"{other}statement/", json.dumps({"statement": {"verb": {"id": "x"}}})).status_code
        == 200
    )
    forged = exercise.base.replace(exercise.token, exercise.token[:-2] + "xx")
    assert exercise.browser.generic("POST", f"{forged}statement/", "{}").status_code == 403
    odd = exercise.say("completed", seconds="many", score={"raw": "x", "max": [1]}, success="yes", duration="forever")
    assert odd.json()["done"] is True
    assert PartState.objects.get().score_raw is None


def test_a_scorm_launch_has_no_data_of_exercises(cast, now, sign_in):
    assignment = give(cast.rita, module_of(keep_package(now), now), now)
    scorm = Exercise(assignment, sign_in(cast.rita))
    scorm.base = f"/h5p/{scorm.token}/1/"
    assert scorm.say("completed").status_code == 400
    assert not Completion.objects.exists()


def test_its_files_are_served_apart_and_the_learner_has_no_name(exercise, cast):
    page = exercise.browser.get(f"/p/{exercise.token}/").content.decode()
    assert "@learner.invalid" in page
    assert "Rita" not in page
    assert cast.rita.email not in page
    for name in ("h5p/main.bundle.js", "h5p/frame.bundle.js", "h5p/styles/h5p.css", "h5p/fonts/h5p-theme.woff2", "h5p.js"):
        answer = exercise.browser.get(f"/player/{name}")
        assert (answer.status_code, answer["X-Content-Type-Options"]) == (200, "nosniff")
        assert exercise.site.get(f"/player/{name}").status_code == 404
    assert exercise.browser.get(f"/p/{exercise.token}/f/H5P.Pick-1.0/library.json")["Content-Type"] == "application/json"


def test_a_type_that_cannot_report_is_complete_by_the_learners_word(cast, now, sign_in):
    silent = h5p_zip("Only shown", **{"H5P.Pick-1.0/pick.js": "H5P.Pick = function () {};"})
    package = services.import_package(actor=None, pieces=[silent], file_name="x.h5p", now=now).package
    assert not package.reports
    assert any("No part of this package reports anything" in warning for warning in package.warnings)
    shown = Exercise(give(cast.rita, module_of(package, now), now), sign_in(cast.rita))
    shown.site.post(reverse("package_seen", args=[shown.assignment.pk]))
    assert Completion.objects.exists()


# --- Certificates ---------------------------------------------------------------------------------


@pytest.fixture
def template(db, now):
    return ensure_starter_certificate(actor=None, now=now)


def with_h5p(now, template, **changes) -> Module:
    quiz = [question("Q1", [("yes", True), ("no", False)])]
    changes = {"lessons": [lesson("First")], "quiz": quiz, "package_digest": keep_h5p(now).sha256} | changes
    return build_module("Certified", certificate_template=template, **changes)


def test_no_certificate_rests_on_an_exercise_not_even_beside_a_quiz(now, template):
    module = with_h5p(now, template)
    for attempt in (lambda: publish_module(actor=None, module=module, now=now), module.clean):
        with pytest.raises(ValidationError) as refused:
            attempt()
        assert "no certificate may rest on one" in refused.value.message_dict["certificate_template"][0]
    assert not Module.objects.filter(title="Certified").exists()
    # The control: with a SCORM package beside the quiz, and without the certificate, it is published.
    publish_module(actor=None, module=with_h5p(now, template, package_digest=keep_package(now).sha256), now=now)
    publish_module(actor=None, module=with_h5p(now, None), now=now)


def test_an_exercise_is_not_put_into_a_module_with_a_certificate(cast, now, template, sign_in):
    module = publish_module(actor=None, module=with_h5p(now, template, package_digest=""), now=now)
    package = keep_h5p(now)
    page = sign_in(cast.edda).post(reverse("package_exchange", args=[package.pk]), {"module": module.pk})
    assert page.status_code == 422
    assert "“Certified” gives a certificate. This module has an H5P exercise" in page.content.decode()
    with pytest.raises(PackageError):
        services.exchange_package(actor=cast.edda, package=package, module=module, now=now)
    assert module.get_latest_revision_as_object().package_digest == ""


def test_an_editor_reads_why_beside_the_field(cast, now, template, sign_in):
    module = publish_module(actor=None, module=with_h5p(now, None, quiz=[]), now=now)
    module.certificate_template = template
    with pytest.raises(ValidationError, match="Take out the certificate"):
        module.full_clean()
    assert "H5P" in sign_in(cast.edda).get(reverse("package_detail", args=[Package.objects.get().pk])).content.decode()


def test_a_revision_that_came_about_otherwise_gives_none_either(exercise, now, template):
    """Past every check: a template put into the live revision by hand."""
    revision = exercise.assignment.module.live_revision
    revision.content["certificate_template"] = template.pk
    revision.save(update_fields=["content"])
    exercise.say("passed")
    assert Completion.objects.exists()
    assert not Certificate.objects.exists()


# --- In Chromium ----------------------------------------------------------------------------------


def inside(page: Page) -> FrameLocator:
    return page.frame_locator("#package").frame_locator("#exercise iframe")


def test_storage_that_a_browser_refuses_is_stood_in_for(cast, now, live_server, open_as):
    """Chromium gives a frame of another site no storage; without ours H5P stops before it can keep anything."""
    assignment = give(cast.rita, module_of(keep_h5p(now), now), now)
    page = open_as(cast.rita)
    page.goto(f"{live_server.url}/learn/assignments/{assignment.pk}/")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Open the package").click()
    expect(inside(page).get_by_role("button", name="Finish")).to_be_visible()
    player = next(frame for frame in page.frames if "/p/" in frame.url)
    assert player.evaluate("document.querySelector('#exercise iframe').contentWindow.H5P.instances.length") == 1


def test_an_exercise_is_left_gone_on_with_and_passed(cast, now, live_server, open_as, context, monkeypatch):
    arrived, real = threading.Semaphore(0), services.keep_data
    monkeypatch.setattr(services, "keep_data", lambda **given: (real(**given), arrived.release()))
    assignment = give(cast.rita, module_of(keep_h5p(now), now), now)
    page = open_as(cast.rita)
    foreign: list[str] = []
    hosts = ("localhost", "127.0.0.1")
    context.on("request", lambda asked: None if any(host in asked.url for host in hosts) else foreign.append(asked.url))
    page.goto(f"{live_server.url}/learn/assignments/{assignment.pk}/")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Open the package").click()
    expect(inside(page).get_by_role("heading", name="How do you greet a caller?")).to_be_visible()
    inside(page).get_by_role("button", name="What?").click()
    # The tab is closed before the exercise has saved anything by itself.
    other = context.new_page()
    page.close(run_before_unload=False)
    assert arrived.acquire(timeout=15)
    other.wait_for_timeout(200)
    assert "What?" in Visit.objects.get().runtime_data["data"]["state/0"]

    other.set_viewport_size({"width": 1440, "height": 900})
    other.goto(f"{live_server.url}/learn/assignments/{assignment.pk}/package/")
    expect(other.get_by_role("main")).to_contain_text("it has reported no result yet")
    assert_accessible(other, "Pick a greeting")
    other.get_by_role("button", name="Go on with the package").click()
    expect(inside(other).locator("#given")).to_have_text("What?")
    note = other.frame_locator("#package").get_by_role("status")
    inside(other).get_by_role("button", name="Finish").click()
    expect(note).to_contain_text("it is not passed yet")
    inside(other).get_by_role("button", name="Hello, how can I help?").click()
    context.set_offline(True)
    inside(other).get_by_role("button", name="Finish").click()
    expect(note).to_contain_text("Not saved yet: there is no connection.")
    assert not Completion.objects.exists()
    context.set_offline(False)
    expect(note).to_contain_text("You can close the package now.", timeout=10_000)
    other.frame_locator("#package").get_by_role("button", name="Close the package").click()
    expect(other.get_by_role("main")).to_contain_text("It reported: passed.")
    state = PartState.objects.get()
    assert (state.success, state.score_raw, state.score_max) == ("passed", 2, 2)
    assert Completion.objects.get().assignment == assignment
    assert foreign == [], "nothing is fetched from elsewhere"
