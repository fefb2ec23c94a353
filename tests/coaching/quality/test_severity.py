"""How strict reviewers are: REML against a direct maximum, known truth, and when nothing is corrected."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from coaching.quality.severity import MOST_CORRECTED, Refusal, Severity, Variances, severity


def floor(seed, *, reps=40, reviewers=6, per_rep=10, outside=0.3, sd=(5.0, 5.0, 12.0)):
    """Reviews of a simulated floor with the truth: each rep has a home reviewer who does most of them."""
    rng = np.random.default_rng(seed)
    rep, reviewer = rng.normal(0, sd[0], reps), rng.normal(0, sd[1], reviewers)
    rows = []
    for who in range(reps):
        for _case in range(per_rep):
            by = who % reviewers if rng.random() >= outside else int(rng.integers(reviewers))
            rows.append((100 + who, 500 + by, 80 + rep[who] + reviewer[by] + rng.normal(0, sd[2])))
    return rows, rep, reviewer


def slow_reml(rows):
    """Variances that maximise the restricted likelihood, written down with the whole covariance matrix."""
    y = np.array([row[2] for row in rows])
    same_rep = np.equal.outer([r[0] for r in rows], [r[0] for r in rows]).astype(float)
    same_reviewer = np.equal.outer([r[1] for r in rows], [r[1] for r in rows]).astype(float)
    ones = np.ones(len(y))

    def loss(logs):
        rep, reviewer, case = np.exp(logs)
        v = rep * same_rep + reviewer * same_reviewer + case * np.eye(len(y))
        _sign, determinant = np.linalg.slogdet(v)
        solved = np.linalg.solve(v, np.column_stack([ones, y]))
        information = ones @ solved[:, 0]
        mean = ones @ solved[:, 1] / information
        return determinant + np.log(information) + (y - mean) @ (solved[:, 1] - mean * solved[:, 0])

    options = {"xatol": 1e-7, "fatol": 1e-9, "maxiter": 4000, "maxfev": 4000}
    found = minimize(loss, np.log([20.0, 20.0, 120.0]), method="Nelder-Mead", options=options)
    return np.exp(found.x)


def slow_effects(rows, variances):
    """Best linear unbiased predictions from the whole covariance matrix: (mean, reps by id, reviewers by id)."""
    y, ones = np.array([row[2] for row in rows]), np.ones(len(rows))
    reps, reviewers = sorted({r[0] for r in rows}), sorted({r[1] for r in rows})
    z = np.array([[row[0] == rep for rep in reps] for row in rows], dtype=float)
    w = np.array([[row[1] == reviewer for reviewer in reviewers] for row in rows], dtype=float)
    v = variances.rep * z @ z.T + variances.reviewer * w @ w.T + variances.case * np.eye(len(y))
    inverse = np.linalg.inv(v)
    mean = ones @ inverse @ y / (ones @ inverse @ ones)
    left = inverse @ (y - mean)
    return (
        mean,
        dict(zip(reps, variances.rep * z.T @ left, strict=True)),
        dict(zip(reviewers, variances.reviewer * w.T @ left, strict=True)),
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_variances_and_effects_as_from_the_whole_matrix(seed):
    rows, _rep, _reviewer = floor(seed, reps=15, reviewers=4, per_rep=6)
    found = severity(rows)
    assert list(vars(found.variances).values()) == pytest.approx(slow_reml(rows), rel=2e-3, abs=1e-2)
    mean, reps, reviewers = slow_effects(rows, found.variances)
    assert found.mean == pytest.approx(mean)
    assert found.reps == pytest.approx(reps)
    assert found.reviewers == pytest.approx(reviewers)


def test_what_was_put_in_comes_out():
    """Many reviews: the variances and each reviewer's severity are found again."""
    rows, _rep, reviewer = floor(11, reps=300, reviewers=20, per_rep=40, outside=0.6)
    found = severity(rows)
    assert found.variances.rep**0.5 == pytest.approx(5, abs=0.7)
    assert found.variances.case**0.5 == pytest.approx(12, abs=0.3)
    errors = [found.reviewers[500 + j] - (reviewer[j] - reviewer.mean()) for j in range(20)]
    assert np.sqrt(np.mean(np.square(errors))) < 1


def test_adjusted_scores_are_nearer_to_the_truth():
    """A fifth of the reviews outside: reps' means are nearer to their true quality after correction."""
    raw, corrected = [], []
    for seed in range(10):
        rows, rep, _reviewer = floor(seed, reps=120, reviewers=8, per_rep=6, outside=0.25)
        found = severity(rows)
        for collect, values in (
            (raw, [(who, score) for who, _by, score in rows]),
            (corrected, [(who, found.adjusted(score, by)) for who, by, score in rows]),
        ):
            means = [np.mean([score for who, score in values if who == 100 + n]) for n in range(len(rep))]
            collect.append(np.std(np.array(means) - rep))
    assert np.mean(corrected) < np.mean(raw) - 0.5


def test_no_correction_where_reviewers_share_nobody():
    rows = [(rep, 1 if rep < 5 else 2, 80.0 + rep) for rep in range(10) for _case in range(10)]
    assert severity(rows) == Refusal.APART
    # One shared rep is enough to hang together.
    assert isinstance(severity([*rows, (0, 2, 70.0)]), Severity)


def test_no_correction_with_one_reviewer_or_few_reviews():
    assert severity([]) == Refusal.TOO_FEW
    assert severity([(rep, 1, 80.0) for rep in range(30)]) == Refusal.ONE_REVIEWER
    assert severity([(0, by, 80.0 + by) for by in (1, 2) for _case in range(9)]) == Refusal.TOO_FEW


def model(reviewers, reviews):
    return Severity(
        mean=80.0,
        variances=Variances(25, 25, 144),
        inside=Variances(25, 25, 144),
        reps={},
        reviewers=reviewers,
        reviews=reviews,
        outside=0.3,
    )


def test_a_correction_has_its_bounds():
    found = model({1: 14.0, 2: -3.0, 3: -6.0}, {1: 40, 2: 40, 3: 19})
    assert found.correction(1) == -MOST_CORRECTED
    assert found.adjusted(99, 2) == 100
    assert found.adjusted(4, 1) == 0
    assert found.adjusted(70, 3) == 70  # 19 reviews are too few
    assert found.adjusted(70, 4) == 70  # somebody the model has not met


def test_reviewers_who_do_not_differ_are_hardly_corrected():
    rows, _rep, _reviewer = floor(5, reps=80, reviewers=6, per_rep=20, outside=0.5, sd=(5.0, 0.0, 12.0))
    assert max(abs(value) for value in severity(rows).reviewers.values()) < 1.5


def test_nobody_differs_at_all():
    found = severity([(rep, by, 75.0) for rep in range(6) for by in range(3) for _case in range(10)])
    assert found.mean == 75
    assert max(map(abs, found.reviewers.values())) < 1e-6
    assert found.interval(0).high == pytest.approx(0, abs=1e-6)  # thirty reviews, all alike: there is nothing to be unsure of


def test_the_share_outside_is_that_of_others_than_the_most_frequent_reviewer():
    rows = [(rep, rep % 2, 80.0 + case) for rep in range(10) for case in range(8)]
    rows += [(rep, 1 - rep % 2, 79.0) for rep in range(10) for _case in range(2)]
    assert severity(rows).outside == pytest.approx(0.2)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.randoms(), st.floats(-20, 20))
def test_order_and_a_shift_of_all_scores_change_nothing_else(seed, random, shift):
    rows, _rep, _reviewer = floor(seed, reps=12, reviewers=3, per_rep=8, outside=0.5)
    first = severity(rows)
    mixed = [(rep, by, score + shift) for rep, by, score in random.sample(rows, len(rows))]
    second = severity(mixed)
    assert second.mean == pytest.approx(first.mean + shift, abs=1e-3)
    assert second.reviewers == pytest.approx(first.reviewers, abs=1e-3)


def slow_errors(rows, variances):
    """Standard errors of the reviewers' distances from their mean, from the inverse of the whole of Henderson's equations."""
    reps, reviewers = sorted({r[0] for r in rows}), sorted({r[1] for r in rows})
    design = np.array([[1, *(row[0] == rep for rep in reps), *(row[1] == by for by in reviewers)] for row in rows], dtype=float)
    shrink = np.diag([0, *[variances.case / variances.rep] * len(reps), *[variances.case / variances.reviewer] * len(reviewers)])
    inverse = np.linalg.inv(design.T @ design + shrink)[1 + len(reps) :, 1 + len(reps) :] * variances.case
    from_mean = np.eye(len(reviewers)) - 1 / len(reviewers)
    return dict(zip(reviewers, np.sqrt(np.diag(from_mean @ inverse @ from_mean.T)), strict=True))


def test_errors_as_from_the_whole_of_the_equations():
    rows, _rep, _reviewer = floor(4, reps=15, reviewers=4, per_rep=8)
    found = severity(rows)
    assert found.errors == pytest.approx(slow_errors(rows, found.inside))
    interval = found.interval(500)
    assert interval.low == pytest.approx(found.reviewers[500] - 1.959964 * found.errors[500])
    assert interval.high == pytest.approx(found.reviewers[500] + 1.959964 * found.errors[500])


@pytest.mark.parametrize(("differ", "low", "high"), [(5.0, 0.905, 0.995), (1.0, 0.93, 1.0), (0.0, 0.95, 1.0)])
def test_intervals_of_reviewers_cover_as_often_as_they_say(differ, low, high):
    """Also where reviewers hardly differ, and the likelihood is greatest at no difference at all."""
    inside, widths, at_nothing = [], [], 0
    for seed in range(40):
        rows, _rep, reviewer = floor(seed, reps=60, reviewers=6, per_rep=12, outside=0.4, sd=(5.0, differ, 12.0))
        found = severity(rows)
        at_nothing += found.variances.reviewer < 1e-3
        for by in range(6):
            interval = found.interval(500 + by)
            inside.append(interval.low <= reviewer[by] - reviewer.mean() <= interval.high)
            widths.append(interval.high - interval.low)
    assert low <= np.mean(inside) <= high
    assert min(widths) > 1
    assert differ >= 5 or at_nothing >= 5  # the case this is about did occur
