"""Withdrawing: only what nobody has begun; what is begun or done stays, and the page says so."""

import pytest
from django.urls import reverse

from learning.assignments import services
from learning.assignments.models import Assignment
from people.models import AuditEntry
from tests.factories.learning import give, learn_all, make_module


def test_a_lead_withdraws_with_a_reason_the_learner_reads(cast, now, sign_in):
    assignment = give(cast.rita, make_module(now), now)
    lead = sign_in(cast.lena)
    url = reverse("withdraw_assignment", args=[assignment.pk])
    assert "Keep it" in lead.get(url).content.decode()
    assert "the learner reads the reason" in lead.post(url, {"reason": " "}).content.decode()
    lead.post(url, {"reason": "The review was about another person."})
    assignment.refresh_from_db()
    assert assignment.state == Assignment.State.WITHDRAWN
    rita = sign_in(cast.rita)
    assert "Nothing to do" in rita.get(reverse("learn_home")).content.decode()
    page = rita.get(reverse("assignment_detail", args=[assignment.pk])).content.decode()
    assert "The review was about another person." in page
    assert rita.post(reverse("start_attempt", args=[assignment.pk])).status_code == 403
    entry = AuditEntry.objects.get(verb="assignment.withdraw")
    assert (entry.actor, entry.subject, entry.before, entry.after) == (
        cast.lena,
        cast.rita,
        {"state": "open"},
        {"state": "withdrawn"},
    )


def test_what_is_started_stays(cast, now, sign_in):
    assignment = give(cast.rita, make_module(now), now)
    sign_in(cast.rita).post(reverse("start_attempt", args=[assignment.pk]))
    response = sign_in(cast.lena).post(
        reverse("withdraw_assignment", args=[assignment.pk]), {"reason": "No longer needed."}, follow=True
    )
    assert "has already started this module, so it stays" in response.content.decode()
    assignment.refresh_from_db()
    assert assignment.state == Assignment.State.STARTED


def test_what_is_completed_stays(cast, now, sign_in):
    assignment = give(cast.rita, make_module(now), now)
    learn_all(sign_in(cast.rita), assignment)
    with pytest.raises(services.AssignmentError, match="the proof stays"):
        services.withdraw_assignment(actor=cast.lena, assignment=assignment, reason="x", now=now)


def test_twice_is_once_and_it_can_be_assigned_again(cast, now):
    module = make_module(now)
    assignment = give(cast.rita, module, now)
    for _ in range(2):
        services.withdraw_assignment(actor=cast.lena, assignment=assignment, reason="Wrong person.", now=now)
    assert AuditEntry.objects.filter(verb="assignment.withdraw").count() == 1
    assert give(cast.rita, module, now).pk != assignment.pk


def test_a_rep_withdraws_only_what_they_chose_themselves(cast, now, sign_in):
    rita = sign_in(cast.rita)
    given = give(cast.rita, make_module(now), now)
    assert rita.post(reverse("withdraw_assignment", args=[given.pk]), {"reason": "No."}).status_code == 403
    chosen = make_module(now, "Chosen")
    rita.post(reverse("choose_module", args=[chosen.pk]))
    own = Assignment.objects.get(module=chosen)
    assert rita.post(reverse("withdraw_assignment", args=[own.pk]), {"reason": "Later."}).status_code == 302
    own.refresh_from_db()
    assert own.state == Assignment.State.WITHDRAWN
