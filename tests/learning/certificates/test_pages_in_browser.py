"""The pages of certificates in a real browser: no accessibility violation, and the paper reached by keyboard."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from learning.certificates.services import revoke_certificate
from tests.browser import assert_accessible
from tests.factories.certificates import certified_module, earn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_pages_are_accessible(cast, now, live_server, open_as):
    module = certified_module(now, "Honest answers")
    old = earn(cast.rita, module, now - timedelta(days=380))
    earn(cast.rita, module, now)
    revoked = earn(cast.ravi, certified_module(now, "Tone", valid_months=None, renewal="none", accent="#6b3468"), now)
    revoke_certificate(actor=cast.hana, certificate=revoked, reason="Answered by a colleague.", now=now)
    page = open_as(cast.rita)
    page.goto(f"{live_server.url}/learn/")
    page.get_by_role("link", name="Certificates").focus()
    page.keyboard.press("Enter")
    assert_accessible(page, "My certificates")
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF: Honest answers").first.focus()
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".pdf")
    page.get_by_role("link", name="Honest answers", exact=True).first.click()
    assert_accessible(page, "Honest answers")
    page = open_as(cast.hana)
    page.goto(f"{live_server.url}/learn/certificates/people/")
    assert_accessible(page, "Certificates of my people")
    page.goto(f"{live_server.url}/learn/certificates/{revoked.pk}/")
    assert_accessible(page, "Tone")
    page.goto(f"{live_server.url}/learn/certificates/{old.pk}/revoke/")
    assert_accessible(page, "Revoke")
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/verify/{old.number}/")
    assert_accessible(page, "genuine, and has expired")
    expect(page.get_by_text("renewed it since")).to_be_visible()
