"""What a sampling plan says: whom, by whom, how many, of which conversations. Pure.

Stored whole with the plan, and once more with every cycle that was drawn by it, so that a later edit does not change what a
cycle was drawn by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from math import ceil
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from coaching.quality.plans.cycles import LAST_START_DAY, Rhythm
from coaching.quality.sampling import LEAST, REVIEWS, SHARES

MOST_PER_PERSON = 100
MOST_DAYS = 60
LEAST_OUTSIDE = 20  # percent; the reference's rule where reviews outside the home team are asked for at all


class Kind(TextChoices):
    RANDOM = "random", _("By lot: the reviews enter scores")
    TARGETED = "targeted", _("For a reason: for coaching only, outside the scores")


class Amount(TextChoices):
    NUMBER = "number", _("A number for each person")
    PERCENT = "percent", _("A share of each person’s conversations")


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Ids are of people and teams. Empty `teams` and `people`: everybody with the role of a rep."""

    rhythm: str = Rhythm.WEEKLY.value
    start: int = 0
    time_zone: str = ""  # "": the organisation's
    # Who is reviewed
    teams: tuple[int, ...] = ()  # with all teams below
    people: tuple[int, ...] = ()
    excluded: tuple[int, ...] = ()
    joined_within_weeks: int | None = None
    # Who reviews
    reviewers: tuple[int, ...] = ()  # none named: everybody with the role of a reviewer
    capacity: int | None = None  # reviews for each and cycle; None: no limit
    capacities: Mapping[str, int] = field(default_factory=dict)  # by reviewer's id, instead of `capacity`
    outside_percent: int = 0
    days_to_review: int = 7
    # How many
    amount: str = Amount.NUMBER.value
    number: int = 2
    percent: int = 5
    minimum: int = 1
    maximum: int | None = None
    # Which conversations; all that are filled in have to hold
    channels: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    min_replies: int | None = None
    opened_within_days: int | None = None
    only_complaints: bool = False
    only_reopened: bool = False
    only_low_rating: bool = False
    handle_minutes_above: int | None = None
    # How evenly
    by_risk: bool = False
    shares: tuple[int, ...] = tuple(round(100 * share) for share in SHARES)  # percent of a person's cases, least risk first
    parts: tuple[int, ...] = REVIEWS

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Rules:
        """From what `stored` returned. Names of an earlier or later release are passed over."""
        known = {each.name for each in fields(cls)}
        found: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in stored.items() if name in known
        }
        return cls(**found)

    def stored(self) -> dict[str, Any]:
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    def wanted(self, cases: int) -> int:
        """How many reviews of a person with so many conversations."""
        if self.amount == Amount.NUMBER:
            return min(self.number, cases)
        share = max(self.minimum, ceil(self.percent * cases / 100))
        return min(share, cases, cases if self.maximum is None else self.maximum)

    def capacity_of(self, reviewer: int) -> int | None:
        return self.capacities.get(str(reviewer), self.capacity)

    @property
    def selects_by_outcome(self) -> bool:
        """Whether only conversations that went a certain way, or people in a certain state, are looked at."""
        return (
            self.only_complaints
            or self.only_reopened
            or self.only_low_rating
            or self.handle_minutes_above is not None
            or self.joined_within_weeks is not None
        )


def problems_of(kind: str, rules: Rules) -> dict[str, Any]:
    """What is wrong, by field ("" for the whole); empty where the plan can be switched on."""
    found: dict[str, Any] = {}
    last = {Rhythm.DAILY: 0, Rhythm.MONTHLY: LAST_START_DAY}.get(Rhythm(rules.rhythm), 6)
    if rules.rhythm != Rhythm.DAILY and not (1 if rules.rhythm == Rhythm.MONTHLY else 0) <= rules.start <= last:
        found["start"] = _("Choose a day on which the cycle begins.")
    if rules.amount == Amount.PERCENT:
        if not 1 <= rules.percent <= 100:
            found["percent"] = _("A share is from 1 to 100 %.")
        if rules.maximum is not None and rules.maximum < max(1, rules.minimum):
            found["maximum"] = _("The most lies below the least.")
    elif not 1 <= rules.number <= MOST_PER_PERSON:
        found["number"] = _("Choose from 1 to 100 reviews.")
    if not 1 <= rules.days_to_review <= MOST_DAYS:
        found["days_to_review"] = _("Choose from 1 to 60 days.")
    if rules.outside_percent and not LEAST_OUTSIDE <= rules.outside_percent <= 100:
        found["outside_percent"] = _("At least 20 %: fewer do not tell reviewers apart. Or 0 for none.")
    if kind == Kind.RANDOM and rules.selects_by_outcome:
        found[""] = _(
            "Conversations drawn by lot stand for a person’s ordinary work, so they cannot be chosen by how they went or by how "
            "long somebody is here. Draw them for a reason instead, or look more often at difficult ones by risk."
        )
    if kind == Kind.TARGETED and rules.by_risk:
        found["by_risk"] = _("Only a draw by lot is divided by risk: it is counted back to all conversations afterwards.")
    if rules.by_risk:
        found |= _problems_of_strata(rules)
    return found


def _problems_of_strata(rules: Rules) -> dict[str, Any]:
    if len(rules.shares) != len(SHARES) or len(rules.parts) != len(REVIEWS) or min(rules.shares) < 1 or sum(rules.shares) != 100:
        return {"shares": _("Three shares of at least 1 % that make 100 %.")}
    if min(rules.parts) < 1:
        return {"parts": _("Every part needs a review now and then, or nobody knows how it is there.")}
    # Of reviews to cases, against that of an even draw: no case may be all but safe from being seen.
    rates = [part / sum(rules.parts) / (share / 100) for part, share in zip(rules.parts, rules.shares, strict=True)]
    if min(rates) < LEAST:
        return {"parts": _("One part is looked at less than a fiftieth as often as in an even draw. Give it more reviews.")}
    return {}
