"""The pages of connections with something on them, as axe sees them: at both widths, in both themes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from coaching.connectors.models import SyncRun
from coaching.interactions.models import Message, Source
from tests.browser import assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_list_choice_form_detail_and_asking_first(cast, open_as, live_server, serve, connect, run, now):
    fake = serve("zendesk")
    fake.add(3)
    connection = connect(fake, "zendesk")
    run(connection)
    SyncRun.objects.create(
        connection=connection,
        state="failed",
        error="Zendesk does not accept the credentials.",
        notes={"a note": 2},
        created_at=now + timedelta(hours=1),
        started_at=now,
    )
    Source.objects.update(masks_personal_data=True)
    Message.objects.filter(position=1).update(body="Write to kim@example.com")
    page = open_as(cast.adam)
    for name, args, heading in (
        ("connection_list", [], "Connections"),
        ("connection_choose", [], "Which helpdesk is it?"),
        ("connection_add", ["chatwoot"], "Connect Chatwoot"),
        ("connection_detail", [connection.pk], "Zendesk"),
        ("connection_change", [connection.pk], "Zendesk"),
        ("connection_delete", [connection.pk], "Delete this connection?"),
        ("source_list", [], "Masking of personal data"),
        ("source_mask_stored", [connection.source_id], "Mask what is stored?"),
    ):
        page.goto(live_server.url + reverse(name, args=args))
        assert_accessible(page, heading)


def test_connect_with_the_keyboard_and_without_javascript(cast, browser, live_server, sign_in, settings, serve):
    fake = serve("zammad")
    fake.add(2)
    client = sign_in(cast.adam)
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": live_server.url,
            }
        ]
    )
    page = context.new_page()
    page.goto(live_server.url + reverse("connection_add", args=["zammad"]))
    page.get_by_label("Address").fill(fake.url)
    page.get_by_label("Access token").fill("canary-secret-5f1d")
    page.keyboard.press("Enter")
    page.wait_for_url("**/metrics/connections/*/")
    page.get_by_role("button", name="Fetch now").press("Enter")
    page.wait_for_url("**/metrics/connections/*/")
    assert "Data as of" in page.content()
    context.close()
