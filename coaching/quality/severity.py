"""How strict each reviewer is: the crossed model y = mean + rep + reviewer + case, and when it may be used at all. Pure.

Reps and reviewers are random effects, so both are drawn towards the mean by as much as their few reviews deserve. The
variances have the greatest restricted likelihood (REML), from Henderson's equations; the reps, who are many, are taken out
of these first, so that a step costs reps times reviewers, however many reviews there are. (EM steps, which the
reference names, need tens of thousands where a variance is nearly nothing.)

A reviewer's severity can be told from their reps' quality only where reviewers score each other's reps: the graph of who
scored whom has to hang together. Where it does not, nothing is corrected and the reason is said.

Source: reference "Quality assurance and coaching", section 4, after Searle, Casella and McCulloch 1992, "Variance Components", chapter 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from foundation.statistics import Z95, Interval

Numbers = NDArray[np.float64]

REVIEWS_TO_JUDGE = 20  # of a reviewer, before their severity is shown
MOST_CORRECTED = 10.0  # points of 100
LEAST_RATIO, MOST_RATIO = 1e-7, 1e4  # of a variance of reps or reviewers to that of a case, between which it is looked for


class Refusal(StrEnum):
    """Why nothing is corrected."""

    ONE_REVIEWER = "one_reviewer"
    APART = "apart"  # some reviewers and reps share nobody with the others
    TOO_FEW = "too_few"  # no reviewer has enough reviews, or every case has a reviewer and a rep of its own


@dataclass(frozen=True)
class Variances:
    """In points², of true differences between reps and between reviewers, and of cases (all that is left)."""

    rep: float
    reviewer: float
    case: float

    def ratios(self) -> tuple[float, float]:
        """Of reps and of reviewers to a case, inside what is looked for."""
        parts = (self.rep, self.reviewer)
        rep, reviewer = (max(part / self.case, LEAST_RATIO) if self.case else LEAST_RATIO for part in parts)
        return rep, reviewer


@dataclass(frozen=True)
class Severity:
    """What the crossed model says. Points of 100; a reviewer above 0 scores higher than others would."""

    mean: float
    variances: Variances
    inside: Variances  # those the intervals take for known: see `_Model.fit_inside`
    reps: dict[int, float]  # by id: how far the rep is above the mean, shrunken
    reviewers: dict[int, float]  # by id, likewise; the reviewers with too few reviews among them
    reviews: dict[int, int]  # by reviewer
    outside: float  # see `share_outside`
    errors: dict[int, float] = field(default_factory=dict)  # by reviewer: of the distance from the mean of these, in points

    def is_judged(self, reviewer: int) -> bool:
        return self.reviews.get(reviewer, 0) >= REVIEWS_TO_JUDGE

    def correction(self, reviewer: int) -> float:
        """Points to add to this reviewer's scores; 0 for one with too few reviews, never more than ten either way."""
        if not self.is_judged(reviewer):
            return 0.0
        return float(np.clip(-self.reviewers[reviewer], -MOST_CORRECTED, MOST_CORRECTED))

    def interval(self, reviewer: int) -> Interval:
        """Where the reviewer's distance from the mean of these reviewers lies with 95 %."""
        half = Z95 * self.errors[reviewer]
        return Interval(self.reviewers[reviewer] - half, self.reviewers[reviewer] + half)

    def adjusted(self, score: float, reviewer: int) -> float:
        """The score as another reviewer would have given it, inside 0..100. Shown beside the original, never instead."""
        return float(np.clip(score + self.correction(reviewer), 0, 100))


def severity(reviews: Sequence[tuple[int, int, float]]) -> Severity | Refusal:
    """The crossed model of (rep, reviewer, score 0..100), or why it may not be used."""
    if not reviews:
        return Refusal.TOO_FEW
    reps, rep_of = np.unique([row[0] for row in reviews], return_inverse=True)
    reviewers, reviewer_of = np.unique([row[1] for row in reviews], return_inverse=True)
    scores = np.array([row[2] for row in reviews], dtype=float)
    if len(reviewers) < 2:
        return Refusal.ONE_REVIEWER
    if not hangs_together(rep_of, reviewer_of):
        return Refusal.APART
    of_reviewer = np.bincount(reviewer_of)
    if of_reviewer.max() < REVIEWS_TO_JUDGE or len(scores) <= len(reps) + len(reviewers):
        return Refusal.TOO_FEW
    model = _Model(rep_of, reviewer_of, scores)
    variances = model.fit()
    rep_effects, reviewer_effects, mean = model.solve(*variances.ratios())[:3]
    inside = model.fit_inside()
    errors = model.errors(*inside.ratios(), inside.case)
    return Severity(
        mean=mean,
        variances=variances,
        inside=inside,
        reps=dict(zip(reps.tolist(), rep_effects.tolist(), strict=True)),
        reviewers=dict(zip(reviewers.tolist(), reviewer_effects.tolist(), strict=True)),
        reviews=dict(zip(reviewers.tolist(), of_reviewer.tolist(), strict=True)),
        outside=share_outside(rep_of, reviewer_of),
        errors=dict(zip(reviewers.tolist(), errors.tolist(), strict=True)),
    )


def hangs_together(rep_of: NDArray[np.intp], reviewer_of: NDArray[np.intp]) -> bool:
    """Whether everybody can be reached from everybody by who scored whom. Both number from 0 without gaps."""
    reps, reviewers = rep_of.max() + 1, reviewer_of.max() + 1
    size = reps + reviewers
    graph = coo_array((np.ones(len(rep_of)), (rep_of, reviewer_of + reps)), shape=(size, size))
    return bool(connected_components(graph, directed=False, return_labels=False) == 1)


def share_outside(rep_of: NDArray[np.intp], reviewer_of: NDArray[np.intp]) -> float:
    """Share of the reviews by somebody else than the rep's most frequent reviewer: how firmly the graph hangs together.

    With 0 there is a reviewer for each rep and no comparison; the reference's rule asks for a fifth.
    """
    pairs = np.zeros((rep_of.max() + 1, reviewer_of.max() + 1))
    np.add.at(pairs, (rep_of, reviewer_of), 1)
    return float(1 - pairs.max(axis=1).sum() / pairs.sum())


class _Model:
    """Sufficient statistics of the reviews: how many, and their sum, of each rep with each reviewer."""

    def __init__(self, rep_of: NDArray[np.intp], reviewer_of: NDArray[np.intp], scores: Numbers) -> None:
        shape = (rep_of.max() + 1, reviewer_of.max() + 1)
        self.n = len(scores)
        # From the mean: sums of squares then lose no digits.
        self.centre = float(scores.mean())
        scores = scores - self.centre
        self.counts, sums = np.zeros(shape), np.zeros(shape)
        np.add.at(self.counts, (rep_of, reviewer_of), 1)
        np.add.at(sums, (rep_of, reviewer_of), scores)
        self.of_rep, self.of_reviewer = self.counts.sum(axis=1), self.counts.sum(axis=0)
        self.sum_rep, self.sum_reviewer = sums.sum(axis=1), sums.sum(axis=0)
        self.total, self.squares = float(scores.sum()), float((scores**2).sum())
        # What stays of the equations when the reps are out: the mean first, then the reviewers.
        self.border = np.column_stack([self.of_rep, self.counts])
        self.right = np.concatenate([[self.total], self.sum_reviewer])

    def _equations(self, rep_ratio: float, reviewer_ratio: float) -> tuple[Numbers, Numbers, Numbers]:
        """What each rep divides by, the border so divided, and the equations of mean and reviewers with the reps taken out."""
        own = 1 / (self.of_rep + 1 / rep_ratio)
        scaled = self.border * own[:, None]
        left = np.zeros((len(self.right), len(self.right)))
        left[0, 0] = self.n
        left[0, 1:] = left[1:, 0] = self.of_reviewer
        left[1:, 1:] = np.diag(self.of_reviewer + 1 / reviewer_ratio)
        left -= self.border.T @ scaled
        return own, scaled, left

    def errors(self, rep_ratio: float, reviewer_ratio: float, case: float) -> Numbers:
        """Standard errors of each reviewer's distance from the mean of these reviewers (the predictions add up to 0).

        From the inverse of the equations times a case's variance; taking the reps out leaves this part of the inverse as it is
        (Henderson 1975, "Best linear unbiased estimation and prediction"). How far these reviewers together are from all that could
        be is left out: nobody here is compared with those.
        """
        inverse = np.linalg.inv(self._equations(rep_ratio, reviewer_ratio)[2])[1:, 1:]
        spread = np.diag(inverse) - 2 * inverse.mean(axis=1) + inverse.mean()
        return np.asarray(np.sqrt(np.maximum(spread * case, 0)))

    def solve(self, rep_ratio: float, reviewer_ratio: float) -> tuple[Numbers, Numbers, float, float, float]:
        """Henderson's equations for variances of reps and reviewers that are so many times that of a case.

        Returns (reps, reviewers, mean, y'y less what is explained, logarithm of the determinant of the equations).
        """
        own, scaled, left = self._equations(rep_ratio, reviewer_ratio)
        rest = np.linalg.solve(left, self.right - scaled.T @ self.sum_rep)
        reps = own * (self.sum_rep - self.border @ rest)
        unexplained = self.squares - float(rest @ self.right) - float(reps @ self.sum_rep)
        determinant = float(np.linalg.slogdet(left)[1] - np.log(own).sum())
        return reps, rest[1:], self.centre + float(rest[0]), unexplained, determinant

    def fit(self) -> Variances:
        """The variances with the greatest restricted likelihood, that of a case taken out of it."""
        return self._greatest(0.0)

    def fit_inside(self) -> Variances:
        """The variances for intervals: that of reviewers is never nothing where anything varies.

        Few reviewers who differ little give a likelihood that is greatest at no variance at all, and an interval from 0 to 0,
        as if that were known. The likelihood times the standard deviation of reviewers is greatest about one standard error
        above nothing there, and where it was already, where the reviews tell.
        Source: Chung, Rabe-Hesketh, Dorie, Gelman and Liu 2013, "A nondegenerate penalized likelihood estimator for variance parameters".
        """
        return self._greatest(1.0)

    def _greatest(self, of_deviation: float) -> Variances:
        """Where the restricted likelihood, times the reviewers' standard deviation to this power, is greatest."""
        degrees = self.n - 1
        if self.squares <= 1e-12 * self.n:
            return Variances(0.0, 0.0, 0.0)

        def loss(logs: Numbers) -> float:
            ratios = np.exp(logs)
            *_effects, unexplained, determinant = self.solve(*ratios)
            known = float(len(self.of_rep) * logs[0] + len(self.of_reviewer) * logs[1])
            return (
                degrees * float(np.log(max(unexplained, 1e-12) / degrees)) + determinant + known - of_deviation * float(logs[1])
            )

        found = minimize(
            loss,
            np.log([0.2, 0.2]),
            method="L-BFGS-B",
            bounds=[(np.log(LEAST_RATIO), np.log(MOST_RATIO))] * 2,
            # The order of the reviews must not show in what is printed: the usual tolerance leaves thousandths of a point.
            options={"ftol": 1e-14, "gtol": 1e-8},
        )
        rep, reviewer = np.exp(found.x)
        case = self.solve(rep, reviewer)[3] / degrees
        return Variances(float(rep * case), float(reviewer * case), float(case))
