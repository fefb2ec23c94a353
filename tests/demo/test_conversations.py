"""The conversations of the demo company: real to read, and true about what they show."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from random import Random

import pytest

from cms.starter import STANDARDS
from demo.conversations.scripts import load_scenarios
from demo.conversations.writer import Conversation, Vocabulary, write_conversation

OPENED = datetime(2026, 6, 2, 9, 30, tzinfo=UTC)


def write_many(seed: int, count: int = 170, chance: float = 0.7) -> list[Conversation]:
    rng, vocabulary = Random(seed), Vocabulary()
    scenarios = load_scenarios()
    return [
        write_conversation(
            rng,
            scenarios[number % len(scenarios)],
            vocabulary=vocabulary,
            channel=rng.choice(("email", "chat")),
            customer=("Ada", "Holt"),
            agent="Mina",
            colleague="Teresa",
            lead="Priya",
            other_team="Billing",
            opened_at=OPENED,
            handles_well=lambda _standard: chance,
        )
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def conversations() -> list[Conversation]:
    return write_many(1)


def test_the_same_seed_writes_the_same(conversations: list[Conversation]) -> None:
    assert write_many(1) == conversations
    assert write_many(2) != conversations


def test_no_slot_or_condition_is_left_in_the_text(conversations: list[Conversation]) -> None:
    for conversation in conversations:
        for text in (conversation.subject, *(message.body for message in conversation.messages)):
            assert not re.search(r"[{}<>\[\]]", text), text


def test_every_quoted_sentence_stands_in_its_message(conversations: list[Conversation]) -> None:
    quoted = 0
    for conversation in conversations:
        for handled in conversation.handlings:
            message = conversation.messages[handled.position - 1]
            assert message.position == handled.position
            assert message.speaker == "agent"
            assert handled.quote in message.body
            quoted += 1
    assert quoted > 800


def test_no_two_are_alike(conversations: list[Conversation]) -> None:
    texts = {tuple(message.body for message in conversation.messages) for conversation in conversations}
    assert len(texts) == len(conversations)
    openings = Counter(conversation.messages[0].body for conversation in conversations)
    assert openings.most_common(1)[0][1] <= 2


def test_internal_notes_and_customers_are_in_every_scenario(conversations: list[Conversation]) -> None:
    by_scenario: dict[str, set[str]] = {}
    for conversation in conversations:
        by_scenario.setdefault(conversation.scenario, set()).update(message.speaker for message in conversation.messages)
    assert len(by_scenario) >= 14
    assert all(speakers == {"customer", "agent", "note"} for speakers in by_scenario.values())


def test_a_careful_agent_misses_nothing_and_a_careless_one_everything() -> None:
    assert all(handled.well for conversation in write_many(3, 40, 1.0) for handled in conversation.handlings)
    assert not any(handled.well for conversation in write_many(3, 40, 0.0) for handled in conversation.handlings)


def test_every_standard_of_the_guide_is_shown_somewhere() -> None:
    shown = {standard for scenario in load_scenarios() for standard in scenario.standards}
    assert shown == set(STANDARDS)


def test_each_part_with_a_standard_can_be_said_both_ways() -> None:
    for scenario in load_scenarios():
        for turn in scenario.turns:
            for part in turn.parts:
                assert part.good, scenario.key
                assert bool(part.poor) == bool(part.standard), scenario.key
