"""Cycles, sharing out, risk and the planner's spreads: vectors, and properties over many inputs."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coaching.quality.plans.cycles import Rhythm, cycle_before, cycle_on, cycles_per_month
from coaching.quality.plans.planner import Origin, spreads_of
from coaching.quality.plans.rules import Kind, Rules, problems_of
from coaching.quality.plans.sharing import Seat, ToGive, allot, assign, spread
from coaching.quality.risk import CaseFacts, Reason, risk_of, usual_seconds
from coaching.quality.services.draws import lot as draw_lot

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def lot(*parts):
    return draw_lot("seed", *parts)


# --- Cycles ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rhythm", "start", "day", "name", "first", "last"),
    [
        ("daily", 0, "2026-06-15", "2026-06-15", "2026-06-15", "2026-06-15"),
        ("weekly", 0, "2026-06-15", "2026-W25", "2026-06-15", "2026-06-21"),
        ("weekly", 0, "2026-06-14", "2026-W24", "2026-06-08", "2026-06-14"),
        ("weekly", 2, "2026-06-16", "2026-W24", "2026-06-10", "2026-06-16"),
        ("weekly", 0, "2027-01-01", "2026-W53", "2026-12-28", "2027-01-03"),
        ("two_weekly", 0, "2026-06-15", "2026-W25", "2026-06-15", "2026-06-28"),
        ("two_weekly", 0, "2026-06-14", "2026-W23", "2026-06-01", "2026-06-14"),
        ("monthly", 1, "2026-06-15", "2026-06", "2026-06-01", "2026-06-30"),
        ("monthly", 20, "2026-06-15", "2026-05", "2026-05-20", "2026-06-19"),
        ("monthly", 28, "2026-03-01", "2026-02", "2026-02-28", "2026-03-27"),
        ("monthly", 15, "2026-01-03", "2025-12", "2025-12-15", "2026-01-14"),
    ],
)
def test_the_cycle_of_a_day(rhythm, start, day, name, first, last):
    cycle = cycle_on(date.fromisoformat(day), rhythm, start)
    assert (cycle.name, cycle.first.isoformat(), cycle.last.isoformat()) == (name, first, last)


@quick
@given(st.dates(date(2024, 1, 1), date(2040, 1, 1)), st.sampled_from(Rhythm.values), st.integers(0, 6))
def test_cycles_follow_each_other_without_gap_and_with_names_of_their_own(day, rhythm, start):
    cycle = cycle_on(day, rhythm, start)
    assert cycle.first <= day <= cycle.last
    before = cycle_before(cycle, rhythm, start)
    assert before.last + timedelta(days=1) == cycle.first
    assert before.name != cycle.name
    assert len(cycle.name) <= 10


def test_how_many_cycles_a_month_has():
    assert cycles_per_month("monthly") == 1
    assert cycles_per_month("weekly") == pytest.approx(4.348, abs=0.001)


# --- Sharing out ----------------------------------------------------------------------------------
@quick
@given(st.dictionaries(st.integers(0, 50), st.integers(0, 9), max_size=20), st.one_of(st.none(), st.integers(0, 60)))
def test_nobody_gets_a_second_before_everybody_has_a_first(wanted, capacity):
    given_out = allot(wanted, capacity, lot)
    assert all(given_out[person] <= n for person, n in wanted.items())
    whole = sum(wanted.values())
    assert sum(given_out.values()) == (whole if capacity is None else min(capacity, whole))
    # Whoever has less than wanted has at most one less than anybody else.
    least = min((n for person, n in given_out.items() if n < wanted[person]), default=None)
    assert least is None or max(given_out.values()) <= least + 1


def test_a_case_at_even_distances_is_as_likely_as_another():
    seen = Counter()
    steps = 3000
    for step in range(steps):
        taken = spread(range(7), 3, (step + 0.5) / steps)
        assert len(set(taken)) == 3
        seen.update(taken)
    assert all(abs(n / steps - 3 / 7) < 0.001 for n in seen.values())
    assert len(seen) == 7


def test_at_even_distances_they_come_from_all_of_the_period():
    assert spread(range(30), 3, 0.5) == [5, 15, 25]
    assert spread([1, 2], 5, 0.9) == [1, 2]


@quick
@given(
    st.lists(st.tuples(st.integers(1, 8), st.integers(1, 3)), max_size=40),
    st.lists(st.one_of(st.none(), st.integers(0, 6)), min_size=1, max_size=5),
)
def test_reviewers_are_loaded_evenly_within_their_time_and_never_by_themselves(cases, rooms):
    seats = [Seat(reviewer, room, frozenset({reviewer % 3 + 1})) for reviewer, room in enumerate(rooms, 1)]
    to_give = [ToGive(number, person, team) for number, (person, team) in enumerate(cases, 100)]
    chosen = assign(to_give, seats, {}, lot)
    person_of = {case.case: case.person for case in to_give}
    loads = Counter(chosen.values())
    assert all(reviewer != person_of[case] for case, reviewer in chosen.items())
    assert all(seat.room is None or loads[seat.reviewer] <= seat.room for seat in seats)
    # What is left over is so for a reason.
    for case in set(person_of) - set(chosen):
        able = [seat for seat in seats if seat.reviewer != person_of[case]]
        assert all(seat.room is not None and loads[seat.reviewer] >= seat.room for seat in able)
    # None of the cases' own people among the reviewers, no limit: as even as can be.
    if all(room is None for room in rooms) and not {person for person, _team in cases} & {seat.reviewer for seat in seats}:
        assert not cases or max(loads.values()) - min(loads[seat.reviewer] for seat in seats) <= 1


def test_a_fifth_goes_outside_the_team_and_one_person_to_several_reviewers():
    inside, outside = Seat(1, None, frozenset({7})), Seat(2, 4, frozenset())
    cases = [ToGive(case, 50, 7) for case in range(20)]
    # The one outside has room for four of twenty: the fifth that has to go there finds it.
    assert Counter(assign(cases, [inside, outside], {2: 100}, lot, 20).values()) == {1: 16, 2: 4}
    assert Counter(assign(cases, [inside, outside], {2: 100}, lot).values()) == {1: 20}
    # Where nobody is outside, somebody inside is better than nobody.
    assert len(assign(cases, [inside], {}, lot, 20)) == 20
    pairs = assign([ToGive(case, 50 + case % 2) for case in range(4)], [Seat(1), Seat(2)], {}, lot)
    assert {(50 + case % 2, reviewer) for case, reviewer in pairs.items()} == {(50, 1), (50, 2), (51, 1), (51, 2)}


# --- Rules ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "rules", "field"),
    [
        ("random", {"number": 0}, "number"),
        ("random", {"amount": "percent", "percent": 0}, "percent"),
        ("random", {"amount": "percent", "minimum": 3, "maximum": 2}, "maximum"),
        ("random", {"rhythm": "monthly", "start": 29}, "start"),
        ("random", {"days_to_review": 0}, "days_to_review"),
        ("random", {"outside_percent": 10}, "outside_percent"),
        ("random", {"only_complaints": True}, ""),
        ("random", {"by_risk": True, "shares": (60, 30, 20)}, "shares"),
        ("random", {"by_risk": True, "parts": (0, 1, 2)}, "parts"),
        ("random", {"by_risk": True, "shares": (98, 1, 1), "parts": (1, 30, 30)}, "parts"),
        ("targeted", {"by_risk": True}, "by_risk"),
    ],
)
def test_what_cannot_be_drawn_by_is_said(kind, rules, field):
    assert list(problems_of(kind, Rules(**rules))) == [field]


def test_rules_are_kept_whole_and_an_unknown_name_is_passed_over():
    rules = Rules(rhythm="monthly", start=3, people=(1, 2), capacities={"4": 5}, by_risk=True, shares=(50, 30, 20))
    assert Rules.read(rules.stored() | {"of_a_later_release": 1}) == rules
    assert problems_of(Kind.RANDOM, rules) == problems_of(Kind.RANDOM, Rules()) == {}
    assert [Rules(amount="percent", percent=10, minimum=2, maximum=4).wanted(n) for n in (0, 1, 11, 30, 90)] == [0, 1, 2, 3, 4]


# --- Risk -----------------------------------------------------------------------------------------
def test_what_a_customer_said_counts_more_than_what_is_unusual():
    calm, long = risk_of(CaseFacts(handle_seconds=900), 600), risk_of(CaseFacts(handle_seconds=1200), 600)
    assert (calm.score, calm.reasons) == (0, ())
    assert (long.score, long.reasons) == (0.1, (Reason.LONG,))
    rated = risk_of(CaseFacts(low_rating=True))
    assert long.score < risk_of(CaseFacts(reopens=2)).score < rated.score == risk_of(CaseFacts(complaint=True)).score
    every = CaseFacts(low_rating=True, complaint=True, reopens=1, handle_seconds=1200, new_topic=True)
    assert risk_of(every, 600).score == 1
    # Nothing is unusual before enough is known.
    assert usual_seconds([60, 60, 60, 60, None, 0]) is None
    assert usual_seconds([60, 60, 70, 80, 90, None]) == 70


# --- The planner's spreads ------------------------------------------------------------------------
def simulated(reviewer_of):
    rng = Random(7)
    reps = {rep: rng.gauss(80, 5) for rep in range(40)}
    reviewers = [rng.gauss(0, 4) for _reviewer in range(6)]
    rows = []
    for number in range(1600):
        rep = number % 40
        reviewer = reviewer_of(rep, rng)
        rows.append((rep, reviewer, reps[rep] + reviewers[reviewer] + rng.gauss(0, 9)))
    return rows


def test_an_organisations_own_spreads_are_found():
    spreads = spreads_of(simulated(lambda _rep, rng: rng.randrange(6)))
    assert {spreads.case.origin, spreads.rep.origin, spreads.reviewer.origin} == {Origin.OWN}
    assert spreads.case.points == pytest.approx(9, abs=0.6)
    assert spreads.rep.points == pytest.approx(5, abs=1.5)
    assert 1.5 < spreads.reviewer.points < 7


def test_reviewers_who_share_nobody_cannot_be_told_apart_and_few_reviews_tell_nothing():
    apart = spreads_of(simulated(lambda rep, _rng: rep % 6))
    assert apart.reviewers_apart
    assert (apart.case.origin, apart.reviewer.origin, apart.reviewer.points) == (Origin.OWN, Origin.USUAL, 5)
    assert apart.case.points == pytest.approx(9, abs=0.6)
    few = spreads_of([(1, 1, 80.0), (2, 1, 90.0)])
    assert (few.case.points, few.reviewer.points, few.rep.points, few.case.is_own, few.reviews) == (12, 5, 5, False, 2)
    # Everybody once only: nothing tells cases and people apart.
    assert not spreads_of([(rep, 1, 80.0 + rep % 7) for rep in range(60)]).case.is_own
