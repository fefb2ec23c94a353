"""Who may hear a recording, and who adds one.

Whoever may read the conversation hears it: who has it to review, the person it is about, and who leads them. Adding a
recording or a transcript is for who reviews it and for who leads the person; a rep changes nothing about a conversation.
Once somebody judged by a recording it stands as it is: a review, and a dispute of it, rest on it.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from coaching.interactions.access import interactions_visible_to
from coaching.interactions.models import Interaction
from coaching.quality.access import can_draw_by_hand, draws_visible_to, interactions_to_pick, reviews_visible_to
from coaching.quality.assessments.access import assessments_visible_to
from coaching.quality.models import BlindScoring, Recording, Review
from foundation.access import ALLOWED, Decision, denied
from people.models import Person


def cases_to_hear(person: Person, on: date) -> QuerySet[Interaction]:
    """Conversations this person may read, as far as this room knows."""
    return Interaction.objects.filter(
        Q(pk__in=interactions_visible_to(person, on).values("pk"))
        | Q(pk__in=draws_visible_to(person).values("interaction"))
        | Q(pk__in=reviews_visible_to(person, on).values("interaction"))
        | Q(pk__in=assessments_visible_to(person, on).values("interaction"))
    )


def get_case_for(person: Person, pk: int, on: date) -> Interaction:
    case = cases_to_hear(person, on).select_related("source", "handler__person").filter(pk=pk).first()
    if case is None:
        raise Http404
    return case


def get_recording_for(person: Person, pk: int, on: date) -> Recording:
    recording = Recording.objects.filter(pk=pk, interaction__in=cases_to_hear(person, on).values("pk")).first()
    if recording is None:
        raise Http404
    return recording


def can_add_recording(person: Person, case: Interaction, on: date) -> Decision:
    if draws_visible_to(person).filter(interaction=case).exists():
        return ALLOWED
    if can_draw_by_hand(person, on) and interactions_to_pick(person, on).filter(pk=case.pk).exists():
        return ALLOWED
    return denied(_("Only who reviews this conversation, or leads the person, adds a recording or a transcript."))


def can_replace_recording(case: Interaction) -> Decision:
    """Replace or delete the sound that is there: until a review of this conversation was handed in, whatever became of it since."""
    if Review.every.filter(interaction=case).exclude(state=Review.State.DRAFT).exists():
        return denied(_("A review rests on this recording, so it cannot be replaced or deleted any more."))
    if BlindScoring.objects.filter(interaction=case, state=BlindScoring.State.SUBMITTED).exists():
        return denied(_("Somebody scored this call in a calibration, so its recording cannot be replaced or deleted any more."))
    return ALLOWED
