"""Unmatched people, accounts, demand and the wall with something on them, as axe sees them; and the wall's own script."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from coaching.interactions.models import Account, Handler
from coaching.metrics import services as metrics
from coaching.metrics.wall import access, services
from people.uploads import keep_upload
from tests.browser import assert_accessible
from tests.factories import interactions as make

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def filled(cast):
    """Something on every page; the clock is the real one, since the browser has no other."""
    now = timezone.now()
    metrics.ensure_default_metrics(now=now)
    account = Account.objects.create(
        source=make.source(), external_key="A-1", name="Ada & Sons", segment="Large", yearly_value=Decimal(12000), currency="EUR",
        since=now.date() - timedelta(days=900),
    )  # fmt: skip
    for number in range(30):
        day = now.date() - timedelta(days=number)
        case = make.interaction(
            cast.rita, day, seconds=None if number == 20 else 3600, account="A-1", customer=f"Customer {number % 4}", subject=f"Case {number}",
            topic="Parcel" if number % 2 else "Refund", channel="mention" if number % 3 else "email", replies=number, handle_seconds=600,
            opened_at=now - timedelta(days=number, minutes=30), first_reply_at=now - timedelta(days=number, minutes=20),
        )  # fmt: skip
        make.rating(cast.rita, day, polarity=-1 if number % 4 else 1, case=case)
    for key, name in (("a", "rita  example"), ("b", "Ravi Exampel"), ("c", "Robot 9"), ("d", "Somebody")):
        handler = make.handler(None, key=key)
        Handler.objects.filter(pk=handler.pk).update(name=name, ignored=key == "c")
        make.interaction(None, now.date(), handler=handler, marked=False)
    metrics.recount_changed_days(now)
    cast.account = account
    cast.handler = Handler.objects.get(external_key="a")
    return cast


def test_unmatched_people(filled, open_as, live_server):
    page = open_as(filled.adam)
    page.goto(live_server.url + reverse("match_queue"))
    assert_accessible(page, "Unmatched people")
    page.goto(live_server.url + reverse("match_queue") + "?list=ignored")
    assert_accessible(page, "Unmatched people")
    page.goto(live_server.url + reverse("match_handler", args=[filled.handler.pk]) + "?q=example")
    assert_accessible(page, "rita")


def test_accounts(filled, open_as, live_server):
    page = open_as(filled.hana)
    for name, args, heading in (("account_list", [], "Accounts"), ("account_detail", [filled.account.pk], "Ada")):
        page.goto(live_server.url + reverse(name, args=args))
        assert_accessible(page, heading)
    page.goto(live_server.url + reverse("account_upload"))
    assert_accessible(page, "Import accounts")
    file = SimpleUploadedFile("a.csv", b"account id,value,colour\nA-1,100,red\nA-2,much,blue\n")
    token = keep_upload(person=filled.hana, upload=file, invite=False, now=timezone.now())
    page.goto(live_server.url + reverse("account_check", args=[token]))
    assert_accessible(page, "Check the accounts")
    page.get_by_role("button", name="Import", exact=True).click()
    assert_accessible(page, "Accounts imported")


def test_demand(filled, open_as, live_server):
    page = open_as(filled.lena)
    for name, heading in (
        ("demand_hours", "When customers write"),
        ("demand_customers", "Customers and topics"),
        ("demand_cases", "Cases"),
    ):
        page.goto(live_server.url + reverse(name))
        for summary in page.locator("details.help > summary").all():
            summary.click()
        assert_accessible(page, heading)


def test_the_wall(filled, open_as, live_server):
    page = open_as(filled.lena)
    page.goto(live_server.url + reverse("wall_team", args=[filled.harbour.pk]))
    assert_accessible(page, "Harbour")
    page.goto(live_server.url + reverse("wall_list"))
    assert_accessible(page, "Live wall")


def test_the_wall_asks_again_and_says_when_it_gets_no_answer(filled, context, live_server):
    """On a screen without a sign-in: new figures by themselves, slower while nobody answers, dark once revoked."""
    link = services.create_link(actor=filled.lena, team=filled.harbour, place="Kitchen", now=timezone.now())
    page = context.new_page()
    page.clock.install()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(live_server.url + reverse("wall_show", args=[access.token_of(link)]))
    tile = page.locator(".wall__value").first
    assert tile.inner_text() == "0"
    make.interaction(filled.rita, timezone.now().date(), seconds=None, opened_at=timezone.now())
    with page.expect_response(lambda response: "/wall/show/" in response.url):
        page.clock.run_for(23_000)
    expect(tile).to_have_text("1")  # not a function polled in the page: its clock stands still
    banner = page.locator("#wall-connection")
    assert banner.is_hidden()
    context.set_offline(True)
    page.clock.run_for(23_000)
    banner.wait_for(state="visible")
    assert tile.inner_text() == "1"  # the last figures stay, and are said to stand still
    context.set_offline(False)
    with page.expect_response(lambda response: "/wall/show/" in response.url):
        page.clock.run_for(45_000)
    banner.wait_for(state="hidden")
    services.revoke_link(actor=filled.lena, link=link, now=timezone.now())
    with page.expect_response(lambda response: response.status == 404):
        page.clock.run_for(23_000)
    page.get_by_text("This display link was ended").wait_for()
    assert page.locator(".wall__value").count() == 0
    assert problems == []
