"""The rows behind a figure: one person's cases or ratings in a window, as a page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from coaching.interactions.access import interactions_visible_to
from coaching.interactions.models import Account, Interaction, Message, SurveyResponse
from coaching.metrics.access import ratings_visible_to
from coaching.metrics.explorer.models import OTHER, ReportedValue
from coaching.metrics.models import MetricDefinition
from coaching.metrics.queries import Window
from people.models import Person

Recipe = MetricDefinition.Recipe
NO_CASE = "-"  # as a channel: ratings whose case is not known


@dataclass(frozen=True)
class CaseFilter:
    """What the reader asked for; empty strings mean: all of them. None for topic and segment means all, "" none stated."""

    channel: str = ""
    status: str = ""
    text: str = ""
    only_against: bool = False  # only the rows that count against the figure
    topic: str | None = None
    segment: str | None = None


def of_kind(prefix: str, wanted: CaseFilter) -> Q:
    """The condition on topic and segment, as the weekly counts tell them apart; `prefix` leads to the case."""
    condition = Q()
    reported = ReportedValue.objects.filter(dimension=ReportedValue.Dimension.TOPIC).values("name")
    without_case = Q(interaction=None) if prefix else Q(pk=None)
    if wanted.topic == OTHER:
        condition &= ~Q(**{f"{prefix}topic": ""}) & ~Q(**{f"{prefix}topic__in": reported}) & ~without_case
    elif wanted.topic == "":
        condition &= Q(**{f"{prefix}topic": ""}) | without_case
    elif wanted.topic is not None:
        condition &= Q(**{f"{prefix}topic": wanted.topic})
    if wanted.segment is None:
        return condition
    accounts = Account.objects.filter(source=OuterRef(f"{prefix}source"), external_key=OuterRef(f"{prefix}account")).exclude(
        Q(segment="") | Q(external_key="")
    )
    if wanted.segment == OTHER:
        segments = ReportedValue.objects.filter(dimension=ReportedValue.Dimension.SEGMENT).values("name")
        return condition & Q(Exists(accounts.exclude(segment__in=segments)))
    if wanted.segment == "":
        return condition & ~Q(Exists(accounts))
    return condition & Q(Exists(accounts.filter(segment=wanted.segment)))


def cases_behind(
    viewer: Person, person: Person, definition: MetricDefinition, window: Window, wanted: CaseFilter, on: date
) -> QuerySet[Interaction]:
    """The cases that one person's figure counted, newest first (the slowest first for a time)."""
    return counted_cases(interactions_visible_to(viewer, on).filter(handler__person=person), definition, window, wanted)


def counted_cases(
    cases: QuerySet[Interaction], definition: MetricDefinition, window: Window, wanted: CaseFilter
) -> QuerySet[Interaction]:
    """Those of the cases that a figure counted, newest first (the slowest first for a time)."""
    cases = cases.select_related("source")
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
    return cases.filter(of_kind("", wanted)).order_by(*order)


def ratings_behind(viewer: Person, person: Person, window: Window, wanted: CaseFilter, on: date) -> QuerySet[SurveyResponse]:
    """The ratings that one person's satisfaction figure counted, newest first."""
    return counted_ratings(ratings_visible_to(viewer, on).filter(handler__person=person), window, wanted)


def counted_ratings(ratings: QuerySet[SurveyResponse], window: Window, wanted: CaseFilter) -> QuerySet[SurveyResponse]:
    """Those of the ratings that a satisfaction figure counted, newest first."""
    ratings = ratings.filter(kind=SurveyResponse.Kind.CSAT, responded_on__range=(window.first, window.last))
    ratings = ratings.filter(of_kind("interaction__", wanted))
    if wanted.only_against:
        ratings = ratings.exclude(polarity=1)
    if wanted.channel == NO_CASE:
        ratings = ratings.filter(interaction=None)
    elif wanted.channel:
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
