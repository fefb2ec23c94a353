"""A person's score "adjusted for reviewer": what the same reviews would say, had reviewers of average strictness made them.

It stands beside the original and never in its place. How strict each reviewer is comes from the crossed model, which is counted
at night (`calibration.counting.count_severity`): a page reads a row per reviewer. Where that model may not be used, or none of the
reviewers has enough reviews, the answer is a reason.

Source: reference "Quality assurance and coaching", section 4.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import fsum, sqrt

from coaching.quality.calibration.queries import SeverityFigure, known_severity
from coaching.quality.queries.figures import Place, SeenReview, cells_of_reviews
from coaching.quality.scores.arithmetic import Drawn, Spreads, estimate_of, weigh
from coaching.quality.severity import Refusal
from foundation.statistics import Z95, Interval


class Reason(StrEnum):
    """Why there is no adjusted score, beside those of the model (`severity.Refusal`)."""

    UNCOUNTED = "uncounted"  # no night has counted anything of these reviewers yet
    FEW_OF_REVIEWERS = "few_of_reviewers"  # nobody who reviewed has enough reviews


@dataclass(frozen=True)
class Adjusted:
    """`mean` of all cases as `n` reviews say it, `known` of them by reviewers whose strictness is known; the others count as scored.

    The 95 % interval holds the luck of the draw and how unsure the strictness is; None where nothing tells the spread.
    """

    mean: float
    interval: Interval | None
    n: int
    known: int
    capped: bool  # somebody's correction would be greater than what is corrected at most
    as_of: datetime


def adjusted_score(reviews: Sequence[SeenReview], drawn: Sequence[Drawn], spread: Spreads | None) -> Adjusted | Reason | Refusal:
    """Of one person's counted reviews, or why there is none. One read."""
    known = known_severity({one.reviewer for one in reviews if one.score is not None})
    if known is None:
        return Reason.UNCOUNTED
    if known.refusal:
        return Refusal(known.refusal)
    if not known.figures:
        return Reason.FEW_OF_REVIEWERS
    return adjust(reviews, drawn, spread, known.figures, known.as_of) or Reason.FEW_OF_REVIEWERS


def adjust(
    reviews: Sequence[SeenReview],
    drawn: Sequence[Drawn],
    spread: Spreads | None,
    figures: Mapping[int, SeverityFigure],
    as_of: datetime,
) -> Adjusted | None:
    """Each score with its reviewer's correction, inside 0 to 100, weighted as the original is. None without a scored review.

    Variance: that of the weighted mean, and Σ p² · se² over reviewers with the share p of the weight; their errors are taken as
    independent.
    """
    scored = [one for one in reviews if one.score is not None]
    corrected = [
        one._replace(score=max(0.0, min(100.0, one.score + figures[one.reviewer].correction)))
        if one.reviewer in figures and one.score is not None
        else one
        for one in scored
    ]
    weighted = weigh(cells_of_reviews(corrected), drawn)
    found = estimate_of(weighted, spread)
    if found is None:
        return None
    each = {Place(cell.person, cell.period, cell.stratum, cell.cases): cases / cell.n for cell, cases in weighted if cell.n}
    shares: dict[int, list[float]] = defaultdict(list)
    for one in corrected:
        shares[one.reviewer].append(each[one.place])
    whole = fsum(weight for weights in shares.values() for weight in weights)
    of_reviewers = fsum(
        (fsum(weights) / whole * (figures[reviewer].high - figures[reviewer].low) / (2 * Z95)) ** 2
        for reviewer, weights in shares.items()
        if reviewer in figures
    )
    interval = None
    if found.variance is not None and found.interval is not None:
        # As far as the original's interval reaches beyond its mean (t or normal), with the reviewers' part added.
        reach = max(found.interval.high - found.mean, found.mean - found.interval.low)
        reach = sqrt(reach**2 + Z95**2 * of_reviewers)
        interval = Interval(max(0.0, found.mean - reach), min(100.0, found.mean + reach))
    return Adjusted(
        mean=found.mean,
        interval=interval,
        n=found.n,
        known=sum(one.reviewer in figures for one in scored),
        capped=any(figures[one.reviewer].capped for one in scored if one.reviewer in figures),
        as_of=as_of,
    )
