"""From "I am done" to the rep reading it: approval, sending back, holding, releasing; who sees what meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from coaching.quality import access, queries, services
from coaching.quality.disputes import services as disputes
from coaching.quality.disputes.access import can_dispute_review
from coaching.quality.disputes.services import OutcomeInput, PointInput
from coaching.quality.events import ReviewPublished
from coaching.quality.models import Answer, Criterion, ReleaseStep, Review, ReviewDraw, Scorecard, ScorecardVersion
from coaching.quality.release import access as release_access
from coaching.quality.release import services as release
from coaching.quality.schedule import release as run_release
from coaching.quality.services import QualityError
from foundation import events
from people.models import AuditEntry, Role
from people.services import grant_role
from tests.factories.quality import answers, make_complete


@pytest.fixture(autouse=True)
def _today(time_machine, now):
    time_machine.move_to(now, tick=False)


@pytest.fixture
def heard(monkeypatch):
    """The reviews whose publishing was announced."""
    found = []
    monkeypatch.setitem(events._listeners, ReviewPublished, [lambda event: found.append(event.review_id)])
    return found


@pytest.fixture
def ready(cast, now):
    """A finished draft of Vera about Rita."""
    return make_complete(cast.vera, cast.rita, now=now, warm_greeting=0)


def rules(**settings):
    ScorecardVersion.objects.filter(state="published").update(**settings)


def page(client, person, name, pk=None, query=""):
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(reverse(name, args=[pk] if pk else []) + query)
    return answer.content.decode() if answer.status_code == 200 else answer.status_code


def send(client, person, name, pk, **data):
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.post(reverse(name, args=[pk]), data, follow=True).content.decode()


def test_sent_back_then_approved_then_held_then_released(client, cast, now, ready, heard, time_machine):
    rules(approval="all", hold="days", hold_days=2)
    shown = page(client, cast.vera, "review_publish", ready.pk)
    assert "Somebody else approves it first." in shown
    assert "Handed in. Somebody else approves it" in send(client, cast.vera, "review_publish", ready.pk)
    assert "Waiting for approval" in page(client, cast.vera, "quality_queue", query="?show=done")
    # A second click says so and changes nothing.
    assert "handed in already" in send(client, cast.vera, "review_publish", ready.pk)
    assert ReleaseStep.objects.count() == 1

    # Viktor finds it in the approvals, reads it, and sends it back; not without a reason.
    waiting = page(client, cast.viktor, "approval_list")
    assert reverse("review_detail", args=[ready.pk]) in waiting
    assert "Every review of this scorecard is approved." in waiting
    assert reverse("review_approve", args=[ready.pk]) in page(client, cast.viktor, "review_detail", ready.pk)
    assert "Say what should change" in send(client, cast.viktor, "review_return", ready.pk, reason=" ")
    send(client, cast.viktor, "review_return", ready.pk, reason="Quote the second message.")
    ready.refresh_from_db()
    assert (ready.state, ready.submitted_at, ready.published_at) == ("draft", None, None)
    assert page(client, cast.viktor, "review_detail", ready.pk) == 404  # a draft is its reviewer's alone
    assert "Sent back" in page(client, cast.vera, "quality_queue")
    assert "Quote the second message." in page(client, cast.vera, "review_edit", ready.pk)

    # Handed in again, approved, held: still nothing for Rita.
    send(client, cast.vera, "review_publish", ready.pk)
    assert "Approved. It is held until 17 June." in send(client, cast.viktor, "review_approve", ready.pk)
    assert "Held until 17 Jun" in page(client, cast.vera, "quality_queue", query="?show=done")
    assert page(client, cast.rita, "review_detail", ready.pk) == 404
    assert heard == []
    assert run_release(now + timedelta(days=1)) == "0 held reviews released"

    # Its day: released once, however often the schedule runs, and every clock starts.
    day = now + timedelta(days=2)
    time_machine.move_to(day, tick=False)
    assert run_release(day) == "1 held reviews released"
    assert run_release(day) == "0 held reviews released"
    ready.refresh_from_db()
    assert (ready.state, ready.published_at, heard) == ("published", day, [ready.pk])
    assert can_dispute_review(cast.rita, ready, day + timedelta(days=14))
    seen = page(client, cast.rita, "review_detail", ready.pk)
    assert "I have read this" in seen
    assert "due by 24 Jun" in seen
    assert "Approved" in seen
    assert "Quote the second message." not in seen  # a word about a draft
    assert "Quote the second message." in page(client, cast.vera, "review_detail", ready.pk)
    kinds = list(ReleaseStep.objects.values_list("kind", flat=True))
    assert kinds == ["submitted", "returned", "submitted", "approved", "held", "released"]
    verbs = ["review.submit", "review.return", "review.submit", "review.approve", "review.release"]
    assert list(AuditEntry.objects.filter(verb__in=verbs).order_by("pk").values_list("verb", flat=True)) == verbs
    assert "reads it now" not in page(client, cast.viktor, "approval_list", query="?show=approved")
    assert reverse("review_detail", args=[ready.pk]) in page(client, cast.viktor, "approval_list", query="?show=approved")


def test_without_a_second_approval_it_is_published_as_before(cast, now, ready, heard):
    rules(approval="low", approval_below=10)
    review = services.publish_review(actor=cast.vera, review=ready, now=now)
    assert (review.state, review.published_at, heard) == ("published", now, [review.pk])
    assert not ReleaseStep.objects.exists()
    assert AuditEntry.objects.get(verb="review.publish").after == {"state": "published"}


def test_nobody_approves_what_is_theirs(cast, now, ready):
    rules(approval="all")
    grant_role(actor=None, person=cast.rita, role=Role.REVIEWER, now=now)
    review = services.publish_review(actor=cast.vera, review=ready, now=now)
    for person in (cast.vera, cast.rita, cast.lena, cast.otto, cast.edda):
        with pytest.raises(QualityError):
            release.approve_review(actor=person, review=review, now=now)
        with pytest.raises(QualityError):
            release.return_review(actor=person, review=review, reason="No.", now=now)
    # Rita reviews others, and still sees nothing of what is on its way to her: not the page, not the list, not a count.
    on = now.date()
    assert not access.reviews_visible_to(cast.rita, on).filter(pk=review.pk).exists()
    assert not release_access.reviews_to_approve(cast.rita).exists()
    assert release.approve_review(actor=cast.hana, review=review, now=now).is_published


def test_before_the_release_no_side_path_tells_of_it(client, cast, now, ready):
    """The same pages for Rita, her lead and the others, before it is handed in, while it waits, and while it is held."""
    rules(approval="all", hold="days")

    def looks():
        found = {}
        for person in (cast.rita, cast.lena, cast.lars, cast.ravi):
            for name in ("my_reviews", "dispute_list", "today"):
                found[person.pk, name] = page(client, person, name).partition("<main")[2].partition("</main>")[0]
        return found

    before = looks()
    services.publish_review(actor=cast.vera, review=ready, now=now)
    on = now.date()
    assert looks() == before
    for person in (cast.rita, cast.lena, cast.lars, cast.ravi, cast.otto, cast.edda, cast.adam):
        assert not access.reviews_visible_to(person, on).exists(), person
    assert access.reviews_visible_to(cast.viktor, on).exists()
    release.approve_review(actor=cast.viktor, review=Review.objects.get(), now=now)
    now_seen = looks()
    assert {key for key, seen in now_seen.items() if seen != before[key]} <= {(cast.lena.pk, name) for _pk, name in before}
    # Held: the lead prepares the talk; nobody else has come to see it, and it counts nowhere.
    assert access.reviews_visible_to(cast.lena, on).exists()
    for person in (cast.rita, cast.lars, cast.ravi, cast.otto, cast.edda, cast.adam):
        assert not access.reviews_visible_to(person, on).exists(), person
    assert not access.own_reviews(cast.rita).exists()
    assert not access.reviews_of_people_visible_to(cast.lena, on).exists()
    assert queries.mean_score([cast.rita], on, on) == {}
    assert queries.criterion_results([cast.rita], on, on) == {}
    assert not queries.reviews_to_acknowledge(cast.rita).exists()
    assert mail.outbox == []
    assert "One review is held until its day" in page(client, cast.lena, "review_list")
    assert "Held until" in page(client, cast.lena, "approval_list")


def test_the_day_is_chosen_moved_and_never_beyond_45_days(client, cast, now, ready, heard):
    rules(hold="chosen")
    on = now.date()
    assert "Hold it until" in page(client, cast.vera, "review_publish", ready.pk)
    late = send(client, cast.vera, "review_publish", ready.pk, release_on=(on + timedelta(days=46)).isoformat())
    assert "at most 45 days" in late
    ready.refresh_from_db()
    assert ready.is_draft
    send(client, cast.vera, "review_publish", ready.pk, release_on=(on + timedelta(days=3)).isoformat())
    ready.refresh_from_db()
    assert (ready.state, ready.release_on) == ("held", on + timedelta(days=3))
    # The lead moves it where the scorecard lets them choose; counted from when it was ready, however often it is moved.
    assert "Held until 15 July 2026" in send(client, cast.lena, "review_hold", ready.pk, release_on="2026-07-15")
    later = now + timedelta(days=20)
    with pytest.raises(QualityError, match="30 July 2026"):
        release.hold_review(actor=cast.lena, review=ready, release_on=on + timedelta(days=46), now=later)
    with pytest.raises(QualityError, match="day after today"):
        release.hold_review(actor=cast.vera, review=ready, release_on=on, now=now)
    release.hold_review(actor=cast.hana, review=ready, release_on=on + timedelta(days=45), now=now)
    moved = AuditEntry.objects.filter(verb="review.hold").order_by("pk").last()
    assert (moved.after["held_until"], moved.after["release_on"]) == ("2026-07-15", "2026-07-30")
    with pytest.raises(QualityError):
        release.release_review(actor=cast.lars, review=ready, now=now)
    rules(hold="days")  # now the day is the scorecard's: no more the lead's to move
    with pytest.raises(QualityError):
        release.release_review(actor=cast.lena, review=Review.objects.get(), now=now)
    assert "Released. Rita Example can read it now." in send(client, cast.vera, "review_release", ready.pk)
    assert heard == [ready.pk]
    with pytest.raises(QualityError):
        release.release_review(actor=cast.vera, review=ready, now=now)


def test_taken_back_and_made_better_it_is_still_approved(cast, now, ready):
    rules(approval="low", approval_below=100)
    services.publish_review(actor=cast.vera, review=ready, now=now)
    with pytest.raises(QualityError, match="Take it back"):
        services.save_draft(actor=cast.vera, review=ready, ratings=[], comment="More.", now=now)
    with pytest.raises(QualityError):
        release.take_back_review(actor=cast.viktor, review=ready, now=now)
    review = release.take_back_review(actor=cast.vera, review=ready, now=now)
    assert review.is_draft
    assert ReviewDraw.objects.get().state == ReviewDraw.State.IN_REVIEW
    services.save_draft(actor=cast.vera, review=review, ratings=answers(review), comment="Fine.", now=now)
    again = services.publish_review(actor=cast.vera, review=review, now=now)
    assert (again.score_shown, again.state) == (100, "submitted")
    assert ReleaseStep.objects.last().cause == "again"
    # Nor does it pass by being withdrawn and reviewed anew.
    release.approve_review(actor=cast.viktor, review=again, now=now)
    services.withdraw_review(actor=cast.vera, review=again, reason="Not quite.", again=True, now=now)
    anew = services.start_review(actor=cast.vera, draw=ReviewDraw.objects.get(), now=now)
    services.save_draft(actor=cast.vera, review=anew, ratings=answers(anew), comment="Fine.", now=now)
    assert services.publish_review(actor=cast.vera, review=anew, now=now).is_submitted
    assert ReleaseStep.objects.get(review=anew).cause == "again"


def test_a_held_review_is_sent_back_by_the_head_or_who_approved_it(cast, now, ready):
    rules(approval="all", hold="days")
    services.publish_review(actor=cast.vera, review=ready, now=now)
    release.approve_review(actor=cast.viktor, review=ready, now=now)
    grant_role(actor=None, person=cast.lars, role=Role.REVIEWER, now=now)
    with pytest.raises(QualityError, match="who approved"):
        release.return_review(actor=cast.lars, review=ready, reason="Wait.", now=now)
    with pytest.raises(QualityError):
        services.withdraw_review(actor=cast.vera, review=ready, reason="Wrong case.", now=now)
    assert release.return_review(actor=cast.viktor, review=ready, reason="The case was reopened.", now=now).is_draft


def test_a_correction_after_a_dispute_is_released_at_once(cast, now, ready, heard):
    review = services.publish_review(actor=cast.vera, review=ready, now=now)
    rules(approval="all", hold="days")
    greeting = Criterion.objects.get(section__version=review.scorecard_version, key="warm-greeting")
    point = PointInput(criterion_id=greeting.pk, reason="I greeted.")
    dispute = disputes.raise_dispute(actor=cast.rita, review=Review.objects.get(), points=[point], now=now)
    right = Answer.objects.get(criterion=greeting, value=1)
    wish = [OutcomeInput(criterion_id=greeting.pk, accepted=True, answer_id=right.pk)]
    later = now + timedelta(days=10)
    disputes.decide_dispute(actor=cast.hana, dispute=dispute, outcomes=wish, comment="Yes.", grader_error=True, now=later)
    corrected = Review.objects.get(corrects=review)
    assert corrected.is_published
    assert heard == [review.pk, corrected.pk]


def test_the_rules_are_written_copied_exported_compared_and_read(client, cast, now):
    services.ensure_starter_scorecard(actor=None, now=now)
    draft = services.new_version(actor=cast.hana, scorecard=Scorecard.objects.get(), now=now)
    shown = page(client, cast.hana, "version_edit", draft.pk)
    assert "Another reviewer or the head of support approves it before the rep reads it." in shown
    settings = {
        "approval": "share",
        "approval_percent": 35,
        "approval_below": 60,
        "hold": "weekday",
        "hold_days": 7,
        "hold_weekday": 3,
        "acknowledge_days": 8,
    }
    usual = {"auto_fail": "cap", "cap": 50, "acknowledgement": "dispute", "dispute_days": 14}
    none = {"sections-TOTAL_FORMS": 0, "sections-INITIAL_FORMS": 0}
    refused = send(client, cast.hana, "version_edit", draft.pk, **usual, **none, **(settings | {"hold_days": 46}))
    assert "less than or equal to 45" in refused
    send(client, cast.hana, "version_edit", draft.pk, **usual, **none, **settings)
    draft.refresh_from_db()
    assert {name: getattr(draft, name) for name in settings} == settings
    # Left out of a post, they stay.
    send(client, cast.hana, "version_edit", draft.pk, **usual, **none)
    draft.refresh_from_db()
    assert draft.approval_percent == 35
    detail = page(client, cast.rita, "version_detail", services.publish_version(actor=cast.hana, version=draft, now=now).pk)
    for words in ("35 % of the reviews, chosen by lot", "on the next Thursday", "within 8 working days"):
        assert words in detail
    exported = services.export_scorecard(draft)
    copy, _unknown = services.import_scorecard(actor=cast.hana, content=exported.encode(), now=now)
    assert {name: getattr(copy, name) for name in settings} == settings
    names = {change.name for change in queries.compare_versions(ScorecardVersion.objects.get(number=1), copy).rules}
    assert {"second approval", "share to approve, in %", "working days to acknowledge", "weekday of the release"} <= names


def test_the_queue_of_approvals_narrows_and_pages(client, cast, now, django_assert_max_num_queries):
    services.ensure_starter_scorecard(actor=None, now=now)
    rules(approval="low", approval_below=101)
    for number in range(3):
        review = make_complete(cast.vera, (cast.rita, cast.otto, cast.ravi)[number], number=number + 1, now=now, warm_greeting=0)
        services.publish_review(actor=cast.vera, review=review, now=now)
    client.force_login(cast.viktor, backend="allauth.account.auth_backends.AuthenticationBackend")
    with django_assert_max_num_queries(25):
        shown = client.get(reverse("approval_list")).content.decode()
    assert [name in shown for name in ("Rita", "Otto", "Ravi")] == [True, True, True]
    narrowed = page(client, cast.viktor, "approval_list", query="?q=rita&cause=low")
    assert [name in narrowed for name in ("of Rita", "of Otto")] == [True, False]
    assert "Nothing fits these filters" in page(client, cast.viktor, "approval_list", query="?cause=share")
    assert "Nothing waits for approval" in page(client, cast.vera, "approval_list")
    assert f'<option value="{cast.vera.pk}"' in narrowed
