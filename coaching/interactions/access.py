"""Whose cases somebody may read. Reviewers read what is drawn for them: the quality room decides that."""

from datetime import date

from django.db.models import QuerySet
from django.http import Http404

from coaching.interactions.models import Interaction
from people.access import people_visible_to
from people.models import Person


def interactions_visible_to(person: Person, on: date) -> QuerySet[Interaction]:
    """A rep's own cases; a lead's teams' cases; all cases for the head."""
    return Interaction.objects.filter(handler__person__in=people_visible_to(person, on))


def get_interaction_for(person: Person, pk: int, on: date) -> Interaction:
    """One case the person may read; 404 otherwise."""
    interaction = interactions_visible_to(person, on).select_related("handler__person", "source").filter(pk=pk).first()
    if interaction is None:
        raise Http404
    return interaction
