"""Modules that are the same in another language: an original and its translations. What was learnt in one was learnt in all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from learning.modules.access import modules_visible_to
from learning.modules.models import Module
from people.models import Person


@dataclass(frozen=True)
class Translations:
    """Which module is whose translation, by id."""

    originals: Mapping[int, int]

    def original_of(self, module_id: int) -> int:
        """The module itself where it is no translation."""
        return self.originals.get(module_id, module_id)

    def same_as(self, module_ids: Iterable[int]) -> set[int]:
        """These modules with all that are the same in another language."""
        wanted = {self.original_of(pk) for pk in module_ids}
        return wanted | {pk for pk, original in self.originals.items() if original in wanted}


def read_translations() -> Translations:
    """All there are; one query over the few modules that are translations."""
    return Translations(dict(Module.objects.exclude(translation_of=None).order_by().values_list("pk", "translation_of_id")))


def in_other_languages(module: Module, person: Person) -> list[Module]:
    """The published modules that are the same as this one in another language, by language."""
    original = module.translation_of_id or module.pk
    same = modules_visible_to(person).filter(Q(pk=original) | Q(translation_of=original)).exclude(pk=module.pk)
    return list(same.defer("lessons", "quiz").order_by("language", "pk"))
