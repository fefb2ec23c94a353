"""Deciding from the queue: the verbs of `coaching.interactions.matching`, then a recount by a worker."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from coaching.interactions.matching import (
    MatchError,
    Touched,
    ignore_handler,
    look_at_handler_again,
    match_handler,
    unmatch_handler,
)
from coaching.interactions.models import Handler
from coaching.metrics.tasks import recount_waiting_days
from people.models import Person

__all__ = ["MatchError", "confirm_suggestions", "ignore_handler", "look_at_handler_again", "match", "take_back"]


@transaction.atomic
def match(*, actor: Person, handler: Handler, person: Person, now: datetime) -> Touched:
    """Match one handler and have the days counted after the commit. Raises MatchError as `match_handler` does."""
    touched = match_handler(actor=actor, handler=handler, person=person, now=now)
    transaction.on_commit(recount_waiting_days.enqueue)
    return touched


@transaction.atomic
def take_back(*, actor: Person, handler: Handler, now: datetime) -> Touched:
    """Undo a match and have the person's days counted after the commit. Raises MatchError as `unmatch_handler` does."""
    touched = unmatch_handler(actor=actor, handler=handler, now=now)
    transaction.on_commit(recount_waiting_days.enqueue)
    return touched


def confirm_suggestions(*, actor: Person, pairs: Iterable[tuple[Handler, Person]], now: datetime) -> tuple[int, int, list[str]]:
    """Match the chosen pairs, each on its own: (matched, cases that count now, why others were not)."""
    matched, cases, refused = 0, 0, []
    for handler, person in pairs:
        try:
            cases += match_handler(actor=actor, handler=handler, person=person, now=now).cases
        except MatchError as error:
            refused.append(str(error))
        else:
            matched += 1
    if matched:
        transaction.on_commit(recount_waiting_days.enqueue)
    return matched, cases, refused
