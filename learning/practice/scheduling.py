"""When a question comes again: FSRS, told in whole days. Plain functions, no database.

Days, not hours: who practises at eight today and at seven in two days has waited two days. So a review is told to fsrs
as noon (UTC) of the person's own day, and what it gives back is a day too.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from fsrs import Card, Rating, Scheduler

# Two minutes for three questions leave about half a minute for each, and reading takes a second for three words.
SECONDS_TO_THINK = 25
WORDS_A_SECOND = 3
# A page that lay open for longer says nothing about how hard it was.
MOST_SECONDS = 600
# Below this chance of still knowing it, knowledge is called fading.
FADING = 0.8

_SETTINGS: dict[str, Any] = {
    "desired_retention": 0.9,
    "learning_steps": (),
    "relearning_steps": (),
    "maximum_interval": 180,
}
_FUZZY = Scheduler(**_SETTINGS, enable_fuzzing=True)
_EXACT = Scheduler(**_SETTINGS, enable_fuzzing=False)


@dataclass(frozen=True)
class Scheduled:
    state: dict[str, Any]
    due_on: date


def rating_of(*, right: bool, seconds: int | None, words: int) -> int:
    """1 again, 2 hard, 3 good. Nobody rates themselves; "easy" is never given."""
    if not right:
        return int(Rating.Again)
    slow = seconds is not None and seconds > SECONDS_TO_THINK + words / WORDS_A_SECOND
    return int(Rating.Hard if slow else Rating.Good)


def schedule(state: Mapping[str, Any] | None, rating: int, on: date, *, fuzz: bool = True) -> Scheduled:
    """What follows an answer of that day. With `fuzz` the days vary a little, so that cards made together part."""
    moment = _noon(on)
    card = Card.from_json(json.dumps(state)) if state else Card(card_id=0, due=moment)
    card, _log = (_FUZZY if fuzz else _EXACT).review_card(card, Rating(rating), review_datetime=moment)
    return Scheduled(json.loads(card.to_json()), card.due.date())


def retrievability(state: Mapping[str, Any], on: date) -> float:
    """The chance, by the model, that it is still known on that day."""
    return float(_EXACT.get_card_retrievability(Card.from_json(json.dumps(state)), _noon(on)))


def _noon(on: date) -> datetime:
    return datetime.combine(on, time(12), tzinfo=UTC)
