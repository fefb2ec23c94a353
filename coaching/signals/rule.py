"""The rule: who runs beyond chance below their own normal. Pure numpy; knows no database and no clock.

Source: `reference/metrics.md` section 5, whose numbers are the defaults of `Rule`. Suggest where we are
at least 90 % sure that the last 120 or more ratings (4 to 13 weeks) run 3 or more points below this
person's own normal, after taking away what happened to the floor and half of what happened to the team.

Weeks are seven days up to and including the day judged (`as_of`), oldest first. Counts are of *good*
outcomes among all: whoever calls turns a share around where lower is better. What the reference leaves
open is settled here, and said where it happens:

* nobody is judged without a normal of their own (`baseline_minimum` ratings) or on a handful
  (`window_minimum`);
* the person is left out of the floor as well as of the team;
* floor and team count in full only where the others have as many ratings in the window as the rule
  wants of one person (`ratings_wanted`): two colleagues' bad week is no weather;
* a person who moved is compared with the team of each week;
* below ten people the spread between them cannot be learned, so that of the reference is taken (5 points);
* φ is never below 1: no person is steadier than coins;
* the own normal ends where the longest window begins (as soon as twice the ratings wanted lie before it), so
  that a slip which lasts does not become part of it. On the simulated floor this finds a lasting slip of 10 points
  within 13 weeks in 77 instead of 68 of 100 cases, at the same rate of false suggestions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import erfc, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Shares = NDArray[np.float64]
Flags = NDArray[np.bool_]

NO_TEAM = -1
CLIP = (0.02, 0.98)
PEOPLE_TO_LEARN_SPREAD = 10
USUAL_SPREAD = 0.05  # true SD between people, as a share
WEEKS_TO_LEARN_PHI = 30  # person-weeks
USUAL_PHI = 1.2
LEAST_TAU = 0.01


@dataclass(frozen=True)
class Rule:
    """The thresholds; shares from 0 to 1, times in weeks. The defaults are those of the reference."""

    baseline_weeks: int = 26
    window_from: int = 4
    window_to: int = 13
    ratings_wanted: int = 120
    margin: float = 0.03
    tau: float = 0.04
    suggest: float = 0.9
    watch: float = 0.8
    mute_weeks: int = 8
    team_share: float = 0.5
    baseline_minimum: int = 60
    window_minimum: int = 30

    @property
    def weeks(self) -> int:
        """How many weeks a judgement looks back at most."""
        return self.baseline_weeks + self.window_to


@dataclass(frozen=True)
class History:
    """Counts per unit (person or team) and week. `team[i, w]` is a row of the team arrays, or NO_TEAM.

    `others` are counts per week of whoever is on the floor and not among the units (people who left).
    """

    good: Counts  # units by weeks
    n: Counts
    team: Counts  # units by weeks
    team_good: Counts  # teams by weeks
    team_n: Counts
    others_good: Counts  # weeks
    others_n: Counts

    def last(self, weeks: int, skip: int = 0) -> History:
        """The last `weeks` weeks, without the `skip` newest."""
        end = self.n.shape[1] - skip
        cut = slice(max(0, end - weeks), end)
        return History(
            self.good[:, cut], self.n[:, cut], self.team[:, cut], self.team_good[:, cut], self.team_n[:, cut],
            self.others_good[cut], self.others_n[cut],
        )  # fmt: skip


@dataclass(frozen=True)
class Learned:
    """What was learned from everybody together: needed to judge one unit alone as it was judged among all."""

    phi: float
    spread_kept: float


@dataclass(frozen=True)
class Posterior:
    """What is believed about a shift after seeing it: mean, SD, and the chance that it lies below the margin."""

    mean: Shares
    sd: Shares
    probability: Shares


@dataclass(frozen=True)
class Judgement:
    """One entry per unit; where `judged` is False the other entries say nothing."""

    judged: Flags
    weeks: Counts  # length of the window
    n: Counts  # in the window
    good: Counts
    expected: Shares  # share expected in the window
    baseline: Shares  # own raw share before the window
    baseline_n: Counts
    delta: Shares  # observed minus expected
    mean: Shares
    sd: Shares
    probability: Shares  # that the true shift lies below minus margin
    expected_by_week: Shares  # units by weeks, for the picture
    phi: float
    spread_kept: float  # the shrinking factor

    @property
    def learned(self) -> Learned:
        return Learned(self.phi, self.spread_kept)

    def level(self, rule: Rule) -> NDArray[np.int64]:
        """2 suggest, 1 watch, 0 nothing."""
        p = np.where(self.judged, self.probability, 0.0)
        return (p > rule.suggest).astype(np.int64) + (p > rule.watch).astype(np.int64)


def normal_cdf(z: Shares) -> Shares:
    """Φ(z), element by element."""
    flat = np.fromiter((0.5 * erfc(-value / sqrt(2)) for value in np.ravel(z)), dtype=float, count=np.size(z))
    return flat.reshape(np.shape(z))


def posterior(delta: Shares, p: Shares, n: Any, phi: float, rule: Rule) -> Posterior:
    """Steps 4 to 6: from an observed shift δ̂ over n ratings around p to what is believed.

    s² = φ²·p(1−p)/n; mean δ̂τ²/(τ²+s²); SD √(τ²s²/(τ²+s²)); P = Φ((−margin − mean)/SD).
    """
    delta, p, n = np.asarray(delta, dtype=float), np.asarray(p, dtype=float), np.asarray(n, dtype=float)
    s2 = phi**2 * p * (1 - p) / n
    t2 = rule.tau**2
    mean = delta * t2 / (t2 + s2)
    sd = np.sqrt(t2 * s2 / (t2 + s2))
    return Posterior(mean, sd, normal_cdf((-rule.margin - mean) / sd))


def window_lengths(n: Counts, rule: Rule) -> Counts:
    """Step 4: weeks each unit's window takes, from `window_from` on until it holds the ratings wanted."""
    longest = min(rule.window_to, n.shape[1])
    shortest = min(rule.window_from, longest)
    summed = np.cumsum(n[:, ::-1], axis=1)[:, :longest]
    enough = summed >= rule.ratings_wanted
    first = np.where(enough.any(axis=1), enough.argmax(axis=1) + 1, longest)
    return np.maximum(first, shortest).astype(np.int64)


def spread_factor(rates: Shares, p: Shares, n: Counts) -> float:
    """Step 1: how much of a person's distance from the floor is theirs: max(0, 1 − mean p(1−p)/n / variance of rates)."""
    if not len(rates):
        return 1.0
    noise = float(np.mean(p * (1 - p) / n))
    if len(rates) < PEOPLE_TO_LEARN_SPREAD:
        return USUAL_SPREAD**2 / (USUAL_SPREAD**2 + noise)
    variance = float(np.var(rates, ddof=1))
    return max(0.0, 1 - noise / variance) if variance > 0 else 0.0


def pooled_phi(z: Shares) -> float:
    """Step 3: the SD of weekly z over everybody's baseline; at least 1."""
    if z.size < WEEKS_TO_LEARN_PHI:
        return USUAL_PHI
    return max(1.0, float(np.std(z)))


def _rate(good: Shares, n: Shares) -> Shares:
    """Shares by week (last axis); a week without ratings takes the row's own share over all weeks."""
    total = n.sum(axis=-1, keepdims=True)
    usual = np.divide(good.sum(axis=-1, keepdims=True), total, out=np.zeros_like(total), where=total > 0)
    return np.divide(good, n, out=np.broadcast_to(usual, n.shape).copy(), where=n > 0)


def _weather(history: History, window: Flags, rule: Rule, team_share: Shares) -> tuple[Shares, Shares]:
    """What happened around each unit, per week: (floor rate, floor rate plus its part of the team's distance)."""
    own_good, own_n = history.good.astype(float), history.n.astype(float)
    floor_good = own_good.sum(axis=0) + history.others_good - own_good
    floor_n = own_n.sum(axis=0) + history.others_n - own_n
    floor = _rate(floor_good, floor_n)
    weight = np.minimum(1.0, (floor_n * window).sum(axis=1) / rule.ratings_wanted)
    usual = (floor * floor_n).sum(axis=1, keepdims=True) / np.maximum(1.0, floor_n.sum(axis=1, keepdims=True))
    floor = usual + weight[:, None] * (floor - usual)
    if not len(history.team_n):
        return floor, floor
    in_team = history.team != NO_TEAM
    row, week = np.where(in_team, history.team, 0), np.arange(history.n.shape[1])[None, :]
    mates_good = np.where(in_team, history.team_good[row, week] - own_good, 0.0)
    mates_n = np.where(in_team, history.team_n[row, week] - own_n, 0.0)
    beyond = np.where(mates_n > 0, np.divide(mates_good, mates_n, out=np.zeros_like(floor), where=mates_n > 0) - floor, 0.0)
    # A week in which no mate was rated is as far from the floor as the mates usually are.
    rated = mates_n.sum(axis=1, keepdims=True)
    usual_beyond = (beyond * mates_n).sum(axis=1, keepdims=True) / np.maximum(1.0, rated)
    beyond = np.where((mates_n > 0) | ~in_team, beyond, usual_beyond)
    known = np.minimum(1.0, (mates_n * window).sum(axis=1) / rule.ratings_wanted)
    return floor, floor + (team_share * known)[:, None] * beyond


def _baseline_age(n: Shares, lengths: Counts, rule: Rule) -> Counts:
    """How many weeks before the newest one the own normal ends.

    At the longest window, so that a slip which lasts does not become part of the normal it is measured against;
    where too little lies before that, at the start of the unit's own window.
    """
    before = n[:, : max(0, n.shape[1] - rule.window_to)].sum(axis=1)
    return np.where(before >= 2 * rule.ratings_wanted, np.maximum(lengths, rule.window_to), lengths)


def judge(history: History, rule: Rule, whole_team: Flags | None = None, learned: Learned | None = None) -> Judgement:
    """Judge every unit on the last week of the history.

    `whole_team` marks units whose team has been told of a shift: for them the whole of the team's movement
    is taken away, so that a shift of the team is told once and only who fell further than the team is named.
    `learned` replaces what would be learned from these units, where they are not everybody.
    """
    history = history.last(rule.weeks)
    units, weeks = history.n.shape
    n, good = history.n.astype(float), history.good.astype(float)
    lengths = window_lengths(history.n, rule)
    age = np.arange(weeks)[::-1][None, :]  # 0 = the newest week
    window = age < lengths[:, None]
    begins = _baseline_age(n, lengths, rule)
    baseline = (age >= begins[:, None]) & (age < begins[:, None] + rule.baseline_weeks)
    share = np.full(units, rule.team_share)
    if whole_team is not None:
        share = np.where(whole_team, 1.0, share)
    floor, weather = _weather(history, window, rule, share)

    base_n, window_n = (n * baseline).sum(axis=1), (n * window).sum(axis=1)
    judged = (base_n >= max(1, rule.baseline_minimum)) & (window_n >= max(1, rule.window_minimum))
    safe_n = np.maximum(1.0, base_n)
    raw = (good * baseline).sum(axis=1) / safe_n
    base_floor = (floor * n * baseline).sum(axis=1) / safe_n
    base_weather = (weather * n * baseline).sum(axis=1) / safe_n
    factor = spread_factor(raw[judged], raw[judged], base_n[judged].astype(np.int64))
    if learned:
        factor = learned.spread_kept
    normal = base_floor + factor * (raw - base_floor)
    expected = np.clip(normal[:, None] + weather - base_weather[:, None], *CLIP)

    seen = baseline & (n > 0) & judged[:, None]
    z = (good[seen] / n[seen] - expected[seen]) / np.sqrt(expected[seen] * (1 - expected[seen]) / n[seen])
    phi = learned.phi if learned else pooled_phi(z)
    safe_window = np.maximum(1.0, window_n)
    mean_expected = np.where(window_n > 0, (expected * n * window).sum(axis=1) / safe_window, np.clip(normal, *CLIP))
    observed = (good * window).sum(axis=1)
    delta = (observed - mean_expected * window_n) / safe_window
    believed = posterior(delta, mean_expected, safe_window, phi, rule)
    return Judgement(
        judged, lengths, window_n.astype(np.int64), observed.astype(np.int64), mean_expected, raw, base_n.astype(np.int64),
        delta, believed.mean, believed.sd, believed.probability, expected, phi, factor,
    )  # fmt: skip


def judge_teams(history: History, rule: Rule, learned: Learned | None = None) -> Judgement:
    """The same rule with teams as units: own normal, floor movement without the team, no team above."""
    alone = History(
        history.team_good,
        history.team_n,
        np.full(history.team_n.shape, NO_TEAM, dtype=np.int64),
        np.zeros((0, history.team_n.shape[1]), dtype=np.int64),
        np.zeros((0, history.team_n.shape[1]), dtype=np.int64),
        history.good.sum(axis=0) + history.others_good - history.team_good.sum(axis=0),
        history.n.sum(axis=0) + history.others_n - history.team_n.sum(axis=0),
    )
    return judge(alone, rule, learned=learned)


@dataclass(frozen=True)
class Verdicts:
    """Everybody judged together. `team_level` is 0 where one member alone explains what happened to a team."""

    people: Judgement
    teams: Judgement
    team_level: Counts


def judge_all(history: History, rule: Rule) -> Verdicts:
    """Teams first, then people: a shift of a team is told once, and the fall of one member is not one of the team.

    A team counts as shifted only where it is still below its normal (at the level of "watch") without the member
    who fell furthest. Of a team that is told of, the whole movement is taken away from its people.
    """
    history = history.last(rule.weeks)
    teams, people = judge_teams(history, rule), judge(history, rule)
    level = teams.level(rule)
    if level.any():
        rest = judge_teams(_without_furthest(history, people), rule, teams.learned)
        level = np.where(rest.judged & (rest.probability > rule.watch), level, 0)
        told = in_told_team(history, level == 2)
        if told.any():
            people = judge(history, rule, whole_team=told)
    return Verdicts(people, teams, level)


def _without_furthest(history: History, people: Judgement) -> History:
    """The team arrays without the member of each team who is furthest below, weighed by their ratings."""
    loss = np.where(people.judged, people.delta * people.n, 0.0)
    team_good, team_n = history.team_good.copy(), history.team_n.copy()
    newest = history.team[:, -1]
    for team in np.unique(newest[newest != NO_TEAM]):
        members = np.flatnonzero(newest == team)
        furthest = members[np.argmin(loss[members])]
        weeks = history.team[furthest] == team
        team_good[team, weeks] -= history.good[furthest, weeks]
        team_n[team, weeks] -= history.n[furthest, weeks]
    return replace(history, team_good=team_good, team_n=team_n)


def expected_false_share(probabilities: Sequence[float]) -> float | None:
    """The share of a list's suggestions that we expect to be wrong: mean(1 − P); None for an empty list."""
    return float(np.mean([1 - p for p in probabilities])) if len(probabilities) else None


def estimate_tau(delta: Shares, p: Shares, n: Counts, phi: float) -> float | None:
    """τ re-estimated from own data: what is left of the spread of δ̂ beyond noise; None below thirty units.

    Method of moments: τ² = mean δ̂² − mean φ²p(1−p)/n, at least one point.
    """
    if len(delta) < WEEKS_TO_LEARN_PHI:
        return None
    left = float(np.mean(np.square(delta)) - np.mean(phi**2 * p * (1 - p) / n))
    return sqrt(max(left, LEAST_TAU**2))


@dataclass(frozen=True)
class Raised:
    """One suggestion of a replay."""

    week: int
    unit: int
    level: int
    probability: float


def year_of_verdicts(history: History, rule: Rule, first: int) -> list[Verdicts]:
    """Everybody judged at the end of each week, from week number `first` to the last."""
    weeks = history.n.shape[1]
    return [judge_all(history.last(rule.weeks, skip=weeks - 1 - week), rule) for week in range(first, weeks)]


def replay(verdicts: Sequence[Verdicts], rule: Rule, first: int, *, levels: int = 2, teams: bool = False) -> list[Raised]:
    """What the rule would have raised week by week, mutes included; `verdicts[0]` is that of week number `first`.

    `levels` 2: suggestions only; 1: also "watch". With `teams` those about teams instead of people.
    """
    last_raised: dict[int, int] = {}
    found = []
    for week, verdict in enumerate(verdicts, first):
        judged = verdict.teams if teams else verdict.people
        level = verdict.team_level if teams else verdict.people.level(rule)
        for unit in np.flatnonzero(level >= levels).tolist():
            if week - last_raised.get(unit, -rule.mute_weeks) >= rule.mute_weeks:
                last_raised[unit] = week
                found.append(Raised(week, unit, int(level[unit]), float(judged.probability[unit])))
    return found


def in_told_team(history: History, told: Flags) -> Flags:
    """Which units are, in the newest week, in a team that has been told of a shift."""
    newest = history.team[:, -1]
    if not len(told):
        return np.zeros(len(newest), dtype=bool)
    return np.where(newest == NO_TEAM, False, told[np.where(newest == NO_TEAM, 0, newest)])
