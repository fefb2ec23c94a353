"""Addresses of the explorer: the cases behind a cell, and a question as a query string."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse

from coaching.metrics.explorer.questions import Question
from coaching.metrics.explorer.words import to_address
from coaching.metrics.queries import Window
from people.models import Team


@dataclass(frozen=True)
class Target:
    """Whose and which cases a row stands for."""

    person_id: int | None = None
    team: Team | None = None
    kind: tuple[str, str] | None = None  # (dimension, value)


@lru_cache(maxsize=8192)
def _person_path(person_id: int, key: str) -> str:
    return reverse("metrics_cases", args=[person_id, key])


@lru_cache(maxsize=256)
def _cases_path(key: str) -> str:
    return reverse("metrics_explore_cases", args=[key])


@lru_cache(maxsize=1024)
def _days(window: Window) -> str:
    return f"first={window.first.isoformat()}&last={window.last.isoformat()}"


def cases_urls(question: Question, target: Target, windows: Sequence[Window]) -> list[str]:
    """The pages that list the cases behind a row's figures, one for each window."""
    key = question.definition.key
    chosen = question.filters.chosen()
    if target.kind is not None:
        chosen |= dict([target.kind])
    values = {name: to_address(value) for name, value in chosen.items()}
    if target.person_id is None and target.team is not None:
        values["team"] = str(target.team.pk)
    path = _cases_path(key) if target.person_id is None else _person_path(target.person_id, key)
    rest = f"&{urlencode(values)}" if values else ""
    return [f"{path}?{_days(window)}{rest}" for window in windows]
