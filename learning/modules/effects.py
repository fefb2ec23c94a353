"""What a module is measured to do to the figure it is meant for. Measured above learning; asked for here.

Whoever measures registers a source when it starts. Until then, and for every module it knows nothing of, the answer is
"not yet measured", and that is what pages say: no figure of before and after takes its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class MeasuredEffect:
    """Points gained beyond what would have happened anyway, its standard error, and with how many people it was tried."""

    points: float
    error: float
    people: int


EffectSource = Callable[[Iterable[int]], Mapping[int, MeasuredEffect]]
_sources: list[EffectSource] = []


def register(source: EffectSource) -> EffectSource:
    """From now on effects are asked of this source. Registering it twice changes nothing."""
    if source not in _sources:
        _sources.append(source)
    return source


def unregister(source: EffectSource) -> None:
    """Take a source away again (tests)."""
    if source in _sources:
        _sources.remove(source)


def measured_effects(module_ids: Iterable[int]) -> dict[int, MeasuredEffect]:
    """By module id; what is not measured is absent."""
    ids = list(module_ids)
    return {pk: effect for source in _sources for pk, effect in source(ids).items()}
