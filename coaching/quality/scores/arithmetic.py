"""What reviews drawn by lot say of all cases: means and shares weighted by what each review stands for. Pure.

Reviews drawn from the same cases of a person (the same period and the same part by risk) form a *cell*; its mean counts for as
many cases as lay in it. Nothing here knows the database; scores are points of 100.

Sources: reference "Quality assurance and coaching", sections 3.2 and 3.3; Cochran 1977, "Sampling Techniques", sections 5.3, 10.4
and 11.6; Kish 1965, "Survey Sampling", section 11.7 (effective number); Brown, Cai and DasGupta 2001 (Wilson);
Morris 1983, "Parametric Empirical Bayes Inference", J. Am. Stat. Assoc. 78; Newcombe 1998, Statistics in Medicine 17:873, method 10.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, fsum, sqrt
from statistics import NormalDist
from typing import NamedTuple

from foundation.statistics import Z95, Interval, t_quantile_95, wilson

LEAST_FOR_PERSON = 5  # reviews in three months; below, "not enough reviews yet"
LEAST_FOR_TEAM = 10  # reviews in a month
LEAST_DEGREES = 30  # of freedom, before the organisation's own spread between cases is trusted
LEAST_PEOPLE = 5  # before the mean of a group, or the differences between people, can be borrowed from


@dataclass(frozen=True)
class Cell:
    """Reviews of one person drawn by lot from the same cases.

    `cases`: how many those were; None where it was not kept (draws from before it was), and then `periods` says of how
    many periods the reviews are. `n` reviews have a score, with this sum and sum of squares; `reviews` counts those without, too.
    """

    person: int
    period: str
    stratum: int | None
    cases: int | None
    n: int
    total: float
    squares: float
    reviews: int = 0
    periods: int = 1

    @property
    def mean(self) -> float:
        return self.total / self.n


class Drawn(NamedTuple):
    """A part of somebody's cases that something was drawn from, reviewed yet or not."""

    person: int
    period: str
    stratum: int | None
    cases: int


Weighted = Sequence[tuple[Cell, float]]  # each cell with the number of cases it stands for


def weigh(cells: Iterable[Cell], drawn: Iterable[Drawn] = ()) -> list[tuple[Cell, float]]:
    """Each cell with the number of cases it stands for.

    - Where something was drawn from a part of the period's cases and none of it is reviewed yet, the nearest reviewed part of
      that period (the riskier of two as near) stands for its cases too. A period of which nothing is reviewed says nothing.
    - Reviews without known sizes count as evenly drawn and together stand for as many cases as an average known period
      of the person (else of anybody here) times their periods. Where nobody has known sizes, each review counts once.
    """
    cells = list(cells)
    weight = [float(cell.cases or 0) for cell in cells]
    parts: dict[tuple[int, str], list[int]] = defaultdict(list)
    for number, cell in enumerate(cells):
        if cell.cases is not None:
            parts[cell.person, cell.period].append(number)
    reviewed = {(cells[i].person, cells[i].period, cells[i].stratum) for found in parts.values() for i in found}
    for part in drawn:
        found = parts.get((part.person, part.period))
        if found and (part.person, part.period, part.stratum) not in reviewed:
            level = part.stratum or 0
            nearest = min(found, key=lambda i: (abs((cells[i].stratum or 0) - level), -(cells[i].stratum or 0)))
            weight[nearest] += part.cases
    sizes: dict[int, list[float]] = defaultdict(list)
    for (person, _period), found in parts.items():
        sizes[person].append(fsum(weight[i] for i in found))
    everybody = [size for of_person in sizes.values() for size in of_person]
    for number, cell in enumerate(cells):
        if cell.cases is None:
            known = sizes.get(cell.person) or everybody
            weight[number] = fsum(known) / len(known) * cell.periods if known else float(max(cell.reviews, cell.n))
    return list(zip(cells, weight, strict=True))


Spread = Mapping[int | None, float]
ANY = -1  # the key of a spread over all strata


@dataclass(frozen=True)
class Spreads:
    """Variance of single scores of one person around that person's mean, in points², by stratum; `ANY` for all together."""

    by_stratum: Spread
    degrees: int

    def of(self, stratum: int | None) -> float:
        return self.by_stratum.get(stratum, self.by_stratum[ANY])


def spreads(cells: Iterable[Cell]) -> Spreads | None:
    """How much the scores of one person's cases differ, from everybody's. None where nobody has two reviews of a stratum.

    Periods of a person are put together: with one review a week nothing else would tell it, and drift makes it a little wide.
    """
    groups: dict[tuple[int, int | None], list[Cell]] = defaultdict(list)
    for cell in cells:
        if cell.n:
            groups[cell.person, cell.stratum].append(cell)
    deviation: dict[int | None, list[float]] = defaultdict(list)
    degrees: dict[int | None, int] = defaultdict(int)
    for (_person, stratum), found in groups.items():
        n, total = sum(cell.n for cell in found), fsum(cell.total for cell in found)
        if n > 1:
            deviation[stratum].append(max(0.0, fsum(cell.squares for cell in found) - total * total / n))
            degrees[stratum] += n - 1
    whole = sum(degrees.values())
    if not whole:
        return None
    pooled = fsum(one for found in deviation.values() for one in found) / whole
    return Spreads({ANY: pooled, **{h: fsum(found) / degrees[h] for h, found in deviation.items()}}, whole)


@dataclass(frozen=True)
class Estimate:
    """A weighted mean of 100. `variance` and `interval` (95 %, inside 0..100) are None where nothing tells the spread."""

    mean: float
    n: int
    variance: float | None = None
    interval: Interval | None = None
    weight: float = 0.0  # cases it stands for


def _within(weighted: Weighted, whole: float, spread: Spreads) -> float:
    """Variance Σ (N_c/N)² · s²/n_c.

    Nothing is taken off where most cases of a cell were reviewed: a score is read as how somebody works, and five conversations
    say no more of that because there were only five.
    """
    return fsum((cases / whole) ** 2 * spread.of(cell.stratum) / cell.n for cell, cases in weighted)


def _around(mean: float, variance: float, degrees: float | None) -> Interval:
    t = Z95 if degrees is None or degrees > 200 else t_quantile_95(max(1, floor(degrees)))
    reach = t * sqrt(variance)
    return Interval(max(0.0, mean - reach), min(100.0, mean + reach))


def estimate(cells: Iterable[Cell], drawn: Iterable[Drawn] = (), spread: Spreads | None = None) -> Estimate | None:
    """The mean of all cases: Σ N_c·ȳ_c / Σ N_c. None without a scored review.

    `spread`: of the whole organisation, where it is known from enough reviews; the interval is then a normal one. Without it,
    that of these cells, and a t interval; none where no two reviews are of one person's stratum.
    """
    return estimate_of(weigh(cells, drawn), spread)


def estimate_of(weighted: Weighted, spread: Spreads | None = None) -> Estimate | None:
    """As `estimate`, of cells whose weights are known."""
    weighted = [(cell, cases) for cell, cases in weighted if cell.n]
    whole = fsum(cases for _cell, cases in weighted)
    if not whole:
        return None
    n = sum(cell.n for cell, _cases in weighted)
    mean = fsum(cases * cell.mean for cell, cases in weighted) / whole
    own = spread or spreads(cell for cell, _cases in weighted)
    if own is None:
        return Estimate(mean, n, weight=whole)
    variance = _within(weighted, whole, own)
    return Estimate(mean, n, variance, _around(mean, variance, None if spread else own.degrees), whole)


def estimate_of_team(weighted: Weighted, *, people: int, spread: Spreads | None = None) -> Estimate | None:
    """As `estimate`, of weighed cells of several people, `people` of whom had cases: those without a review are stood for by the others.

    Two stages (Cochran 1977, 11.6): with f = the share of them reviewed, variance = (1 − f) · that between people as clusters
    + f · that within. Where everybody was reviewed, people are no sample and only the luck of the draw is left; where few were,
    how people differ is what counts. No interval where only one of several was reviewed.
    """
    weighted = [(cell, cases) for cell, cases in weighted if cell.n]
    whole = fsum(cases for _cell, cases in weighted)
    if not whole:
        return None
    n = sum(cell.n for cell, _cases in weighted)
    mean = fsum(cases * cell.mean for cell, cases in weighted) / whole
    own = spread or spreads(cell for cell, _cases in weighted)
    deviation: dict[int, list[float]] = defaultdict(list)
    for cell, cases in weighted:
        deviation[cell.person].append(cases * (cell.mean - mean) / whole)
    k = len(deviation)
    share = min(1.0, k / max(k, people))
    if own is None or (k < 2 and share < 1):
        return Estimate(mean, n, weight=whole)
    within = share * _within(weighted, whole, own)
    between = (1 - share) * k / (k - 1) * fsum(fsum(found) ** 2 for found in deviation.values()) if k > 1 else 0.0
    variance = within + between
    within_degrees = 10_000 if spread else own.degrees
    parts = within**2 / within_degrees + (between**2 / (k - 1) if k > 1 else 0.0)
    return Estimate(mean, n, variance, _around(mean, variance, variance**2 / parts if parts else None), whole)


# --- Shares ----------------------------------------------------------------------------------------------------------
class Counted(NamedTuple):
    """So many reviews of one person, of which so many count, each standing for `weight` cases."""

    person: int
    weight: float
    part: int
    n: int


@dataclass(frozen=True)
class Share:
    """`part` of `n` reviews were seen so; `rate` (0..1) is what that says of all cases, `interval` its 95 % Wilson interval
    for the effective number of reviews. Where everything is drawn evenly `rate` is part / n and `effective` is n."""

    part: int
    n: int
    rate: float
    effective: float
    interval: Interval


def share(counted: Iterable[Counted], *, clustered: bool = False) -> Share | None:
    """Hájek's share Σ w·x / Σ w. None without reviews.

    Effective number: Kish's (Σ w)² / Σ w², since unequal weights cost precision. `clustered` where people stand for others: it is
    then no more than what the differences between people leave, p(1 − p) / v, v = G/(G − 1) · Σ_g (Σ w·(x − p))² / (Σ w)².
    """
    # Reviews of one person that weigh the same are one row: thousands of cells have a handful of weights.
    rows: dict[tuple[int, float], list[int]] = {}
    for person, weight, one, of in counted:
        if of and weight > 0:
            row = rows.setdefault((person, weight), [0, 0])
            row[0] += one
            row[1] += of
    if not rows:
        return None
    part, n = sum(one for one, _of in rows.values()), sum(of for _one, of in rows.values())
    if len({weight for _person, weight in rows}) == 1:
        whole, rate, effective = fsum(weight * of for (_p, weight), (_one, of) in rows.items()), part / n, float(n)
    else:
        whole = fsum(weight * of for (_person, weight), (_one, of) in rows.items())
        rate = min(1.0, fsum(weight * one for (_person, weight), (one, _of) in rows.items()) / whole)
        effective = whole**2 / fsum(weight**2 * of for (_person, weight), (_one, of) in rows.items())
    if clustered and 0 < rate < 1:
        people: dict[int, list[float]] = defaultdict(list)
        for (person, weight), (one, of) in rows.items():
            people[person].append(weight * (one - rate * of))
        k = len(people)
        variance = k / (k - 1) * fsum(fsum(found) ** 2 for found in people.values()) / whole**2 if k > 1 else 0.0
        if variance:
            effective = max(1.0, min(effective, rate * (1 - rate) / variance))
    return Share(part, n, rate, effective, _wilson(rate, effective))


@dataclass(frozen=True)
class Sums:
    """`n` reviews, of which `known` have an inclusion probability π, with Σ 1/π and Σ 1/π² over those."""

    n: int = 0
    known: int = 0
    weight: float = 0.0
    squares: float = 0.0


def share_of_sums(part: Sums, rest: Sums) -> Share | None:
    """As `share`, where each review has a probability of its own. One without counts as much as those that have one do on average."""
    n, known = part.n + rest.n, part.known + rest.known
    if not n:
        return None
    if not known:
        return share([Counted(0, 1.0, part.n, n)])
    average = (part.weight + rest.weight) / known
    inside = part.weight + average * (part.n - part.known)
    whole = inside + rest.weight + average * (rest.n - rest.known)
    rate = min(1.0, inside / whole)
    effective = whole**2 / (part.squares + rest.squares + average**2 * (n - known))
    return Share(part.n, n, rate, effective, _wilson(rate, effective))


def _wilson(rate: float, effective: float, z: float = Z95) -> Interval:
    return wilson(min(rate * effective, effective), effective, z) or Interval(0.0, 1.0)


# --- What a person borrows -------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Group:
    """The mean that people of a group are drawn towards, its variance, and how many people it is of."""

    mean: float
    variance: float
    people: int


@dataclass(frozen=True)
class Prior:
    """How people truly differ around the mean of their group (`between`, points²), and those means; None: the company."""

    between: float
    degrees: int
    groups: dict[int | None, Group]

    def group_of(self, team: int | None) -> int | None:
        return team if team in self.groups else None


def prior(people: Iterable[tuple[int | None, float, float]]) -> Prior | None:
    """From (team, mean, variance) of each person; None where fewer than five people have a figure.

    `between` by moments (DerSimonian and Laird 1986) around the mean of each team, teams of fewer than five together as one.
    """
    people = [(team, mean, variance) for team, mean, variance in people if variance > 0]
    if len(people) < LEAST_PEOPLE:
        return None
    size: dict[int | None, int] = defaultdict(int)
    for team, _mean, _variance in people:
        size[team] += 1
    grouped: dict[int | None, list[tuple[float, float]]] = defaultdict(list)
    for team, mean, variance in people:
        grouped[team if team is not None and size[team] >= LEAST_PEOPLE else None].append((mean, variance))
    excess, scale, degrees = [], [], 0
    for found in grouped.values():
        weights = [1 / variance for _mean, variance in found]
        whole = fsum(weights)
        centre = fsum(w * mean for w, (mean, _variance) in zip(weights, found, strict=True)) / whole
        excess.append(fsum(w * (mean - centre) ** 2 for w, (mean, _v) in zip(weights, found, strict=True)) - (len(found) - 1))
        scale.append(whole - fsum(w * w for w in weights) / whole)
        degrees += len(found) - 1
    between = max(0.0, fsum(excess) / fsum(scale)) if fsum(scale) > 0 else 0.0
    groups: dict[int | None, Group] = {None: _group([(mean, variance) for _team, mean, variance in people], between)}
    for team, found in grouped.items():
        if team is not None:
            groups[team] = _group(found, between)
    return Prior(between, degrees, groups)


def _group(found: Sequence[tuple[float, float]], between: float) -> Group:
    weights = [1 / (variance + between) for _mean, variance in found]
    whole = fsum(weights)
    return Group(fsum(w * mean for w, (mean, _v) in zip(weights, found, strict=True)) / whole, 1 / whole, len(found))


@dataclass(frozen=True)
class Shrunk:
    """The best guess of somebody's mean: their own reviews, and `borrowed` (0..1) from their group's mean."""

    mean: float
    interval: Interval
    borrowed: float
    group: Group


def shrink(own: Estimate, known: Prior | None, team: int | None) -> Shrunk | None:
    """m + (1 − B)(y − m), B = v / (v + τ²) · (d − 2)/d, with Morris's variance, which allows for τ² being a guess.

    None where there is nothing to borrow from, or no variance of one's own.
    """
    if known is None or own.variance is None or known.degrees < 3:
        return None
    group = known.groups[known.group_of(team)]
    whole = own.variance + known.between
    borrowed = (own.variance / whole if whole else 0.0) * (known.degrees - 2) / known.degrees
    away = own.mean - group.mean
    variance = (
        own.variance * (1 - borrowed) + borrowed**2 * group.variance + 2 / (known.degrees - 2 or 1) * (borrowed * away) ** 2
    )
    mean = group.mean + (1 - borrowed) * away
    return Shrunk(mean, _around(mean, min(variance, own.variance), None), borrowed, group)


def apart_from_others(people: Mapping[int, Estimate]) -> dict[int, int]:
    """Who lies above (1) or below (−1) the mean of the others, beyond what luck explains for so many people compared.

    Each against the others' case-weighted mean at 1 − 0.05/k (Bonferroni, k people compared). Own figures, not shrunken ones.
    """
    known = {person: one for person, one in people.items() if one.variance is not None and one.weight > 0}
    if len(known) < 2:
        return {}
    limit = NormalDist().inv_cdf(1 - 0.05 / (2 * len(known)))
    found = {}
    for person, one in known.items():
        others = [other for key, other in known.items() if key != person]
        whole = fsum(other.weight for other in others)
        mean = fsum(other.weight * other.mean for other in others) / whole
        variance = (one.variance or 0.0) + fsum((other.weight / whole) ** 2 * (other.variance or 0.0) for other in others)
        if variance and abs(one.mean - mean) > limit * sqrt(variance):
            found[person] = 1 if one.mean > mean else -1
    return found


# --- Two shares compared ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Difference:
    """First share minus second, 0..1, with its 95 % interval; `wide` is that for `compared` differences looked at together."""

    difference: float
    interval: Interval
    wide: Interval

    @property
    def holds(self) -> bool:
        """Whether it is no accident even with all the others looked at."""
        return self.wide.low > 0 or self.wide.high < 0

    @property
    def alone(self) -> bool:
        """Whether it would be no accident had nothing else been looked at."""
        return self.interval.low > 0 or self.interval.high < 0


def difference(first: Share, second: Share, compared: int = 1) -> Difference:
    """Newcombe's hybrid score interval, with effective numbers; the wide one at 1 − 0.05/compared (Bonferroni)."""
    limit = NormalDist().inv_cdf(1 - 0.05 / (2 * max(1, compared)))
    return Difference(first.rate - second.rate, _newcombe(first, second, Z95), _newcombe(first, second, limit))


def _newcombe(first: Share, second: Share, z: float) -> Interval:
    one, two = _wilson(first.rate, first.effective, z), _wilson(second.rate, second.effective, z)
    away = first.rate - second.rate
    low = away - sqrt((first.rate - one.low) ** 2 + (two.high - second.rate) ** 2)
    high = away + sqrt((one.high - first.rate) ** 2 + (second.rate - two.low) ** 2)
    return Interval(max(-1.0, low), min(1.0, high))


def cells_of(reviews: Iterable[tuple[Cell, float | None, str]]) -> list[Cell]:
    """Cells added up from single reviews: (an empty cell that says where it belongs, its score or None, its period)."""
    found: dict[tuple[int, str, int | None, int | None], list[float]] = defaultdict(list)
    periods: dict[tuple[int, str, int | None, int | None], set[str]] = defaultdict(set)
    reviewed: dict[tuple[int, str, int | None, int | None], int] = defaultdict(int)
    for place, value, period in reviews:
        key = (place.person, place.period, place.stratum, place.cases)
        periods[key].add(period)
        reviewed[key] += 1
        if value is not None:
            found[key].append(value)
    return [
        Cell(
            *key,
            n=len(found[key]),
            total=fsum(found[key]),
            squares=fsum(value * value for value in found[key]),
            reviews=reviewed[key],
            periods=len(periods[key]),
        )
        for key in reviewed
    ]
