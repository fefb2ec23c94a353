"""Whose comments to use again somebody sees and changes, and who may look behind a mask."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from coaching.quality.access import reviews_of_people_visible_to
from coaching.quality.models import Mode, Review, Snippet
from foundation.access import ALLOWED, Decision, denied
from people.models import Person, Role


def snippets_visible_to(person: Person) -> QuerySet[Snippet]:
    """Their own, and those that active reviewers share."""
    return Snippet.objects.filter(Q(owner=person) | Q(is_shared=True, owner__is_active=True)).select_related("owner")


def snippets_of(person: Person) -> QuerySet[Snippet]:
    """What this person may change: their own; the head also shared ones."""
    mine = Q(owner=person)
    return Snippet.objects.filter(mine | Q(is_shared=True) if person.has_role(Role.HEAD) else mine).select_related("owner")


def get_snippet_for(person: Person, pk: int) -> Snippet:
    """A snippet this person may change. 403 for somebody else's shared one, 404 for what is not theirs to see."""
    snippet = snippets_of(person).filter(pk=pk).first()
    if snippet is None:
        if snippets_visible_to(person).filter(pk=pk).exists():
            raise PermissionDenied(_("Only who wrote a shared comment, or the head of support, changes it."))
        raise Http404
    return snippet


def can_show_personal_data(person: Person, review: Review, on: date) -> Decision:
    """Whoever writes the review, and who leads the person reviewed: they may have to make sure of a number.

    Not a rep who is asked for feedback or assesses a conversation of their own: that needs nobody's number.
    """
    if review.reviewer_id == person.pk and review.is_draft and review.mode == Mode.REVIEW:
        return ALLOWED
    if reviews_of_people_visible_to(person, on).filter(pk=review.pk).exists() and person.has_role(Role.LEAD, Role.HEAD):
        return ALLOWED
    return denied(_("Only the reviewer at work and the team lead see what is masked."))
