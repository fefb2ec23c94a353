"""What assignments announce to the rooms above."""

from dataclasses import dataclass

from foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class ModuleAssigned(Event):
    assignment_id: int


@dataclass(frozen=True, kw_only=True)
class ModuleCompleted(Event):
    completion_id: int
