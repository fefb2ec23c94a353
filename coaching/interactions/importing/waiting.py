"""Ratings that wait for their case, or for somebody to handle it.

Crediting is part of the chunk that brings the case, under the source's lock, so that a killed import
leaves no rating between the two, and importing in either order ends alike.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from django.db.models import Q, QuerySet

from coaching.interactions.importing.handlers import Handlers
from coaching.interactions.importing.times import local_days
from coaching.interactions.models import ChangedDay, Handler, Interaction, Source, SurveyResponse

BATCH = 500


def waiting_ratings(source: Source) -> QuerySet[SurveyResponse]:
    """Answers that are not linked to their case, or count for nobody. Found by the index `survey_waiting`.

    `> ""` rather than "not empty", so that the index is entered behind the answers that are about no case.
    """
    return SurveyResponse.objects.filter(Q(handler=None) | Q(interaction=None), source=source, case_key__gt="")


def credit_waiting_ratings(source: Source, handlers: Handlers, cases: np.ndarray) -> int:
    """Link the ratings that wait for these cases, and count them for the cases' handlers; how many now count.

    Call in the transaction that writes the cases. Who has a rating already keeps it.
    """
    if not waiting_ratings(source).exists():
        return 0
    credited = 0
    for keys in _parts(cases.tolist()):
        waiting = list(waiting_ratings(source).filter(case_key__in=keys).order_by("pk"))
        if not waiting:
            continue
        wanted = {answer.case_key for answer in waiting}
        rows = Interaction.objects.filter(source=source, external_id__in=wanted)
        found = {case: (pk, handler) for case, pk, handler in rows.values_list("external_id", "pk", "handler_id")}
        counted, linked = [], []
        for answer in waiting:
            pk, handler = found.get(answer.case_key, (None, None))
            if answer.handler_id is None and handler is not None:
                answer.interaction_id, answer.handler_id = pk, handler
                counted.append(answer)
            elif answer.interaction_id != pk:
                answer.interaction_id = pk
                linked.append(answer)
        SurveyResponse.objects.bulk_update(linked, ["interaction"], batch_size=BATCH)
        _count(handlers, counted)
        credited += len(counted)
    return credited


def _count(handlers: Handlers, answers: list[SurveyResponse]) -> None:
    """Store answers that have got a handler: on the day of the handler's zone, which is marked."""
    stamps = np.array([answer.responded_at.replace(tzinfo=None) for answer in answers], dtype="M8[us]")
    days = local_days(stamps, handlers.zones_of(np.array([answer.handler_id for answer in answers], dtype=np.int64)))
    for answer, day in zip(answers, days.tolist(), strict=True):
        answer.responded_on = day
    SurveyResponse.objects.bulk_update(answers, ["interaction", "handler", "responded_on"], batch_size=BATCH)
    pairs = {(answer.handler_id, answer.responded_on) for answer in answers}
    people = dict(Handler.objects.filter(pk__in={pk for pk, _day in pairs}).exclude(person=None).values_list("pk", "person_id"))
    marks = sorted({(people[pk], day) for pk, day in pairs if pk in people})
    ChangedDay.objects.bulk_create(
        [ChangedDay(person_id=pk, day=day) for pk, day in marks], ignore_conflicts=True, batch_size=BATCH
    )


def _parts(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
