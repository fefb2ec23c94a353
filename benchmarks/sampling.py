"""Whether reviews drawn unevenly (coaching/quality/sampling.py) stay fair, on simulated rep-months where the truth is known.

`./uncommon bench sampling [--json] [--months 4000] [--seed 1]`

A rep-month of the reference ("Quality assurance and coaching", 3.2): 300 cases, quality mean 85 and SD 12 within 0..100, a
risk that correlates -.5 with it, 5 reviews; a case is bad below 70. Compared on the same months: an even draw; the five
riskiest with their plain mean; 60/30/10 % by risk with 2/1/2 reviews, weighted; and the same reviews unweighted. Bias and
SD are of the month's score against the mean of all its cases, in points.
"""

import argparse
import json
import sys
import time

import numpy as np

from coaching.quality.sampling import Reviewed, draw, strata, weighted_score

CASES, REVIEWS = 300, 5
MEAN, SD, CORRELATION, BAD = 85.0, 12.0, -0.5, 70.0


def month(rng):
    """(quality, risk) of one rep's cases; quality is cut off at 100, so its mean is a little lower than MEAN."""
    latent = rng.normal(0, 1, CASES)
    risk = CORRELATION * latent + np.sqrt(1 - CORRELATION**2) * rng.normal(0, 1, CASES)
    return np.clip(MEAN + SD * latent, 0, 100), risk


def weighted_draw(quality, risk, rng):
    """The product's own draw of one month: (drawn cases, what the product says of them)."""
    lots = rng.permutation(CASES)
    parts = strata(dict(enumerate(risk.tolist())), REVIEWS, lambda case: int(lots[case]))
    stratum_of = {case: (number, len(part.cases)) for number, part in enumerate(parts) for case in part.cases}
    chosen = list(draw(parts, lambda case: int(lots[case])))
    return chosen, weighted_score([Reviewed(float(quality[case]), *stratum_of[case]) for case in chosen])


def measure(months, seed):
    rng = np.random.default_rng(seed)
    errors = {name: [] for name in ("random", "top risk, plain mean", "strata, weighted", "strata, plain mean")}
    bad = dict.fromkeys(errors, 0)
    covered = 0
    for _month in range(months):
        quality, risk = month(rng)
        truth = quality.mean()
        even, top = rng.choice(CASES, REVIEWS, replace=False), np.argsort(risk)[-REVIEWS:]
        chosen, said = weighted_draw(quality, risk, rng)
        covered += said.interval.low <= truth <= said.interval.high
        for name, cases, score in (
            ("random", even, quality[even].mean()),
            ("top risk, plain mean", top, quality[top].mean()),
            ("strata, weighted", chosen, said.mean),
            ("strata, plain mean", chosen, quality[chosen].mean()),
        ):
            errors[name].append(score - truth)
            bad[name] += int((quality[cases] < BAD).sum())
    designs = {
        name: {
            "bias": round(float(np.mean(values)), 2),
            "bias_error": round(float(np.std(values) / np.sqrt(months)), 2),  # of the simulation itself
            "sd": round(float(np.std(values)), 1),
            "bad_found": round(bad[name] / months, 2),
        }
        for name, values in errors.items()
    }
    return {
        "months": months,
        "designs": designs,
        "bias_points": designs["strata, weighted"]["bias"],
        "naive_bias_points": designs["top risk, plain mean"]["bias"],
        "bad_cases_ratio": round(bad["strata, weighted"] / max(1, bad["random"]), 2),
        "coverage": round(100 * covered / months, 1),
    }


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="sampling", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--months", type=int, default=4_000, help="simulated months of one rep")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    began = time.perf_counter()
    result = measure(max(2, options.months), options.seed)
    print(f"{result['months']} rep-months of {CASES} cases, {REVIEWS} reviews each, {time.perf_counter() - began:.0f} s")
    print(f"{'design':<22} {'bias':>7} {'±':>5} {'SD':>6} {'bad cases found':>16}")
    for name, row in result["designs"].items():
        print(f"{name:<22} {row['bias']:>+7.2f} {row['bias_error']:>5.2f} {row['sd']:>6.1f} {row['bad_found']:>16.2f}")
    print(
        f"strata find {result['bad_cases_ratio']} times the bad cases of an even draw; their 95 % intervals cover {result['coverage']} %"
    )
    if options.json:
        print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
