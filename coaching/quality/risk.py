"""How likely a case is worth a second look, from plain facts about it. Pure.

Only for sorting a person's cases into parts that are looked at more or less often (`sampling.strata`): it is no judgement, is
shown to nobody who reviews, and a part that was looked at more often counts for no more in the score.

Source: reference "Quality assurance and coaching", section 3.2 (risk inputs). The weights are ours: what a customer said or did
counts most, what is merely unusual least.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

LONG_RATIO = 2.0  # times the person's usual handle time
CASES_FOR_USUAL = 5  # of the person with a known handle time, before anything is unusual


class Reason(StrEnum):
    LOW_RATING = "low_rating"
    COMPLAINT = "complaint"  # or an escalation, where the source tells it so
    REOPENED = "reopened"
    LONG = "long"
    NEW_TOPIC = "new_topic"


WEIGHTS = {Reason.LOW_RATING: 3, Reason.COMPLAINT: 3, Reason.REOPENED: 2, Reason.LONG: 1, Reason.NEW_TOPIC: 1}


@dataclass(frozen=True)
class CaseFacts:
    """What is known of a case when it is sorted; what a source does not tell counts as not so."""

    low_rating: bool = False
    complaint: bool = False
    reopens: int = 0
    handle_seconds: int | None = None
    new_topic: bool = False  # the person had no case of this topic before


@dataclass(frozen=True)
class Risk:
    """`score` is from 0 (nothing stands out) to 1 (everything does)."""

    score: float
    reasons: tuple[Reason, ...]


def usual_seconds(handle_seconds: Iterable[int | None]) -> float | None:
    """A person's median handle time; None where too few are known to call anything unusual."""
    known = [seconds for seconds in handle_seconds if seconds]
    return median(known) if len(known) >= CASES_FOR_USUAL else None


def risk_of(case: CaseFacts, usual: float | None = None) -> Risk:
    """The risk of a case; `usual`: the person's usual handle time in seconds."""
    long = usual is not None and case.handle_seconds is not None and case.handle_seconds >= LONG_RATIO * usual
    found = {
        Reason.LOW_RATING: case.low_rating,
        Reason.COMPLAINT: case.complaint,
        Reason.REOPENED: case.reopens > 0,
        Reason.LONG: long,
        Reason.NEW_TOPIC: case.new_topic,
    }
    reasons = tuple(reason for reason, is_so in found.items() if is_so)
    return Risk(sum(WEIGHTS[reason] for reason in reasons) / sum(WEIGHTS.values()), reasons)
