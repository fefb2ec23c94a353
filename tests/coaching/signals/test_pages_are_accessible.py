"""The pages of signals with something on them, as axe sees them: at both widths, in both themes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from coaching.signals.models import Signal
from coaching.signals.services import add_annotation, dismiss_signal
from tests.browser import assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_list_signal_normals_thresholds_and_notes(raised, open_as, live_server, now):
    for weeks in (3, 4, 12):
        day = now.date() - timedelta(weeks=weeks)
        add_annotation(actor=raised.lena, kind="outage", text="Phones down", first=day, last=day, team=raised.harbour, now=now)
    signal = Signal.objects.get()
    for person, name, args, heading in (
        (raised.hana, "signal_list", [], "Signals"),
        (raised.hana, "signal_settings", [], "Thresholds of signals"),
        (raised.lena, "signal_detail", [signal.pk], "Rita Example"),
        (raised.lena, "signal_person", [raised.rita.pk], "own normal"),
        (raised.lena, "signal_team", [raised.harbour.pk], "Harbour: own normal"),
        (raised.lena, "annotation_add", [], "Note what happened"),
        (raised.rita, "signal_detail", [signal.pk], "Worth a look"),
        (raised.rita, "metrics_person", [raised.rita.pk], "My metrics"),
        (raised.lena, "board", [], "Harbour"),
    ):
        page = open_as(person)
        page.goto(live_server.url + reverse(name, args=args))
        page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        assert_accessible(page, heading)
    page = open_as(raised.hana)
    page.goto(live_server.url + reverse("signal_settings"))
    page.click("button[value=preview]")
    assert_accessible(page, "Thresholds of signals")
    dismiss_signal(actor=raised.lena, signal=signal, reason="A new product", now=now)
    page = open_as(raised.lena)
    page.goto(live_server.url + reverse("signal_detail", args=[signal.pk]))
    assert_accessible(page, "Rita Example")
