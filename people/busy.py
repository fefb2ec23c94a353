"""When somebody is busy already: rooms register what they know, and whoever plans something asks.

A room that stands above the one that asks (coaching sessions above group sessions) is heard in this way without being known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Absence, Person


@dataclass(frozen=True)
class Busy:
    """Something a person has at that time. `what` says it without telling more than a colleague may know."""

    person_id: int
    what: str
    key: str = ""  # names the thing, so that it does not clash with itself


Source = Callable[[list[int], datetime, datetime], Iterable[Busy]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """Have a room's function asked: (ids of people, from, until) → what they have that overlaps. One query at most."""
    if source not in _sources:
        _sources.append(source)
    return source


def busy_between(people: Iterable[Person], starts_at: datetime, ends_at: datetime, *, but: str = "") -> list[Busy]:
    """What these people have that overlaps; `but` is the key of the thing that is being planned."""
    ids = [person.pk for person in people]
    return [busy for source in _sources for busy in source(ids, starts_at, ends_at) if not (but and busy.key == but)]


@register
def absent(ids: list[int], starts_at: datetime, ends_at: datetime) -> list[Busy]:
    """Days away. That they are away is known to who plans; why is not."""
    first, last = timezone.localdate(starts_at), timezone.localdate(ends_at)
    rows = Absence.objects.filter(person__in=ids, starts_on__lte=last, until__gte=first)
    return [Busy(row.person_id, _("away"), f"absence:{row.pk}") for row in rows]
