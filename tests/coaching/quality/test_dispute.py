"""Raise, pass on and decide a dispute: what stands afterwards, in the score, in the figures and in what was assigned."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from coaching.playbook.models import RuleRun
from coaching.playbook.services import add_remedy
from coaching.quality import queries, services
from coaching.quality.disputes import access as dispute_access
from coaching.quality.disputes import services as disputes
from coaching.quality.disputes.queries import dispute_figures
from coaching.quality.disputes.services import OutcomeInput, PointInput
from coaching.quality.models import Answer, Criterion, Dispute, Rating, ReleaseStep, Review, ScorecardVersion
from coaching.quality.services import QualityError
from learning.assignments.models import Assignment
from people.models import AuditEntry, Person, Role
from people.services import revoke_role
from tests.factories.learning import make_module
from tests.factories.quality import make_published


def criterion(review, key):
    return Criterion.objects.get(section__version=review.scorecard_version, key=key)


def answer(review, key, value):
    return Answer.objects.get(criterion=criterion(review, key), value=value)


def point(review, key, value=None, *, na=False, reason="It says so in message 2."):
    return PointInput(
        criterion_id=criterion(review, key).pk,
        reason=reason,
        answer_id=None if value is None else answer(review, key, value).pk,
        is_na=na,
    )


def outcome(review, key, value=None):
    return OutcomeInput(
        criterion_id=criterion(review, key).pk,
        accepted=value is not None,
        answer_id=None if value is None else answer(review, key, value).pk,
    )


@pytest.fixture
def review(cast, now):
    """Rita failed two criteria in Vera's eyes."""
    return make_published(cast.vera, cast.rita, now=now, warm_greeting=0, plain_language=0)


def raised(review, now, **changes):
    wish = {"points": [point(review, "warm-greeting", 1), point(review, "plain-language", 1)]} | changes
    return disputes.raise_dispute(actor=review.reviewee, review=review, now=now, **wish)


def forwarded(review, cast, now):
    return disputes.forward_dispute(
        actor=cast.lena, dispute=raised(review, now), decider=cast.viktor, note="Please look.", now=now
    )


def decided(review, cast, now, *outcomes, **changes):
    dispute = forwarded(review, cast, now)
    wish = {"actor": cast.viktor, "comment": "I read it again.", "grader_error": True, "now": now + timedelta(days=2)} | changes
    return disputes.decide_dispute(dispute=dispute, outcomes=outcomes, **wish)


# --- The way of a dispute -------------------------------------------------------------------
def test_an_accepted_point_makes_a_corrected_review_and_keeps_the_old_one(cast, now, review):
    before = review.score_shown
    dispute = decided(review, cast, now, outcome(review, "warm-greeting", 1), outcome(review, "plain-language"))
    review.refresh_from_db()
    new = review.correction
    assert (dispute.state, dispute.corrected) == (Dispute.State.PARTLY, new)
    assert (review.state, review.score_shown, review.withdrawn_reason) == ("withdrawn", before, "Corrected after a dispute.")
    assert (new.state, new.published_at, new.corrected_at) == ("published", review.published_at, dispute.decided_at)
    assert (new.reviewer, new.reviewee, new.draw) == (cast.vera, cast.rita, review.draw)
    assert new.score_shown > before
    assert new.score_shown == queries.load_card(new).score.shown
    changed = {r.criterion.key: r.answer.value for r in Rating.objects.filter(review=new).select_related("criterion", "answer")}
    old = {r.criterion.key: r.answer.value for r in Rating.objects.filter(review=review).select_related("criterion", "answer")}
    assert {key for key in old if old[key] != changed[key]} == {"warm-greeting"}
    assert not Rating.objects.get(review=new, criterion__key="warm-greeting").comment
    assert Rating.objects.get(review=new, criterion__key="plain-language").comment


def test_the_figures_follow_and_count_the_conversation_once(cast, now, review):
    day = now.date()
    (before, n, _low, _high) = queries.mean_score([cast.rita], day, day)[cast.rita.pk]
    decided(review, cast, now, outcome(review, "warm-greeting", 1), outcome(review, "plain-language", 1))
    (after, n_after, _low, _high) = queries.mean_score([cast.rita], day, day)[cast.rita.pk]
    assert (n, n_after, after) == (1, 1, 100)
    assert after > before
    results = queries.criterion_results([cast.rita], day, day)
    assert results[cast.rita.pk, "warm-greeting"] == (1, 1)


def test_the_corrected_review_waits_to_be_read_again(cast, now, review):
    services.acknowledge_review(actor=cast.rita, review=review, now=now)
    seen = review.acknowledgements.get().score_shown
    decided(review, cast, now, outcome(review, "warm-greeting", 1), outcome(review, "plain-language"))
    assert [r.corrects for r in queries.reviews_to_acknowledge(cast.rita)] == [review]
    assert review.acknowledgements.get().score_shown == seen


def test_nothing_accepted_changes_nothing(cast, now, review):
    dispute = decided(review, cast, now, outcome(review, "warm-greeting"), outcome(review, "plain-language"), grader_error=False)
    assert (dispute.state, dispute.corrected, dispute.grader_error) == (Dispute.State.REJECTED, None, False)
    assert Review.objects.get().is_published
    assert [p.accepted for p in dispute.points.all()] == [False, False]


def test_the_decider_may_find_another_answer_than_proposed(cast, now):
    review = make_published(cast.vera, cast.rita, now=now, resolve_at_root=0)
    dispute = disputes.raise_dispute(actor=cast.rita, review=review, points=[point(review, "resolve-at-root", 1)], now=now)
    disputes.forward_dispute(actor=cast.lena, dispute=dispute, decider=cast.viktor, now=now)
    wish = [outcome(review, "resolve-at-root", 0.25)]
    dispute = disputes.decide_dispute(
        actor=cast.viktor, dispute=dispute, outcomes=wish, comment="Partly.", grader_error=True, now=now
    )
    assert dispute.state == Dispute.State.ACCEPTED
    kept = Rating.objects.get(review=dispute.corrected, criterion__key="resolve-at-root")
    assert (kept.answer.value, bool(kept.comment)) == (0.25, True)  # it still fails, so what was said of it stays


def test_the_wrong_person_counts_nowhere(cast, now, review):
    dispute = raised(review, now, points=(), wrong_person=True, reason="I was on leave; Ravi had it.")
    disputes.forward_dispute(actor=cast.lena, dispute=dispute, decider=cast.viktor, now=now)
    disputes.decide_dispute(
        actor=cast.viktor, dispute=dispute, accept_wrong_person=True, comment="Right.", grader_error=True, now=now
    )
    review.refresh_from_db()
    assert (review.state, dispute.review_id) == ("withdrawn", review.pk)
    assert Dispute.objects.get().state == Dispute.State.ACCEPTED
    assert queries.mean_score([cast.rita], now.date(), now.date()) == {}


def test_the_lead_turns_it_down_with_a_reason(cast, now, review):
    dispute = disputes.decline_dispute(actor=cast.lena, dispute=raised(review, now), comment="We talked; it is so.", now=now)
    assert (dispute.state, dispute.decided_by) == (Dispute.State.REJECTED, cast.lena)
    assert [p.accepted for p in dispute.points.all()] == [False, False]


def test_taking_back_leaves_everything_and_frees_the_way(cast, now, review):
    dispute = raised(review, now)
    for _again in range(2):
        disputes.take_back_dispute(actor=cast.rita, dispute=dispute, now=now)
    assert Dispute.objects.get().state == Dispute.State.TAKEN_BACK
    raised(review, now)


def test_withdrawing_the_review_settles_what_is_open(cast, now, review):
    raised(review, now)
    services.withdraw_review(actor=cast.vera, review=review, reason="She is right.", now=now)
    assert Dispute.objects.get().state == Dispute.State.SETTLED


# --- Who and when ------------------------------------------------------------------------------
def test_fourteen_days_from_publishing(cast, now, review):
    last = dispute_access.last_day_to_dispute(review)
    assert last == now.date() + timedelta(days=14)
    assert dispute_access.can_dispute_review(cast.rita, review, now + timedelta(days=14))
    with pytest.raises(QualityError, match="time to dispute this review is over"):
        raised(review, now + timedelta(days=15))


def test_only_where_the_scorecard_says_so(cast, now, review):
    ScorecardVersion.objects.update(acknowledgement="acknowledge")
    review.refresh_from_db()
    with pytest.raises(QualityError, match="cannot be disputed"):
        raised(review, now)


def test_one_at_a_time_and_three_in_all(cast, now, review):
    for decider in (cast.lena, cast.hana, cast.viktor):  # each time somebody else
        dispute = raised(review, now)
        with pytest.raises(QualityError, match="not decided yet"):
            raised(review, now)
        disputes.decline_dispute(actor=decider, dispute=dispute, comment="No.", now=now)
    with pytest.raises(QualityError, match="three times"):
        raised(review, now)


def test_a_corrected_review_counts_the_disputes_of_the_one_before(cast, now, review):
    dispute = decided(review, cast, now, outcome(review, "warm-greeting", 1), outcome(review, "plain-language"))
    assert dispute_access.disputes_of_conversation(dispute.corrected).get() == dispute
    assert dispute_access.can_dispute_review(cast.rita, dispute.corrected, now)


def test_only_ones_own(cast, now, review):
    with pytest.raises(QualityError, match="Only the person reviewed"):
        disputes.raise_dispute(actor=cast.lena, review=review, points=[point(review, "warm-greeting", 1)], now=now)


def test_who_scored_has_no_say(cast, now, review):
    dispute = raised(review, now)
    with pytest.raises(QualityError, match="did not score"):
        disputes.forward_dispute(actor=cast.lena, dispute=dispute, decider=cast.vera, now=now)
    with pytest.raises(QualityError, match="did not score"):
        disputes.forward_dispute(actor=cast.lena, dispute=dispute, decider=cast.rita, now=now)
    for actor in (cast.vera, cast.rita):
        with pytest.raises(QualityError, match="does not decide"):
            disputes.decide_dispute(actor=actor, dispute=dispute, comment="So.", grader_error=False, now=now)
        with pytest.raises(QualityError, match="does not decide"):
            disputes.decline_dispute(actor=actor, dispute=dispute, comment="So.", now=now)
    assert Dispute.objects.get().state == Dispute.State.OPEN


def test_who_approved_or_decided_before_does_not_decide(cast, now, review):
    """Neither the same dispute's second approval nor an earlier dispute is judged by who judged the review already."""
    ReleaseStep.objects.create(review=review, kind=ReleaseStep.Kind.APPROVED, by=cast.viktor, at=now)
    first = raised(review, now)
    with pytest.raises(QualityError, match="nor decide about it before"):
        disputes.forward_dispute(actor=cast.lena, dispute=first, decider=cast.viktor, now=now)
    with pytest.raises(QualityError, match="approved this review, or decided about it before"):
        disputes.decline_dispute(actor=cast.viktor, dispute=first, comment="So.", now=now)
    disputes.forward_dispute(actor=cast.lena, dispute=first, decider=cast.lars, now=now)
    outcomes = [outcome(review, "warm-greeting", 1), outcome(review, "plain-language")]
    first = disputes.decide_dispute(
        actor=cast.lars, dispute=first, outcomes=outcomes, comment="Partly.", grader_error=True, now=now
    )
    # The corrected review is the same one, and so is a dispute of it.
    second = raised(first.corrected, now, points=[point(first.corrected, "plain-language", 1)])
    assert set(dispute_access.deciders_to_pick(second)) == {cast.lena, cast.hana}
    with pytest.raises(QualityError, match="nor decide about it before"):
        disputes.forward_dispute(actor=cast.lena, dispute=second, decider=cast.lars, now=now)
    disputes.decline_dispute(actor=cast.lena, dispute=second, comment="It is so.", now=now)
    third = raised(first.corrected, now, points=[point(first.corrected, "plain-language", 1)])
    assert not dispute_access.can_decline_dispute(cast.lena, third, now.date())
    assert dispute_access.can_forward_dispute(cast.lena, third, now.date())  # to let somebody else look she may


def test_where_nobody_else_is_left_the_head_decides(cast, now, review):
    ReleaseStep.objects.create(review=review, kind=ReleaseStep.Kind.APPROVED, by=cast.hana, at=now)
    dispute = raised(review, now)
    assert not dispute_access.can_decide_dispute(cast.hana, dispute)
    for person, role in ((cast.viktor, Role.REVIEWER), (cast.lena, Role.LEAD), (cast.lars, Role.LEAD)):
        revoke_role(actor=None, person=person, role=role, now=now)
    hana = Person.objects.get(pk=cast.hana.pk)
    assert dispute_access.can_decide_dispute(hana, dispute)
    assert not dispute_access.can_decide_dispute(Person.objects.get(pk=cast.vera.pk), dispute)
    outcomes = [outcome(review, "warm-greeting", 1), outcome(review, "plain-language")]
    disputes.decide_dispute(actor=hana, dispute=dispute, outcomes=outcomes, comment="Yes.", grader_error=True, now=now)
    assert AuditEntry.objects.get(verb="dispute.decide").after["nobody_else_left"] is True


def test_it_is_passed_on_again_where_who_was_asked_may_not_decide_any_more(cast, now, review):
    dispute = forwarded(review, cast, now)
    with pytest.raises(QualityError, match="passed on already"):
        disputes.forward_dispute(actor=cast.lena, dispute=dispute, decider=cast.lars, now=now)
    revoke_role(actor=None, person=cast.viktor, role=Role.REVIEWER, now=now)
    assert dispute in dispute_access.disputes_waiting_for(cast.lena, now.date())
    assert disputes.forward_dispute(actor=cast.lena, dispute=dispute, decider=cast.lars, now=now).decider == cast.lars


# --- What must be filled in -------------------------------------------------------------------
@pytest.mark.parametrize(
    ("wish", "complaint"),
    [
        (lambda r: {"points": []}, "at least one answer"),
        (lambda r: {"points": [point(r, "warm-greeting", 1, reason=" ")]}, "Say why the answer"),
        (lambda r: {"points": [point(r, "warm-greeting", 0)]}, "has that answer already"),
        (lambda r: {"points": [point(r, "warm-greeting", na=True)]}, "always applies"),
        (lambda r: {"points": [point(r, "warm-greeting", 1)] * 2}, "does not belong"),
        (lambda r: {"points": [PointInput(criterion_id=0, reason="x")]}, "does not belong"),
        (lambda r: {"points": (), "wrong_person": True}, "not your conversation"),
    ],
)
def test_a_dispute_says_what_and_why(now, review, wish, complaint):
    with pytest.raises(QualityError, match=complaint):
        raised(review, now, **wish(review))
    assert not Dispute.objects.exists()


@pytest.mark.parametrize(
    ("keys", "changes", "complaint"),
    [
        ([("warm-greeting", 1)], {}, "Decide about"),
        ([("warm-greeting", 0), ("plain-language", None)], {}, "has that answer already"),
        ([("warm-greeting", 1), ("plain-language", None)], {"comment": " "}, "Say why"),
    ],
)
def test_a_decision_is_whole_or_not_at_all(cast, now, review, keys, changes, complaint):
    with pytest.raises(QualityError, match=complaint):
        decided(review, cast, now, *[outcome(review, key, value) for key, value in keys], **changes)
    dispute = Dispute.objects.get()
    assert (dispute.state, Review.objects.count()) == (Dispute.State.FORWARDED, 1)
    assert [p.accepted for p in dispute.points.all()] == [None, None]


def test_deciding_twice_is_a_clear_error(cast, now, review):
    dispute = decided(review, cast, now, outcome(review, "warm-greeting", 1), outcome(review, "plain-language"))
    with pytest.raises(QualityError, match="is decided"):
        disputes.decide_dispute(actor=cast.hana, dispute=dispute, comment="Again.", grader_error=False, now=now)
    assert Review.objects.count() == 2


def test_the_database_holds_one_undecided_dispute_per_review(cast, now, review):
    raised(review, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispute.objects.create(review=review, raised_by=cast.rita, raised_at=now)


def test_every_step_is_in_the_log(cast, now, review):
    decided(review, cast, now, outcome(review, "warm-greeting", 1), outcome(review, "plain-language"))
    verbs = (
        AuditEntry.objects.filter(verb__startswith="dispute.")
        .order_by("pk")
        .values_list("verb", "actor__email", "subject__email")
    )
    assert list(verbs) == [
        ("dispute.raise", cast.rita.email, cast.rita.email),
        ("dispute.forward", cast.lena.email, cast.rita.email),
        ("dispute.decide", cast.viktor.email, cast.rita.email),
    ]


# --- What the review had caused ------------------------------------------------------------------
@pytest.fixture
def taught(cast, now):
    """Rita failed two criteria, each of which assigned its module."""
    services.ensure_starter_scorecard(actor=None, now=now)
    for key, title in (("warm-greeting", "Greeting"), ("plain-language", "Plain words")):
        wish = {"scorecard_key": "written-conversation", "criterion_key": key, "module": make_module(now, title)}
        add_remedy(actor=None, due_in_days=7, now=now, **wish)
    return make_published(cast.vera, cast.rita, now=now, warm_greeting=0, plain_language=0)


def states():
    return {a.module.title: a.state for a in Assignment.objects.select_related("module")}


def test_what_only_the_corrected_answer_had_asked_for_is_withdrawn(cast, now, taught):
    assert states() == {"Greeting": "open", "Plain words": "open"}
    dispute = decided(taught, cast, now, outcome(taught, "warm-greeting", 1), outcome(taught, "plain-language"))
    assert states() == {"Greeting": "withdrawn", "Plain words": "open"}
    runs = RuleRun.objects.filter(review=dispute.corrected).values_list("cause", "outcome")
    assert list(runs) == [(f"review:{dispute.corrected_id}:criterion:plain-language", "carried_over")]


def test_what_is_done_already_is_not_assigned_again(cast, now, taught):
    done = Assignment.objects.get(module__title="Plain words")
    Assignment.objects.filter(pk=done.pk).update(state=Assignment.State.COMPLETED)
    decided(taught, cast, now, outcome(taught, "warm-greeting", 1), outcome(taught, "plain-language"))
    assert states() == {"Greeting": "withdrawn", "Plain words": "completed"}


def test_a_wrong_person_has_everything_withdrawn(cast, now, taught):
    dispute = raised(taught, now, points=(), wrong_person=True, reason="Ravi had it.")
    wish = {"accept_wrong_person": True, "comment": "Right.", "grader_error": True}
    disputes.decide_dispute(actor=cast.hana, dispute=dispute, now=now, **wish)
    assert states() == {"Greeting": "withdrawn", "Plain words": "withdrawn"}


# --- Figures ----------------------------------------------------------------------------------------
def test_figures_of_disputes(cast, now, review):
    decided(review, cast, now, outcome(review, "warm-greeting", 1), outcome(review, "plain-language"))
    other = make_published(cast.vera, cast.rita, number=2, now=now, warm_greeting=0)
    raised(other, now, points=[point(other, "warm-greeting", 1)])
    figures = dispute_figures(Dispute.objects.all())
    assert (figures.undecided, figures.decided, figures.days) == (1, 1, 2)
    assert (figures.overall.accepted, figures.overall.n) == (1, 2)
    assert [(rate.name, rate.accepted, rate.n) for rate in figures.by_criterion] == [
        ("Plain language", 0, 1),
        ("Warm greeting", 1, 1),
    ]
    assert figures.by_criterion[1].interval.low == pytest.approx(0.2065, abs=1e-3)
    assert [(rate.name, rate.n) for rate in figures.by_reviewer] == [(str(cast.vera), 2)]
    assert dispute_figures(Dispute.objects.none()).overall is None
