"""The rule against its published vectors and a slow reference written person by person."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import erf, sqrt
from statistics import fmean, pstdev, variance

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coaching.signals.rule import (
    NO_TEAM,
    History,
    Rule,
    estimate_tau,
    expected_false_share,
    in_told_team,
    judge,
    judge_all,
    judge_teams,
    normal_cdf,
    posterior,
    replay,
    window_lengths,
    year_of_verdicts,
)

RULE = Rule()


def test_the_defaults_are_those_of_the_reference():
    assert (RULE.baseline_weeks, RULE.window_from, RULE.window_to, RULE.ratings_wanted) == (26, 4, 13, 120)
    assert (RULE.margin, RULE.tau, RULE.suggest, RULE.watch, RULE.mute_weeks, RULE.team_share) == (0.03, 0.04, 0.9, 0.8, 8, 0.5)


@pytest.mark.parametrize(
    ("n", "delta", "mean", "sd", "probability"),
    [(150, -0.08, -0.0424, 0.0274, 0.675), (160, -0.11, -0.0601, 0.0269, 0.868), (240, -0.11, -0.0708, 0.0239, 0.956)],
)
def test_published_vectors(n, delta, mean, sd, probability):
    found = posterior(np.array([delta]), np.array([0.82]), np.array([n]), 1.2, RULE)
    assert found.mean[0] == pytest.approx(mean, abs=6e-5)
    assert found.sd[0] == pytest.approx(sd, abs=6e-5)
    assert found.probability[0] == pytest.approx(probability, abs=6e-4)


def test_normal_cdf():
    assert normal_cdf(np.array([-1.959964, 0.0, 1.281552])) == pytest.approx([0.025, 0.5, 0.9], abs=1e-6)


def test_the_window_grows_week_by_week_until_it_holds_the_ratings_wanted():
    n = np.array([[40] * 20, [24] * 20, [10] * 20, [0] * 20, [0] * 16 + [500, 0, 0, 0]])
    assert window_lengths(n, RULE).tolist() == [4, 5, 12, 13, 4]


# --- The slow reference -------------------------------------------------------------------------


def slow(history: History, rule: Rule, whole_team: list[bool] | None = None) -> list[dict | None]:
    """The six steps as the reference tells them, with loops; one dict per judged person."""
    people, weeks = history.n.shape
    x, n = history.good.tolist(), history.n.tolist()

    def window_of(i):
        for length in range(min(rule.window_from, weeks), min(rule.window_to, weeks) + 1):
            if sum(n[i][weeks - length :]) >= rule.ratings_wanted:
                return length
        return min(rule.window_to, weeks)

    window = [window_of(i) for i in range(people)]
    ends = []
    for i in range(people):
        early = sum(n[i][: max(0, weeks - rule.window_to)])
        ends.append(weeks - (max(window[i], rule.window_to) if early >= 2 * rule.ratings_wanted else window[i]))
    base = [range(max(0, ends[i] - rule.baseline_weeks), ends[i]) for i in range(people)]

    floor, weather = [], []
    for i in range(people):
        fx = [sum(x[j][w] for j in range(people) if j != i) + int(history.others_good[w]) for w in range(weeks)]
        fn = [sum(n[j][w] for j in range(people) if j != i) + int(history.others_n[w]) for w in range(weeks)]
        usual = sum(fx) / sum(fn) if sum(fn) else 0.0
        weight = min(1.0, sum(fn[weeks - window[i] :]) / rule.ratings_wanted)
        own_floor = [usual + weight * ((fx[w] / fn[w] if fn[w] else usual) - usual) for w in range(weeks)]
        mates = []
        for w in range(weeks):
            team = int(history.team[i, w])
            mates.append(
                (0, 0, False)
                if team == NO_TEAM
                else (int(history.team_good[team, w]) - x[i][w], int(history.team_n[team, w]) - n[i][w], True)
            )
        rated = sum(m for _g, m, _in in mates)
        gap = sum(g - m * own_floor[w] for w, (g, m, _in) in enumerate(mates) if m) / rated if rated else 0.0
        beyond = [(g / m - own_floor[w] if m else gap) if inside else 0.0 for w, (g, m, inside) in enumerate(mates)]
        known = min(1.0, sum(m for _g, m, _in in mates[weeks - window[i] :]) / rule.ratings_wanted)
        share = 1.0 if whole_team and whole_team[i] else rule.team_share
        floor.append(own_floor)
        weather.append([own_floor[w] + share * known * beyond[w] for w in range(weeks)])

    base_n = [sum(n[i][w] for w in base[i]) for i in range(people)]
    window_n = [sum(n[i][weeks - window[i] :]) for i in range(people)]
    judged = [base_n[i] >= rule.baseline_minimum and window_n[i] >= rule.window_minimum for i in range(people)]
    rate = [sum(x[i][w] for w in base[i]) / base_n[i] if base_n[i] else 0.0 for i in range(people)]
    raw = [rate[i] for i in range(people) if judged[i]]
    noise = fmean([rate[i] * (1 - rate[i]) / base_n[i] for i in range(people) if judged[i]]) if raw else 0.0
    if len(raw) < 10:
        factor = 0.0025 / (0.0025 + noise) if raw else 1.0
    else:
        factor = max(0.0, 1 - noise / variance(raw)) if variance(raw) > 0 else 0.0
    expected, z = {}, []
    for i in range(people):
        if not judged[i]:
            continue
        base_floor = sum(floor[i][w] * n[i][w] for w in base[i]) / base_n[i]
        base_weather = sum(weather[i][w] * n[i][w] for w in base[i]) / base_n[i]
        normal = base_floor + factor * (rate[i] - base_floor)
        expected[i] = [min(0.98, max(0.02, normal + weather[i][w] - base_weather)) for w in range(weeks)]
        for w in base[i]:
            if n[i][w]:
                e = expected[i][w]
                z.append((x[i][w] / n[i][w] - e) / sqrt(e * (1 - e) / n[i][w]))
    phi = max(1.0, pstdev(z)) if len(z) >= 30 else 1.2
    found: list[dict | None] = []
    for i in range(people):
        if not judged[i]:
            found.append(None)
            continue
        days = range(weeks - window[i], weeks)
        p = sum(expected[i][w] * n[i][w] for w in days) / window_n[i]
        delta = sum(x[i][w] - n[i][w] * expected[i][w] for w in days) / window_n[i]
        s2, t2 = phi**2 * p * (1 - p) / window_n[i], rule.tau**2
        mean, sd = delta * t2 / (t2 + s2), sqrt(t2 * s2 / (t2 + s2))
        probability = 0.5 * (1 + erf((-rule.margin - mean) / sd / sqrt(2)))
        found.append({"n": window_n[i], "p": p, "delta": delta, "mean": mean, "sd": sd, "P": probability, "phi": phi})
    return found


def make_history(rng: np.random.Generator, people: int, teams: int, weeks: int, volume: float, rate: float) -> History:
    n = rng.poisson(volume * rng.uniform(0, 2, people)[:, None], (people, weeks))
    good = rng.binomial(n, np.clip(rng.normal(rate, 0.08, (people, 1)) + rng.normal(0, 0.03, weeks), 0.01, 0.99))
    team = rng.integers(-1, teams, (people, 1)) * np.ones((1, weeks), dtype=np.int64)
    team[0, : weeks // 2] = teams - 1  # somebody moves
    team_good, team_n = np.zeros((teams, weeks), dtype=np.int64), np.zeros((teams, weeks), dtype=np.int64)
    for i in range(people):
        for w in range(weeks):
            if team[i, w] != NO_TEAM:
                team_good[team[i, w], w] += good[i, w]
                team_n[team[i, w], w] += n[i, w]
    others_n = rng.poisson(volume / 2, weeks)
    return History(good, n, team.astype(np.int64), team_good, team_n, rng.binomial(others_n, rate), others_n)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    people=st.integers(1, 16),
    teams=st.integers(1, 4),
    weeks=st.integers(1, 45),
    volume=st.sampled_from([0.3, 4.0, 15.0, 40.0]),
    rate=st.sampled_from([0.05, 0.5, 0.82, 0.97]),
    told=st.booleans(),
)
def test_equals_the_slow_reference(seed, people, teams, weeks, volume, rate, told):
    history = make_history(np.random.default_rng(seed), people, teams, weeks, volume, rate)
    whole = np.array([told and i % 2 == 0 for i in range(people)])
    fast = judge(history, RULE, whole_team=whole)
    cut = history.last(RULE.weeks)
    for i, reference in enumerate(slow(cut, RULE, whole.tolist())):
        assert bool(fast.judged[i]) == (reference is not None)
        if reference is None:
            continue
        assert fast.n[i] == reference["n"]
        assert fast.expected[i] == pytest.approx(reference["p"], abs=1e-9)
        assert fast.delta[i] == pytest.approx(reference["delta"], abs=1e-9)
        assert fast.mean[i] == pytest.approx(reference["mean"], abs=1e-9)
        assert fast.sd[i] == pytest.approx(reference["sd"], abs=1e-9)
        assert fast.probability[i] == pytest.approx(reference["P"], abs=1e-9)
        assert fast.phi == pytest.approx(reference["phi"], abs=1e-9)


# --- What it is for -----------------------------------------------------------------------------


def steady(people=20, teams=4, weeks=39, n=40, good=33) -> History:
    """Everybody the same, every week the same."""
    team = np.repeat(np.arange(people) % teams, weeks).reshape(people, weeks)
    in_team = people // teams
    return History(
        np.full((people, weeks), good), np.full((people, weeks), n), team,
        np.full((teams, weeks), good * in_team), np.full((teams, weeks), n * in_team),
        np.zeros(weeks, dtype=np.int64), np.zeros(weeks, dtype=np.int64),
    )  # fmt: skip


def shifted(history: History, units, weeks: int, by: int) -> History:
    good, team_good = history.good.copy(), history.team_good.copy()
    for unit in units:
        good[unit, -weeks:] -= by
        team_good[history.team[unit, -1], -weeks:] -= by
    return replace(history, good=good, team_good=team_good)


def test_nobody_is_named_where_nothing_happens():
    assert judge(steady(), RULE).level(RULE).sum() == 0
    assert replay(year_of_verdicts(steady(weeks=60), RULE, 39), RULE, 39, levels=1) == []


def test_who_slips_is_named_and_nobody_else():
    judged = judge(shifted(steady(), [3], 4, 8), RULE)
    assert np.flatnonzero(judged.level(RULE)).tolist() == [3]
    assert judged.delta[3] == pytest.approx(-0.2, abs=0.02)


def test_a_bad_floor_names_nobody():
    judged = judge(shifted(steady(), range(20), 4, 8), RULE)
    assert judged.level(RULE).sum() == 0


def test_a_shift_of_the_team_is_told_for_the_team_and_not_per_person():
    history = shifted(steady(), [0, 4, 8, 12, 16], 4, 8)  # the whole of team 0
    teams = judge_teams(history, RULE)
    assert np.flatnonzero(teams.level(RULE) == 2).tolist() == [0]
    told = in_told_team(history, teams.level(RULE) == 2)
    assert judge(history, RULE, whole_team=told).level(RULE).sum() == 0
    alone = judge(history, RULE)
    assert alone.probability[0] > judge(history, RULE, whole_team=told).probability[0]


def test_who_falls_further_than_a_fallen_team_is_still_named():
    history = shifted(shifted(steady(), [0, 4, 8, 12, 16], 4, 6), [8], 4, 10)
    told = in_told_team(history, judge_teams(history, RULE).level(RULE) == 2)
    assert told[8]
    assert np.flatnonzero(judge(history, RULE, whole_team=told).level(RULE)).tolist() == [8]


def test_the_fall_of_one_member_is_not_one_of_the_team():
    history = shifted(steady(people=8), [3], 4, 30)
    assert judge_teams(history, RULE).level(RULE)[3] == 2
    verdicts = judge_all(history, RULE)
    assert verdicts.team_level.tolist() == [0, 0, 0, 0]
    assert np.flatnonzero(verdicts.people.level(RULE)).tolist() == [3]


def test_a_team_without_its_furthest_member_is_still_below():
    verdicts = judge_all(shifted(steady(), [0, 4, 8, 12, 16], 4, 8), RULE)
    assert verdicts.team_level.tolist() == [2, 0, 0, 0]
    assert verdicts.people.level(RULE).sum() == 0


def test_without_an_own_normal_nobody_is_judged():
    history = steady()
    n = history.n.copy()
    n[5, :-4] = 0
    n[6, -13:] = 1
    new = replace(history, n=n, good=np.minimum(history.good, n))
    judged = judge(new, RULE).judged
    assert not judged[5]
    assert not judged[6]
    assert judged.sum() == 18


def test_the_first_weeks_of_a_lasting_slip_do_not_become_normal():
    history = shifted(steady(weeks=52), [3], 12, 8)
    assert judge(history, RULE).baseline[3] == pytest.approx(33 / 40)


def test_replay_is_silent_for_eight_weeks_after_each():
    found = replay(year_of_verdicts(shifted(steady(weeks=70), [3], 24, 8), RULE, 39), RULE, 39)
    weeks = [raised.week for raised in found]
    assert {raised.unit for raised in found} == {3}
    assert len(weeks) >= 2
    assert all(later - earlier >= 8 for earlier, later in pairwise(weeks))


def test_the_expected_share_of_wrong_ones_is_the_mean_of_the_doubts():
    assert expected_false_share([0.92, 0.98]) == pytest.approx(0.05)
    assert expected_false_share([]) is None


def test_tau_is_found_again_from_own_data():
    rng = np.random.default_rng(4)
    n = np.full(4000, 160)
    p = np.full(4000, 0.82)
    delta = rng.normal(0, 0.05, 4000) + rng.normal(0, np.sqrt(1.2**2 * 0.82 * 0.18 / 160), 4000)
    assert estimate_tau(delta, p, n, 1.2) == pytest.approx(0.05, abs=0.003)
    assert estimate_tau(delta[:29], p[:29], n[:29], 1.2) is None
