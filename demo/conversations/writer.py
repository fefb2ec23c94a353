"""Writes one conversation from a scenario, and keeps the truth about how each standard was handled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from demo.conversations.scripts import Part, Scenario, Variant, holds
from demo.conversations.slots import fill_slots

SIGN_OFFS = ("Kind regards,", "Best wishes,", "Warm regards,", "All the best,", "With best wishes,")
HASTY_SHARE = 0.22  # chat customers who type without capitals and full stops


@dataclass(frozen=True)
class Written:
    """One message: who, what, and how long after the one before."""

    position: int
    speaker: str  # customer, agent or note
    body: str
    minutes_after: int


@dataclass(frozen=True)
class Handling:
    """The truth about one standard in this conversation, with the sentence that shows it."""

    standard: str
    well: bool
    position: int
    quote: str


@dataclass(frozen=True)
class Conversation:
    scenario: str
    topic: str
    subject: str
    channel: str
    customer: str
    messages: tuple[Written, ...]
    handlings: tuple[Handling, ...]

    @property
    def poor_share(self) -> float:
        """Share of the shown standards that were missed."""
        return sum(not h.well for h in self.handlings) / max(1, len(self.handlings))


class Vocabulary:
    """Remembers how often each sentence was used, so that the company does not repeat itself."""

    def __init__(self) -> None:
        self.used: Counter[str] = Counter()

    def choose(self, rng: Random, variants: list[Variant]) -> Variant:
        """One of the least used variants, by lot."""
        least = min(self.used[variant.text] for variant in variants)
        chosen = rng.choice([variant for variant in variants if self.used[variant.text] <= least + 1])
        self.used[chosen.text] += 1
        return chosen


def write_conversation(
    rng: Random,
    scenario: Scenario,
    *,
    vocabulary: Vocabulary,
    channel: str,
    customer: tuple[str, str],
    agent: str,
    colleague: str,
    lead: str,
    other_team: str,
    opened_at: datetime,
    handles_well: Callable[[str], float],
) -> Conversation:
    """Write one conversation.

    `handles_well(standard)` is the chance (0 to 1) that this agent keeps the standard. Within one
    conversation a standard is either kept or missed throughout, so that a reviewer can judge it.
    """
    branch = rng.choice(scenario.branches)
    slots = fill_slots(
        rng,
        category=scenario.product_by_branch.get(branch, scenario.product),
        first=customer[0],
        last=customer[1],
        agent=agent,
        colleague=colleague,
        lead=lead,
        other_team=other_team,
        opened_at=opened_at,
    )
    well = {standard: rng.random() < handles_well(standard) for standard in scenario.standards}
    facts = {f"branch:{branch}", f"channel:{channel}"} | {f"{'good' if kept else 'poor'}:{key}" for key, kept in well.items()}
    if sum(not kept for kept in well.values()) <= len(well) * 0.34:
        facts.add("content")
    hasty = channel == "chat" and rng.random() < HASTY_SHARE
    messages: list[Written] = []
    handlings: dict[str, Handling] = {}
    for turn in scenario.turns:
        if not holds(turn.needs, facts) or rng.random() >= turn.chance:
            continue
        said: list[str] = []
        for part in turn.parts:
            chosen = _say(rng, part, facts, well, vocabulary)
            if chosen is None:
                continue
            sentence = chosen.text.format(**slots)
            facts |= set(chosen.adds)
            if part.standard and part.standard not in handlings:
                handlings[part.standard] = Handling(part.standard, well[part.standard], len(messages) + 1, sentence)
            said.append(sentence)
        if said:
            body = _lay_out(rng, turn.speaker, said, channel=channel, agent=agent, first=customer[0], hasty=hasty)
            messages.append(Written(len(messages) + 1, turn.speaker, body, _pause(rng, turn.speaker, channel)))
    return Conversation(
        scenario=scenario.key,
        topic=scenario.topic,
        subject=rng.choice(scenario.subjects).format(**slots),
        channel=channel,
        customer=" ".join(customer),
        messages=tuple(messages),
        handlings=tuple(handlings.values()),
    )


def _say(rng: Random, part: Part, facts: set[str], well: dict[str, bool], vocabulary: Vocabulary) -> Variant | None:
    if rng.random() >= part.chance:
        return None
    variants = part.good if part.standard is None or well[part.standard] else part.poor
    fitting = [variant for variant in variants if holds(variant.needs, facts)]
    return vocabulary.choose(rng, fitting) if fitting else None


def _lay_out(rng: Random, speaker: str, said: list[str], *, channel: str, agent: str, first: str, hasty: bool) -> str:
    """Chat in one breath; e-mail with paragraphs and a name below. Sentences stay whole: they are quoted later."""
    if speaker == "note":
        return " ".join(said)
    if channel == "chat":
        text = " ".join(said)
        return text.lower().rstrip(".") if speaker == "customer" and hasty else text
    opening, rest = said[0], said[1:]
    if speaker == "customer":
        text = (
            f"{opening}\n\n{' '.join(rest)}"
            if opening.endswith((",", "!", ":", ".")) and len(opening) < 40 and rest
            else " ".join(said)
        )
        return f"{text}\n\n{first}" if len(text) > 90 else text
    body = "\n\n".join([opening, " ".join(rest)]) if rest else opening
    return f"{body}\n\n{rng.choice(SIGN_OFFS)}\n{agent}"


def _pause(rng: Random, speaker: str, channel: str) -> int:
    """Minutes since the message before."""
    if channel == "chat":
        return rng.randint(0, 2) if speaker == "note" else rng.randint(1, 6)
    return rng.randint(1, 9) if speaker == "note" else int(rng.lognormvariate(4.4, 0.9)) + 3
