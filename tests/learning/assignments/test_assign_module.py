"""Giving a module to people: by a lead's page, by a rule, by own choice."""

from datetime import date

import pytest
from django.core import mail
from django.urls import reverse

from foundation.events import _listeners, listen
from learning.assignments import services
from learning.assignments.events import ModuleAssigned, ModuleCompleted
from learning.assignments.models import Assignment, Completion
from people.models import AuditEntry
from tests.factories.learning import give, learn_all, make_module


def wish(module, *people, **changes):
    fields = {"module": module.pk, "people": [p.pk for p in people], "due_on": "2099-05-01", "because": "It fits your week."}
    return fields | changes


def test_a_lead_assigns_to_several_people_and_each_gets_a_mail(
    cast, now, sign_in, django_capture_on_commit_callbacks, settings, time_machine
):
    time_machine.move_to(now)  # a Monday morning: at night the mail would wait
    settings.BASE_URL = "https://uncommon.example"
    module = make_module(now)
    with django_capture_on_commit_callbacks(execute=True):
        response = sign_in(cast.lena).post(reverse("assign_module"), wish(module, cast.rita, cast.ravi), follow=True)
    assert "Assigned to 2 people." in response.content.decode()
    mine = Assignment.objects.get(person=cast.rita)
    assert (mine.source, mine.because, mine.due_on, mine.assigned_by) == (
        "lead",
        "It fits your week.",
        date(2099, 5, 1),
        cast.lena,
    )
    assert AuditEntry.objects.filter(verb="assignment.assign", actor=cast.lena, subject=cast.ravi).exists()
    assert {tuple(m.to) for m in mail.outbox} == {("rita@example.com",), ("ravi@example.com",)}
    letter = next(m for m in mail.outbox if m.to == ["rita@example.com"])
    assert letter.subject == "A new learning module for you"
    assert "It fits your week." in letter.body
    assert f"https://uncommon.example{reverse('assignment_detail', args=[mine.pk])}" in letter.body


def test_the_mail_quotes_no_customer_and_its_subject_says_nothing_personal(cast, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        give(cast.rita, make_module(now, "Own it"), now, because="A promise broke.", because_quote="my IBAN is DE00")
    (letter,) = mail.outbox
    assert "IBAN" not in letter.body
    assert not {"Rita", "Own it", "promise"} & set(letter.subject.replace(",", " ").split())


def test_whoever_has_it_to_do_already_is_left_alone(cast, now, sign_in):
    module = make_module(now)
    give(cast.rita, module, now)
    response = sign_in(cast.lena).post(reverse("assign_module"), wish(module, cast.rita, cast.ravi), follow=True)
    text = response.content.decode()
    assert "Assigned to 1 person." in text
    assert "Rita Example" in text
    assert Assignment.objects.filter(person=cast.rita).count() == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"people": []}, "Choose at least one person, team or role."),
        ({"due_on": "2001-01-01"}, "This day has passed."),
        ({"because": ""}, "This field is required."),
        ({"module": 999999}, "valid choice"),
    ],
)
def test_a_wish_that_cannot_be_met_says_why(cast, now, sign_in, changes, message):
    module = make_module(now)
    response = sign_in(cast.lena).post(reverse("assign_module"), wish(module, cast.rita) | changes)
    assert message in response.content.decode()
    assert not Assignment.objects.exists()


def test_a_lead_cannot_assign_to_another_leads_people(cast, now, sign_in):
    module = make_module(now)
    response = sign_in(cast.lena).post(reverse("assign_module"), wish(module, cast.otto))
    assert response.status_code == 200
    assert not Assignment.objects.exists()


def test_the_same_cause_assigns_once(cast, now):
    module, other = make_module(now), make_module(now, "Other")
    first = give(cast.rita, module, now, cause="review:1:tone", source=Assignment.Source.RULE)
    again = give(cast.rita, other, now, cause="review:1:tone", source=Assignment.Source.RULE)
    assert again == first
    assert Assignment.objects.count() == 1


def test_one_open_assignment_per_module_but_again_after_completion(cast, now, sign_in):
    module = make_module(now)
    first = give(cast.rita, module, now)
    with pytest.raises(services.AlreadyAssigned) as caught:
        give(cast.rita, module, now)
    assert caught.value.assignment == first
    learn_all(sign_in(cast.rita), first)
    second = give(cast.rita, module, now)
    learn_all(sign_in(cast.rita), second)
    assert Completion.objects.filter(person=cast.rita, module=module).count() == 2


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example/", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)"]
)
def test_evidence_is_a_page_of_this_site(cast, now, url):
    with pytest.raises(services.AssignmentError, match="page of this site"):
        give(cast.rita, make_module(now), now, evidence_url=url)


def test_drafts_and_closed_accounts_cannot_be_assigned(cast, now):
    module = make_module(now)
    cast.ravi.is_active = False
    cast.ravi.save()
    with pytest.raises(services.AssignmentError, match="no active account"):
        give(cast.ravi, module, now)
    module.unpublish()
    with pytest.raises(services.AssignmentError, match="not published"):
        give(cast.rita, module, now)


def test_own_choice_from_the_catalogue_needs_nobody_and_sends_no_mail(cast, now, sign_in, django_capture_on_commit_callbacks):
    module = make_module(now)
    browser = sign_in(cast.rita)
    with django_capture_on_commit_callbacks(execute=True):
        response = browser.post(reverse("choose_module", args=[module.pk]))
        browser.post(reverse("choose_module", args=[module.pk]))
    mine = Assignment.objects.get()
    assert response.url == reverse("assignment_detail", args=[mine.pk])
    assert (mine.source, mine.person) == ("own", cast.rita)
    assert mail.outbox == []


def test_assigning_and_completing_are_announced(cast, now, sign_in):
    heard = []
    listen(ModuleAssigned)(heard.append)
    listen(ModuleCompleted)(heard.append)
    try:
        assignment = give(cast.rita, make_module(now), now)
        learn_all(sign_in(cast.rita), assignment)
    finally:
        _listeners[ModuleAssigned].pop()
        _listeners[ModuleCompleted].pop()
    assert heard == [
        ModuleAssigned(assignment_id=assignment.pk),
        ModuleCompleted(completion_id=Completion.objects.get().pk),
    ]
