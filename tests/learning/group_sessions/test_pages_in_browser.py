"""The pages of group sessions in a real browser: planned and joined by keyboard, no accessibility violation."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from learning.group_sessions import places
from learning.group_sessions.models import Place
from learning.group_sessions.services import change_session
from tests.browser import assert_accessible
from tests.factories.certificates import certified_module, earn
from tests.factories.group_sessions import make_session
from tests.factories.learning import give, make_module

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_pages_are_accessible(cast, now, live_server, open_as):
    moment = timezone.now()
    module = make_module(now, "Saying no")
    soon = make_session(
        cast.lena,
        moment,
        starts_at=moment + timedelta(minutes=10),
        description="Three real conversations, read together.",
        material="https://example.com/slides",
        link="https://meet.example/abc",
        capacity=8,
        follow_up=module,
    )
    make_session(cast.hana, moment, "Complaints by phone", starts_at=moment + timedelta(days=2), capacity=1)
    places.invite(actor=cast.lena, session=soon, people=[cast.ravi, cast.otto], now=moment)
    page = open_as(cast.rita)
    page.goto(f"{live_server.url}/learn/sessions/")
    assert_accessible(page, "Group sessions")
    page.get_by_role("link", name="Saying no kindly").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Take a place").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You have a place")).to_be_visible()
    assert Place.objects.get(person=cast.rita).state == "held"
    assert_accessible(page, "Saying no kindly")
    page.goto(f"{live_server.url}/learn/calendar/address/")
    page.get_by_role("button", name="Make one").click()
    assert_accessible(page, "In my calendar")
    page = open_as(cast.lena)
    page.goto(f"{live_server.url}/learn/sessions/new/")
    assert_accessible(page, "Plan a session")
    page.goto(f"{live_server.url}/learn/sessions/{soon.pk}/attendance/")
    assert_accessible(page, "Who was there")
    page.goto(f"{live_server.url}/learn/sessions/{soon.pk}/invite/")
    assert_accessible(page, "Put people down")
    page.goto(f"{live_server.url}/learn/sessions/{soon.pk}/cancel/")
    assert_accessible(page, "Cancel")


def test_calendars_and_feedback_are_accessible(cast, now, live_server, open_as):
    moment = timezone.now()
    today = timezone.localdate(moment)
    for n, title in enumerate(("Listening", "Saying no kindly, and still being helpful to the very end", "Data protection")):
        module = make_module(moment, title)
        for person in (cast.rita, cast.ravi):
            give(person, module, moment - timedelta(days=9), due_on=today + timedelta(days=n - 1))
    earn(cast.rita, certified_module(moment, "Yearly", valid_months=1, window_days=10), moment - timedelta(days=29))
    held = make_session(cast.lena, moment, "Three calls", starts_at=moment + timedelta(minutes=5))
    later = make_session(cast.lena, moment, "Complaints by phone", starts_at=moment + timedelta(days=1, minutes=10))
    other = make_session(cast.hana, moment, "Of Hana", starts_at=moment + timedelta(minutes=20))
    for session in (held, later):
        places.invite(actor=cast.lena, session=session, people=[cast.rita, cast.ravi], now=moment)
    places.join(actor=cast.rita, session=other, now=moment)
    page = open_as(cast.rita)
    page.goto(f"{live_server.url}/learn/calendar/")
    assert_accessible(page, "Calendar")
    page.goto(f"{live_server.url}/learn/calendar/?month=2031-01")
    assert_accessible(page, "Calendar")
    lead = open_as(cast.lena)
    lead.goto(f"{live_server.url}/learn/calendar/team/")
    assert_accessible(lead, "Calendar of my people")
    lead.goto(f"{live_server.url}/learn/sessions/{later.pk}/edit/")
    start = timezone.localtime(moment + timedelta(minutes=20), ZoneInfo("Europe/Berlin"))
    lead.get_by_label("Day").fill(f"{start:%Y-%m-%d}")
    lead.get_by_label("Begins").fill(f"{start:%H:%M}")
    lead.get_by_role("button", name="Save").click()
    expect(lead.get_by_text("Rita Example: Of Hana")).to_be_visible()
    assert_accessible(lead, "Change the session")
    lead.get_by_role("button", name="Save it all the same").click()
    expect(lead.get_by_text("Saved.")).to_be_visible()
    change_session(actor=cast.lena, session=held, changes={"starts_at": moment + timedelta(microseconds=1)}, now=moment)
    page = open_as(cast.rita)
    page.goto(f"{live_server.url}/learn/sessions/{held.pk}/")
    page.get_by_label("What should be different?").fill("More time for the third call.")
    page.get_by_role("button", name="Very good").focus()
    assert_accessible(page, "Three calls")
    page.get_by_role("button", name="Very good").click()
    expect(page.get_by_text("with your name").first).to_be_visible()
    assert Place.objects.get(person=cast.rita, session=held).rating == 5
    lead = open_as(cast.lena)
    lead.goto(f"{live_server.url}/learn/sessions/{held.pk}/")
    expect(lead.get_by_text("1 of 2 answered")).to_be_visible()
    assert_accessible(lead, "Three calls")
