"""Practice in a real browser: by keyboard alone, without JavaScript, no accessibility violation, no sideways scrolling."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from learning.practice.models import ClosedMonth, PracticeAnswer, PracticeCard, TeamMonth
from learning.practice.services import share
from tests.browser import assert_accessible
from tests.factories.learning import make_module, question
from tests.factories.practice import answer, make_standard, teach

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cards(cast, now):
    standard = make_standard()
    quiz = [
        question(f"Which of these two helps, number {n}?", [("The first one", True), ("The second", False)]) for n in range(6)
    ]
    module = teach(make_module(now, quiz=quiz), standard)
    today = timezone.localdate()
    fields = {"person": cast.rita, "module": module, "due_on": today, "made_at": now}
    made = [PracticeCard.objects.create(question=f"{module.pk}:{entry['id']}", **fields) for entry in quiz]
    month = ClosedMonth.objects.create(first_day=date(2026, 6, 1), closed_at=now)
    TeamMonth.objects.create(month=month, team=cast.harbour, standards=[standard.pk], people=6, answered=41, right=36)
    return made


def test_a_day_of_practice_by_keyboard(cast, live_server, open_as, cards):
    page = open_as(cast.rita)
    page.goto(live_server.url + "/learn/practice/")
    assert_accessible(page, "Practice")
    for number in range(3):
        page.get_by_role("radio", name="The first one" if number else "The second").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        page.wait_for_url("**/answers/**")
        assert_accessible(page, "Right" if number else "Not right this time")
        page.get_by_role("link", name="Next question" if number < 2 else "Finish").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/practice/")
    assert_accessible(page, "Practice")
    page.get_by_text("Done for today").wait_for()
    assert PracticeAnswer.objects.count() == 3
    for path, marker in (
        ("mine/", "My practice"),
        ("answers/", "What I answered"),
        ("mine/erase/", "Erase my practice?"),
        (f"cards/{cards[4].pk}/aside/", "Put this question aside?"),
        (f"team/{cast.rita.pk}/", "What my lead sees of me"),
    ):
        page.goto(f"{live_server.url}/learn/practice/{path}")
        assert_accessible(page, marker)


def test_what_a_lead_reads(cast, live_server, open_as, cards):
    now = timezone.now()
    share(actor=cast.rita, shares=True, now=now)
    answer(cards[0], now)
    page = open_as(cast.lena)
    page.goto(live_server.url + "/learn/practice/team/")
    assert_accessible(page, "Team practice")
    page.get_by_role("link", name="Rita Example").click()
    assert_accessible(page, "Practice of Rita Example")


def test_without_javascript(cast, live_server, open_as, cards, browser: Browser):
    signed_in = open_as(cast.rita).context.cookies()
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(signed_in)
    page = context.new_page()
    page.goto(live_server.url + "/learn/practice/")
    page.get_by_role("radio", name="The first one").check()
    page.get_by_role("button", name="Answer").click()
    assert page.locator("h1").inner_text() == "Right"
    assert timedelta(0) <= timezone.now() - PracticeAnswer.objects.get().at < timedelta(minutes=1)
    context.close()
