"""A quiz in a real browser while things go wrong: no connection, the tab closed, two tabs, signed out, the device's clock set."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import expect

from learning.assignments.services import start_attempt
from learning.quizzes.models import QuizPaper, QuizSubmission
from tests.conftest import PASSWORD
from tests.factories.learning import free_text, give, lesson, make_module, question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SLOW = 15_000  # a page saves itself after two seconds, and the machine may be busy
QUIZ = [question("Which one?", [("This one", True), ("That one", False)]), free_text("In your own words.")]


@pytest.fixture
def quiz(cast, live_server):
    """Rita's quiz against a clock of twenty minutes, which she may take as often as she likes."""
    now = timezone.now()
    module = make_module(now, "Under way", quiz=QUIZ, lessons=[lesson("One")], quiz_time_limit_minutes=20)
    attempt = start_attempt(actor=cast.rita, assignment=give(cast.rita, module, now), now=now)
    return f"{live_server.url}/learn/assignments/{attempt.assignment_id}/quiz/"


def words(page):
    return page.get_by_role("group", name="own words").get_by_label("Your answer")


def test_a_minute_without_a_connection_and_a_closed_tab_lose_nothing(cast, context, quiz, open_as):
    page = open_as(cast.rita)
    page.clock.install()
    page.goto(quiz)
    page.get_by_role("button", name="Begin").click()
    words(page).fill("First")
    page.clock.fast_forward(2000)
    expect(page.get_by_text("Saved ")).to_be_visible(timeout=SLOW)

    context.set_offline(True)
    page.get_by_label("This one").check()
    words(page).fill("First, her name.")
    expect(page.get_by_text("Not saved: there is no connection.")).to_be_visible(timeout=SLOW)
    page.clock.fast_forward(60_000)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Not handed in: there is no connection. Nothing is lost")).to_be_visible()
    expect(words(page)).to_have_value("First, her name.")
    context.set_offline(False)
    expect(page.get_by_text("Saved ")).to_be_visible(timeout=SLOW)
    assert QuizPaper.objects.get().saved == {"Which one?": ["Which one?-This one"], "In your own words.": ["First, her name."]}

    context.set_offline(True)
    words(page).fill("First, her name, and then the reason.")
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(quiz)
    expect(words(page)).to_have_value("First, her name, and then the reason.")
    expect(page.get_by_label("This one")).to_be_checked()
    expect(page.get_by_text("Saved ")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Waiting to be marked")
    assert QuizSubmission.objects.get().answers["In your own words."] == ["First, her name, and then the reason."]
    assert page.evaluate("localStorage.length") == 0, "what the server has leaves no copy on the machine"


def test_two_tabs_are_one_try_and_a_sign_in_elsewhere_goes_on_here(cast, context, live_server, quiz, open_as):
    cast.rita.set_password(PASSWORD)
    cast.rita.save()
    first = open_as(cast.rita)
    first.goto(quiz)
    first.get_by_role("button", name="Begin").click()
    second = context.new_page()
    second.goto(quiz)
    words(second).fill("From the second tab.")
    second.get_by_label("That one").check()
    expect(second.get_by_text("Saved ")).to_be_visible(timeout=SLOW)

    Session.objects.all().delete()
    words(second).fill("From the second tab, signed out.")
    expect(second.get_by_text("Not saved: you are signed out.")).to_be_visible(timeout=SLOW)
    third = context.new_page()  # a sign-in makes the token of every page that is open worthless
    third.goto(f"{live_server.url}/accounts/login/?next=/learn/paths/")
    third.locator("[name=login]").fill(cast.rita.email)
    third.locator("[name=password]").fill(PASSWORD)
    third.locator("[name=password]").press("Enter")
    expect(third.get_by_role("heading", level=1)).to_have_text("Learning paths")
    third.close()
    second.get_by_label("This one").check()
    expect(second.get_by_text("Saved ")).to_be_visible(timeout=SLOW)
    second.get_by_role("button", name="Hand in").click()
    expect(second.get_by_role("heading", level=1)).to_have_text("Waiting to be marked")

    first.get_by_label("That one").check()
    expect(first.get_by_text("This page is out of date. Open the quiz again.")).to_be_visible()
    words(first).fill("From the first tab.")
    first.get_by_role("button", name="Hand in").click()
    expect(first.get_by_role("heading", level=1)).to_have_text("Waiting to be marked")
    expect(first.get_by_text("This try was handed in before, perhaps in another tab.")).to_be_visible()
    assert QuizPaper.objects.count() == 1
    assert QuizSubmission.objects.get().answers["In your own words."] == ["From the second tab, signed out."]


def test_the_devices_clock_may_be_set(cast, quiz, open_as):
    """Set on by hours it hands nothing in; by the server's word a slow or sleeping page shows what is left."""
    page = open_as(cast.rita)
    page.clock.install()
    page.goto(quiz)
    page.get_by_role("button", name="Begin").click()
    words(page).fill("Not ready yet")
    expect(page.get_by_text("Saved ")).to_be_visible(timeout=SLOW)
    page.clock.set_system_time(timezone.now() + timedelta(hours=5))
    page.clock.fast_forward(3000)
    expect(page.get_by_role("timer")).to_contain_text(re.compile(r"Time left 19:\d\d"))
    page.clock.set_system_time(timezone.now() - timedelta(days=300))
    page.clock.fast_forward(3000)
    expect(page.get_by_role("timer")).to_contain_text(re.compile(r"Time left 19:\d\d"))
    assert not QuizSubmission.objects.exists()

    QuizPaper.objects.update(deadline=timezone.now() + timedelta(minutes=4, seconds=30))
    words(page).fill("Ready soon")
    expect(page.get_by_role("timer")).to_contain_text(re.compile(r"Time left 4:\d\d"))
    page.clock.fast_forward(5 * 60_000)  # the page believes that the time is over, and asks before it hands in
    expect(page.get_by_role("timer")).to_contain_text(re.compile(r"Time left 4:\d\d"))
    assert not QuizSubmission.objects.exists()
    QuizPaper.objects.update(deadline=timezone.now() + timedelta(seconds=1))
    page.clock.fast_forward(5 * 60_000)
    expect(page.get_by_role("heading", level=1)).to_have_text("Waiting to be marked")
    assert QuizSubmission.objects.get().answers["In your own words."] == ["Ready soon"]
