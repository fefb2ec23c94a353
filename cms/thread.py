"""The thread panel of a standard: what in the house points to it.

cms knows only its own pages. Rooms above register a provider when they start (`AppConfig.ready`),
so that criteria, metrics and modules appear here without cms importing any of them.
A provider shows only what the given person may see.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from cms.models import Standard
from people.models import Person


@dataclass(frozen=True)
class ThreadEntry:
    """One line of the panel: what it is ("Guideline module"), its name, and where it is read."""

    label: str | Promise
    text: str
    url: str


Provider = Callable[[Standard, Person], list[ThreadEntry]]
_providers: list[Provider] = []


def register(provider: Provider) -> Provider:
    """Add a provider; registering it twice changes nothing. Usable as a decorator."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def unregister(provider: Provider) -> None:
    """Take a provider away again (tests)."""
    if provider in _providers:
        _providers.remove(provider)


def entries(standard: Standard, person: Person) -> list[ThreadEntry]:
    """Everything that points to this standard and that this person may see, in order of registration."""
    return [entry for provider in _providers for entry in provider(standard, person)]
