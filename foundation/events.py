"""Typed events, in process: an app announces what happened; only `coaching.playbook.handlers` listens.

A rule that crosses apps calls down where the cause stands above the effect. Where the cause stands
below or beside it, the app announces a frozen dataclass of its own `events.py`. Listeners run in
the announcer's transaction, so cause and consequence are stored together or not at all.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all events. Fields are ids and plain values, never model instances."""


E = TypeVar("E", bound=Event)
_listeners: dict[type[Event], list[Callable[[Any], None]]] = defaultdict(list)


def listen(event_type: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Decorator: call the function with each announced event of this exact type."""

    def register(listener: Callable[[E], None]) -> Callable[[E], None]:
        if listener not in _listeners[event_type]:
            _listeners[event_type].append(listener)
        return listener

    return register


def announce(event: Event) -> None:
    """Call every listener of the event's type, in order of registration, in this transaction."""
    for listener in _listeners[type(event)]:
        listener(event)
