"""What the access table (tests/access/learning.py) cannot say: memberships that end, drafts, reasons."""

from django.urls import reverse

from learning.assignments.models import Assignment
from tests.factories.learning import give, make_module


def test_a_lead_of_yesterday_sees_nothing_today(cast, sign_in, now):
    assignment = give(cast.rita, make_module(now), now)
    url = reverse("assignment_detail", args=[assignment.pk])
    lena = sign_in(cast.lena)
    assert lena.get(url).status_code == 200
    membership = cast.lena.memberships.get()
    membership.ends_on = now.date()
    membership.save()
    assert lena.get(url).status_code == 404


def test_a_refusal_says_why(cast, sign_in, now):
    assignment = give(cast.rita, make_module(now), now)
    page = sign_in(cast.lena).post(reverse("start_attempt", args=[assignment.pk]))
    assert page.status_code == 403
    assert "Only Rita Example can take this module" in page.content.decode()


def test_a_draft_is_not_in_the_catalogue(cast, now, sign_in):
    module = make_module(now, "Hidden draft")
    module.unpublish()
    rita = sign_in(cast.rita)
    assert "Hidden draft" not in rita.get(reverse("learn_catalogue")).content.decode()
    assert rita.get(reverse("module_detail", args=[module.pk])).status_code == 404
    assert rita.post(reverse("choose_module", args=[module.pk])).status_code == 404
    assert not Assignment.objects.exists()
