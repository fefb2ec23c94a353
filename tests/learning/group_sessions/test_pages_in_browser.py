"""The pages of group sessions in a real browser: planned and joined by keyboard, no accessibility violation."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from learning.group_sessions import places
from learning.group_sessions.models import Place
from tests.browser import assert_accessible
from tests.factories.group_sessions import make_session
from tests.factories.learning import make_module

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
    page.goto(f"{live_server.url}/learn/calendar/")
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
