"""The rows behind a figure: one person's cases or ratings in a window, as a page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OrderBy, OuterRef, Q, QuerySet

from coaching.interactions.access import interactions_visible_to
from coaching.interactions.models import Account, Interaction, Message, SurveyResponse
from coaching.interactions.redaction import mask_personal_data
from coaching.metrics.access import ratings_visible_to
from coaching.metrics.explorer.models import OTHER, ReportedValue
from coaching.metrics.models import MetricDefinition
from coaching.metrics.queries import Window
from coaching.metrics.variants import repeat_rule, variant_of
from people.models import Person

Recipe, Variant = MetricDefinition.Recipe, MetricDefinition.Variant
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
    counted, order = _counted(cases.select_related("source"), definition, window)
    if wanted.only_against:
        counted = counted.filter(_against(definition))
    cases = counted
    if wanted.channel:
        cases = cases.filter(channel=wanted.channel)
    if wanted.status:
        cases = cases.filter(status=wanted.status)
    if wanted.text:
        cases = cases.filter(Q(subject__icontains=wanted.text) | Q(external_id__icontains=wanted.text))
    return cases.filter(of_kind("", wanted)).order_by(*order)


def _counted(
    cases: QuerySet[Interaction], definition: MetricDefinition, window: Window
) -> tuple[QuerySet[Interaction], tuple[str | OrderBy, ...]]:
    """The cases that the figure of the window rests on, and their order. A time comes as `took`."""
    span = (window.first, window.last)
    opened, resolved = cases.filter(opened_on__range=span), cases.filter(resolved_on__range=span)
    is_open = Q(status=Interaction.Status.OPEN, resolved_at=None)
    newest, slowest = ("-opened_at", "-pk"), (F("took").desc(nulls_first=True), "opened_at", "pk")
    match definition.recipe:
        case Recipe.CASES_TAKEN:
            return opened, newest
        case Recipe.ANSWERED | Recipe.ABANDONED:
            return opened.filter(answered__isnull=False), newest
        case Recipe.COMPLAINT:
            return opened.filter(is_complaint__isnull=False), newest
        case Recipe.RESOLUTION_TIME:
            return resolved.filter(resolved_at__isnull=False).annotate(took=F("resolved_at") - F("opened_at")), slowest
        case Recipe.RESOLUTION_SURVIVAL:
            known = opened.filter(is_open | Q(resolved_at__isnull=False))
            return known.annotate(took=F("resolved_at") - F("opened_at")), slowest
        case Recipe.FIRST_REPLY:
            return opened.filter(first_reply_at__isnull=False).annotate(took=F("first_reply_at") - F("opened_at")), slowest
        case Recipe.HANDLE_TIME:
            return opened.filter(handle_seconds__isnull=False).annotate(took=F("handle_seconds")), slowest
        case Recipe.ANSWER_SPEED:
            known = opened.filter(wait_seconds__isnull=False).exclude(answered=False)
            return known.annotate(took=F("wait_seconds")), slowest
        case Recipe.OPEN_CASES:
            return cases.filter(is_open, opened_on__lte=window.last), ("opened_at", "pk")
        case Recipe.BACKLOG:
            later = Q(resolved_on__gte=window.first) | is_open
            return cases.filter(later, opened_on__lte=window.last), ("opened_at", "pk")
    return resolved, ("-resolved_at", "-pk")


def _against(definition: MetricDefinition) -> Q:
    """What counts against a share."""
    match definition.recipe:
        case Recipe.ANSWERED | Recipe.ABANDONED:
            return Q(answered=False)
        case Recipe.COMPLAINT:
            return Q(is_complaint=True)
        case Recipe.REOPENED:
            return Q(reopens__gt=0)
        case Recipe.RESPONSE:
            return ~Q(Exists(SurveyResponse.objects.filter(interaction=OuterRef("pk"), kind=SurveyResponse.Kind.CSAT)))
        case Recipe.FIRST_CONTACT:
            return _not_at_first_contact(definition)
    return Q()


def _not_at_first_contact(definition: MetricDefinition) -> Q:
    back = Q()
    if rule := repeat_rule(definition):
        days, same = rule
        later = Exists(
            Interaction.objects.exclude(customer="").filter(
                source=OuterRef("source"),
                customer=OuterRef("customer"),
                opened_at__gt=OuterRef("opened_at"),
                opened_at__lte=ExpressionWrapper(OuterRef("resolved_at") + timedelta(days=days), output_field=DateTimeField()),
                **{same: OuterRef(same)},
            )
        )
        back = Q(later)
    match variant_of(definition):
        case Variant.UNDER_TWO_REPLIES:
            return Q(replies__gte=2)
        case Variant.ONE_REPLY:
            return Q(replies__isnull=False) & ~Q(replies=1)
        case Variant.NO_CUSTOMER_REPLY:
            return Q(customer_replies__gt=0)
        case Variant.ONE_TEAMMATE:
            return Q(reopens__gt=0) | Q(assignee__isnull=False) & ~Q(assignee=F("handler"))
        case Variant.NO_RECONTACT:
            return back
        case Variant.WITHIN_15_MINUTES:
            return Q(resolved_at__gt=ExpressionWrapper(F("opened_at") + timedelta(minutes=15), output_field=DateTimeField()))
    return (Q(replies__gt=1) | Q(reopens__gt=0) | back) & (~Q(customer="") | Q(replies__isnull=False))


KINDS = {Recipe.RECOMMEND: SurveyResponse.Kind.NPS, Recipe.EFFORT: SurveyResponse.Kind.CES}


def ratings_behind(
    viewer: Person, person: Person, definition: MetricDefinition, window: Window, wanted: CaseFilter, on: date
) -> QuerySet[SurveyResponse]:
    """The answers that one person's figure of what customers say counted, newest first."""
    return counted_ratings(ratings_visible_to(viewer, on).filter(handler__person=person), definition, window, wanted)


def counted_ratings(
    ratings: QuerySet[SurveyResponse], definition: MetricDefinition, window: Window, wanted: CaseFilter
) -> QuerySet[SurveyResponse]:
    """Those of the answers that a figure of what customers say counted, newest first."""
    kind = KINDS.get(Recipe(definition.recipe), SurveyResponse.Kind.CSAT)
    ratings = ratings.filter(of_kind("interaction__", wanted), kind=kind, responded_on__range=(window.first, window.last))
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


@dataclass(frozen=True)
class CaseTurn:
    """One message of a case as its page shows it."""

    message: Message
    body: str  # personal data masked
    is_masked: bool  # something of it is hidden


def conversation_of(case: Interaction) -> list[CaseTurn]:
    """All turns in order, internal notes included: the reader is the rep, their lead or the head. Personal data is masked,
    as beside a review: else whoever may not look behind the mask there would read it here.
    """
    turns = []
    for message in case.messages.order_by("position", "pk"):
        body = mask_personal_data(message.body)
        turns.append(CaseTurn(message, body, body != message.body))
    return turns


def ratings_of(case: Interaction) -> QuerySet[SurveyResponse]:
    return case.surveys.order_by("responded_at")
