"""Disputes through the front door: what each person sees and does, and that nothing typed is lost."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils.html import escape

from coaching.quality import services
from coaching.quality.disputes.access import can_decide_dispute
from coaching.quality.disputes.services import PointInput, forward_dispute, raise_dispute
from coaching.quality.models import Answer, Criterion, Dispute, Quote, ReleaseStep, Review
from people.models import Person, Role
from people.services import revoke_role
from tests.factories.quality import make_published


@pytest.fixture(autouse=True)
def _today(time_machine, now):
    """Within the days in which a review may be disputed."""
    time_machine.move_to(now, tick=False)


@pytest.fixture
def review(cast, now):
    return make_published(cast.vera, cast.rita, now=now, warm_greeting=0)


@pytest.fixture
def greeting(review):
    return Criterion.objects.get(section__version=review.scorecard_version, key="warm-greeting")


@pytest.fixture
def greeted(greeting):
    return Answer.objects.get(criterion=greeting, value=1)


def page(client, person, name, pk=None):
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.get(reverse(name, args=[pk] if pk else [])).content.decode()


def send(client, person, name, pk, data):
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.post(reverse(name, args=[pk]), data, follow=True)


def test_from_the_review_to_a_corrected_one(client, cast, review, greeting, greeted):
    assert reverse("dispute_raise", args=[review.pk]) in page(client, cast.rita, "review_detail", review.pk)
    rating = review.ratings.get(criterion=greeting)
    message = review.interaction.messages.get(position=2)
    Quote.objects.create(rating=rating, message=message, excerpt=message.body[:20])
    said = {"kind": "answers", f"why-{greeting.pk}": "I greeted by name.", f"answer-{greeting.pk}": greeted.pk}
    answer = send(client, cast.rita, "dispute_raise", review.pk, said)
    assert "Your dispute is with your lead now." in answer.content.decode()
    dispute = Dispute.objects.get()
    # The lead finds it, and passes it on; who scored cannot be chosen.
    assert "Waiting for you: 1" in page(client, cast.lena, "dispute_list")
    seen = page(client, cast.lena, "dispute_detail", dispute.pk)
    assert "I greeted by name." in seen
    # What the answer rests on stands beside it, with a way to the message.
    quoted = re.search(rf'id="criterion-{greeting.pk}".*?</article>', seen, re.DOTALL)
    assert quoted is not None
    assert escape(message.body[:20]) in quoted[0]
    assert f'href="#message-{message.pk}"' in quoted[0]
    assert f'<option value="{cast.viktor.pk}"' in seen
    assert f'<option value="{cast.vera.pk}"' not in seen
    send(client, cast.lena, "dispute_forward", dispute.pk, {"decider": cast.viktor.pk, "note": "Please."})
    # The second reviewer finds the proposal chosen already.
    assert "Waiting for you: 1" in page(client, cast.viktor, "dispute_list")
    assert f'<option value="{greeted.pk}" selected>' in page(client, cast.viktor, "dispute_detail", dispute.pk)
    decision = {
        f"accept-{greeting.pk}": "yes",
        f"answer-{greeting.pk}": greeted.pk,
        "comment": "She did, in message 2.",
        "grader_error": "yes",
    }
    answer = send(client, cast.viktor, "dispute_decide", dispute.pk, decision)
    assert "Decided. The review is corrected and counts anew." in answer.content.decode()
    new = Review.objects.get(corrects=review)
    assert "after a dispute" in page(client, cast.rita, "review_detail", new.pk)
    assert "This review was corrected" in page(client, cast.rita, "review_detail", review.pk)
    assert "She did, in message 2." in page(client, cast.vera, "dispute_detail", dispute.pk)


def test_figures_are_for_leads_and_the_head(client, cast, review, greeting, greeted, now):
    test = {"kind": "wrong_person", "reason": "Ravi had it."}
    send(client, cast.rita, "dispute_raise", review.pk, test)
    dispute = Dispute.objects.get()
    send(client, cast.lena, "dispute_decline", dispute.pk, {"comment": "It was yours."})
    for person, sees in ((cast.hana, True), (cast.lena, True), (cast.rita, False), (cast.vera, False)):
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        shown = client.get(reverse("dispute_list") + "?show=all").content.decode()
        assert ("What disputes say" in shown) is sees
        assert "Not accepted" in shown


def test_what_was_typed_stays_where_something_is_missing(client, cast, review, greeting, greeted):
    answer = send(client, cast.rita, "dispute_raise", review.pk, {"kind": "answers", f"answer-{greeting.pk}": greeted.pk})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "Say why the answer to “Warm greeting” is wrong." in shown
    assert f'<option value="{greeted.pk}" selected>' in shown
    assert not Dispute.objects.exists()


def test_a_decision_with_something_missing_keeps_the_choice(client, cast, review, greeting, greeted):
    send(client, cast.rita, "dispute_raise", review.pk, {"kind": "answers", f"why-{greeting.pk}": "I greeted."})
    dispute = Dispute.objects.get()
    choice = {f"accept-{greeting.pk}": "yes", "comment": "Right.", "grader_error": "no"}
    answer = send(client, cast.hana, "dispute_decide", dispute.pk, choice)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "Say what the answer to “Warm greeting” is now." in shown
    assert f'name="accept-{greeting.pk}" value="yes" checked' in shown
    assert "Right." in shown
    dispute.refresh_from_db()
    assert dispute.is_undecided


def test_a_review_that_cannot_be_disputed_offers_nothing(client, cast, review, now):
    services.withdraw_review(actor=cast.vera, review=review, reason="Wrong case.", now=now)
    assert reverse("dispute_raise", args=[review.pk]) not in page(client, cast.rita, "review_detail", review.pk)


def test_empty_lists_say_what_comes_here(client, cast):
    assert "Nothing waits for you" in page(client, cast.vera, "dispute_list")


def test_the_list_takes_as_many_queries_for_ten_as_for_one(client, cast, now, django_assert_max_num_queries):
    for number in range(10):
        one = make_published(cast.vera, cast.rita, number=number + 1, now=now, warm_greeting=0)
        send(client, cast.rita, "dispute_raise", one.pk, {"kind": "wrong_person", "reason": "Ravi had it."})
    client.force_login(cast.lena, backend="allauth.account.auth_backends.AuthenticationBackend")
    with django_assert_max_num_queries(25):
        shown = client.get(reverse("dispute_list")).content.decode()
    assert "Waiting for you: 10" in shown


def test_with_the_role_go_the_disputes(client, cast, review, greeting, now):
    """Who scored and who was to decide read the conversation through the dispute only as long as they review."""
    dispute = raise_dispute(
        actor=cast.rita, review=review, points=[PointInput(criterion_id=greeting.pk, reason="I did.")], now=now
    )
    forward_dispute(actor=cast.lena, dispute=dispute, decider=cast.viktor, now=now)
    for person in (cast.vera, cast.viktor):
        assert "I did." in page(client, person, "dispute_detail", dispute.pk)
        revoke_role(actor=None, person=person, role=Role.REVIEWER, now=now)
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert client.get(reverse("dispute_detail", args=[dispute.pk])).status_code == 404
        assert "Late parcel" not in page(client, person, "dispute_list")
    dispute.refresh_from_db()
    assert not can_decide_dispute(Person.objects.get(pk=cast.viktor.pk), dispute)
    assert can_decide_dispute(cast.hana, dispute)


def test_who_may_not_read_a_dispute_does_not_learn_of_it_from_the_review(client, cast, review, greeting, now):
    ReleaseStep.objects.create(review=review, kind=ReleaseStep.Kind.APPROVED, by=cast.viktor, at=now)
    dispute = raise_dispute(
        actor=cast.rita, review=review, points=[PointInput(criterion_id=greeting.pk, reason="I did.")], now=now
    )
    link = reverse("dispute_detail", args=[dispute.pk])
    assert link in page(client, cast.vera, "review_detail", review.pk)
    seen = page(client, cast.viktor, "review_detail", review.pk)  # he approved it, and reads it still
    assert "Criterion by criterion" in seen
    assert link not in seen


def test_every_link_to_a_review_leads_somewhere_and_the_head_is_told_why_they_decide(
    client, cast, review, greeting, greeted, now
):
    """Who approved and who decided do not see the corrected review, so nothing leads them there."""
    ReleaseStep.objects.create(review=review, kind=ReleaseStep.Kind.APPROVED, by=cast.viktor, at=now)
    dispute = raise_dispute(
        actor=cast.rita, review=review, points=[PointInput(criterion_id=greeting.pk, reason="I did.")], now=now
    )
    forward_dispute(actor=cast.lena, dispute=dispute, decider=cast.lars, now=now)
    decision = {f"accept-{greeting.pk}": "yes", f"answer-{greeting.pk}": greeted.pk, "comment": "Yes.", "grader_error": "yes"}
    shown = send(client, cast.lars, "dispute_decide", dispute.pk, decision).content.decode()
    new = Review.objects.get(corrects=review)
    link = reverse("review_detail", args=[new.pk])
    assert "Decided by Lars Example" in shown
    assert link not in shown
    assert "This review was corrected" in (approver := page(client, cast.viktor, "review_detail", review.pk))
    assert link not in approver
    for person in (cast.rita, cast.lena, cast.vera):
        assert link in page(client, person, "dispute_detail", dispute.pk)
        assert client.get(link).status_code == 200

    ReleaseStep.objects.create(review=new, kind=ReleaseStep.Kind.APPROVED, by=cast.hana, at=now)
    again = raise_dispute(actor=cast.rita, review=new, wrong_person=True, reason="Ravi had it.", now=now)
    seen = page(client, cast.hana, "dispute_detail", again.pk)
    assert "Whoever approved this review, or decided about it before, does not decide" in seen
    assert reverse("dispute_decide", args=[again.pk]) not in seen
    revoke_role(actor=None, person=cast.lena, role=Role.LEAD, now=now)
    seen = page(client, cast.hana, "dispute_detail", again.pk)
    assert "so the head of support decides" in seen
    said = {"accept": "no", "comment": "It was yours.", "grader_error": "no"}
    seen = send(client, cast.hana, "dispute_decide", again.pk, said).content.decode()
    assert "nobody else was left to decide" in seen
