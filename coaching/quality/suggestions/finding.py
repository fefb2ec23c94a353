"""Finding conversations worth a look: one statement per reason, whatever the number of cases.

Looked at are those of the last 30 days that could be drawn and were not. What is known of each reason depends on what the
source tells: without handle times, queues or ratings their reasons are never given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Count, F, Min, Q, QuerySet
from django.utils import timezone

from coaching.interactions.models import Interaction, Message, SurveyResponse
from coaching.quality.services.draws import drawable_interactions
from coaching.quality.suggestions.models import SuggestionReason

Kind = SuggestionReason.Kind
Reasons = dict[int, dict[str, dict[str, Any]]]  # by case, then by kind of reason: its figures

WINDOW_DAYS = 30  # how old a case may be
USUAL_DAYS = 90  # from which the usual handle times are taken
LONG_SHARE = 0.95
FEWEST_CASES = 20  # below, nothing is said of what is usual
NEW_TOPIC_WEEKS = 4
FIRST_CASES = 20  # of a new topic
WRITERS = 3  # public answers of so many colleagues: the case went from hand to hand
# Parts of queue names by which support organisations call the next level. Others are not recognised.
NEXT_LEVEL = ("escalat", "second line", "2nd line", "second level", "2nd level", "level 2", "tier 2", "supervisor")


def candidates(today: date) -> QuerySet[Interaction]:
    """What could be suggested: conversations of the window that nobody has drawn, of people with an account in use."""
    drawable = drawable_interactions(today - timedelta(days=WINDOW_DAYS - 1), today)
    return drawable.filter(handler__person__is_active=True).order_by()


def find(now: datetime) -> Reasons:
    """Every candidate that has a reason, with the figures of each. Ten statements at most."""
    today = timezone.localdate(now)
    cases = candidates(today)
    found: Reasons = defaultdict(dict)
    _low_ratings(cases, found)
    for pk in cases.filter(is_complaint=True).values_list("pk", flat=True):
        found[pk][Kind.COMPLAINT] = {}
    for pk, times in cases.filter(reopens__gt=0).values_list("pk", "reopens"):
        found[pk][Kind.REOPENED] = {"times": times}
    _passed_on(cases, found)
    _long_handles(cases, today, found)
    _new_topics(cases, today, found)
    return dict(found)


def _low_ratings(cases: QuerySet[Interaction], found: Reasons) -> None:
    """Dissatisfied by the survey's own scale: its polarity was worked out from the scale when the answer came."""
    low = SurveyResponse.objects.filter(polarity=-1, interaction__in=cases.values("pk"))
    rows = low.order_by("responded_at", "pk").values_list("interaction_id", "raw_value", "scale_min", "scale_max")
    for pk, value, least, most in rows:  # the newest of several stays
        found[pk or 0][Kind.LOW_RATING] = {"value": float(value), "low": float(least), "high": float(most)}


def _passed_on(cases: QuerySet[Interaction], found: Reasons) -> None:
    facts: dict[int, dict[str, Any]] = defaultdict(dict)
    moved = cases.exclude(assignee=None).exclude(assignee=F("handler"))
    for pk in moved.values_list("pk", flat=True):
        facts[pk]["moved"] = True
    named = Q()
    for part in NEXT_LEVEL:
        named |= Q(queue__icontains=part)
    for pk, queue in cases.filter(named).values_list("pk", "queue"):
        facts[pk]["queue"] = queue
    answers = Message.objects.filter(
        interaction__in=cases.values("pk"), author_kind=Message.AuthorKind.AGENT, is_private=False, author__isnull=False
    )
    several = answers.order_by().values("interaction_id").annotate(writers=Count("author_id", distinct=True))
    for pk, writers in several.filter(writers__gte=WRITERS).values_list("interaction_id", "writers"):
        facts[pk]["writers"] = writers
    for pk, known in facts.items():
        found[pk][Kind.ESCALATED] = known


def _long_handles(cases: QuerySet[Interaction], today: date, found: Reasons) -> None:
    """Longer than 95 % of this person's cases, or else of all about this topic, in the last 90 days."""
    recent = Interaction.objects.filter(
        opened_on__range=(today - timedelta(days=USUAL_DAYS), today), handle_seconds__gt=0, handler__person__isnull=False
    )
    rows = list(recent.order_by().values_list("handler__person_id", "topic", "handle_seconds").iterator(chunk_size=20_000))
    of_person = usual_limits((person, seconds or 0) for person, _topic, seconds in rows)
    of_topic = usual_limits((topic, seconds or 0) for _person, topic, seconds in rows if topic)
    looked_at = cases.filter(handle_seconds__gt=0).values_list("pk", "handler__person_id", "topic", "handle_seconds")
    for pk, person, topic, seconds in looked_at:
        for limits, key, extra in ((of_person, person, {}), (of_topic, topic, {"topic": topic})):
            limit, n = limits.get(key, (None, 0))
            if limit is not None and (seconds or 0) > limit:
                found[pk][Kind.LONG_HANDLE] = {"seconds": seconds, "limit": limit, "n": n, **extra}
                break


def usual_limits(rows: Iterable[tuple[Any, int]]) -> dict[Any, tuple[int, int]]:
    """By key: the seconds that 95 % of its cases do not exceed (nearest rank), and of how many; none of fewer than 20."""
    by_key: dict[Any, list[int]] = defaultdict(list)
    for key, seconds in rows:
        by_key[key].append(seconds)
    limits = {}
    for key, values in by_key.items():
        n = len(values)
        if n >= FEWEST_CASES:
            place = int(np.ceil(LONG_SHARE * n)) - 1
            limits[key] = (int(np.partition(np.array(values), place)[place]), n)
    return limits


def _new_topics(cases: QuerySet[Interaction], today: date, found: Reasons) -> None:
    """The first cases of a topic that nobody had before. Says nothing until there are older cases at all."""
    since = today - timedelta(weeks=NEW_TOPIC_WEEKS)
    topics = set(cases.exclude(topic="").values_list("topic", flat=True).distinct())
    older = Interaction.objects.filter(opened_on__lt=since).order_by()
    if not topics or not older.exists():
        return
    new = topics - set(older.filter(topic__in=topics).values_list("topic", flat=True).distinct())
    if not new:
        return
    everywhere = Interaction.objects.filter(topic__in=new).order_by()
    begun = dict(everywhere.values_list("topic").annotate(Min("opened_on")))
    of_topic: dict[str, list[int]] = defaultdict(list)
    for topic, pk in everywhere.order_by("opened_at", "pk").values_list("topic", "pk"):
        if len(of_topic[topic]) < FIRST_CASES:
            of_topic[topic].append(pk)
    number = {pk: place for pks in of_topic.values() for place, pk in enumerate(pks, 1)}
    for pk, topic in cases.filter(pk__in=list(number)).values_list("pk", "topic"):
        found[pk][Kind.NEW_TOPIC] = {"topic": topic, "since": begun[topic].isoformat(), "number": number[pk]}
