"""The rows behind a figure: one person's cases or ratings in a window, as a page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet

from coaching.interactions.access import interactions_visible_to
from coaching.interactions.models import Interaction, Message, SurveyResponse
from coaching.metrics.access import ratings_visible_to
from coaching.metrics.models import MetricDefinition
from coaching.metrics.queries import Window
from people.models import Person

Recipe = MetricDefinition.Recipe


@dataclass(frozen=True)
class CaseFilter:
    """What the reader asked for; empty strings mean: all of them."""

    channel: str = ""
    status: str = ""
    text: str = ""
    only_against: bool = False  # only the rows that count against the figure


def cases_behind(
    viewer: Person, person: Person, definition: MetricDefinition, window: Window, wanted: CaseFilter, on: date
) -> QuerySet[Interaction]:
    """The cases a figure counted, newest first (the slowest first for a time)."""
    cases = interactions_visible_to(viewer, on).filter(handler__person=person).select_related("source")
    span = (window.first, window.last)
    order: tuple[str | F, ...]
    match definition.recipe:
        case Recipe.CASES_TAKEN:
            cases, order = cases.filter(opened_on__range=span), ("-opened_at", "-pk")
        case Recipe.ANSWERED:
            cases, order = cases.filter(opened_on__range=span, answered__isnull=False), ("-opened_at", "-pk")
            if wanted.only_against:
                cases = cases.filter(answered=False)
        case Recipe.REOPENED:
            cases, order = cases.filter(resolved_on__range=span), ("-resolved_at", "-pk")
            if wanted.only_against:
                cases = cases.filter(reopens__gt=0)
        case Recipe.RESOLUTION_TIME:
            cases = cases.filter(resolved_on__range=span, resolved_at__isnull=False)
            cases, order = cases.annotate(took=F("resolved_at") - F("opened_at")), ("-took", "-pk")
        case _:
            cases, order = cases.filter(resolved_on__range=span), ("-resolved_at", "-pk")
    if wanted.channel:
        cases = cases.filter(channel=wanted.channel)
    if wanted.status:
        cases = cases.filter(status=wanted.status)
    if wanted.text:
        cases = cases.filter(Q(subject__icontains=wanted.text) | Q(external_id__icontains=wanted.text))
    return cases.order_by(*order)


def ratings_behind(viewer: Person, person: Person, window: Window, wanted: CaseFilter, on: date) -> QuerySet[SurveyResponse]:
    """The ratings a satisfaction figure counted, newest first."""
    ratings = ratings_visible_to(viewer, on).filter(
        handler__person=person, kind=SurveyResponse.Kind.CSAT, responded_on__range=(window.first, window.last)
    )
    if wanted.only_against:
        ratings = ratings.exclude(polarity=1)
    if wanted.channel:
        ratings = ratings.filter(interaction__channel=wanted.channel)
    if wanted.status:
        ratings = ratings.filter(interaction__status=wanted.status)
    if wanted.text:
        ratings = ratings.filter(
            Q(interaction__subject__icontains=wanted.text) | Q(interaction__external_id__icontains=wanted.text)
        )
    return ratings.select_related("interaction__source", "interaction__handler").order_by("-responded_at", "-pk")


def conversation_of(case: Interaction) -> QuerySet[Message]:
    """All turns in order, internal notes included: the reader is the rep, their lead or the head."""
    return case.messages.order_by("position", "pk")


def ratings_of(case: Interaction) -> QuerySet[SurveyResponse]:
    return case.surveys.order_by("responded_at")
