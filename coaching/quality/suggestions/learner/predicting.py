"""Likelihoods from stored weights, by numpy alone: what a web process needs of the learner."""

from __future__ import annotations

from math import exp

import numpy as np

from coaching.quality.suggestions.learner.features import (
    Conversation,
    Floats,
    case_facts,
    counts,
    message_facts,
    weighted,
)
from coaching.quality.suggestions.learner.store import Learned

MOST_MARKS = 3


def likelihood(learned: Learned, conversation: Conversation) -> float:
    """How likely there is something to talk about, 0 to 1."""
    linear = _linear(conversation.text, learned.case_frequency, learned.case_text)
    linear += _facts(case_facts(conversation), learned.case_middle, learned.case_spread, learned.case_facts)
    return _share(linear + float(learned.case_constant[0]))


def message_likelihoods(learned: Learned, conversation: Conversation) -> list[float]:
    """How likely a reviewer quotes each message, 0 to 1, in their order."""
    found = []
    for number, turn in enumerate(conversation.turns):
        linear = _linear(turn.text, learned.message_frequency, learned.message_text)
        facts = message_facts(conversation, number)
        linear += _facts(facts, learned.message_middle, learned.message_spread, learned.message_facts)
        found.append(_share(linear + float(learned.message_constant[0])))
    return found


def look_here(learned: Learned, conversation: Conversation) -> list[int]:
    """Ids of up to three messages a reviewer is likely to quote: the likeliest, and of these only those above the usual.

    A conversation where every message is as likely as any other gets no mark.
    """
    likely = message_likelihoods(learned, conversation)
    if len(likely) < 2:
        return []
    usual = float(np.mean(likely))
    best = sorted(range(len(likely)), key=lambda number: (-likely[number], number))[:MOST_MARKS]
    return [conversation.turns[number].pk for number in best if likely[number] > usual]


def _linear(text: str, frequency: Floats, weights: Floats) -> float:
    places, values = weighted(counts(text), frequency)
    return float(values @ weights[places]) if len(places) else 0.0


def _facts(facts: Floats, middle: Floats, spread: Floats, weights: Floats) -> float:
    return float(((facts - middle) / spread) @ weights)


def _share(linear: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, linear))))
