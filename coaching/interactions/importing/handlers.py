"""Who is meant by a name in a file: by e-mail, then external id, then the exact name if only one has it. Never a guess."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
import pandas as pd
from django.conf import settings
from django.db.models import F

from coaching.interactions.models import Handler, Source
from people.models import ExternalId, Person

NONE = -1
BATCH = 500


def find_people(source: Source, wanted: Iterable[tuple[str, str, str]]) -> dict[str, int]:
    """Person ids by handler key, for (key, name, e-mail) triples. Keys without a sure match are left out."""
    wanted = list(wanted)
    found: dict[str, int] = {}
    emails = {(email or (key if "@" in key else "")).strip().lower(): key for key, _name, email in wanted}
    names = Counter(name or key for key, name, _email in wanted)
    by_email: dict[str, int] = {}
    by_id: dict[str, int] = {}
    by_name: dict[str, list[int]] = {}
    for part in _parts([email for email in emails if email]):
        by_email.update(Person.objects.filter(email__in=part).values_list("email", "pk"))
    for part in _parts([key for key, _name, _email in wanted]):
        matches = ExternalId.objects.filter(source=source.key, value__in=part)
        by_id.update(matches.values_list("value", "person_id"))
    namesakes: dict[str, set[str]] = {}
    for part in _parts(list(names)):
        others = Handler.objects.filter(source=source, name__in=part).exclude(external_key=F("name"))
        for name, key in others.values_list("name", "external_key"):
            namesakes.setdefault(name, set()).add(key)
        for name, pk in Person.objects.filter(display_name__in=part).values_list("display_name", "pk"):
            by_name.setdefault(name, []).append(pk)
    for key, name, email in wanted:
        address = (email or (key if "@" in key else "")).strip().lower()
        same_name = by_name.get(name or key, [])
        person = by_email.get(address) or by_id.get(key)
        # Two ids with one name may be two people, of whom only one is known here.
        if person is None and len(same_name) == 1 and names[name or key] == 1 and namesakes.get(name or key, set()) <= {key}:
            person = same_name[0]
        if person is not None:
            found[key] = person
    return found


def _parts(values: list[str]) -> Iterable[list[str]]:
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]


class Handlers:
    """The handlers of one source, looked up once per run; unknown ones are created as they appear."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.seen: set[int] = set()
        self.learned = False  # an e-mail address of somebody unmatched: worth matching again
        self._known: dict[str, tuple[int, str]] = {}
        self._unmatched: set[int] = set()
        self._without_email: set[str] = set()
        self.forget()

    def forget(self) -> None:
        """Read everything afresh: after a chunk was rolled back its handlers do not exist."""
        self._known, self._unmatched, self._without_email = {}, set(), set()
        rows = Handler.objects.filter(source=self.source)
        names = ("external_key", "pk", "person_id", "person__time_zone", "email")
        for key, pk, person, zone, email in rows.values_list(*names).iterator():
            self._remember(key, pk, person, zone)
            if person is None and not email and "@" not in key:
                self._without_email.add(key)

    def see_matches(self) -> None:
        """Take notice of handlers that were matched to a person since: call it with each chunk, under the source's lock."""
        if not self._unmatched:
            return
        matched = Handler.objects.filter(source=self.source).exclude(person=None)
        for key, pk, person, zone in matched.values_list("external_key", "pk", "person_id", "person__time_zone"):
            if pk in self._unmatched:
                self._unmatched.discard(pk)
                self._remember(key, pk, person, zone)

    def _remember(self, key: str, pk: int, person: int | None, zone: str | None) -> None:
        self._known[key] = (pk, zone or settings.TIME_ZONE)
        if person is None:
            self._unmatched.add(pk)

    def resolve(
        self, keys: np.ndarray, names: np.ndarray | None = None, emails: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Handler id (-1 for none) and time zone of each row. An empty key is taken from e-mail or name."""
        if emails is not None or names is not None:
            blank = np.full(len(keys), "", dtype=object)
            names = blank if names is None else names
            emails = blank if emails is None else emails
            keys = np.where(keys == "", np.where(emails == "", names, emails), keys)
        codes, unique = pd.factorize(keys)
        if emails is not None and names is not None and self._without_email:
            self._learn(keys, names, emails)
        unknown = [number for number, key in enumerate(unique) if key and key not in self._known]
        if unknown:
            first = np.full(len(unique), 0)
            first[codes[::-1]] = np.arange(len(codes))[::-1]
            self._create(
                [
                    (unique[n], names[first[n]] if names is not None else "", emails[first[n]] if emails is not None else "")
                    for n in unknown
                ]
            )
        ids = np.array([self._known[key][0] if key else NONE for key in unique], dtype=np.int64)
        zones = np.empty(len(unique), dtype=object)
        zones[:] = [self._known[key][1] if key else settings.TIME_ZONE for key in unique]
        self.seen.update(int(pk) for pk in ids if pk != NONE)
        if not len(unique):
            return np.full(len(keys), NONE, dtype=np.int64), keys
        return ids[codes], zones[codes]

    def _learn(self, keys: np.ndarray, names: np.ndarray, emails: np.ndarray) -> None:
        """Keep the address, and the name, of somebody unmatched whom the source had only named by an id before."""
        for key, name, email in zip(keys.tolist(), names.tolist(), emails.tolist(), strict=True):
            if email and key in self._without_email:
                Handler.objects.filter(source=self.source, external_key=key).update(name=name or key, email=email.lower())
                self._without_email.discard(key)
                self.learned = True

    def _create(self, wanted: list[tuple[str, str, str]]) -> None:
        people = find_people(self.source, wanted)
        Handler.objects.bulk_create(
            [
                Handler(source=self.source, external_key=key, name=name or key, email=email.lower(), person_id=people.get(key))
                for key, name, email in wanted
            ],
            ignore_conflicts=True,
            batch_size=BATCH,
        )
        for part in _parts([key for key, _name, _email in wanted]):
            rows = Handler.objects.filter(source=self.source, external_key__in=part)
            for key, pk, person, zone in rows.values_list("external_key", "pk", "person_id", "person__time_zone"):
                self._remember(key, pk, person, zone)

    def zones_of(self, ids: np.ndarray) -> np.ndarray:
        """The zone of each handler id; the organisation's for -1."""
        codes, unique = pd.factorize(ids)
        zones = dict(self._known.values())
        if any(int(pk) != NONE and int(pk) not in zones for pk in unique):
            self.forget()  # another import has met somebody since
            zones = dict(self._known.values())
        table = np.empty(len(unique), dtype=object)
        table[:] = [zones.get(int(pk), settings.TIME_ZONE) for pk in unique]
        return table[codes] if len(unique) else np.empty(0, dtype=object)

    def unmatched(self, ids: np.ndarray) -> np.ndarray:
        """Which of these handler ids (-1: none) are nobody we know."""
        return (ids == NONE) | np.isin(ids, list(self._unmatched))

    def unmatched_seen(self) -> int:
        return len(self.seen & self._unmatched)
