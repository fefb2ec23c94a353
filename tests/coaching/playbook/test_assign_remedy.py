"""Publishing a review with a failed criterion assigns its remedy, with the quote; withdrawing takes it back."""

from datetime import timedelta

import pytest
from django.urls import reverse

from coaching.interactions.models import Message
from coaching.playbook import rules
from coaching.playbook.models import RuleRun
from coaching.playbook.services import add_remedy, pause_remedy
from coaching.quality import services as quality
from coaching.quality.events import ReviewPublished
from coaching.quality.models import Rating, Review
from foundation import events
from learning.assignments.models import Assignment
from learning.assignments.services import start_attempt
from tests.factories.learning import give, make_module
from tests.factories.quality import answers, make_draft, make_published

SCORECARD = "written-conversation"


@pytest.fixture
def remedy(cast, now):
    quality.ensure_starter_scorecard(actor=None, now=now)
    return add_remedy(
        actor=cast.hana,
        scorecard_key=SCORECARD,
        criterion_key="name-the-need",
        module=make_module(now, "A warm start"),
        due_in_days=10,
        now=now,
    )


def test_the_because_reaches_the_learner_with_quote_and_link(cast, now, sign_in, remedy):
    draft = make_draft(cast.vera, cast.rita, now=now)
    quality.save_draft(actor=cast.vera, review=draft, ratings=answers(draft, name_the_need=0), comment="", now=now)
    message = Message.objects.get(interaction=draft.interaction, position=2)
    rating = Rating.objects.get(review=draft, criterion__key="name-the-need")
    quality.add_quote(
        actor=cast.vera,
        review=draft,
        criterion_id=rating.criterion_id,
        message_id=message.pk,
        text="nine days is far too long",
        now=now,
    )
    review = quality.publish_review(actor=cast.vera, review=draft, now=now)

    assignment = Assignment.objects.get()
    assert assignment.person == cast.rita
    assert assignment.source == Assignment.Source.REVIEW
    assert assignment.assigned_by is None
    assert assignment.due_on == now.date() + timedelta(days=10)
    run = RuleRun.objects.get()
    assert (run.outcome, run.assignment, run.review) == ("assigned", assignment, review)

    page = sign_in(cast.rita).get(reverse("assignment_detail", args=[assignment.pk])).content.decode()
    assert "Why did I get this?" in page
    assert "In the review of 15 June, “Names the need” was not met" in page
    assert "nine days is far too long" in page
    evidence = reverse("review_detail", args=[review.pk])
    assert f'href="{evidence}"' in page
    assert sign_in(cast.rita).get(evidence).status_code == 200


def test_a_met_criterion_assigns_nothing(cast, now, remedy):
    make_published(cast.vera, cast.rita, now=now)
    assert not Assignment.objects.exists()
    assert not RuleRun.objects.exists()


def test_announcing_twice_assigns_once(cast, now, remedy):
    review = make_published(cast.vera, cast.rita, now=now, name_the_need=0)
    rules.assign_remedies(review, now)
    rules.assign_remedies(review, now)
    assert Assignment.objects.count() == 1
    assert RuleRun.objects.count() == 1


def test_the_check_above_can_fail(cast, now, remedy):
    """Without its trace the rule would fire again: forget the run and close the assignment, and it does."""
    review = make_published(cast.vera, cast.rita, now=now, name_the_need=0)
    RuleRun.objects.all().delete()
    Assignment.objects.update(cause="", state="withdrawn", withdrawn_at=now)
    rules.assign_remedies(review, now)
    assert Assignment.objects.count() == 2


def test_a_second_review_points_to_the_open_assignment(cast, now, remedy):
    make_published(cast.vera, cast.rita, number=1, now=now, name_the_need=0)
    make_published(cast.vera, cast.rita, number=2, now=now, name_the_need=0)
    assignment = Assignment.objects.get()
    assert sorted(RuleRun.objects.values_list("outcome", "assignment")) == [
        ("already_open", assignment.pk),
        ("assigned", assignment.pk),
    ]


def test_withdrawing_takes_back_what_is_not_started(cast, now, remedy):
    review = make_published(cast.vera, cast.rita, now=now, name_the_need=0)
    quality.withdraw_review(actor=cast.vera, review=review, reason="Wrong case.", now=now)
    assignment = Assignment.objects.get()
    assert assignment.state == Assignment.State.WITHDRAWN
    assert assignment.withdrawn_reason == "The review it came from was withdrawn."
    assert RuleRun.objects.get(rule=rules.WITHDRAW_WITH_REVIEW).outcome == "withdrawn"
    rules.withdraw_with_review(Review.objects.get(pk=review.pk), now)
    assert RuleRun.objects.count() == 2


def test_withdrawing_leaves_what_is_started(cast, now, remedy):
    review = make_published(cast.vera, cast.rita, now=now, name_the_need=0)
    start_attempt(actor=cast.rita, assignment=Assignment.objects.get(), now=now)
    quality.withdraw_review(actor=cast.vera, review=review, reason="Wrong case.", now=now)
    assert Assignment.objects.get().state == Assignment.State.STARTED
    assert RuleRun.objects.get(rule=rules.WITHDRAW_WITH_REVIEW).outcome == "kept_started"


def test_withdrawing_one_of_two_reviews_keeps_what_the_other_asks_for(cast, now, remedy):
    first = make_published(cast.vera, cast.rita, number=1, now=now, name_the_need=0)
    make_published(cast.vera, cast.rita, number=2, now=now, name_the_need=0)
    quality.withdraw_review(actor=cast.vera, review=first, reason="Wrong case.", now=now)
    assert Assignment.objects.get().state == Assignment.State.OPEN
    assert RuleRun.objects.get(rule=rules.WITHDRAW_WITH_REVIEW).outcome == "kept_needed"


def test_withdrawing_the_other_one_as_well_takes_it_back(cast, now, remedy):
    first = make_published(cast.vera, cast.rita, number=1, now=now, name_the_need=0)
    second = make_published(cast.vera, cast.rita, number=2, now=now, name_the_need=0)
    quality.withdraw_review(actor=cast.vera, review=first, reason="Wrong case.", now=now)
    quality.withdraw_review(actor=cast.vera, review=second, reason="Wrong case too.", now=now)
    assert Assignment.objects.get().state == Assignment.State.WITHDRAWN
    outcomes = RuleRun.objects.filter(rule=rules.WITHDRAW_WITH_REVIEW).order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["kept_needed", "withdrawn"]


def test_withdrawing_leaves_what_the_lead_gave_or_the_first_review_still_asks_for(cast, now, remedy):
    make_published(cast.vera, cast.rita, number=1, now=now, name_the_need=0)
    second = make_published(cast.vera, cast.rita, number=2, now=now, name_the_need=0)
    quality.withdraw_review(actor=cast.vera, review=second, reason="Wrong case.", now=now)
    assert Assignment.objects.get().state == Assignment.State.OPEN
    given = give(cast.ravi, remedy.module, now)
    third = make_published(cast.vera, cast.ravi, number=3, now=now, name_the_need=0)
    quality.withdraw_review(actor=cast.vera, review=third, reason="Wrong case.", now=now)
    given.refresh_from_db()
    assert given.state == Assignment.State.OPEN


def test_a_corrected_review_assigns_anew(cast, now, remedy):
    review = make_published(cast.vera, cast.rita, number=1, now=now, name_the_need=0)
    quality.withdraw_review(actor=cast.vera, review=review, reason="Wrong case.", now=now)
    make_published(cast.vera, cast.rita, number=2, now=now, name_the_need=0)
    assert sorted(Assignment.objects.values_list("state", flat=True)) == ["open", "withdrawn"]


def test_a_paused_remedy_assigns_nothing(cast, now, remedy):
    pause_remedy(actor=cast.hana, remedy=remedy, now=now)
    make_published(cast.vera, cast.rita, now=now, name_the_need=0)
    assert not Assignment.objects.exists()


def test_an_offline_module_never_stops_the_review(cast, now, remedy):
    remedy.module.unpublish()
    review = make_published(cast.vera, cast.rita, now=now, name_the_need=0)
    assert review.is_published
    assert RuleRun.objects.get().outcome == "not_possible"


def test_cause_and_consequence_are_stored_together_or_not_at_all(cast, now, remedy):
    draft = make_draft(cast.vera, cast.rita, now=now)
    quality.save_draft(actor=cast.vera, review=draft, ratings=answers(draft, name_the_need=0), comment="", now=now)

    def broken(event):
        raise RuntimeError("planted")

    events.listen(ReviewPublished)(broken)
    try:
        with pytest.raises(RuntimeError, match="planted"):
            quality.publish_review(actor=cast.vera, review=draft, now=now)
    finally:
        events._listeners[ReviewPublished].remove(broken)
    draft.refresh_from_db()
    assert draft.is_draft
    assert not Assignment.objects.exists()
