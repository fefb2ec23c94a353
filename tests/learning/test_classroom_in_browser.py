"""The pages of assigning, paths, rules and reports in a real browser: no accessibility violation, no sideways scrolling."""

from datetime import date

import pytest

from learning.assignments.groups.audience import Audience
from learning.assignments.models import PastTraining
from learning.assignments.training.services import complete_by_hand
from learning.enrolment.services import RuleWish, create_rule
from learning.paths.services import assign_path
from tests.browser import assert_accessible
from tests.factories.learning import give, make_module
from tests.factories.paths import make_path

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(cast, now):
    chat, mail, phone = (make_module(now, title) for title in ("Chat that helps", "Mail", "Phone"))
    path = make_path(now, ([chat], 1), ([mail, phone], 1), title="First weeks at the chat desk")
    way, _new = assign_path(
        actor=cast.lena, person=cast.rita, path=path, due_on=date(2099, 1, 1), source="lead", because="You are new.", now=now
    )
    complete_by_hand(actor=cast.lena, assignment=give(cast.ravi, chat, now), reason="Seen.", now=now)
    over = give(cast.rita, phone, now, due_on=date(2020, 1, 1), access_until=date(2020, 2, 1))
    audience = Audience(teams=(cast.harbour.pk,), roles=("rep",), within_days=90)
    rule = create_rule(actor=cast.lena, wish=RuleWish("Newcomers", mail, audience, 14, "You are new."), now=now)
    PastTraining.objects.create(
        person=cast.rita, title="Old course", completed_on=date(2020, 1, 1), minutes=90, provider="Elsewhere", imported_at=now
    )
    return {"path": path, "way": way, "over": over, "rule": rule}


def test_the_leads_pages(cast, now, live_server, open_as, world):
    page = open_as(cast.lena)

    def check(path: str, marker: str) -> None:
        page.goto(live_server.url + path)
        assert_accessible(page, marker)

    check("/learn/team/assign/", "Assign a module")
    page.goto(live_server.url + "/learn/team/")
    page.get_by_role("checkbox", name="Choose Phone of Rita Example").check()
    page.get_by_role("button", name="Change the dates").click()
    assert_accessible(page, "New date for 1 assignment")
    check(f"/learn/rules/{world['rule'].pk}/", "Newcomers")
    check(f"/learn/rules/{world['rule'].pk}/edit/", "Change the rule")
    check("/learn/rules/", "Assignment rules")
    check("/learn/reports/", "Learning reports")
    check("/learn/reports/completions/", "Who completed what")
    check("/learn/reports/hours/", "Hours learnt")
    check(f"/learn/paths/{world['path'].pk}/assign/", "Give")


def test_the_learners_and_the_editors_pages(cast, now, live_server, open_as, world):
    page = open_as(cast.rita)

    def check(path: str, marker: str) -> None:
        page.goto(live_server.url + path)
        assert_accessible(page, marker)

    check("/learn/", "Learn")
    check(f"/learn/assignments/{world['over'].pk}/", "Phone")
    check(f"/learn/paths/ways/{world['way'].pk}/", "First weeks")
    check("/learn/paths/", "Learning paths")
    check(f"/learn/paths/{world['path'].pk}/", "First weeks")
    check("/people/me/mail/", "Mail and quiet hours")
    page = open_as(cast.edda)
    check(f"/learn/paths/{world['path'].pk}/edit/", "Change")
    check(f"/learn/paths/{world['path'].pk}/steps/add/", "Add a step")
