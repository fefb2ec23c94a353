"""Reads of the catalogue and the learner's own page, ready for a screen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from learning.assignments.hours import in_year
from learning.assignments.models import Assignment, Completion, PastTraining
from learning.assignments.queries import completions_of, modules_done, past_trainings_of, states_of_modules
from learning.certificates.models import Certificate
from learning.certificates.queries import certificates_for
from learning.modules.models import Module
from learning.modules.queries import catalogue, where_found, words_of
from learning.modules.translations import read_translations
from people.models import Person

NOT_BEGUN, BEGUN, COMPLETED, WAITING = "new", "begun", "completed", "waiting"
BY_TITLE, NEWEST, SHORTEST = "title", "newest", "shortest"
LENGTHS = (5, 10, 20)


@dataclass(frozen=True)
class ModuleRow:
    """A module of the catalogue, with what this person has to do with it."""

    module: Module
    mine: Assignment | None
    done_on: date | None  # also where it was learnt before, or elsewhere
    found: str  # the words around what was searched, where only a lesson has it

    @property
    def elsewhere(self) -> bool:
        """Completed, but by no assignment of ours."""
        return self.done_on is not None and (self.mine is None or self.mine.state != Assignment.State.COMPLETED)


def completed_ids(person: Person) -> set[int]:
    """All modules this person has completed, here or before, with those that are the same in another language."""
    here = Completion.objects.filter(person=person).order_by().values_list("module_id", flat=True)
    before = PastTraining.objects.filter(person=person).exclude(module=None).order_by().values_list("module_id", flat=True)
    return read_translations().same_as({*here, *(pk for pk in before if pk is not None)})


def find_modules(
    person: Person,
    *,
    search: str = "",
    standard: str = "",
    tag: str = "",
    language: str = "",
    minutes: int | None = None,
    state: str = "",
    sort: str = "",
) -> QuerySet[Module]:
    """The published modules that fit, those in the person's language first.

    Without a wish for another order, a search puts first what has a word in its title, then in its summary.
    """
    modules = catalogue(person, search=search, standard=standard, tag=tag, language=language, minutes=minutes)
    if state:
        modules = _in_state(person, modules, state)
    foreign = Case(When(language=person.locale, then=Value(0)), default=Value(1), output_field=IntegerField())
    order: list[Any] = [] if language else [foreign]
    words = words_of(search)
    if sort == NEWEST:
        order.append(F("first_published_at").desc(nulls_last=True))
    elif sort == SHORTEST:
        order.append("estimated_minutes")
    elif words and sort != BY_TITLE:
        in_title, in_summary = Q(), Q()
        for word in words:
            in_title |= Q(title__icontains=word)
            in_summary |= Q(summary__icontains=word)
        rank = Case(When(in_title, then=Value(0)), When(in_summary, then=Value(1)), default=Value(2), output_field=IntegerField())
        order.append(rank)
    return modules.order_by(*order, "title", "pk")


def _in_state(person: Person, modules: QuerySet[Module], state: str) -> QuerySet[Module]:
    done = completed_ids(person)
    if state == COMPLETED:
        return modules.filter(pk__in=done)
    if state == WAITING:
        missing = Module.prerequisites.through.objects.filter(to_module__live=True).exclude(to_module__in=done)
        return modules.filter(pk__in=missing.values("from_module")).exclude(pk__in=done)
    started = Assignment.objects.filter(person=person, state=Assignment.State.STARTED).values_list("module_id", flat=True)
    begun = read_translations().same_as(started)
    if state == BEGUN:
        return modules.filter(pk__in=begun)
    return modules.exclude(pk__in=done | begun)


def module_rows(person: Person, modules: Iterable[Module], search: str) -> list[ModuleRow]:
    """The modules of one page; a few queries for all, and one more per module that only its lessons were found by."""
    modules = list(modules)
    mine = states_of_modules(person, [module.pk for module in modules])
    done = modules_done(person, [module.pk for module in modules])
    words = words_of(search)
    return [ModuleRow(m, mine.get(m.pk), done.get(m.pk), where_found(m, words)) for m in modules]


def learnt_by(person: Person, year: int | None = None) -> QuerySet[Completion]:
    """What the person has completed, in one year or ever, the latest first."""
    rows = completions_of(person)
    return rows if year is None else rows.filter(in_year(year))


def trainings_of(person: Person, year: int | None = None) -> QuerySet[PastTraining]:
    rows = past_trainings_of(person)
    return rows if year is None else rows.filter(completed_on__year=year)


def with_certificates(completions: Iterable[Completion]) -> list[tuple[Completion, Certificate | None]]:
    """Each with its certificate, where it gave one; one query."""
    completions = list(completions)
    found = certificates_for([completion.pk for completion in completions])
    return [(completion, found.get(completion.pk)) for completion in completions]


def last_completion(person: Person, module: Module) -> Completion | None:
    """The version this person completed last: what they can say something of."""
    return Completion.objects.filter(person=person, module=module).select_related("revision").first()
