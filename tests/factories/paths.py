"""Learning paths for tests, made through the services."""

from __future__ import annotations

from datetime import datetime

from learning.modules.models import Module
from learning.paths.models import LearningPath
from learning.paths.services import create_path, save_step


def make_path(now: datetime, *steps: tuple[list[Module], int], title: str = "First weeks") -> LearningPath:
    """Each step is (modules, how many of them are needed)."""
    path = create_path(actor=None, title=title, summary="What you can do afterwards.", now=now)
    for modules, needed in steps:
        save_step(actor=None, path=path, step=None, modules=modules, needed=needed, now=now)
    return path
