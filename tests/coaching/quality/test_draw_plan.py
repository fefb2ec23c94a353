"""A plan draws a cycle: once, evenly, within what reviewers have time for, and so that every case's chance is known."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest
from django.core.management import call_command

from coaching.interactions.models import Interaction
from coaching.quality import services as reviews
from coaching.quality.assessments.services import ask_for_assessment
from coaching.quality.models import PlanShare, ReviewDraw, SamplingPlan
from coaching.quality.plans.services import draw_plan, rebalance_plans, replace_draw, run_plans, switch_off_plan
from coaching.quality.sampling import hajek
from coaching.quality.services import QualityError
from coaching.quality.services.draws import inclusion_of
from people.models import AuditEntry, Role
from people.services import deactivate_person, grant_role, record_absence
from tests.factories import interactions as make
from tests.factories.plans import make_cases, make_plan
from tests.factories.quality import make_draw

MONDAY = date(2026, 6, 8)  # of the week before `now`


def draw(plan, now, seed="one"):
    return draw_plan(actor=None, plan=plan, seed=seed, now=now).draws


def by_stratum(draws):
    return Counter(each.stratum for each in draws)


def test_the_present_cycle_is_drawn_once_from_the_one_before(cast, now):
    for person in (cast.rita, cast.ravi, cast.otto):
        make_cases(person, MONDAY, 7, each=2)
    make_cases(cast.rita, MONDAY - timedelta(days=7), 7)
    make_cases(cast.rita, now.date(), 1)
    plan = make_plan(now=now, number=4)
    draws = draw(plan, now)
    assert Counter(d.reviewee_id for d in draws) == {cast.rita.pk: 4, cast.ravi.pk: 4, cast.otto.pk: 4}
    assert Counter(d.reviewer_id for d in draws) == {cast.vera.pk: 6, cast.viktor.pk: 6}
    assert {(d.plan, d.period, d.method, d.stratum, d.stratum_cases, d.inclusion) for d in draws} == {
        (plan, "2026-W25", "random", 0, 14, 4 / 14)
    }
    days = Counter(Interaction.objects.get(pk=d.interaction_id).resolved_on for d in draws if d.reviewee_id == cast.rita.pk)
    assert min(days) >= MONDAY
    assert max(days) <= MONDAY + timedelta(days=6)
    assert len(days) == 4, "spread over the days"
    assert {d.due_on for d in draws} == {now.date() + timedelta(days=7)}
    # Again, on another day and with other lots: nothing more.
    assert draw(plan, now + timedelta(days=2), "two") == []
    # The same lots give the same draw.
    chosen = [(d.interaction_id, d.reviewer_id) for d in draws]
    ReviewDraw.objects.all().delete()
    plan.cycles.all().delete()
    assert [(d.interaction_id, d.reviewer_id) for d in draw(plan, now)] == chosen
    entry = AuditEntry.objects.filter(verb="plan.draw").first()
    assert (entry.after["seed"], len(entry.after["draws"])) == ("one", 12)
    switch_off_plan(actor=cast.hana, plan=plan, now=now)
    with pytest.raises(QualityError, match="not switched on"):
        draw(plan, now)


def test_difficult_cases_are_drawn_more_often_and_their_chance_is_kept(cast, now):
    make_cases(cast.rita, MONDAY, 6, each=10)
    low = make_cases(cast.rita, MONDAY, 2, each=3, reopens=1)
    for case in low[:3]:
        make.rating(cast.rita, case.opened_on, polarity=-1, case=case, marked=False)
    plan = make_plan(now=now, number=5, by_risk=True)
    draws = draw(plan, now)
    assert by_stratum(draws) == {0: 2, 1: 1, 2: 2}
    assert {d.stratum: (d.stratum_cases, d.inclusion) for d in draws} == {0: (40, 2 / 40), 1: (19, 1 / 19), 2: (7, 2 / 7)}
    risky = {case.pk for case in low}
    assert {d.interaction_id for d in draws if d.stratum == 2} <= risky | set(Interaction.objects.values_list("pk", flat=True))
    assert len(risky & {d.interaction_id for d in draws if d.stratum == 2}) >= 1
    # With fewer reviews than strata there is one.
    assert by_stratum(draw(make_plan("Few", now=now, number=2, by_risk=True), now)) == {0: 2}


def test_a_share_has_a_least_and_a_most(cast, now):
    make_cases(cast.rita, MONDAY, 7, each=10)
    make_cases(cast.ravi, MONDAY, 1, each=3)
    make_cases(cast.otto, MONDAY, 7, each=3)
    plan = make_plan(now=now, amount="percent", percent=10, minimum=1, maximum=5)
    assert Counter(d.reviewee_id for d in draw(plan, now)) == {cast.rita.pk: 5, cast.ravi.pk: 1, cast.otto.pk: 3}


def test_without_enough_time_everybody_gets_a_first_before_anybody_gets_a_second(cast, now):
    for person in (cast.rita, cast.ravi, cast.otto):
        make_cases(person, MONDAY, 7)
    plan = make_plan(now=now, number=3, capacity=3, capacities={str(cast.viktor.pk): 1})
    draws = draw(plan, now)
    assert Counter(d.reviewer_id for d in draws) == {cast.vera.pk: 3, cast.viktor.pk: 1}
    assert sorted(Counter(d.reviewee_id for d in draws).values()) == [1, 1, 2]
    assert {d.inclusion for d in draws} == {1 / 7, 2 / 7}
    assert list(PlanShare.objects.values_list("wanted", flat=True)) == [3, 3, 3]


def test_who_is_away_gets_nothing_and_nobody_reviews_themselves(cast, now):
    make_cases(cast.rita, MONDAY, 7)
    make_cases(cast.ravi, MONDAY, 7)
    absent = record_absence(actor=cast.vera, person=cast.vera, starts_on=now.date(), until=now.date(), now=now)
    plan = make_plan(now=now, number=2, reviewers=(cast.vera.pk, cast.viktor.pk))
    assert {d.reviewer_id for d in draw(plan, now)} == {cast.viktor.pk}
    record_absence(actor=None, person=cast.viktor, starts_on=now.date(), until=now.date(), now=now)
    assert absent.until == now.date()
    other = make_plan("Nobody here", now=now, number=1)
    assert draw(other, now) == []
    # Both are back the day after: the same cycle is drawn then.
    assert len(draw(other, now + timedelta(days=1))) == 2
    # A lead who reviews their own person is fine; a rep who reviews gets others' only.
    cast.rita.role_grants.create(role="reviewer")
    both = make_plan("Rita reviews", now=now, number=1, reviewers=(cast.rita.pk,))
    assert [(d.reviewer, d.reviewee) for d in draw(both, now)] == [(cast.rita, cast.ravi)]


def test_who_gave_feedback_as_a_peer_does_not_review_the_same(cast, now):
    [case] = make_cases(cast.rita, MONDAY, 1)
    plan = make_plan(now=now, number=1, people=(cast.rita.pk,))
    first = draw(plan, now)[0].reviewer
    ReviewDraw.objects.all().delete()
    plan.cycles.all().delete()
    ReviewDraw.every.create(
        interaction=case, reviewer=first, reviewee=cast.rita, mode="peer", method="hand_picked", reason="Asked", drawn_at=now,
        due_on=now.date(), state="done",
    )  # fmt: skip
    [again] = draw(plan, now)
    assert again.reviewer != first
    # Nor is it given to them when the other one is away.
    record_absence(actor=cast.hana, person=again.reviewer, starts_on=now.date(), until=now.date() + timedelta(days=30), now=now)
    assert rebalance_plans(actor=cast.hana, draws=[again], now=now).left == [again]


def test_some_of_a_team_go_to_reviewers_outside_it(cast, now):
    make_cases(cast.rita, MONDAY, 7, each=3)
    inside = (cast.lena.pk,)  # leads Rita's team
    plan = make_plan(now=now, number=10, reviewers=(*inside, cast.vera.pk), capacities={str(cast.vera.pk): 4}, outside_percent=40)
    assert Counter(d.reviewer_id for d in draw(plan, now)) == {cast.lena.pk: 6, cast.vera.pk: 4}


def test_drawn_for_a_reason_takes_all_that_fits_and_has_no_chance_to_count(cast, now):
    make_cases(cast.rita, MONDAY, 7)
    complaints = make_cases(cast.rita, MONDAY, 2, is_complaint=True)
    make_cases(cast.otto, MONDAY, 2, is_complaint=True)
    wish = {"amount": "percent", "percent": 100, "only_complaints": True, "teams": (cast.harbour.pk,)}
    plan = make_plan("All complaints", kind="targeted", now=now, **wish)
    draws = draw(plan, now)
    assert {d.interaction_id for d in draws} == {case.pk for case in complaints}
    assert {(d.method, d.reason, d.stratum, d.stratum_cases, d.inclusion) for d in draws} == {
        ("targeted", "All complaints", None, None, None)
    }
    # By lot they can come up all the same, or the rest would look better than all: then somebody else reviews them.
    every = make_plan("Everything", now=now, number=9, people=(cast.rita.pk,))
    drawn = draw(every, now)
    assert len(drawn) == 9
    first = {d.interaction_id: d.reviewer_id for d in draws}
    assert all(first[d.interaction_id] != d.reviewer_id for d in drawn if d.interaction_id in first)
    # And what is drawn by lot is nothing more to draw for a reason.
    assert draw(make_plan("Again", kind="targeted", now=now, **wish), now) == []


@pytest.mark.parametrize(
    ("rules", "fields"),
    [
        ({"channels": ("chat",)}, {"channel": "chat"}),
        ({"topics": ("refund",)}, {"topic": "refund"}),
        ({"min_replies": 3}, {"replies": 3}),
        ({"opened_within_days": 3}, {"opened_on": date(2026, 6, 13)}),
    ],
)
def test_conditions_of_a_draw_by_lot(cast, now, rules, fields):
    make_cases(cast.rita, MONDAY, 3)
    (fits,) = make_cases(cast.rita, MONDAY, 1)
    Interaction.objects.filter(pk=fits.pk).update(**fields)
    assert [d.interaction_id for d in draw(make_plan(now=now, number=5, **rules), now)] == [fits.pk]


@pytest.mark.parametrize(
    ("rules", "fields"),
    [
        ({"only_reopened": True}, {"reopens": 1}),
        ({"handle_minutes_above": 10}, {"handle_seconds": 601}),
        ({"only_low_rating": True}, {}),
    ],
)
def test_conditions_of_a_draw_for_a_reason(cast, now, rules, fields):
    make_cases(cast.rita, MONDAY, 3)
    (fits,) = make_cases(cast.rita, MONDAY, 1, **fields)
    make.rating(cast.rita, MONDAY, polarity=-1, case=fits, marked=False)
    plan = make_plan(kind="targeted", now=now, number=5, joined_within_weeks=200, **rules)
    assert [d.interaction_id for d in draw(plan, now)] == [fits.pk]
    with pytest.raises(QualityError, match="ordinary work"):
        make_plan("By lot", now=now, **rules)


def test_a_monthly_cycle_is_due_bit_by_bit(cast, now):
    make_cases(cast.rita, date(2026, 5, 1), 30)
    plan = make_plan(now=now.replace(day=1), number=6, rhythm="monthly", start=1, reviewers=(cast.vera.pk,))
    draws = draw(plan, now.replace(day=1))
    assert {d.period for d in draws} == {"2026-06"}
    assert sorted(d.due_on.isoformat() for d in draws)[0] == "2026-06-08"
    assert len({d.due_on for d in draws}) == 6
    assert max(d.due_on for d in draws) == date(2026, 7, 1)


def test_another_is_drawn_in_the_place_of_one(cast, now):
    make_cases(cast.rita, MONDAY, 7)
    plan = make_plan(now=now, number=3, reviewers=(cast.vera.pk,))
    draws = draw(plan, now)
    with pytest.raises(QualityError, match="Say why"):
        replace_draw(actor=cast.vera, draw=draws[0], reason=" ", now=now)
    other = replace_draw(actor=cast.vera, draw=draws[0], reason="A test.", now=now)
    assert (other.reviewee, other.reviewer, other.period, other.stratum) == (cast.rita, cast.vera, "2026-W25", 0)
    assert (other.stratum_cases, other.inclusion, other.plan) == (7, 3 / 7, plan)
    standing = ReviewDraw.objects.exclude(state="replaced")
    assert (standing.count(), ReviewDraw.objects.filter(state="replaced").count()) == (3, 1)
    # What is only taken out is filled by the next run; running it once more adds nothing.
    reviews.take_out(actor=cast.vera, draw=draws[1], reason="Empty.", now=now)
    assert len(draw(plan, now + timedelta(days=1))) == 1
    assert draw(plan, now + timedelta(days=1)) == []
    # Five of seven were drawn: after two more there is none left, and the last one stays.
    replace_draw(actor=cast.vera, draw=standing.first(), reason="A test.", now=now)
    replace_draw(actor=cast.vera, draw=standing.first(), reason="A test.", now=now)
    with pytest.raises(QualityError, match="no other conversation"):
        replace_draw(actor=cast.vera, draw=standing.first(), reason="A test.", now=now)
    assert standing.count() == 3
    assert not ReviewDraw.objects.exclude(stratum_cases=7).exists()


def test_what_is_taken_out_for_good_changes_how_likely_the_rest_was(cast, now):
    """Seven cases, three drawn, one taken out and nothing in its place: two of seven stand, and each of these says so."""
    make_cases(cast.rita, MONDAY, 7)
    plan = make_plan(now=now, number=3, reviewers=(cast.vera.pk,))
    first, second, _third = draw(plan, now)
    standing = ReviewDraw.objects.exclude(state="replaced")
    assert set(standing.values_list("inclusion", flat=True)) == {3 / 7}
    reviews.take_out(actor=cast.vera, draw=first, reason="Empty.", now=now)
    assert set(standing.values_list("inclusion", flat=True)) == {2 / 7}
    # What is filled later is counted again; given to another reviewer it stands as it stood.
    draw(plan, now + timedelta(days=1))
    assert set(standing.values_list("inclusion", flat=True)) == {3 / 7}
    reviews.reassign_draw(actor=cast.hana, draw=second, reviewer=cast.viktor, now=now)
    assert (standing.count(), set(standing.values_list("inclusion", flat=True))) == (3, {3 / 7})
    # Drawn by hand: it has no chance, and taking it out changes none.
    picked = make_draw(cast.vera, cast.rita, number=9, now=now, method="hand_picked")
    reviews.take_out(actor=cast.vera, draw=picked, reason="Empty.", now=now)
    assert set(standing.values_list("inclusion", flat=True)) == {3 / 7}


def test_shares_stay_true_where_some_were_taken_out(cast, now):
    """Seeded simulation: of two difficult cases of each person one is taken out. Weighing by the chance as it was first said would
    halve what they stand for; by what stands in the end, the share of all cases comes out."""
    rng = Random(11)
    truth, plain, renewed = [], [], []
    for _person in range(400):
        strata = {0: (60, 2, 0.05), 1: (30, 2, 0.3), 2: (10, 2, 0.9)}
        draws = []
        for stratum, (cases, taken, rate) in strata.items():
            failed = [rng.random() < rate for _case in range(cases)]
            truth += failed
            drawn = rng.sample(failed, taken)
            draws += [(stratum, cases, taken, value) for value in (drawn[:1] if stratum == 2 else drawn)]
        standing = Counter(stratum for stratum, *_rest in draws)
        plain += [(100.0 * value, taken / cases) for _stratum, cases, taken, value in draws]
        renewed += [(100.0 * value, inclusion_of(standing[stratum], cases)) for stratum, cases, _taken, value in draws]
    true = 100 * sum(truth) / len(truth)
    assert abs(hajek(renewed).mean - true) < 1.5
    assert hajek(plain).mean < true - 2, "the control: as it was first said it is biased"


def test_who_gives_peer_feedback_on_a_case_does_not_review_it_as_well(cast, now):
    grant_role(actor=None, person=cast.ravi, role=Role.REVIEWER, now=now)
    [case] = make_cases(cast.rita, MONDAY, 1)
    ask_for_assessment(actor=cast.lena, interaction=case, peer=cast.ravi, reason="See", now=now)
    plan = make_plan(now=now, number=1, reviewers=(cast.ravi.pk,))
    assert draw(plan, now) == []
    other = make_plan("Both", now=now, number=1, reviewers=(cast.ravi.pk, cast.viktor.pk))
    [given] = draw(other, now)
    assert given.reviewer == cast.viktor
    record_absence(actor=None, person=cast.viktor, starts_on=given.due_on, until=given.due_on, now=now)
    result = rebalance_plans(actor=cast.lena, draws=[given], now=now)
    assert (result.moved, result.left) == ([], [given])


def test_the_command_runs_all_plans_and_the_first_one_is_there(cast, now, capsys):
    make_cases(cast.rita, MONDAY, 7)
    make_cases(cast.otto, MONDAY, 7)
    SamplingPlan.objects.all().delete()
    make_plan("All of Otto", kind="targeted", now=now, people=(cast.otto.pk,), amount="percent", percent=100)
    call_command("draw_reviews", "--as-of", "2026-06-15")
    assert "7 conversations drawn for 1 people." in capsys.readouterr().out
    SamplingPlan.objects.exclude(pk__in=ReviewDraw.objects.values("plan")).delete()
    ReviewDraw.objects.all().delete()
    SamplingPlan.objects.get().cycles.all().delete()
    SamplingPlan.objects.all().delete()
    ran = run_plans(now=now)
    assert (len(ran.draws), ran.people, ran.problems) == (4, 2, [])
    assert SamplingPlan.objects.get().is_default
    for person in (cast.vera, cast.viktor):
        deactivate_person(actor=None, person=person, now=now)
    assert "nobody to review" in run_plans(now=now + timedelta(days=7)).problems[0]


def test_the_first_plan_counts_what_was_drawn_before_there_were_plans(cast, now):
    make_cases(cast.rita, MONDAY, 7)

    def draw_by_service(seed):
        week = {"since": MONDAY, "until": MONDAY + timedelta(days=6)}
        return reviews.draw_reviews(
            actor=None, reviewers=[cast.vera], people=[cast.rita], per_person=1, seed=seed, now=now, **week
        )

    (drawn,) = draw_by_service(1)
    assert (drawn.stratum, drawn.stratum_cases, drawn.inclusion, drawn.plan) == (0, 7, 1 / 7, None)
    assert run_plans(now=now).draws == []
    assert run_plans(now=now + timedelta(days=7)).draws == [], "no cases in the week before"
    # One taken out, another drawn, and more cases came in meanwhile: one stratum has one size.
    reviews.take_out(actor=cast.vera, draw=drawn, reason="Empty.", now=now)
    make_cases(cast.rita, MONDAY, 1)
    assert len(draw_by_service(2)) == 1
    assert set(ReviewDraw.objects.values_list("stratum", "stratum_cases", "inclusion")) == {(0, 8, 1 / 8)}
