"""The explorer's pages with something on them, as axe sees them: at both widths, in both themes."""

from __future__ import annotations

import pytest

from tests.browser import assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_explorer_funnel_drivers_and_balance(floor, open_as, live_server):
    page = open_as(floor.hana)
    for address, heading in (
        ("/metrics/explore/?by=person&mix=on&against=previous", "Explorer"),
        ("/metrics/explore/cases/csat/?first=2026-04-20&last=2026-06-14&topic=Refund", "Satisfied customers"),
        ("/metrics/explore/funnel/", "Who really differs?"),
        ("/metrics/drivers/", "What drives it?"),
        ("/metrics/explore/balance/", "Are cases shared out evenly?"),
    ):
        page.goto(live_server.url + address)
        for summary in page.locator("main details > summary").all():
            summary.click()
        assert_accessible(page, heading)
