"""The administrator's pages with something on them, as axe sees them: at both widths, in both themes."""

from __future__ import annotations

import pytest
from django.urls import reverse

from people import services
from people.models import Role
from tests.browser import assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_audit_log_person_teams_and_asking_first(cast, open_as, live_server, now):
    services.rename_team(actor=cast.adam, team=cast.harbour, name="Pier", now=now)
    services.grant_role(actor=cast.adam, person=cast.rita, role=Role.REVIEWER, now=now)
    page = open_as(cast.adam)
    for name, args, heading in (
        ("audit_log", [], "Audit log"),
        ("person_detail", [cast.rita.pk], "Rita Example"),
        ("team_tree", [], "Teams"),
        ("act_as_start", [cast.rita.pk], "See the site as Rita"),
        ("person_add", [], "Add a person"),
    ):
        page.goto(live_server.url + reverse(name, args=args))
        assert_accessible(page, heading)
