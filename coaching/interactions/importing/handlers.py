"""Who is meant: a source's names for people become Handler rows, and are matched to people where that is certain.

The order is e-mail, external id, then the exact display name where only one person has it. Nobody is
guessed: an unmatched handler keeps its name and waits.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd
from django.conf import settings

from coaching.interactions.models import Handler, Source
from people.models import ExternalId, Person


@dataclass(frozen=True)
class Known:
    """What a chunk needs of a handler: its id, the matched person and the zone their days are counted in."""

    pk: int
    person_id: int | None
    zone: str


class PersonMatcher:
    """Finds the person behind a handler of one source; reads people once."""

    def __init__(self, source: Source) -> None:
        people = list(Person.objects.values_list("pk", "email", "display_name"))
        self._by_email = {email: pk for pk, email, _name in people}
        names = Counter(name for _pk, _email, name in people)
        self._by_name = {name: pk for pk, _email, name in people if names[name] == 1}
        self._by_external = dict(ExternalId.objects.filter(source=source.key).values_list("value", "person_id"))

    def person_of(self, *, key: str, name: str, email: str) -> int | None:
        by_email = self._by_email.get(email.strip().lower()) or self._by_email.get(key.strip().lower())
        return by_email or self._by_external.get(key) or self._by_name.get(name) or self._by_name.get(key)


class HandlerBook:
    """The handlers of one source, read once and added to as a file names new ones."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._matcher: PersonMatcher | None = None
        rows = Handler.objects.filter(source=source).values_list("external_key", "pk", "person_id", "person__time_zone")
        self._known = {key: Known(pk, person, zone or settings.TIME_ZONE) for key, pk, person, zone in rows}

    @property
    def unmatched(self) -> int:
        return sum(known.person_id is None for known in self._known.values())

    def resolve(self, keys: np.ndarray, names: np.ndarray | None = None, emails: np.ndarray | None = None) -> list[Known | None]:
        """One entry per row, None where the row names nobody. New handlers are created in the caller's transaction."""
        codes, unique = pd.factorize(keys)
        if not len(unique):
            return [None] * len(keys)
        first = (
            {key: index for index, key in reversed(list(enumerate(keys.tolist())))}
            if names is not None or emails is not None
            else {}
        )
        new = []
        for key in unique:
            if key and key not in self._known:
                index = first.get(key, 0)
                new.append((key, names[index] if names is not None else "", emails[index] if emails is not None else ""))
        if new:
            self._create(new)
        found = [self._known.get(key) if key else None for key in unique]
        return [found[code] for code in codes]

    def _create(self, new: list[tuple[str, str, str]]) -> None:
        matcher = self._matcher or PersonMatcher(self.source)
        self._matcher = matcher
        Handler.objects.bulk_create(
            [
                Handler(
                    source=self.source,
                    external_key=key,
                    name=name or key,
                    email=email,
                    person_id=matcher.person_of(key=key, name=name, email=email),
                )
                for key, name, email in new
            ],
            ignore_conflicts=True,
        )
        rows = Handler.objects.filter(source=self.source, external_key__in=[key for key, _name, _email in new])
        for key, pk, person, zone in rows.values_list("external_key", "pk", "person_id", "person__time_zone"):
            self._known[key] = Known(pk, person, zone or settings.TIME_ZONE)
