"""Who keeps packages, and who may open one.

Editors and the head of support keep them. A learner opens a package through their own assignment only; a launch is the right to
one attempt's package on the content host, for an hour from its last use, as long as the person may still learn it.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from foundation.access import ALLOWED, Decision, denied
from learning.assignments.models import Assignment, Attempt
from learning.packages.models import Launch, Package
from learning.packages.tokens import LIFETIME, key_of
from people.models import Person, Role


def can_keep_packages(person: Person) -> Decision:
    if person.has_role(Role.EDITOR, Role.HEAD):
        return ALLOWED
    return denied(_("Editors and the head of support keep training packages. You open them from your assignments."))


def packages_visible_to(person: Person) -> QuerySet[Package]:
    return Package.objects.all() if can_keep_packages(person) else Package.objects.none()


def get_package_for(person: Person, pk: int) -> Package:
    """A package for who keeps them; 404 otherwise."""
    package = packages_visible_to(person).select_related("uploaded_by").filter(pk=pk).first()
    if package is None:
        raise Http404
    return package


def get_launch_of(assignment: Assignment, pk: int, now: datetime) -> Launch | None:
    """An opening of this assignment's package that is still in use; None where it has run out."""
    launch = _launches().filter(pk=pk, attempt__assignment=assignment).first()
    return launch if launch is not None and can_run(launch, now) else None


def get_launch_by_token(token: str, now: datetime) -> Launch:
    """The launch a token of the content host stands for. Raises Http404 for any that is forged, has run out or may not run."""
    key = key_of(token)
    launch = _launches().filter(key=key).first() if key else None
    if launch is None or not can_run(launch, now):
        raise Http404
    return launch


def _launches() -> QuerySet[Launch]:
    """Without the module and its revision: what they hold is long, and a report needs none of it."""
    return Launch.objects.select_related("package", "attempt__assignment__person")


def can_run(launch: Launch, now: datetime) -> Decision:
    """Is this launch in use: its hour not over, the account active, the assignment standing, and no newer attempt begun?"""
    assignment = launch.attempt.assignment
    if now - launch.last_used_at > LIFETIME:
        return denied(_("It was not used for an hour. Open it again from your assignment."))
    if not assignment.person.is_active or assignment.state == Assignment.State.WITHDRAWN:
        return denied(_("This assignment is not open any more."))
    if Attempt.objects.filter(assignment=assignment, number__gt=launch.attempt.number).exists():
        return denied(_("You began again on a newer version. Go on there."))
    return ALLOWED
