"""Time and chance, as what calls a helpdesk meets them: handed in, so that tests wait for nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Pace:
    """`beat` is a sign of life, given around every call and wait; it raises LeaseLost where the run was taken over."""

    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    jitter: Callable[[], float]  # evenly between 0 and 1
    beat: Callable[[], None] = lambda: None
