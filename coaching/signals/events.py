"""What this room announces upward."""

from dataclasses import dataclass

from foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class SignalRaised(Event):
    """A person or team was found below their own normal. Announced inside the raising transaction."""

    signal_id: int
    level: str
