"""What the templates of lesson blocks need beside the block itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.template.context import Context

from learning.modules.branching import Mood, Talk, walk
from learning.modules.interactive import VIDEO_TYPES

register = template.Library()


@register.simple_tag(takes_context=True)
def talk(context: Context, value: Mapping[str, Any], block_id: str) -> Talk:
    """Where the reader of this page stands in a talk: the way is read from the address."""
    request = context.get("request")
    return walk(value, request.GET.get(f"talk-{block_id}", "") if request else "")


@register.filter
def moods(current: Mood) -> list[tuple[Mood, bool]]:
    """Every mood, with whether it is reached."""
    return [(mood, mood <= current) for mood in Mood]


@dataclass(frozen=True)
class Frame:
    """Where a spot lies on a picture of this size, in pixels."""

    number: int
    name: str
    left: float
    top: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        return self.left + self.width / 2, self.top + self.height / 2


@register.simple_tag
def frames(spots: Sequence[Mapping[str, Any]], width: int, height: int) -> list[Frame]:
    return [
        Frame(
            number,
            spot["name"],
            width * spot["left"] / 100,
            height * spot["top"] / 100,
            width * spot["width"] / 100,
            height * spot["height"] / 100,
        )
        for number, spot in enumerate(spots, 1)
    ]


@register.filter
def video_type(file: Any) -> str:
    return VIDEO_TYPES.get(file.file_extension.lower(), "") if file else ""
