"""Who may import: administrators and the head. Everybody else is told so."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from coaching.interactions.models import ImportJob
from foundation.access import ALLOWED, Decision, denied
from people.models import Person, Role


def can_import(person: Person) -> Decision:
    if person.has_role(Role.ADMIN, Role.HEAD):
        return ALLOWED
    return denied(_("Only an administrator or the head of support imports cases."))


def jobs_visible_to(person: Person) -> QuerySet[ImportJob]:
    """All imports for those who may import, none for anybody else."""
    jobs = ImportJob.objects.select_related("source", "created_by")
    return jobs if can_import(person) else jobs.none()


def get_job_for(person: Person, pk: int) -> ImportJob:
    """One import: 403 for those who never import, 404 where there is none."""
    can_import(person).or_403()
    return get_object_or_404(jobs_visible_to(person), pk=pk)
