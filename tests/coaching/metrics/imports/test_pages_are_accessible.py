"""The import pages with something on them, as axe sees them: at both widths, in both themes."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.browser import assert_accessible
from tests.coaching.metrics.imports.test_import_by_page import TEXT, answers, upload

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_upload_check_and_result(cast, sign_in, open_as, live_server):
    client = sign_in(cast.adam)
    upload(client, name="again.csv")
    job = upload(client, text=TEXT + "10,nobody@example.com,31.12.2026 25:00,,open,\n")
    page = open_as(cast.adam)

    def visit(name: str, heading: str, *args: int) -> None:
        page.goto(live_server.url + reverse(name, args=args))
        assert_accessible(page, heading)

    visit("import_upload", "Import a file")
    visit("import_preview", "Check the columns", job.pk)
    assert page.get_by_role("heading", name="The first rows as understood").is_visible()
    assert page.get_by_role("heading", name="Rows that would be left out").is_visible()
    page.get_by_label("Opened at").select_option("")
    page.get_by_role("button", name="Look again").click()  # with an error at its field
    assert_accessible(page, "Check the columns")
    client.post(reverse("import_preview", args=[job.pk]), answers(job))
    visit("import_detail", "may.csv", job.pk)
    visit("import_list", "Imports")
