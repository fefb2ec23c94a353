"""What a package reports: by the addresses of the content host, as the player sends it."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from learning.assignments.models import Assignment, Completion
from learning.packages import services
from learning.packages.commits import MOST_BYTES
from learning.packages.models import Launch, PartState, Visit
from learning.packages.tokens import token_of
from people.models import AuditEntry
from people.services import deactivate_person
from tests.factories.learning import give, lesson, question, quiz_form
from tests.factories.packages import PAGE, keep_package, module_of

HOST = "content.example.test"
SITE = "testserver"


@pytest.fixture(autouse=True)
def apart(settings, tmp_path):
    settings.CONTENT_ORIGIN = f"http://{HOST}"
    settings.PACKAGE_ROOT = tmp_path / "packages"


class Player:
    """A browser on the content host, with one launch of Rita's package."""

    def __init__(self, person, assignment: Assignment, site: Client) -> None:
        self.site, self.assignment, self.person = site, assignment, person
        self.browser = Client(HTTP_HOST=HOST)
        self.open_again()

    def open_again(self) -> None:
        shown = self.site.post(reverse("package_launch", args=[self.assignment.pk]), follow=True)
        self.page = shown
        self.launch = Launch.objects.latest("pk")
        self.token = token_of(self.launch.key)

    def open(self, part: int = 0) -> dict:
        opened = self.browser.post(f"/p/{self.token}/open/{part}/")
        assert opened.status_code == 200, opened.content
        return opened.json()

    def send(self, address: str, body, content_type: str = "application/json;charset=UTF-8"):
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.browser.generic("POST", address, data, content_type=content_type)


@pytest.fixture
def play(cast, now, sign_in):
    """Start Rita on a module of a package and open it."""

    def started(package=None, **module) -> SimpleNamespace:
        package = package or keep_package(now)
        assignment = give(cast.rita, module_of(package, now, **module), now)
        site = sign_in(cast.rita)
        site.post(reverse("start_attempt", args=[assignment.pk]))
        return Player(cast.rita, assignment, site)

    return started


def report(sequence: int, *, status: str = "incomplete", seconds: int = 0, raw: str = "", location: str = "", **changes) -> dict:
    """A commit of SCORM 1.2, shaped as scorm-again sends it."""
    completion = {"passed": "completed", "failed": "incomplete"}.get(status, status)
    success = status if status in {"passed", "failed"} else "unknown"
    core = {"lesson_status": status, "lesson_location": location, "score": {"raw": raw, "min": "", "max": "100"}}
    cmi = {"core": core | changes.pop("core", {}), "suspend_data": changes.pop("suspend_data", "")}
    score = {"score": {"raw": float(raw), "max": 100}} if raw else {}
    return {
        "completionStatus": completion, "successStatus": success, "runtimeData": {"cmi": cmi},
        "totalTimeSeconds": seconds, "commitSequence": sequence, **score, **changes,
    }  # fmt: skip


OK = {"result": True, "errorCode": 0}


# --- The rules of a commit ------------------------------------------------------------------------


def test_a_commit_replaces_in_order_and_never_goes_back(play):
    player = play()
    opened = player.open()
    start = opened["start"]["cmi"]["core"]
    assert (start["entry"], start["lesson_status"], start["total_time"]) == ("ab-initio", "not attempted", "0000:00:00")
    assert start["student_name"] == "Example, Rita"
    assert "rita" not in start["student_id"]
    address = opened["commit"]

    assert player.send(address, report(2, seconds=900, location="3", suspend_data="p=3")).json() == OK
    state = PartState.objects.get()
    assert (state.completion, state.seconds, Visit.objects.get().sequence) == ("incomplete", 900, 2)
    # The same again, and one that was overtaken: dropped, and the package is told that all is well.
    for late in (report(2, seconds=1800, status="passed"), report(1, seconds=5, location="1")):
        assert player.send(address, late).json() == OK
    state.refresh_from_db()
    assert (state.completion, state.seconds) == ("incomplete", 900)
    assert not Completion.objects.exists()

    assert player.send(address, report(3, status="passed", raw="80", seconds=1000, location="9")).json() == OK
    beacon = report(4, status="incomplete", raw="10", seconds=1000, location="9", terminated=True, core={"exit": "suspend"})
    assert player.send(address, beacon, "text/plain;charset=UTF-8").json() == OK
    state.refresh_from_db()
    assert (state.completion, state.success, state.score_raw, state.seconds) == ("completed", "passed", 80, 1000)
    visit = Visit.objects.get()
    assert (visit.sequence, visit.terminated, visit.runtime_data["cmi"]["core"]["lesson_status"]) == (4, True, "incomplete")
    player.assignment.refresh_from_db()
    assert player.assignment.state == Assignment.State.COMPLETED
    assert AuditEntry.objects.filter(verb="package.report", subject=player.person).count() == 2


def test_one_goes_on_where_one_left(play):
    player = play()
    player.send(player.open()["commit"], report(1, seconds=600, location="7", suspend_data="here", raw="40"))
    player.open_again()
    opened = player.open()
    core = opened["start"]["cmi"]["core"]
    assert (core["entry"], core["lesson_location"], core["total_time"]) == ("resume", "7", "0000:10:00")
    assert (opened["start"]["cmi"]["suspend_data"], core["lesson_status"], core["score"]["raw"]) == ("here", "incomplete", "40")
    # The numbers of a new visit begin with 1 again; its time holds the earlier one.
    player.send(opened["commit"], report(1, seconds=900, location="8", terminated=True, core={"exit": "suspend"}))
    assert PartState.objects.get().seconds == 900
    assert player.open()["start"]["cmi"]["core"]["entry"] == "resume"
    player.send(player.open()["commit"], report(1, location="9", terminated=True, core={"exit": ""}))
    last = player.open()["start"]["cmi"]["core"]
    assert (last["entry"], last["total_time"]) == ("", "0000:15:00")


def test_two_tabs_are_one_attempt(play):
    first = play()
    one = first.open()["commit"]
    first.send(one, report(1, seconds=60, location="1"))
    key_of_first = first.token
    first.open_again()
    two = first.open()["commit"]
    assert first.token != key_of_first
    first.send(two, report(1, seconds=90, location="5"))
    # The earlier tab still counts for what it reaches, but does not move the bookmark of the later one.
    assert first.send(one, report(2, seconds=70, location="2", status="completed")).json() == OK
    state = PartState.objects.get()
    assert (state.completion, state.seconds) == ("completed", 90)
    assert state.latest.runtime_data["cmi"]["core"]["lesson_location"] == "5"
    assert first.assignment.attempts.count() == 1
    assert Completion.objects.count() == 1


def test_the_mark_of_the_manifest_decides(play, now):
    player = play(keep_package(now, parts=[{"inner": "<adlcp:masteryscore>70</adlcp:masteryscore>"}]))
    opened = player.open()
    assert opened["start"]["cmi"]["student_data"]["mastery_score"] == "70"
    player.send(opened["commit"], report(1, status="passed", raw="69.5"))
    assert not Completion.objects.exists()
    page = player.site.get(reverse("assignment_detail", args=[player.assignment.pk])).content.decode()
    assert "Score 69.5, needed 70." in page
    assert "not passed" in page
    player.send(opened["commit"], report(2, status="completed", raw="70"))
    assert Completion.objects.exists()


def test_scorm_2004_by_its_own_names(play, now):
    threshold = "<adlcp:completionThreshold>0.5</adlcp:completionThreshold>"
    player = play(keep_package(now, version="2004 3rd Edition", parts=[{"inner": threshold}]))
    opened = player.open()
    assert opened["start"]["cmi"]["completion_status"] == "unknown"
    assert opened["start"]["cmi"]["completion_threshold"] == "0.5"
    cmi = {"location": "4", "exit": "suspend", "progress_measure": "0.4", "suspend_data": "x", "total_time": "PT1H2M3S"}
    # Without the common fields: everything is read from the run-time data.
    player.send(opened["commit"], {"runtimeData": {"cmi": cmi | {"completion_status": "completed"}}, "commitSequence": 1})
    state = PartState.objects.get()
    assert (state.completion, state.seconds) == ("incomplete", 3723), "40 % is less than the half that is asked for"
    again = player.open()["start"]["cmi"]
    assert (again["location"], again["entry"], again["total_time"]) == ("4", "resume", "PT1H2M3S")
    done = {"runtimeData": {"cmi": cmi | {"progress_measure": "1"}}, "score": {"scaled": 0.85}}
    player.send(f"/commit/{player.token}/", done)
    assert PartState.objects.get().score_scaled == 0.85
    assert Completion.objects.exists()


def test_what_is_no_report_is_refused_and_stores_nothing(play):
    player = play()
    assert player.send(f"/commit/{player.token}/", report(1)).status_code == 400, "no part was opened"
    address = player.open()["commit"]
    deep = "[" * 100_000 + "]" * 100_000
    bad = [b"\xff\xfe", "", "[]", "7", deep, '{"totalTimeSeconds": NaN', json.dumps({"a": "x" * MOST_BYTES})]
    for body in bad:
        answer = player.send(address, body)
        assert answer.status_code in {400, 413}
        assert answer.json()["result"] is False
    long = player.send(address, report(1, suspend_data="x" * 64_001))
    assert (long.status_code, long.json()["errorCode"]) == (400, 405)
    assert Visit.objects.get().sequence == 0
    odd = {
        "totalTimeSeconds": 1e300, "commitSequence": "7", "score": {"raw": "many", "scaled": True}, "completionStatus": ["x"],
        "successStatus": {"a": 1}, "runtimeData": {"cmi": {"core": [], "suspend_data": "a\x00b\ud800", "n": 1e400}},
    }  # fmt: skip
    assert player.send(address, json.dumps(odd)).json() == OK
    state = PartState.objects.get()
    assert (state.completion, state.success, state.score_raw) == ("unknown", "unknown", None)
    assert player.send(address, report(9, suspend_data="x" * 64_000)).json() == OK
    assert player.browser.get(address).status_code == 405
    assert player.send(f"/commit/{player.token}/7/1/", report(1)).status_code == 400
    assert player.browser.post(f"/p/{player.token}/open/7/").status_code == 404


# --- The key --------------------------------------------------------------------------------------


def test_the_key_opens_one_launch_for_an_hour_from_its_last_use(play, cast, now):
    with time_machine.travel(now, tick=False) as clock:
        player = play()
        address = player.open()["commit"]
        for _hour in range(3):
            clock.shift(timedelta(minutes=59))
            assert player.browser.post(f"/p/{player.token}/alive/").status_code == 204
        clock.shift(timedelta(minutes=59))
        assert player.send(address, report(1)).json() == OK
        clock.shift(timedelta(minutes=61))
        assert player.browser.get(f"/p/{player.token}/").status_code == 404
        assert player.send(address, report(2, status="passed")).status_code == 403
        frame = reverse("package_player", args=[player.assignment.pk, player.launch.pk])
        assert player.site.get(frame).url == reverse("package_step", args=[player.assignment.pk])
        player.open_again()
        assert player.browser.get(f"/p/{player.token}/").status_code == 200
        forged = [player.token[:-1] + ("A" if player.token[-1] != "A" else "B"), player.launch.key, "x", player.token + "x"]
        for token in forged:
            assert player.browser.get(f"/p/{token}/").status_code == 404
            assert player.send(f"/commit/{token}/", report(1)).status_code == 403
        deactivate_person(actor=cast.adam, person=cast.rita, now=now)
        assert player.browser.get(f"/p/{player.token}/").status_code == 404
        assert player.send(f"/commit/{player.token}/", report(1)).status_code == 403
    assert PartState.objects.get().success == "unknown"


def test_after_completion_one_looks_back_and_nothing_is_stored(play):
    player = play()
    player.send(player.open()["commit"], report(1, status="completed", seconds=100))
    player.open_again()
    assert player.launch.review
    opened = player.open()
    assert opened["start"]["cmi"]["core"]["lesson_mode"] == "review"
    assert player.send(opened["commit"], report(1, status="failed", seconds=900)).json() == OK
    state = PartState.objects.get()
    assert (state.completion, state.success, state.seconds) == ("completed", "unknown", 100)


# --- Two hosts ------------------------------------------------------------------------------------


def test_each_host_answers_its_own_and_nothing_else(play, cast, sign_in):
    player = play()
    base = f"/p/{player.token}/"
    page = player.browser.get(base)
    policy = page["Content-Security-Policy"]
    assert f"frame-ancestors 'self' http://{SITE}" in policy
    assert "connect-src 'self'" in policy
    assert (page["X-Content-Type-Options"], page["Referrer-Policy"]) == ("nosniff", "same-origin")
    assert "X-Frame-Options" not in page
    launch = player.browser.get(f"{base}f/part1.html")
    assert (b"".join(launch.streaming_content).decode(), launch["Content-Type"]) == (PAGE, "text/html")
    assert player.browser.get("/player/scorm12.js").status_code == 200
    assert player.browser.get(f"{base}f/part1.html", HTTP_SERVICE_WORKER="script").status_code == 404
    for gone in ("f/imsmanifest.php", "f/../../secret.html", "f/", "f/nothing.html", "f//etc/passwd"):
        assert player.browser.get(base + gone).status_code == 404
    # A member of the site's session, by its own cookie, is nobody here.
    stranger = sign_in(cast.rita)
    for path in (
        "/",
        "/learn/",
        "/accounts/login/",
        "/static/css/app.css",
        "/healthz",
        "/api/v1/docs",
        "/cms/",
        "/player/settings.py",
    ):
        answer = stranger.get(path, HTTP_HOST=HOST)
        assert (answer.status_code, answer.cookies) == (404, {}), path
    for answer in (page, launch, player.browser.post(f"{base}alive/"), player.browser.get(f"{base}menu/")):
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")
    for path in (base, f"{base}f/part1.html", f"/commit/{player.token}/", "/player/scorm12.js"):
        assert stranger.get(path).status_code == 404, "the site serves no file of a package"
    frame = player.page
    assert f"frame-src http://{HOST}" in frame["Content-Security-Policy"]
    assert HOST not in stranger.get("/learn/")["Content-Security-Policy"]


def test_a_content_origin_that_keeps_nothing_apart_is_not_used(play, settings):
    player = play()
    before = Launch.objects.count()
    for origin in ("", f"http://{SITE}", f"http://{SITE}:8443", "nonsense"):
        settings.CONTENT_ORIGIN = origin
        player.site.post(reverse("package_launch", args=[player.assignment.pk]))
        assert Launch.objects.count() == before
    settings.CONTENT_ORIGIN = ""
    step = player.site.get(reverse("package_step", args=[player.assignment.pk])).content.decode()
    assert "CONTENT_ORIGIN" in step


def test_a_film_is_served_in_parts_and_as_what_our_table_says(play, now):
    film = bytes(range(256)) * 40
    player = play(keep_package(now, files={"film.mp4": film, "trick.jpg": "<script>alert(1)</script>", "notes.odt": "x"}))
    base = f"/p/{player.token}/f/"
    part = player.browser.get(f"{base}film.mp4", HTTP_RANGE="bytes=1000-1999")
    assert (part.status_code, b"".join(part.streaming_content)) == (206, film[1000:2000])
    assert player.browser.get(f"{base}trick.jpg")["Content-Type"] == "image/jpeg"
    assert player.browser.get(f"{base}notes.odt").status_code == 404


# --- Completion -----------------------------------------------------------------------------------


def test_package_between_lesson_and_quiz(play, now):
    """Lesson, package, quiz: each leads to the next, and the proof needs all three."""
    module = {"lessons": [lesson("First")], "quiz": [question("Q1", [("yes", True), ("no", False)])]}
    player = play(**module)
    pk = player.assignment.pk
    resume = reverse("resume_assignment", args=[pk])
    assert player.site.get(resume).url == reverse("lesson", args=[pk, 1])
    assert player.site.post(reverse("finish_lesson", args=[pk, 1])).url == reverse("package_step", args=[pk])
    assert player.site.get(resume).url == reverse("package_step", args=[pk])
    with time_machine.travel(timezone.now() + timedelta(hours=10)):
        player.open_again()
        player.send(player.open()["commit"], report(1, status="completed", seconds=2400))
    assert player.site.get(resume).url == reverse("quiz", args=[pk])
    assert not Completion.objects.exists()
    player.site.post(reverse("quiz", args=[pk]), quiz_form(player.launch.attempt.revision))
    proof = Completion.objects.get()
    assert [criterion["key"] for criterion in proof.criteria] == ["lesson:lesson-First", "package", "quiz"]
    assert proof.seconds >= 2400, "the time that the package measured counts"


def test_no_time_is_believed_that_cannot_have_passed(play, now):
    player = play()
    player.send(player.open()["commit"], report(1, status="completed", seconds=999_999))
    assert Completion.objects.get().seconds < 3600
    assert PartState.objects.get().seconds == 999_999, "what it claimed stays readable"


def test_a_package_that_cannot_report_is_complete_only_by_the_learners_word(play, now):
    parts = [{"type": "asset", "title": "Read this"}, {"type": "asset", "title": "Then this"}]
    player = play(keep_package(now, parts=parts))
    seen = reverse("package_seen", args=[player.assignment.pk])
    player.open(0)
    page = player.site.post(seen, follow=True).content.decode()
    assert "Not opened yet: Then this" in page
    player.open(1)
    assert not Completion.objects.exists(), "opening everything is not enough"
    player.site.post(seen)
    assert Completion.objects.exists()


def test_several_parts_are_done_one_by_one_and_lead_and_learner_read_why_not(play, cast, now, sign_in):
    parts = [{"title": "Greeting"}, {"title": "Listening"}, {"title": "A picture", "type": "asset"}]
    player = play(keep_package(now, parts=parts))
    player.send(player.open(0)["commit"], report(1, status="completed", seconds=60))
    player.send(player.open(1)["commit"], report(1, status="incomplete", seconds=30))
    assert not Completion.objects.exists()
    address = reverse("assignment_detail", args=[player.assignment.pk])
    lead = sign_in(cast.lena).get(address).content.decode()
    for page in (lead, player.site.get(address).content.decode()):
        assert "Why is this not complete?" in page
        assert "Listening: It reported: begun, not finished." in page
        assert "Time it reported: 30 s." in page
        assert "Greeting:" not in page
    menu = player.browser.get(f"/p/{player.token}/menu/").json()["menu"]
    assert [(line["title"], line["done"]) for line in menu] == [("Greeting", True), ("Listening", False), ("A picture", False)]
    player.send(f"/commit/{player.token}/1/1/", report(2, status="completed", seconds=90))
    assert Completion.objects.exists()


def test_parts_of_2004_keep_their_own_state_and_the_last_one_completes(play, now):
    """Headings nest, each part resumes by itself with its own score, and what is missing is named until the last is done."""
    mark = (
        "<imsss:sequencing><imsss:objectives><imsss:primaryObjective satisfiedByMeasure='true'><imsss:minNormalizedMeasure>0.8"
        "</imsss:minNormalizedMeasure></imsss:primaryObjective></imsss:objectives></imsss:sequencing>"
    )
    inner = "<item identifier='deep' identifierref='r3'><title>Deep</title></item>"
    extra = f"<item identifier='h'><title>More</title><item identifier='h2'><title>Still more</title>{inner}</item></item>"
    parts = [{"title": "Greeting"}, {"title": "Test", "inner": mark}, {"title": "Third"}]
    player = play(keep_package(now, version="2004 3rd Edition", parts=parts, extra=extra))
    menu = player.browser.get(f"/p/{player.token}/menu/").json()["menu"]
    assert [(line["title"], line["depth"], line.get("part")) for line in menu] == [
        ("Greeting", 0, 0), ("Test", 0, 1), ("Third", 0, 2), ("More", 0, None), ("Still more", 1, None), ("Deep", 2, 3),
    ]  # fmt: skip

    def say(part, sequence=1, score=None, **cmi):
        address = player.open(part)["commit"]
        body = {
            "runtimeData": {"cmi": {"exit": "suspend", **cmi}},
            "commitSequence": sequence,
            "totalTimeSeconds": 60 * (part + 1),
        }
        assert player.send(address, body | ({"score": {"scaled": score}} if score is not None else {})).json() == OK

    say(0, completion_status="completed", location="one", suspend_data="first")
    say(1, completion_status="completed", success_status="passed", location="two", suspend_data="second", score=0.5)
    again = [player.open(part)["start"]["cmi"] for part in (0, 1)]
    assert [(cmi["location"], cmi["suspend_data"], cmi["total_time"]) for cmi in again] == [
        ("one", "first", "PT0H1M0S"), ("two", "second", "PT0H2M0S"),
    ]  # fmt: skip
    address = reverse("package_step", args=[player.assignment.pk])
    page = player.site.get(address).content.decode()
    assert "each of its 4 parts that report is done, in any order" in page
    assert "Each part keeps its own score; the package has none of its own" in page
    detail = player.site.get(reverse("assignment_detail", args=[player.assignment.pk])).content.decode()
    assert "Test: It reported: not passed. Open it again and repeat its test. Score 50, needed 80." in detail
    assert "Not opened yet: Third, Deep." in detail
    say(1, completion_status="completed", score=0.9)
    say(3, completion_status="completed")
    assert not Completion.objects.exists()
    assert "Not opened yet: Third." in player.site.get(reverse("assignment_detail", args=[player.assignment.pk])).content.decode()
    say(2, completion_status="completed")
    assert Completion.objects.get().criteria[0]["key"] == "package"


def test_silence_is_explained(play):
    player = play()
    address = reverse("package_step", args=[player.assignment.pk])
    assert "Not opened yet." in player.site.get(address).content.decode()
    player.open()
    assert "it has reported nothing so far" in player.site.get(address).content.decode()
    player.send(f"/commit/{player.token}/", report(1, status="failed", raw="20"))
    page = player.site.get(address).content.decode()
    assert "not passed. Open it again" in page
    assert "Score 20 of 100." in page
    assert not Completion.objects.exists()


def test_an_attempt_keeps_its_package_when_the_module_gets_another(play, cast, now):
    player = play()
    first = player.launch.package
    module = player.assignment.module
    newer = keep_package(now, title="Second edition")
    services.exchange_package(actor=cast.edda, package=newer, module=module, now=now)
    module.refresh_from_db()
    module.get_latest_revision().publish(user=cast.edda)
    player.open_again()
    assert player.launch.package == first
    address = player.open()["commit"]
    player.site.post(reverse("restart_attempt", args=[player.assignment.pk]))
    assert player.send(address, report(1, status="passed")).status_code == 403, "who began anew goes on there"
    player.open_again()
    assert player.launch.package == newer
