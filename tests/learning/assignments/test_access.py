"""Who reaches which address: own, the lead's, the head's; everybody else is told nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from learning.assignments.models import Assignment
from tests.factories.learning import give, learn_all, make_module

PEOPLE = ("rita", "ravi", "lena", "lars", "vera", "edda", "hana", "adam")
# Status per address for: the learner Rita, another rep, her lead, another lead, reviewer, editor, head, admin.
EXPECTED = {
    "learn_home": (200, 200, 200, 200, 200, 200, 200, 200),
    "learn_catalogue": (200, 200, 200, 200, 200, 200, 200, 200),
    "module_detail": (200, 200, 200, 200, 200, 200, 200, 200),
    "module_with_answers": (403, 403, 403, 403, 403, 200, 200, 403),
    "assignment_detail": (200, 404, 200, 404, 404, 404, 200, 404),
    "resume_assignment": (302, 404, 403, 404, 404, 404, 403, 404),
    "lesson": (200, 404, 403, 404, 404, 404, 403, 404),
    "quiz": (302, 404, 403, 404, 404, 404, 403, 404),
    "quiz_result": (200, 404, 403, 404, 404, 404, 403, 404),
    "withdraw_assignment": (403, 404, 200, 404, 404, 404, 200, 404),
    "learn_team": (403, 403, 200, 200, 403, 403, 200, 403),
    "assign_module": (403, 403, 200, 200, 403, 403, 200, 403),
}
POSTS = {
    "start_attempt": (302, 404, 403, 404, 404, 404, 403, 404),
    "restart_attempt": (302, 404, 403, 404, 404, 404, 403, 404),
    "finish_lesson": (302, 404, 403, 404, 404, 404, 403, 404),
    "quiz": (302, 404, 403, 404, 404, 404, 403, 404),
    "choose_module": (302, 302, 302, 302, 302, 302, 302, 302),
}


@pytest.fixture
def address(cast, now, sign_in):
    module = make_module(now)
    assignment = give(cast.rita, module, now)
    learn_all(sign_in(cast.rita), assignment)

    def url(name: str) -> str:
        if name in ("module_detail", "module_with_answers", "choose_module"):
            return reverse(name, args=[module.pk])
        if name in ("learn_home", "learn_catalogue", "learn_team", "assign_module"):
            return reverse(name)
        return reverse(name, args=[assignment.pk, 1] if name in ("lesson", "finish_lesson", "quiz_result") else [assignment.pk])

    return url


def test_everybody_gets_what_is_theirs(cast, sign_in, address):
    found = {name: tuple(sign_in(getattr(cast, who)).get(address(name)).status_code for who in PEOPLE) for name in EXPECTED}
    assert found == EXPECTED


def test_only_the_learner_learns(cast, sign_in, address):
    found = {name: tuple(sign_in(getattr(cast, who)).post(address(name)).status_code for who in PEOPLE) for name in POSTS}
    assert found == POSTS


def test_nobody_gets_in_without_signing_in(address):
    for name in EXPECTED:
        response = Client().get(address(name))
        assert response.status_code == 302, name
        assert response.url.startswith("/accounts/login/"), name


def test_writing_needs_a_post(cast, sign_in, address):
    rita = sign_in(cast.rita)
    for name in set(POSTS) - {"quiz"}:
        assert rita.get(address(name)).status_code == 405, name


def test_a_lead_of_yesterday_sees_nothing_today(cast, sign_in, address, now):
    membership = cast.lena.memberships.get()
    membership.ends_on = now.date()
    membership.save()
    assert sign_in(cast.lena).get(address("assignment_detail")).status_code == 404


def test_a_draft_is_not_in_the_catalogue(cast, now, sign_in):
    module = make_module(now, "Hidden draft")
    module.unpublish()
    rita = sign_in(cast.rita)
    assert "Hidden draft" not in rita.get(reverse("learn_catalogue")).content.decode()
    assert rita.get(reverse("module_detail", args=[module.pk])).status_code == 404
    assert rita.post(reverse("choose_module", args=[module.pk])).status_code == 404
    assert not Assignment.objects.exists()
