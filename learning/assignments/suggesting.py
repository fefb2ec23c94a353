"""What is recommended to a person to learn. Ranked above, where their reviews can be seen; shown on the learner's page.

A room above registers how it recommends when it starts. Which modules can be recommended at all is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from learning.assignments.models import Assignment
from learning.assignments.queries import done_since, modules_done
from learning.modules.access import modules_visible_to
from learning.modules.models import Module
from learning.modules.translations import Translations, read_translations
from people.models import Person

MOST_OPEN = 5  # who has so many modules to do is recommended none
RESTS_FOR = timedelta(days=90)  # after completing a module it is not recommended again


@dataclass(frozen=True)
class Evidence:
    """Something of one's own that a recommendation rests on, and where it is read."""

    text: str
    url: str


@dataclass(frozen=True)
class Reason:
    """One thing a module is for: in plain words, with what can be said for sure, and the evidence."""

    because: str
    range: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Suggestion:
    """A module for one person. `effect` says what is known of how it works, with its range; the addresses take POST."""

    module: Module
    reasons: tuple[Reason, ...]
    effect: str
    take_url: str
    dismiss_url: str


@dataclass(frozen=True)
class Suggestions:
    """`found` in order; where there are none, `nothing` says why. `hidden` were dismissed by the person."""

    found: tuple[Suggestion, ...] = ()
    nothing: str = ""
    hidden: int = 0
    show_again_url: str = ""


Recommender = Callable[[Person, datetime], Suggestions | None]
_recommenders: list[Recommender] = []


def register(recommender: Recommender) -> Recommender:
    """From now on this is asked. Registering it twice changes nothing."""
    if recommender not in _recommenders:
        _recommenders.append(recommender)
    return recommender


def unregister(recommender: Recommender) -> None:
    """Take it away again (tests)."""
    if recommender in _recommenders:
        _recommenders.remove(recommender)


def suggestions_for(person: Person, now: datetime) -> Suggestions | None:
    """What the first recommender says that has anything to say; None where nothing is known of the person to go by."""
    return next((said for recommender in _recommenders if (said := recommender(person, now)) is not None), None)


@dataclass(frozen=True)
class Eligible:
    """Of the modules asked for, those that can be recommended, each in the language that suits the person; by the id asked for."""

    modules: dict[int, Module]
    too_many_open: bool


def eligible(person: Person, module_ids: Iterable[int], now: datetime) -> Eligible:
    """Published, nothing missing before it, not open, not completed in the last ninety days, and no full desk."""
    wanted, translations = set(module_ids), read_translations()
    same = translations.same_as(wanted)
    opened = {
        translations.original_of(pk) for pk in Assignment.objects.open().filter(person=person).values_list("module_id", flat=True)
    }
    if len(opened) >= MOST_OPEN:
        return Eligible({}, too_many_open=True)
    rest = {translations.original_of(pk) for pk in done_since(person, same, now - RESTS_FOR)}
    published = modules_visible_to(person).filter(pk__in=same).defer("lessons", "quiz")
    candidates = [m for m in published if translations.original_of(m.pk) not in opened | rest]
    free = _without_missing(person, candidates)
    return Eligible(_in_their_language(person, wanted, free, translations), too_many_open=False)


def _without_missing(person: Person, modules: list[Module]) -> list[Module]:
    """Those whose prerequisites this person has completed; two queries for all together, and those of `modules_done`."""
    through = Module.prerequisites.through.objects.filter(from_module__in=modules, to_module__live=True)
    needed: dict[int, set[int]] = {}
    for module_id, before in through.values_list("from_module_id", "to_module_id"):
        needed.setdefault(module_id, set()).add(before)
    done = set(modules_done(person, {before for found in needed.values() for before in found}))
    return [module for module in modules if needed.get(module.pk, set()) <= done]


def _in_their_language(
    person: Person, wanted: Iterable[int], modules: list[Module], translations: Translations
) -> dict[int, Module]:
    by_original: dict[int, list[Module]] = {}
    for module in modules:
        by_original.setdefault(translations.original_of(module.pk), []).append(module)
    found = {}
    for pk in wanted:
        same = by_original.get(translations.original_of(pk), [])
        best = min(same, key=lambda module: (module.language != person.locale, module.pk != pk, module.pk), default=None)
        if best is not None:
            found[pk] = best
    return found
