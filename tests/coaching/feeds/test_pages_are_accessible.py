"""The pages of the live feed with something on them, as axe sees them: at both widths, in both themes."""

from __future__ import annotations

import pytest
from django.urls import reverse

from coaching.feeds import services
from coaching.feeds.models import Delivery, InboxEvent
from tests.browser import assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_every_page_of_the_feed(cast, open_as, live_server, now):
    page = open_as(cast.adam)
    for name, heading in (("token_list", "API tokens"), ("incoming_list", "Webhooks in"), ("outgoing_list", "Webhooks out")):
        page.goto(live_server.url + reverse(name))
        assert_accessible(page, heading)
    token, _text = services.create_token(
        actor=cast.adam, name="Help desk", scopes=["interactions:write"], source_key="zendesk", now=now
    )
    rows = [{"external_id": "1", "opened_at": "2026-06-10T08:00:00Z"}]
    services.receive_by_token(token=token, kind="interactions", source_key="zendesk", rows=rows, now=now)
    incoming, _text = services.create_incoming(actor=cast.adam, name="Desk events", source_key="zendesk", now=now)
    event = InboxEvent.objects.create(
        endpoint=incoming, webhook_id="msg_1", signed_at=now, sha256="0" * 64, body=b"{}", received_at=now, state="partly", finished_at=now,
        result={"created": 1, "rejected": 1, "rows": [{"index": 0, "field": "channel", "reason": "Unknown.", "remedy": "Correct it."}]},
    )  # fmt: skip
    outgoing, _text = services.create_outgoing(
        actor=cast.adam, name="HR", url="https://hr.invalid/hook", event_types=["signal.raised"], now=now
    )
    services.send_event(event_type="signal.raised", data={"signal": 1}, now=now)
    Delivery.objects.update(state="failed", last_status=500, last_error="The answer was 500.")
    type(outgoing).objects.update(active=False, disabled_at=now, disabled_because="30 attempts in a row failed.")
    for name, args, heading in (
        ("token_list", [], "API tokens"),
        ("token_add", [], "Make a token"),
        ("token_detail", [token.pk], "Help desk"),
        ("token_confirm", [token.pk], "Revoke"),
        ("incoming_list", [], "Webhooks in"),
        ("incoming_add", [], "Make an address"),
        ("incoming_detail", [incoming.pk], "Desk events"),
        ("event_detail", [event.pk], "msg_1"),
        ("outgoing_list", [], "Webhooks out"),
        ("outgoing_edit", [outgoing.pk], "Change an address"),
        ("outgoing_detail", [outgoing.pk], "HR"),
        ("api_docs", [], "How the API works"),
    ):
        page.goto(live_server.url + reverse(name, args=args))
        assert_accessible(page, heading)


def test_a_secret_shown_once(cast, open_as, live_server):
    page = open_as(cast.adam)
    page.goto(live_server.url + reverse("token_add"))
    page.get_by_label("What is it for").fill("Nightly")
    page.get_by_label("Send cases").check()
    page.get_by_role("button", name="Make it and show it").click()
    assert_accessible(page, "Nightly")
    assert page.get_by_label("Token", exact=True).input_value().startswith("unc_")
