"""What rooms above put on a person's page of figures.

metrics knows only its own figures. A room above registers a provider when it starts (`AppConfig.ready`), as the
guide's thread does (`cms.thread`). A provider shows only what the given viewer may read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise

from people.models import Person


@dataclass(frozen=True)
class Line:
    """One thing said in a panel: words, a tone of the pill, and where it is explained."""

    text: str
    pill: str | Promise
    tone: str
    url: str


@dataclass(frozen=True)
class Inset:
    """What a room draws at one metric in place of the plain line: its template, given `inset.content`, and a verdict."""

    template: str
    content: Any
    verdict: str
    tone: str


@dataclass(frozen=True)
class Panel:
    """A card on the page; `url` leads to all of it. `insets` stand at the metrics of these keys and use `style_sheet`."""

    title: str | Promise
    text: str | Promise
    link: str | Promise
    url: str
    lines: tuple[Line, ...] = ()
    verdicts: tuple[Line, ...] = ()  # of one or two words, side by side
    insets: Mapping[str, Inset] = field(default_factory=dict)
    style_sheet: str = ""


Provider = Callable[[Person, Person, date], Panel | None]
_providers: list[Provider] = []


def register(provider: Provider) -> Provider:
    """Add a provider of (viewer, person, day); registering it twice changes nothing. Usable as a decorator."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def unregister(provider: Provider) -> None:
    """Take a provider away again (tests)."""
    if provider in _providers:
        _providers.remove(provider)


def panels_of(viewer: Person, person: Person, on: date) -> list[Panel]:
    """Every panel this viewer may read on this person's page, in order of registration."""
    found = [provider(viewer, person, on) for provider in _providers]
    return [panel for panel in found if panel is not None]


def insets_of(panels: list[Panel]) -> dict[str, Inset]:
    """Metric key → what is drawn there; the panel registered last has the word."""
    return {key: inset for panel in panels for key, inset in panel.insets.items()}
