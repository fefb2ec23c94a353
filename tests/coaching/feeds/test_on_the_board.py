"""From a program's post to a figure on the lead's screen: the worker's task has run, and it is there."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone

from coaching.interactions.models import ChangedDay
from coaching.metrics.services import ensure_default_metrics
from tests.coaching.feeds.conftest import case


def test_what_a_program_sends_is_on_the_leads_board(caller, cast, sign_in, now, time_machine):
    time_machine.move_to(now, tick=False)
    ensure_default_metrics(now=now)
    client = sign_in(cast.lena)
    before = client.get("/board/").content.decode()
    assert "75" not in re.findall(r"(\d+)\s*%", before)
    opened = timezone.now() - timedelta(days=1)
    rows = [
        case(
            str(n),
            opened_at=opened.isoformat(),
            resolved_at=(opened + timedelta(hours=2)).isoformat(),
            handler_email="rita@example.com",
        )
        for n in range(24)
    ]
    answers = [
        {
            "external_id": f"s{n}",
            "case": str(n),
            "value": 5 if n % 4 else 1,
            "responded_at": (opened + timedelta(hours=3)).isoformat(),
        }
        for n in range(24)
    ]
    assert caller.post("interactions", {"source": "zendesk", "rows": rows}).status_code == 200
    assert caller.post("surveys", {"source": "zendesk", "rows": answers}).status_code == 200
    assert not ChangedDay.objects.exists()
    assert "75" in re.findall(r"(\d+)\s*%", client.get("/board/").content.decode())
    assert "75" in re.findall(r"(\d+)\s*%", client.get(f"/metrics/people/{cast.rita.pk}/").content.decode())
