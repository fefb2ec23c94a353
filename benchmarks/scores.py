"""Whether the intervals of scores (coaching/quality/scores/arithmetic.py) hold, on simulated companies where the truth is known.

`./uncommon bench scores [--json] [--companies 100] [--seed 1]`

A company: 40 people in four teams, true means of SD 5 around 85 (teams differ by SD 2 of that), cases of SD 12, 140 a week
each, for thirteen weeks. Two plans: one review a week drawn evenly (13 in all), and five a month by risk (60/30/10 % of the
month's cases, 2/1/2 reviews; risk correlates -.5 with quality), 15 in all. Of each: how often a person's own 95 % interval
and the one drawn towards the team hold the truth, how far both are off (RMSE, points), half of the interval; how often the team's
interval of a month holds; and in companies where nobody differs, how often a team's page says that somebody does (at most 5 %).
"""

import argparse
import json
import sys
import time

import numpy as np

from coaching.quality.sampling import draw, strata
from coaching.quality.scores.arithmetic import (
    Cell,
    apart_from_others,
    cells_of,
    estimate,
    estimate_of_team,
    prior,
    shrink,
    spreads,
    weigh,
)

PEOPLE, TEAMS, WEEKS, WEEKLY = 40, 4, 13, 140
MEAN, REP_SD, TEAM_SD, CASE_SD, CORRELATION = 85.0, 5.0, 2.0, 12.0, -0.5


def truths(rng, *, differ):
    """Each person's mean, before scores are cut off at 100."""
    if not differ:
        return np.full(PEOPLE, MEAN)
    own = rng.normal(0, np.sqrt(REP_SD**2 - TEAM_SD**2), PEOPLE)
    return MEAN + own + np.repeat(rng.normal(0, TEAM_SD, TEAMS), PEOPLE // TEAMS)


def cases_of(mean, count, rng):
    """(quality, risk) of so many cases."""
    latent = rng.normal(0, 1, count)
    risk = CORRELATION * latent + np.sqrt(1 - CORRELATION**2) * rng.normal(0, 1, count)
    return np.clip(mean + CASE_SD * latent, 0, 100), risk


def periods(person, mean, plan, rng):
    """One person's cells with the true mean of all their cases: (cells, cells of the last month, truth, truth of that month)."""
    cells, everything = [], []
    count, size, wanted = (WEEKS, WEEKLY, 1) if plan == "weekly, even" else (3, WEEKS * WEEKLY // 3, 5)
    for number in range(count):
        quality, risk = cases_of(mean, size, rng)
        lots = rng.permutation(size)
        risks = dict.fromkeys(range(size), 0.0) if wanted == 1 else dict(enumerate(risk.tolist()))
        parts = strata(risks, wanted, lambda case, lots=lots: int(lots[case]))
        where = {case: (n, len(part.cases)) for n, part in enumerate(parts) for case in part.cases}
        for case in draw(parts, lambda case, lots=lots: int(lots[case])):
            stratum, held = where[case]
            cells.append((Cell(person, str(number), stratum, held, 0, 0.0, 0.0), float(quality[case]), str(number)))
        everything.append(quality)
    last = everything[-4:] if wanted == 1 else everything[-1:]
    month = {str(number) for number in range(count - len(last), count)}
    made = cells_of(cells)
    return made, [c for c in made if c.period in month], np.concatenate(everything).mean(), np.concatenate(last).mean()


def company(plan, rng, *, differ=True):
    """What the product says of one company, against the truth."""
    people = [periods(n, mean, plan, rng) for n, mean in enumerate(truths(rng, differ=differ))]
    spread = spreads(cell for made, *_rest in people for cell in made)
    own = [estimate(made, spread=spread) for made, *_rest in people]
    known = prior([(n // (PEOPLE // TEAMS), one.mean, one.variance) for n, one in enumerate(own)])
    shrunk = [shrink(one, known, n // (PEOPLE // TEAMS)) for n, one in enumerate(own)]
    truth = [person[2] for person in people]
    teams, apart = [], 0
    for first in range(0, PEOPLE, PEOPLE // TEAMS):
        group = range(first, first + PEOPLE // TEAMS)
        said = estimate_of_team(weigh([c for n in group for c in people[n][1]]), people=len(group), spread=spread)
        month = np.mean([people[n][3] for n in group])
        teams.append(said.interval.low <= month <= said.interval.high)
        apart += bool(apart_from_others({n: own[n] for n in group}))
    return {
        "own_holds": [one.interval.low <= t <= one.interval.high for one, t in zip(own, truth, strict=True)],
        "shrunk_holds": [one.interval.low <= t <= one.interval.high for one, t in zip(shrunk, truth, strict=True)],
        "own_off": [(one.mean - t) ** 2 for one, t in zip(own, truth, strict=True)],
        "shrunk_off": [(one.mean - t) ** 2 for one, t in zip(shrunk, truth, strict=True)],
        "margin": [(one.interval.high - one.interval.low) / 2 for one in own],
        "shrunk_margin": [(one.interval.high - one.interval.low) / 2 for one in shrunk],
        "borrowed": [one.borrowed for one in shrunk],
        "team_holds": teams,
        "apart": [apart / TEAMS],
    }


def measure(companies, seed):
    rng = np.random.default_rng(seed)
    result = {}
    for plan in ("weekly, even", "monthly, by risk"):
        found = [company(plan, rng) for _company in range(companies)]
        none = [company(plan, rng, differ=False)["apart"] for _company in range(max(1, companies // 2))]
        every = {name: np.concatenate([one[name] for one in found]) for name in found[0]}
        result[plan] = {
            "own_coverage": round(100 * float(every["own_holds"].mean()), 1),
            "shrunk_coverage": round(100 * float(every["shrunk_holds"].mean()), 1),
            "own_rmse": round(float(np.sqrt(every["own_off"].mean())), 2),
            "shrunk_rmse": round(float(np.sqrt(every["shrunk_off"].mean())), 2),
            "own_margin": round(float(every["margin"].mean()), 1),
            "shrunk_margin": round(float(every["shrunk_margin"].mean()), 1),
            "borrowed": round(float(every["borrowed"].mean()), 2),
            "team_coverage": round(100 * float(every["team_holds"].mean()), 1),
            "falsely_apart": round(100 * float(np.mean(none)), 1),
        }
    return {"companies": companies, "plans": result}


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scores", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--companies", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    began = time.perf_counter()
    result = measure(max(2, options.companies), options.seed)
    print(f"{result['companies']} companies of {PEOPLE} people, {time.perf_counter() - began:.0f} s")
    for plan, row in result["plans"].items():
        print(
            f"{plan}: own ±{row['own_margin']} holds {row['own_coverage']} %, off by {row['own_rmse']}; "
            f"shrunk ±{row['shrunk_margin']} holds {row['shrunk_coverage']} %, off by {row['shrunk_rmse']}, "
            f"{row['borrowed']:.0%} borrowed; team's month holds {row['team_coverage']} %; "
            f"somebody falsely apart on {row['falsely_apart']} % of pages"
        )
    if options.json:
        print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
