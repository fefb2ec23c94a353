"""Recertification: the next cycle opens by itself in the window, once, for those it concerns; nothing is reset."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.urls import reverse

from learning.assignments.models import Assignment, Completion
from learning.assignments.reminders.services import send_reminders
from learning.assignments.renewals import Renewed, open_renewal, open_renewals
from learning.assignments.services import AlreadyAssigned, withdraw_assignment
from learning.certificates.models import Certificate
from learning.certificates.services import revoke_certificate
from operations import services as operations
from people.services import deactivate_person
from tests.factories.certificates import certified_module, earn, learn
from tests.factories.learning import give

YEAR = timedelta(days=365)
NOTHING = Renewed(0, 0, 0)


def test_the_window_opens_the_next_cycle_once(cast, now, sign_in, django_capture_on_commit_callbacks):
    module = certified_module(now, "Honest answers")
    first = earn(cast.rita, module, now)
    assert open_renewals(now=now + YEAR - timedelta(days=31)) == NOTHING
    opening = now + YEAR - timedelta(days=30)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert open_renewals(now=opening) == Renewed(1, 0, 0)
    assert open_renewals(now=opening) == NOTHING
    assert open_renewals(now=opening + timedelta(days=300)) == NOTHING
    assignment = Assignment.objects.open().get()
    assert (assignment.person, assignment.cycle, assignment.source) == (cast.rita, 2, "renewal")
    assert assignment.due_on == date(2027, 6, 15)
    assert (
        assignment.because
        == "Your certificate of 15 June 2026 is good until 15 June 2027. Take the module again to keep it going."
    )
    assert assignment.evidence_url == reverse("certificate_detail", args=[first.pk])
    assert mail.outbox == [], "the window opens on a Sunday, and weekends are for rest"
    with django_capture_on_commit_callbacks(execute=True):
        send_reminders(now=opening + timedelta(days=1))
    # Her lead gets the week's summary in the same round.
    assert [letter.to for letter in mail.outbox].count(["rita@example.com"]) == 1
    home = sign_in(cast.rita).get(reverse("learn_home")).content.decode()
    assert "Renewal of your certificate" in home
    # Learnt again within the window: a certificate of its own, from where the old one ends; the old one stays as it was.
    learn(cast.rita, assignment, opening + timedelta(days=3))
    second = Certificate.objects.exclude(pk=first.pk).get()
    assert (second.cycle, second.valid_until) == (2, date(2028, 6, 15))
    assert Certificate.objects.get(pk=first.pk).valid_until == date(2027, 6, 15)
    assert Completion.objects.count() == 2
    page = sign_in(cast.otto).get(reverse("verify_certificate", args=[first.number])).content.decode()
    assert "has renewed it since" in page
    # One year on it is the second one's turn, never the first one's again.
    assert open_renewals(now=opening + YEAR + timedelta(days=1)) == Renewed(1, 0, 0)
    assert Assignment.objects.open().get().cycle == 3


def test_whom_it_does_not_concern(cast, now):
    module = certified_module(now, "Yearly")
    later = now + YEAR
    gone, busy, revoked, withdrawn = (earn(person, module, now) for person in (cast.otto, cast.ravi, cast.lena, cast.lars))
    unrenewed = earn(cast.rita, certified_module(now, "Once", renewal="none"), now)
    endless = earn(cast.rita, certified_module(now, "For ever", valid_months=None, renewal="none"), now)
    hidden_module = certified_module(now, "Hidden")
    hidden = earn(cast.rita, hidden_module, now)
    hidden_module.unpublish()
    unpromised_module = certified_module(now, "Without")
    unpromised = earn(cast.rita, unpromised_module, now)
    unpromised_module.certificate_template = None
    unpromised_module.save_revision().publish()
    deactivate_person(actor=None, person=cast.otto, now=now)
    open_already = give(cast.ravi, module, later)
    revoke_certificate(actor=cast.hana, certificate=revoked, reason="Copied.", now=now)
    assert open_renewals(now=later) == Renewed(1, 1, 2)
    renewal = Assignment.objects.open().exclude(pk=open_already.pk).get()
    assert renewal.person == cast.lars
    # What was withdrawn stays withdrawn.
    withdraw_assignment(actor=cast.hana, assignment=renewal, reason="Leaves in July.", now=later)
    assert open_renewals(now=later + timedelta(days=1)) == Renewed(0, 1, 2)
    assert {gone.pk, busy.pk, revoked.pk, withdrawn.pk, unrenewed.pk, endless.pk, hidden.pk, unpromised.pk} == set(
        Certificate.objects.values_list("pk", flat=True)
    )
    with pytest.raises(AlreadyAssigned):
        open_renewal(certificate=busy, now=later)
    # Who comes back after the window is still asked, with two weeks to do it.
    cast.otto.is_active = True
    cast.otto.save()
    assert open_renewals(now=later + YEAR).opened == 1
    assert Assignment.objects.get(person=cast.otto, source="renewal").due_on == date(2028, 6, 28)


def test_who_learnt_it_again_before_the_window_is_not_asked_for_the_old_one(cast, now):
    module = certified_module(now)
    earn(cast.rita, module, now)
    earn(cast.rita, module, now + timedelta(days=200))
    assert open_renewals(now=now + YEAR) == NOTHING
    assert open_renewals(now=now + YEAR + timedelta(days=175)) == Renewed(1, 0, 0)


def test_a_fixed_day_of_the_year(cast, now):
    module = certified_module(now, renewal="fixed_date", fixed_day=31, fixed_month=1, window_days=60)
    november = now.replace(month=11, day=20)
    assert earn(cast.rita, module, november).valid_until == date(2028, 1, 31)
    assert earn(cast.ravi, module, now.replace(month=3)).valid_until == date(2027, 1, 31)
    assert open_renewals(now=now.replace(month=12, day=2)) == Renewed(1, 0, 0)
    assert Assignment.objects.open().get().person == cast.ravi


def test_the_schedule_opens_them(cast, now):
    earn(cast.rita, certified_module(now), now)
    run = operations.run_one(name="recertify", clock=lambda: now + YEAR)
    assert run is not None
    assert run.summary == "1 renewals opened, 0 had the module to do already, 0 left out"
