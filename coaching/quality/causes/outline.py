"""Root causes as people write them: one a line, a hyphen before it for each level down. Pure.

Knowledge
- Product
-- Billing
Care
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.text import slugify
from django.utils.translation import gettext as _

DEEPEST = 4
MOST = 60
LONGEST = 80


class OutlineError(ValueError):
    """The text is no tree of causes; says in which line and what to do."""


@dataclass(frozen=True, kw_only=True)
class CauseInput:
    """A cause with those below it."""

    label: str
    causes: Sequence[CauseInput] = ()


@dataclass(frozen=True, kw_only=True)
class FlatCause:
    """A cause in the tree read downwards; keys are paths."""

    key: str
    parent: str
    label: str


@dataclass
class _Node:
    label: str
    below: list[_Node] = field(default_factory=list)

    def done(self) -> CauseInput:
        return CauseInput(label=self.label, causes=tuple(node.done() for node in self.below))


def read_outline(text: str) -> tuple[CauseInput, ...]:
    """The tree written down. Raises OutlineError for a line that skips a level."""
    top = _Node("")
    path = [top]
    for number, line in enumerate(text.splitlines(), 1):
        label = line.strip().lstrip("-– \t")
        if not label:
            continue
        level = sum(sign in "-–" for sign in line.strip()[: len(line.strip()) - len(label)])
        if level >= len(path):
            raise OutlineError(
                _("Line %(n)s, “%(label)s”, is more than one level below the line before it.") % {"n": number, "label": label}
            )
        node = _Node(label)
        path[level].below.append(node)
        path = [*path[: level + 1], node]
    return top.done().causes  # type: ignore[return-value]


def write_outline(causes: Iterable[tuple[int, str]]) -> str:
    """The text for causes given as (level, label), level 1 at the top."""
    return "\n".join(("-" * (level - 1) + " " if level > 1 else "") + label for level, label in causes)


def flat(causes: Sequence[CauseInput]) -> list[FlatCause]:
    """Every cause with its path. Raises OutlineError for names used twice side by side, too many, too deep or too long."""
    found: list[FlatCause] = []

    def walk(here: Sequence[CauseInput], parent: str, level: int) -> None:
        if here and level > DEEPEST:
            raise OutlineError(_("Root causes have %(n)s levels at most.") % {"n": DEEPEST})
        for cause in here:
            label = " ".join(cause.label.split())
            slug = slugify(label, allow_unicode=True)
            if not slug or len(label) > LONGEST:
                raise OutlineError(
                    _("“%(label)s”: name a root cause in words, %(n)s signs at most.") % {"label": label[:LONGEST], "n": LONGEST}
                )
            key = f"{parent}/{slug[:60]}" if parent else slug[:60]
            if any(one.key == key for one in found):
                raise OutlineError(_("The root cause “%(label)s” stands twice in the same place.") % {"label": label})
            found.append(FlatCause(key=key, parent=parent, label=label))
            walk(cause.causes, key, level + 1)

    walk(causes, "", 1)
    if len(found) > MOST:
        raise OutlineError(_("A criterion has %(n)s root causes at most.") % {"n": MOST})
    return found
