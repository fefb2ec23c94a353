"""Addresses of the explorer: the cases behind a cell, and a question as a query string."""

from __future__ import annotations

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


def cases_url(question: Question, target: Target, window: Window) -> str:
    """The page that lists the cases behind a figure."""
    key = question.definition.key
    values = {"first": window.first.isoformat(), "last": window.last.isoformat()}
    chosen = question.filters.chosen()
    if target.kind is not None:
        chosen |= dict([target.kind])
    values |= {name: to_address(value) for name, value in chosen.items()}
    if target.person_id is not None:
        return f"{_person_path(target.person_id, key)}?{urlencode(values)}"
    if target.team is not None:
        values["team"] = str(target.team.pk)
    return f"{_cases_path(key)}?{urlencode(values)}"
