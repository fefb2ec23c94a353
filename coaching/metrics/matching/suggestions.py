"""Who a handler may be, and why. Only the reason's strength orders them; nothing here changes anything."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from coaching.interactions.models import Handler
from coaching.metrics.matching.names import SIMILAR, likeness, pairs_of, plain_name
from people.models import ExternalId, Person

ADDRESS = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
SHOWN = 4  # people named for one handler


@dataclass(frozen=True)
class Candidate:
    """One person a handler may be. `rank` 0 is the strongest reason."""

    person: Person
    rank: int
    reason: str


@dataclass(frozen=True)
class Suggestion:
    """The best candidates of a handler: one, or several where the same reason names several."""

    candidates: list[Candidate] = field(default_factory=list)

    @property
    def only(self) -> Candidate | None:
        """The one to confirm; None where nobody or several are meant alike."""
        return self.candidates[0] if len(self.candidates) == 1 else None

    @property
    def is_ambiguous(self) -> bool:
        return len(self.candidates) > 1


def suggest(handlers: Sequence[Handler]) -> dict[int, Suggestion]:
    """Handler id → suggestion, for everybody given; three queries however many there are."""
    if not handlers:
        return {}
    people = list(Person.objects.filter(is_active=True).order_by("display_name", "pk"))
    by_id = {person.pk: person for person in people}
    ids: dict[str, list[ExternalId]] = defaultdict(list)
    for external in ExternalId.objects.filter(person__in=by_id):
        ids[external.value.strip().casefold()].append(external)
    register = _Register(people)
    return {handler.pk: _suggestion(handler, register, ids, by_id) for handler in handlers}


class _Register:
    """Everybody by address, by plain name and by the pairs of letters in it."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.by_address: dict[str, Person] = {}
        self.by_name: dict[str, list[Person]] = defaultdict(list)
        self.pairs = {}
        self.having: dict[str, set[int]] = defaultdict(set)
        self.people: dict[int, Person] = {}
        for person in people:
            self.by_address[person.email] = person
            plain = plain_name(person.display_name)
            self.by_name[plain].append(person)
            self.people[person.pk], self.pairs[person.pk] = person, pairs_of(plain)
            for pair in self.pairs[person.pk]:
                self.having[pair].add(person.pk)

    def alike(self, name: str) -> list[tuple[float, Person]]:
        """People with a similar name, the likest first."""
        wanted = pairs_of(plain_name(name))
        near = {pk for pair in wanted for pk in self.having.get(pair, ())}
        found = [(likeness(wanted, self.pairs[pk]), self.people[pk]) for pk in near]
        return sorted((hit for hit in found if hit[0] >= SIMILAR), key=lambda hit: (-hit[0], hit[1].display_name, hit[1].pk))


def _suggestion(handler: Handler, register: _Register, ids: dict[str, list[ExternalId]], people: dict[int, Person]) -> Suggestion:
    written = (handler.email, handler.external_key, handler.name)
    for address in dict.fromkeys(found.casefold() for text in written for found in ADDRESS.findall(text)):
        person = register.by_address.get(address)
        if person is not None:
            return Suggestion([Candidate(person, 0, _("The same e-mail address, written “%(text)s”.") % {"text": address})])
    known = [
        external for text in {handler.external_key.casefold(), handler.name.casefold()} if text for external in ids.get(text, ())
    ]
    here = [external for external in known if external.source == handler.source.key]
    if here or known:
        chosen = here or known
        named = list(dict.fromkeys(external.person_id for external in chosen))
        candidates = [Candidate(people[pk], 1, _id_reason(chosen, pk, bool(here))) for pk in named]
        return Suggestion(candidates[:SHOWN])
    names = [text for text in dict.fromkeys([handler.name, handler.external_key]) if text and "@" not in text]
    for name in names:
        same = register.by_name.get(plain_name(name), []) if plain_name(name) else []
        if same:
            several = len(same) > 1
            return Suggestion([Candidate(person, 2, _same_name_reason(name, person, several)) for person in same[:SHOWN]])
    for name in [*names, *_local_parts(written)]:
        alike = register.alike(name)
        if alike:
            best = [hit for hit in alike if hit[0] >= alike[0][0] - 1e-9]
            return Suggestion([Candidate(person, 3, _similar_reason(score)) for score, person in best[:SHOWN]])
    return Suggestion()


def _local_parts(texts: Iterable[str]) -> list[str]:
    """ "jonas.brueckner@old.example" → "jonas brueckner": an address elsewhere often holds the name."""
    return [re.sub(r"[._+-]+", " ", found.split("@")[0]) for text in texts for found in ADDRESS.findall(text)]


def _id_reason(externals: Sequence[ExternalId], pk: int, here: bool) -> str:
    external = next(external for external in externals if external.person_id == pk)
    if here:
        return _("Known by this name or number in this system, in other letters.")
    return _("Known as “%(value)s” in %(source)s.") % {"value": external.value, "source": external.source}


def _same_name_reason(name: str, person: Person, several: bool) -> str:
    if several:
        return _("Several people have this name. Choose by the address.")
    if name == person.display_name:
        return _("The same name.")
    return _("The same name, written otherwise.")


def _similar_reason(score: float) -> str:
    return _("A similar name: %(share)s %% of the letter pairs are the same.") % {"share": round(score * 100)}
