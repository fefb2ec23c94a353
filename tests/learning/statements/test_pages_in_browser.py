"""The pages of the record store in a real browser: by keyboard, no accessibility violation."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from learning.statements import services
from learning.statements.gathering import gather
from learning.statements.models import RecordStore, Statement
from learning.statements.sending import send_waiting
from tests.browser import assert_accessible
from tests.factories.certificates import certified_module, earn
from tests.factories.learning import give, learn_all, make_module

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_pages_are_accessible(cast, lrs, live_server, open_as, sign_in):
    moment = timezone.now()
    page = open_as(cast.adam)
    page.goto(f"{live_server.url}/learn/statements/")
    assert_accessible(page, "Learning record store")
    page.get_by_role("link", name="Name a record store").focus()
    page.keyboard.press("Enter")
    assert_accessible(page, "Name the record store")
    page.get_by_label("Address").fill(lrs.url)
    page.get_by_label("User name, or key").fill(lrs.user)
    page.get_by_label("Password, or secret").fill(lrs.password)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Send a test statement").click()
    expect(page.get_by_text("The store took the test statement")).to_be_visible()
    page.get_by_role("link", name="Switch on").click()
    assert_accessible(page, "Switch on the record store")
    page.get_by_label("All the past too").check()
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_text("It is on.")).to_be_visible()
    assert RecordStore.objects.get().enabled
    learn_all(sign_in(cast.rita), give(cast.rita, make_module(moment, "Listening"), moment))
    earn(cast.rita, certified_module(moment, "Data protection"), moment)
    gather(now=timezone.now())
    lrs.verdict = lambda batch: (400, "This verb is not on our list") if "verbs/passed" in str(batch) else None
    send_waiting(clock=timezone.now)
    learn_all(sign_in(cast.ravi), give(cast.ravi, make_module(moment, "Saying no"), moment))
    gather(now=timezone.now())
    lrs.verdict = lambda batch: (503, "Being repaired until noon")
    send_waiting(clock=lambda: timezone.now() + timedelta(minutes=2))
    page.goto(f"{live_server.url}/learn/statements/")
    assert_accessible(page, "Learning record store")
    page.goto(f"{live_server.url}/learn/statements/{Statement.objects.get(state='refused').pk}/")
    assert_accessible(page, "Quiz marked")
    page = open_as(cast.rita)
    page.goto(f"{live_server.url}/learn/statements/mine/")
    assert_accessible(page, "What is told of me")
    services.turn_off(actor=cast.adam, now=moment)
    page = open_as(cast.otto)
    page.goto(f"{live_server.url}/learn/statements/mine/")
    assert_accessible(page, "What is told of me")
