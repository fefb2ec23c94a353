"""Who sees and keeps paths: everybody those that are in use; editors and the head keep them; leads give them to their people."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from foundation.access import ALLOWED, Decision, denied
from learning.assignments.access import people_assignable_by
from learning.paths.models import LearningPath, PathAssignment, PathAssignmentQuerySet, PathStep
from people.access import people_visible_to
from people.models import Person, Role


def can_keep_paths(person: Person) -> Decision:
    if person.has_role(Role.EDITOR, Role.HEAD):
        return ALLOWED
    return denied(_("Editors and the head of support keep the learning paths."))


def paths_visible_to(person: Person) -> QuerySet[LearningPath]:
    """The paths in use; who keeps them sees the archived ones too."""
    return LearningPath.objects.all() if can_keep_paths(person) else LearningPath.objects.filter(archived_at=None)


def get_path_for(person: Person, pk: int) -> LearningPath:
    """A path this person may read; 404 otherwise."""
    path = paths_visible_to(person).filter(pk=pk).first()
    if path is None:
        raise Http404
    return path


def get_path_to_keep(person: Person, pk: int) -> LearningPath:
    """A path to change: 404 where this person may not even read it, 403 for everybody who does not keep paths."""
    path = get_path_for(person, pk)
    can_keep_paths(person).or_403()
    return path


def get_step_to_keep(person: Person, path_pk: int, pk: int) -> PathStep:
    path = get_path_to_keep(person, path_pk)
    step = path.steps.filter(pk=pk).first()
    if step is None:
        raise Http404
    return step


def path_assignments_visible_to(person: Person, on: date) -> PathAssignmentQuerySet:
    return PathAssignment.objects.filter(person__in=people_visible_to(person, on).values("pk"))


def get_path_assignment_for(person: Person, pk: int, on: date) -> PathAssignment:
    """Somebody's way on a path that this person may read; 404 otherwise."""
    found = path_assignments_visible_to(person, on).select_related("person", "path", "assigned_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def can_go(person: Person, assignment: PathAssignment) -> Decision:
    """May this person choose the modules of this path's steps?"""
    if assignment.person_id != person.pk:
        return denied(_("Only %(name)s can choose here: it is their path.") % {"name": assignment.person})
    if not assignment.is_open:
        return denied(_("This path is not open any more. Its modules are in the catalogue."))
    return ALLOWED


def can_withdraw_path(person: Person, assignment: PathAssignment, on: date) -> Decision:
    """A lead for their people; a learner what they chose themselves."""
    own_choice = assignment.person_id == person.pk and assignment.source == "own"
    if own_choice or people_assignable_by(person, on).filter(pk=assignment.person_id).exists():
        return ALLOWED
    return denied(_("Only the team lead or the head of support can withdraw this path."))
