"""The head's pages of the playbook have no accessibility violation."""

import pytest

from coaching.playbook.services import add_remedy
from coaching.quality.services import ensure_starter_scorecard
from tests.browser import assert_accessible
from tests.factories.learning import make_module

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_list_and_form(cast, now, live_server, open_as):
    ensure_starter_scorecard(actor=None, now=now)
    remedy = add_remedy(
        actor=cast.hana,
        scorecard_key="written-conversation",
        criterion_key="name-the-need",
        module=make_module(now),
        due_in_days=14,
        now=now,
    )
    page = open_as(cast.hana)
    for path, marker in (("", "Remedies"), ("add/", "Add a remedy"), (f"{remedy.pk}/", "When “Names the need” is failed")):
        page.goto(f"{live_server.url}/playbook/remedies/{path}")
        assert_accessible(page, marker)
