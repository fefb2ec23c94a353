"""Who decides what of a source is stored masked: administrators."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from coaching.interactions.models import Source
from foundation.access import ALLOWED, Decision, denied
from people.models import Person, Role


def can_mask_sources(person: Person) -> Decision:
    if person.has_role(Role.ADMIN):
        return ALLOWED
    return denied(_("Only an administrator decides whether personal data is masked before it is stored."))


def sources_visible_to(person: Person) -> QuerySet[Source]:
    """All sources for those who decide about them, by name; none for anybody else."""
    sources = Source.objects.order_by("name", "pk")
    return sources if can_mask_sources(person) else sources.none()


def get_source_for(person: Person, pk: int) -> Source:
    """One source: 403 for those who decide about none, 404 where there is none."""
    can_mask_sources(person).or_403()
    return get_object_or_404(sources_visible_to(person), pk=pk)
