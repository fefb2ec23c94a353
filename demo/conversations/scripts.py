"""Reads the scenario scripts (TOML) into plain values. The README explains how a script is written."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "scripts"
SPEAKERS = ("customer", "agent", "note")
_CONDITION = re.compile(r"^\[([^\]]+)\]\s*")


@dataclass(frozen=True)
class Variant:
    """One way to say something. `needs` must hold; `adds` are facts that later turns can rely on."""

    text: str
    needs: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """A sentence or two of a message. With a standard, `good` keeps it and `poor` misses it."""

    good: tuple[Variant, ...]
    poor: tuple[Variant, ...] = ()
    standard: str | None = None
    chance: float = 1.0


@dataclass(frozen=True)
class Turn:
    speaker: str
    parts: tuple[Part, ...]
    needs: tuple[str, ...] = ()
    chance: float = 1.0


@dataclass(frozen=True)
class Scenario:
    key: str
    topic: str
    product: str
    product_by_branch: dict[str, str]
    branches: tuple[str, ...]
    subjects: tuple[str, ...]
    turns: tuple[Turn, ...]

    @property
    def standards(self) -> tuple[str, ...]:
        """Keys of the standards that this scenario can show, each once, in order."""
        return tuple(dict.fromkeys(part.standard for turn in self.turns for part in turn.parts if part.standard))


def holds(conditions: tuple[str, ...], facts: set[str]) -> bool:
    """All conditions hold; "a|b" means either, "!a" means not."""
    return all(
        any((term[1:] not in facts) if term.startswith("!") else term in facts for term in c.split("|")) for c in conditions
    )


def _variant(text: str) -> Variant:
    found = _CONDITION.match(text)
    if not found:
        return Variant(text)
    tokens = [token.strip() for token in found[1].split(",")]
    return Variant(
        text[found.end() :],
        needs=tuple(token for token in tokens if not token.startswith("+")),
        adds=tuple(token[1:] for token in tokens if token.startswith("+")),
    )


def _variants(texts: list[str]) -> tuple[Variant, ...]:
    return tuple(_variant(text) for text in texts)


def _part(raw: str | dict[str, Any], pools: dict[str, Any]) -> Part:
    part: dict[str, Any] = pools[raw.strip("<>")] if isinstance(raw, str) else raw
    return Part(
        good=_variants(part["good"] if "on" in part else part["any"]),
        poor=_variants(part.get("poor", [])),
        standard=part.get("on"),
        chance=part.get("chance", 1.0),
    )


def _reaction(pools: dict[str, Any]) -> dict[str, Any]:
    """How the customer takes it: content after good handling, not so after poor handling."""
    content = [f"[content] {text}" for text in pools["customer_ok"]["any"]]
    return {"any": content + [f"[!content] {text}" for text in pools["customer_unhappy"]["any"]]}


def _detours(pools: dict[str, Any]) -> list[Turn]:
    """What happens in many chats before the agent has looked into it: "one moment", "sorry, back now"."""
    return [
        Turn("agent", (_part("<wait>", pools),), ("channel:chat",), 0.45),
        Turn("customer", (_part("<aside>", pools),), ("channel:chat",), 0.3),
    ]


@cache
def load_scenarios() -> tuple[Scenario, ...]:
    """All scenarios, in the order of the files' names and of their places in the files."""
    with (FOLDER / "pools.toml").open("rb") as stream:
        pools = tomllib.load(stream)
    pools["customer_reaction"] = _reaction(pools)
    scenarios = []
    for path in sorted(FOLDER.glob("*.toml")):
        if path.name == "pools.toml":
            continue
        with path.open("rb") as stream:
            raw_scenarios = tomllib.load(stream)["scenario"]
        for raw in raw_scenarios:
            turns: list[Turn] = []
            for turn in raw["turn"]:
                speaker = next(name for name in SPEAKERS if name in turn)
                parts = tuple(_part(part, pools) for part in turn[speaker])
                if speaker == "note" and not any(t.speaker == "note" for t in turns):
                    turns.extend(_detours(pools))
                turns.append(Turn(speaker, parts, tuple(turn.get("when", ())), turn.get("chance", 1.0)))
            scenarios.append(
                Scenario(
                    key=raw["key"],
                    topic=raw["topic"],
                    product=raw["product"],
                    product_by_branch=raw.get("product_by_branch", {}),
                    branches=tuple(raw["branches"]),
                    subjects=tuple(raw["subjects"]),
                    turns=tuple(turns),
                )
            )
    return tuple(scenarios)
