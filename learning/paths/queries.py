"""Reads of paths and of how far people are, ready for a screen."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from learning.assignments.models import Assignment
from learning.assignments.queries import missing_prerequisites, modules_done, modules_done_by
from learning.modules.models import Module
from learning.paths.access import path_assignments_visible_to, paths_visible_to
from learning.paths.models import LearningPath, PathAssignment, PathAssignmentQuerySet, PathStep, StepModule
from people.models import Person


@dataclass(frozen=True)
class ModuleOnPath:
    """A module of a step, for one person. `assignment` is the open one; `waits_for` are modules that come first."""

    module: Module
    done_on: date | None
    assignment: Assignment | None
    waits_for: tuple[Module, ...] = ()


@dataclass(frozen=True)
class StepProgress:
    step: PathStep
    number: int
    modules: tuple[ModuleOnPath, ...]

    @property
    def done(self) -> int:
        return sum(row.done_on is not None for row in self.modules)

    @property
    def is_met(self) -> bool:
        return self.done >= self.step.needed

    @property
    def is_choice(self) -> bool:
        """Fewer are needed than there are: the learner chooses."""
        return self.step.needed < len(self.modules)

    @property
    def words(self) -> str:
        if not self.is_choice:
            return _("all of these") if len(self.modules) > 1 else _("this module")
        return _("any %(n)s of these %(of)s") % {"n": self.step.needed, "of": len(self.modules)}


@dataclass(frozen=True)
class PathProgress:
    """How far somebody is. `current` is the first step that is not met; None where all are."""

    steps: tuple[StepProgress, ...]

    @property
    def current(self) -> StepProgress | None:
        return next((step for step in self.steps if not step.is_met), None)

    @property
    def met(self) -> int:
        return sum(step.is_met for step in self.steps)

    @property
    def is_met(self) -> bool:
        return bool(self.steps) and self.current is None


def steps_of(path: LearningPath) -> list[PathStep]:
    """The steps in their order, with their modules."""
    modules = StepModule.objects.select_related("module").defer("module__lessons", "module__quiz")
    return list(path.steps.prefetch_related(Prefetch("step_modules", queryset=modules)))


def progress_of(path: LearningPath, person: Person) -> PathProgress:
    """How far this person is on the path; whatever they completed, here or before, counts."""
    steps = steps_of(path)
    ids = [row.module_id for step in steps for row in step.step_modules.all()]
    done = modules_done(person, ids)
    mine = Assignment.objects.open().filter(person=person, module_id__in=ids)
    assignments = {row.module_id: row for row in mine}
    found, reached = [], False
    for number, step in enumerate(steps, start=1):
        modules = []
        for row in step.step_modules.all():
            free = not reached and row.module_id not in done and row.module_id not in assignments
            waits = tuple(missing_prerequisites(person, row.module)) if free else ()
            modules.append(ModuleOnPath(row.module, done.get(row.module_id), assignments.get(row.module_id), waits))
        progress = StepProgress(step, number, tuple(modules))
        reached = reached or not progress.is_met
        found.append(progress)
    return PathProgress(tuple(found))


def path_list(person: Person, *, search: str = "") -> QuerySet[LearningPath]:
    """The paths this person may read, those in use first, with how many steps and how many people on the way."""
    paths = paths_visible_to(person).annotate(step_count=Count("steps", distinct=True))
    for word in search.split()[:8]:
        paths = paths.filter(Q(title__icontains=word) | Q(summary__icontains=word))
    return paths.order_by("archived_at", "title", "pk")


def open_path_of(person: Person, path: LearningPath) -> PathAssignment | None:
    return PathAssignment.objects.open().filter(person=person, path=path).first()


def latest_path_of(person: Person, path: LearningPath) -> PathAssignment | None:
    """The open way of this person, or the last one they completed."""
    mine = PathAssignment.objects.filter(person=person, path=path).exclude(state=PathAssignment.State.WITHDRAWN)
    return mine.order_by("-assigned_at", "-pk").first()


def my_paths(person: Person) -> dict[int, PathAssignment]:
    """Per path the latest assignment of this person that was not withdrawn."""
    mine = PathAssignment.objects.filter(person=person).exclude(state=PathAssignment.State.WITHDRAWN)
    return {row.path_id: row for row in mine.order_by("assigned_at", "pk")}


def people_on(path: LearningPath, viewer: Person, on: date) -> PathAssignmentQuerySet:
    """Whom of the viewer's people the path was given to, those on the way first."""
    rows = path_assignments_visible_to(viewer, on).filter(path=path).exclude(person=viewer).select_related("person")
    return rows.exclude(state=PathAssignment.State.OPEN, person__is_active=False).order_by(
        "-state", "due_on", "person__display_name", "pk"
    )


def met_of_many(path: LearningPath, people: Iterable[Person]) -> dict[int, int]:
    """How many steps of the path each of these people has met; the same few queries, however many they are."""
    steps = steps_of(path)
    done = modules_done_by(people, [row.module_id for step in steps for row in step.step_modules.all()])
    return {pk: _met(steps, modules) for pk, modules in done.items()}


def _met(steps: list[PathStep], done: Collection[int]) -> int:
    return sum(sum(row.module_id in done for row in step.step_modules.all()) >= step.needed for step in steps)


def module_is_on_a_path(page_path: str) -> bool:
    """Is the module at this place of the page tree, or one below it, part of any path?"""
    return StepModule.objects.filter(module__path__startswith=page_path).exists()
