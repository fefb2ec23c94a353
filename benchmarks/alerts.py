"""How often the product's own rule (coaching/signals/rule.py) is wrong, on a simulated floor where the truth is known.

`./uncommon bench alerts [--json] [--floors 60] [--seed 1]`

The floor of effects.md section 2: 200 reps in 40 teams of 5, CSAT mean 82 %, 20 to 60 ratings per rep and week; on the
logit scale lasting skill SD .33, team .15, floor week .08, team week .12, passing personal spells AR(1) SD .22 with
rho .6. 26 weeks are learnt from, 52 watched; one rep in ten drops for good, by 5 points on half of the floors and by 10
on the others. A suggestion is false where its rep has not dropped (passing spells count as false); all rules are
muted for 8 weeks after each. Beside it, on the same floors: "under the target of 80 % this week".

Coverage: the 90 % interval of coaching/metrics/shrinkage.py for one month of 5-15, 20-60 and 80-240 ratings, with a prior
learnt from 26 weeks, against the person's true share of that month.
"""

import argparse
import json
import sys
import time
from dataclasses import dataclass

import numpy as np

from coaching.metrics.shrinkage import learn_prior, months, shrink
from coaching.signals.rule import History, Rule, replay, year_of_verdicts

REPS, TEAMS = 200, 40
LEARN, WATCH = 26, 52
MEAN, TARGET = 0.82, 0.80
SKILL, TEAM, FLOOR_WEEK, TEAM_WEEK, SPELL, RHO = 0.33, 0.15, 0.08, 0.12, 0.22, 0.6
DROPPED = REPS // 10
FOLLOW = (4, 8, 13)
MONTHS = {"5-15": (5, 15), "20-60": (20, 60), "80-240": (80, 240)}  # ratings in a month of four weeks


@dataclass
class Floor:
    n: np.ndarray  # reps by weeks
    good: np.ndarray
    p: np.ndarray  # the truth
    drop_week: np.ndarray  # the first week of the drop; beyond the end for who keeps


def logit(p):
    return np.log(p / (1 - p))


def make_floor(rng, weeks, low, high, drop=0.0):
    """One floor; a tenth of its reps drop by `drop` (a share) in a week that leaves thirteen to find it."""
    team = np.repeat(np.arange(TEAMS), REPS // TEAMS)
    spell = np.empty((REPS, weeks))
    spell[:, 0] = rng.normal(0, SPELL, REPS)
    for week in range(1, weeks):
        spell[:, week] = RHO * spell[:, week - 1] + rng.normal(0, SPELL * np.sqrt(1 - RHO**2), REPS)
    skill = rng.normal(0, SKILL, REPS) + rng.normal(0, TEAM, TEAMS)[team]
    around = rng.normal(0, FLOOR_WEEK, weeks)[None, :] + rng.normal(0, TEAM_WEEK, (TEAMS, weeks))[team]
    truth = 1 / (1 + np.exp(-(logit(MEAN) + skill[:, None] + around + spell)))
    drop_week = np.full(REPS, weeks)
    if drop:
        chosen = rng.choice(REPS, DROPPED, replace=False)
        drop_week[chosen] = rng.integers(LEARN, weeks - max(FOLLOW), DROPPED)
        truth = np.clip(truth - drop * (np.arange(weeks)[None, :] >= drop_week[:, None]), 0.02, 0.98)
    n = rng.poisson(rng.uniform(low, high, REPS)[:, None], (REPS, weeks))
    return Floor(n, rng.binomial(n, truth), truth, drop_week)


def history_of(floor):
    team = np.repeat(np.arange(TEAMS), REPS // TEAMS)
    weeks = floor.n.shape[1]
    nothing = np.zeros(weeks, dtype=np.int64)

    def by_team(counts):
        return counts.reshape(TEAMS, REPS // TEAMS, weeks).sum(axis=1)

    of_week = np.broadcast_to(team[:, None], floor.n.shape)
    return History(floor.good, floor.n, of_week, by_team(floor.good), by_team(floor.n), nothing, nothing)


def under_target(floor, mute_weeks):
    """Weeks and reps under the target, muted as the rule is."""
    last = np.full(REPS, -mute_weeks)
    found = []
    for week in range(LEARN, floor.n.shape[1]):
        rate = floor.good[:, week] / np.maximum(1, floor.n[:, week])
        for rep in np.flatnonzero((rate < TARGET) & (floor.n[:, week] > 0) & (week - last >= mute_weeks)):
            last[rep] = week
            found.append((week, int(rep)))
    return found


class Tally:
    """False suggestions, rep-years without a drop, and how soon each drop was found."""

    def __init__(self):
        self.false, self.years, self.drops, self.found = 0, 0.0, 0, dict.fromkeys(FOLLOW, 0)

    def add(self, floor, suggestions):
        self.years += float((np.minimum(floor.drop_week, floor.n.shape[1]) - LEARN).sum()) / 52
        first = {}
        for week, rep in suggestions:
            if week < floor.drop_week[rep]:
                self.false += 1
            else:
                first.setdefault(rep, week)
        for rep in np.flatnonzero(floor.drop_week < floor.n.shape[1]):
            self.drops += 1
            for weeks in FOLLOW:
                # A drop in week 30 can be seen at the end of week 30 at the soonest: that is within 1 week.
                self.found[weeks] += rep in first and first[rep] < floor.drop_week[rep] + weeks

    @property
    def false_per_rep_year(self):
        return round(self.false / self.years, 3)

    @property
    def caught(self):
        return {str(weeks): round(100 * found / max(1, self.drops), 1) for weeks, found in self.found.items()}


def coverage(rng, floors):
    """Share of people whose true share of the month lies in the shrunken 90 % interval, in percent."""
    covered = {}
    for name, (low, high) in MONTHS.items():
        inside = people = 0
        for _floor in range(floors):
            floor = make_floor(rng, LEARN + 4, low / 4, high / 4)
            prior = learn_prior(months(floor.good[:, :LEARN]), months(floor.n[:, :LEARN]))
            n, good = floor.n[:, LEARN:].sum(axis=1), floor.good[:, LEARN:].sum(axis=1)
            truth = floor.p[:, LEARN:].mean(axis=1)
            seen = shrink(good, n, prior)
            inside += int(((seen.low <= truth) & (truth <= seen.high)).sum())
            people += REPS
        covered[name] = round(100 * inside / people, 1)
    return covered


def measure(floors, seed):
    rule = Rule()
    tallies = {(name, drop): Tally() for name in ("suggest", "watch", "target") for drop in (5, 10)}
    shares = []
    for number in range(floors):
        drop = 5 if number % 2 == 0 else 10
        rng = np.random.default_rng([seed, number])
        floor = make_floor(rng, LEARN + WATCH, 20, 60, drop / 100)
        verdicts = year_of_verdicts(history_of(floor), rule, LEARN)
        suggested = replay(verdicts, rule, LEARN)
        watched = replay(verdicts, rule, LEARN, levels=1)
        shares += [1 - found.probability for found in suggested]
        tallies["suggest", drop].add(floor, [(found.week, found.unit) for found in suggested])
        tallies["watch", drop].add(floor, [(found.week, found.unit) for found in watched])
        tallies["target", drop].add(floor, under_target(floor, rule.mute_weeks))

    def together(name):
        mine = [tally for (of, _drop), tally in tallies.items() if of == name]
        return round(sum(t.false for t in mine) / sum(t.years for t in mine), 3)

    return {
        "floors": floors,
        "reps": REPS,
        "false_per_rep_year": together("suggest"),
        "watch_false_per_rep_year": together("watch"),
        "target_rule_false_per_rep_year": together("target"),
        "ratio": round(together("target") / max(1e-9, together("suggest")), 1),
        "coverage": coverage(np.random.default_rng([seed, 999]), max(2, floors // 2)),
        "caught": {f"-{drop}": tallies["suggest", drop].caught for drop in (5, 10)},
        "caught_by_watch": {f"-{drop}": tallies["watch", drop].caught for drop in (5, 10)},
        "expected_false_share": round(float(np.mean(shares)), 3) if shares else None,
    }


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="alerts", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--floors", type=int, default=60, help="simulated floors of 200 reps (half drop 5, half 10 points)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    began = time.perf_counter()
    result = measure(max(2, options.floors), options.seed)
    print(f"{result['floors']} floors of {REPS} reps, {LEARN} weeks learnt, {WATCH} watched, {time.perf_counter() - began:.0f} s")
    print(f"{'rule':<28} {'false per rep-year':>19}")
    for label, key in (
        ("suggest (P > .9)", "false_per_rep_year"),
        ("watch or suggest (P > .8)", "watch_false_per_rep_year"),
        ("under 80 % this week", "target_rule_false_per_rep_year"),
    ):
        print(f"{label:<28} {result[key]:>19}")
    for drop, found in result["caught"].items():
        print(f"lasting {drop} points found within " + ", ".join(f"{weeks} weeks: {share} %" for weeks, share in found.items()))
    print("90 % intervals cover " + ", ".join(f"{share} % at {size} ratings" for size, share in result["coverage"].items()))
    if options.json:
        print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
