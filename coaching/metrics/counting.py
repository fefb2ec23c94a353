"""From columns of raw rows to rollups: each recipe once, in whole arrays.

What a rollup of each recipe holds (the day is the person's local one):

| recipe | day of | numerator | denominator | histogram |
|---|---|---|---|---|
| cases_taken, cases_resolved | opening, resolution | cases | cases | – |
| resolution_time | resolution | Σ seconds | resolved | bin → cases |
| resolution_survival | opening | Σ seconds of resolved ones | resolved and open | bin → resolved; `OPEN_KEY` + hour of opening → open |
| first_contact, reopened | resolution | part | whole | – |
| answered, abandoned, complaint | opening | part | whole | – |
| satisfied | answer | satisfied | rated | – |
| recommend, effort | answer | Σ thousandths | answers | score in thousandths → answers |
| first_reply | opening | Σ seconds | replied | bin → cases |
| handle_time, answer_speed | opening | Σ seconds | cases | 0 → Σ seconds² |
| response | answer, resolution | ratings | resolved cases | – |
| open_cases | opening | open now | open now | – |
| backlog | opening, resolution | opened − resolved | Σ seconds after the day's UTC midnight, opened − resolved | – |
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from coaching.metrics.business_hours import Hours, clock_for
from coaching.metrics.figures import SQUARES, bins_of
from coaching.metrics.models import MetricDefinition
from coaching.metrics.rows import Columns
from coaching.metrics.scores import CES_SCALE, NPS_SCALE, SCORE_STEP
from coaching.metrics.variants import repeat_rule, uses_business_hours, variant_of

Recipe, Variant = MetricDefinition.Recipe, MetricDefinition.Variant

OPEN_KEY = 1000  # histogram keys from here on are open cases, by hour of opening
OPEN_HOURS_BEFORE = 48  # hours are counted from so long before the day's UTC midnight: no zone is further away
DAY_BITS = 20  # days since 1970 up to the year 4840
HISTOGRAM_KEYS = 1 << 15

DAY = 86_400
FIFTEEN_MINUTES = 900

HoursOf = Callable[[np.ndarray], list[tuple[Hours, np.ndarray]]]  # keys → (hours, which of them) for each calendar


def key_of(person: np.ndarray, day: np.ndarray) -> np.ndarray:
    """One number per (person, day)."""
    return person.astype(np.int64) << DAY_BITS | day.astype(np.int64)


def person_and_day(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return keys >> DAY_BITS, keys & ((1 << DAY_BITS) - 1)


@dataclass(frozen=True)
class Tally:
    """The rollups of one definition, in columns."""

    keys: np.ndarray
    numerators: np.ndarray
    denominators: np.ndarray
    histograms: list[str] | None = None


def _sums(keys: np.ndarray, *weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """(unique keys, place of each row among them, sum of each weight per key): exact below 2^53."""
    unique, place = np.unique(keys, return_inverse=True)
    sums = [np.rint(np.bincount(place, weights=w, minlength=len(unique))).astype(np.int64) for w in weights]
    return unique, place, sums


def _share(keys: np.ndarray, part: np.ndarray) -> Tally:
    unique, _place, (numerators, denominators) = _sums(keys, part, np.ones(len(keys)))
    return Tally(unique, numerators, denominators)


def _count(keys: np.ndarray) -> Tally:
    unique, counts = np.unique(keys, return_counts=True)
    return Tally(unique, counts, counts)


def _histogram(place: np.ndarray, size: int, numbers: np.ndarray) -> list[str]:
    """For each of `size` groups the JSON of how often each number occurs."""
    both, counts = np.unique(place * HISTOGRAM_KEYS + numbers, return_counts=True)
    owners = both // HISTOGRAM_KEYS
    cells = [f'"{n}":{c}' for n, c in zip((both % HISTOGRAM_KEYS).tolist(), counts.tolist(), strict=True)]
    edges = np.searchsorted(owners, np.arange(size + 1)).tolist()
    return ["{" + ",".join(cells[a:b]) + "}" for a, b in itertools.pairwise(edges)]


def _times(keys: np.ndarray, seconds: np.ndarray) -> Tally:
    unique, place, (numerators, denominators) = _sums(keys, seconds, np.ones(len(keys)))
    return Tally(unique, numerators, denominators, _histogram(place, len(unique), bins_of(seconds)))


def _means(keys: np.ndarray, seconds: np.ndarray) -> Tally:
    unique, _place, (total, n, squares) = _sums(keys, seconds, np.ones(len(keys)), seconds * seconds)
    return Tally(unique, total, n, [f'{{"{SQUARES}":{square}}}' for square in squares.tolist()])


def _scores(keys: np.ndarray, given: Columns, scale: tuple[int, int]) -> Tally:
    raw, low, high = (given[name].astype(np.int64) for name in ("raw", "scale_min", "scale_max"))
    score = scale[0] * SCORE_STEP + (raw - low) * ((scale[1] - scale[0]) * SCORE_STEP) // (high - low)
    score = np.clip(score, scale[0] * SCORE_STEP, scale[1] * SCORE_STEP)
    unique, place, (total, n) = _sums(keys, score.astype(float), np.ones(len(keys)))
    return Tally(unique, total, n, _histogram(place, len(unique), score))


def _take(columns: Columns, wanted: np.ndarray) -> Columns:
    return {name: values[wanted] for name, values in columns.items()}


class Counting:
    """One batch: `opened` and `resolved` are the cases of the days concerned, `given` the answers."""

    def __init__(self, opened: Columns, resolved: Columns, given: Columns, hours_of: HoursOf) -> None:
        self.opened, self.resolved, self.given, self.hours_of = opened, resolved, given, hours_of
        self.opened_keys = key_of(opened["person"], opened["opened_on"])
        self.resolved_keys = key_of(resolved["person"], resolved["resolved_on"])
        self.given_keys = key_of(given["person"], given["responded_on"])
        with np.errstate(invalid="ignore"):
            self.took = self.resolved["resolved"] - self.resolved["opened"]

    def tally(self, definition: MetricDefinition) -> Tally:
        """The rollups of one definition."""
        o, _r, g = self.opened, self.resolved, self.given
        match definition.recipe:
            case Recipe.CASES_TAKEN:
                return _count(self.opened_keys)
            case Recipe.CASES_RESOLVED:
                return _count(self.resolved_keys)
            case Recipe.RESOLUTION_TIME:
                known = ~np.isnan(self.took)
                return _times(self.resolved_keys[known], self.took[known])
            case Recipe.RESOLUTION_SURVIVAL:
                return self._survival(definition)
            case Recipe.FIRST_REPLY:
                known = ~np.isnan(o["replied"])
                keys = self.opened_keys[known]
                return _times(keys, self._lengths(definition, keys, o["opened"][known], o["replied"][known]))
            case Recipe.FIRST_CONTACT:
                counted, good = self._first_contact(definition)
                return _share(self.resolved_keys[counted], good[counted])
            case Recipe.REOPENED:
                return _share(self.resolved_keys, self._reopened(definition.window_days).astype(float))
            case Recipe.SATISFIED:
                kept = g["kind"] == 0
                if variant_of(definition) == Variant.WITHOUT_NEUTRAL:
                    kept = kept & (g["polarity"] != 0)
                return _share(self.given_keys[kept], (g["polarity"][kept] == 1).astype(float))
            case Recipe.RECOMMEND | Recipe.EFFORT:
                kind, scale = (1, NPS_SCALE) if definition.recipe == Recipe.RECOMMEND else (2, CES_SCALE)
                kept = (g["kind"] == kind) & (g["scale_min"] != g["scale_max"])
                return _scores(self.given_keys[kept], _take(g, kept), scale)
            case Recipe.ANSWERED | Recipe.ABANDONED:
                offered = ~np.isnan(o["answered"])
                wanted = 1.0 if definition.recipe == Recipe.ANSWERED else 0.0
                return _share(self.opened_keys[offered], (o["answered"][offered] == wanted).astype(float))
            case Recipe.COMPLAINT:
                known = ~np.isnan(o["complaint"])
                return _share(self.opened_keys[known], o["complaint"][known])
            case Recipe.HANDLE_TIME:
                known = ~np.isnan(o["handle"])
                return _means(self.opened_keys[known], o["handle"][known])
            case Recipe.ANSWER_SPEED:
                known = ~np.isnan(o["wait"]) & (o["answered"] != 0)
                return _means(self.opened_keys[known], o["wait"][known])
            case Recipe.RESPONSE:
                rated = self.given_keys[g["kind"] == 0]
                keys = np.concatenate([rated, self.resolved_keys])
                is_rating = np.arange(len(keys)) < len(rated)
                unique, _place, (ratings, cases) = _sums(keys, is_rating.astype(float), (~is_rating).astype(float))
                return Tally(unique, ratings, cases)
            case Recipe.OPEN_CASES:
                return _count(self.opened_keys[o["is_open"] == 1])
            case Recipe.BACKLOG:
                return self._flows()
        raise ValueError(f"no way of counting {definition.recipe}")

    def _lengths(self, definition: MetricDefinition, keys: np.ndarray, since: np.ndarray, until: np.ndarray) -> np.ndarray:
        """Seconds from one time to another, in the hours the definition counts in."""
        if not uses_business_hours(definition):
            return until - since
        lengths = np.zeros(len(keys))
        for hours, places in self.hours_of(keys):
            begin, end = since[places].astype(np.int64), until[places].astype(np.int64)
            if len(begin):
                clock = clock_for(hours, int(begin.min()), int(end.max()))
                lengths[places] = np.maximum(clock.worked(end) - clock.worked(begin), 0)
        return lengths

    def _survival(self, definition: MetricDefinition) -> Tally:
        o = self.opened
        done, still = ~np.isnan(o["resolved"]), o["is_open"] == 1
        keys = np.concatenate([self.opened_keys[done], self.opened_keys[still]])
        seconds = self._lengths(definition, self.opened_keys[done], o["opened"][done], o["resolved"][done])
        hours = np.floor_divide(o["opened"][still] - o["opened_on"][still] * DAY, 3600).astype(np.int64)
        numbers = np.concatenate([bins_of(seconds), OPEN_KEY + OPEN_HOURS_BEFORE + hours])
        unique, place, (total, n) = _sums(keys, np.concatenate([seconds, np.zeros(len(hours))]), np.ones(len(keys)))
        return Tally(unique, total, n, _histogram(place, len(unique), numbers))

    def _reopened(self, window_days: int) -> np.ndarray:
        r = self.resolved
        reopened = r["reopens"] > 0
        if window_days:
            with np.errstate(invalid="ignore"):
                reopened &= ~(r["reopened"] > r["resolved"] + window_days * DAY)
        return reopened

    def _first_contact(self, definition: MetricDefinition) -> tuple[np.ndarray, np.ndarray]:
        """(which resolved cases count, which of them were settled at the first contact)."""
        r, everything = self.resolved, np.ones(len(self.resolved_keys), dtype=bool)
        replies, customer = r["replies"], r["customer"] == 1
        back = None
        if rule := repeat_rule(definition):
            back = r[f"back_{rule[0]}_{rule[1]}"] == 1
        match variant_of(definition):
            case Variant.UNDER_TWO_REPLIES:
                counted, good = ~np.isnan(replies), replies < 2
            case Variant.ONE_REPLY:
                counted, good = ~np.isnan(replies), replies == 1
            case Variant.NO_CUSTOMER_REPLY:
                counted, good = ~np.isnan(r["customer_replies"]), r["customer_replies"] == 0
            case Variant.ONE_TEAMMATE:
                counted, good = everything, (r["reopens"] == 0) & (r["one_hand"] == 1)
            case Variant.NO_RECONTACT:
                counted, good = customer, ~back if back is not None else everything
            case Variant.WITHIN_15_MINUTES:
                counted, good = ~np.isnan(self.took), self.took <= FIFTEEN_MINUTES
            case _:
                counted = customer | ~np.isnan(replies)
                good = ~(replies > 1) & (r["reopens"] == 0) & (~back if back is not None else everything)
        return counted, good.astype(float)

    def _flows(self) -> Tally:
        """Cases that opened and cases that were resolved: a case whose end has no time is in neither."""
        o, r = self.opened, self.resolved
        came = ~np.isnan(o["resolved"]) | (o["is_open"] == 1)
        went = ~np.isnan(r["resolved"])
        keys = np.concatenate([self.opened_keys[came], self.resolved_keys[went]])
        signs = np.concatenate([np.ones(int(came.sum())), -np.ones(int(went.sum()))])
        after = np.concatenate(
            [o["opened"][came] - o["opened_on"][came] * DAY, r["resolved"][went] - r["resolved_on"][went] * DAY]
        )
        unique, _place, (net, offsets) = _sums(keys, signs, signs * after)
        return Tally(unique, net, offsets)


def repeat_rules(definitions: Sequence[MetricDefinition]) -> list[tuple[int, str]]:
    """The distinct repeat rules that the definitions ask for."""
    return sorted({rule for definition in definitions if (rule := repeat_rule(definition))})
