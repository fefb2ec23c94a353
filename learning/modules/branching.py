"""A talk that branches: which way it may go, and where somebody stands after the answers they chose. Pure.

The way is a list of numbers, one for each answer chosen. It stands in the address of the page, so a talk works without
JavaScript, "back" takes an answer back, and nothing about it is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import IntegerChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONGEST_WAY = 40  # answers; a talk may go in circles, an address may not grow for ever


class Mood(IntegerChoices):
    FURIOUS = 1, _("furious")
    UPSET = 2, _("upset")
    WARY = 3, _("wary")
    CALM = 4, _("calm")
    RELIEVED = 5, _("relieved")


@dataclass(frozen=True)
class Step:
    """`goes_to`: for each answer the name of the step that follows; empty where the talk ends."""

    name: str
    says: str
    goes_to: tuple[str, ...]


def problems_of(steps: Sequence[Step]) -> list[str | Promise]:
    """What keeps a talk from being played, for its editor; empty where it is sound.

    Names must be different, every answer must lead to a step that exists, every step must be reachable from the first, and from
    every step there must be a way to an end.
    """
    names = [step.name.strip() for step in steps]
    problems: list[str | Promise] = []
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        problems.append(_("Two steps have the name “%(name)s”.") % {"name": twice[0]})
    unknown = [(step.name, goal) for step in steps for goal in step.goes_to if goal and goal.strip() not in names]
    problems += [
        _("An answer of “%(step)s” goes on with “%(goal)s”, which is no step.") % {"step": s, "goal": g} for s, g in unknown
    ]
    if problems:
        return problems
    leads = {step.name.strip(): {goal.strip() for goal in step.goes_to if goal} for step in steps}
    reached = _closure({names[0]}, leads)
    problems += [_("No answer leads to “%(name)s”.") % {"name": name} for name in names if name not in reached]
    ends = {step.name.strip() for step in steps if not all(step.goes_to)}
    back: dict[str, set[str]] = {name: {one for one in names if name in leads[one]} for name in names}
    ending = _closure(ends, back)
    problems += [_("From “%(name)s” there is no way to an end.") % {"name": name} for name in names if name not in ending]
    return problems


def _closure(start: set[str], leads: Mapping[str, set[str]]) -> set[str]:
    found, waiting = set(start), list(start)
    while waiting:
        new = leads[waiting.pop()] - found
        found |= new
        waiting.extend(new)
    return found


@dataclass(frozen=True)
class Exchange:
    """One thing the customer said, and what was answered. `mood` is the customer's after the answer."""

    says: str
    answer: str
    feedback: str
    change: int
    mood: Mood


@dataclass(frozen=True)
class Option:
    text: str
    way: str  # the way that choosing it would make


@dataclass(frozen=True)
class Talk:
    """Where somebody stands. `says` and `options` are empty at the end; `best` counts answers after which the customer was calmer."""

    way: str
    exchanges: tuple[Exchange, ...]
    mood: Mood
    says: str
    options: tuple[Option, ...]

    @property
    def is_over(self) -> bool:
        return not self.options

    @property
    def best(self) -> int:
        return sum(one.change > 0 for one in self.exchanges)


def walk(dialogue: Mapping[str, Any], way: str) -> Talk:
    """Play the talk along a way such as "0.2.1". What is no way of this talk is played as far as it goes."""
    steps = {step["name"].strip(): step for step in dialogue["steps"]}
    mood = Mood(int(dialogue["mood"]))
    current: Mapping[str, Any] | None = dialogue["steps"][0]
    exchanges: list[Exchange] = []
    taken: list[str] = []
    for part in way.split(".")[:LONGEST_WAY] if way else ():
        if current is None or not (part.isascii() and part.isdigit() and int(part) < len(current["choices"])):
            break
        choice = current["choices"][int(part)]
        change = int(choice["change"])
        mood = Mood(max(Mood.FURIOUS, min(Mood.RELIEVED, mood + change)))
        exchanges.append(Exchange(current["says"], choice["text"], choice["feedback"], change, mood))
        taken.append(str(int(part)))
        current = steps.get((choice["goes_to"] or "").strip()) if choice["goes_to"] else None
    if len(taken) >= LONGEST_WAY:
        current = None
    options = tuple(Option(c["text"], ".".join([*taken, str(n)])) for n, c in enumerate(current["choices"])) if current else ()
    return Talk(".".join(taken), tuple(exchanges), mood, current["says"] if current else "", options)
