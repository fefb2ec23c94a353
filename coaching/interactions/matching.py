"""Deciding by hand who a handler is: match, take it back, set aside, look at again. Each is one decision of one person.

The sure matches (`services.match_handlers`) need nobody; these verbs are for the rest. All wait for the
chunk that an import of the source is writing, so that no row of the handler is missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from coaching.interactions.models import ChangedDay, Handler, Interaction, Source, SurveyResponse
from coaching.interactions.services import move_days
from people.audit import record
from people.models import Person

__all__ = ["MatchError", "Touched", "ignore_handler", "look_at_handler_again", "match_handler", "touched_by", "unmatch_handler"]


class MatchError(Exception):
    """The handler is not in a state for this; the message says why."""


@dataclass(frozen=True)
class Touched:
    """How many cases and ratings hang on a handler."""

    cases: int
    ratings: int


def touched_by(handler: Handler) -> Touched:
    """What will count, or cease to count, for somebody."""
    return Touched(Interaction.objects.filter(handler=handler).count(), SurveyResponse.objects.filter(handler=handler).count())


def _held(handler: Handler) -> Handler:
    """The handler as it is now, with its source held against an import's next chunk."""
    Source.objects.select_for_update(no_key=True).get(pk=handler.source_id)
    return Handler.objects.select_for_update().get(pk=handler.pk)


@transaction.atomic
def match_handler(*, actor: Person, handler: Handler, person: Person, now: datetime) -> Touched:
    """This handler is that person: their cases and ratings count for them from now on, for past days too.

    The days are put into the person's time zone and marked to be counted again. Raises MatchError where the
    handler has a person already.
    """
    handler = _held(handler)
    if handler.person_id is not None:
        raise MatchError(_("%(handler)s is matched already.") % {"handler": handler.name or handler.external_key})
    touched = touched_by(handler)
    after = {"person": person.pk, "cases": touched.cases, "ratings": touched.ratings}
    # Before the change: the log then names the handler as the system writes it.
    record(actor=actor, verb="handler.match", target=handler, subject=person, after=after, now=now)
    handler.person, handler.ignored, handler.matched_at = person, False, now
    handler.save(update_fields=["person", "ignored", "matched_at"])
    move_days(handler, person)
    return touched


@transaction.atomic
def unmatch_handler(*, actor: Person, handler: Handler, now: datetime) -> Touched:
    """Take a match back: the cases and ratings count for nobody until it is known who it is.

    The person's days are marked to be counted again. Raises MatchError where there is no match.
    """
    handler = _held(handler)
    person = handler.person
    if person is None:
        raise MatchError(_("%(handler)s is not matched to anybody.") % {"handler": handler.name or handler.external_key})
    touched = touched_by(handler)
    cases = Interaction.objects.filter(handler=handler).order_by()
    ratings = SurveyResponse.objects.filter(handler=handler).order_by()
    days = {
        *cases.values_list("opened_on", flat=True).distinct(),
        *(day for day in cases.values_list("resolved_on", flat=True).distinct() if day is not None),
        *ratings.values_list("responded_on", flat=True).distinct(),
    }
    ChangedDay.objects.bulk_create(
        [ChangedDay(person=person, day=day) for day in sorted(days)], ignore_conflicts=True, batch_size=500
    )
    handler.person, handler.matched_at = None, None
    handler.save(update_fields=["person", "matched_at"])
    before = {"person": person.pk, "cases": touched.cases, "ratings": touched.ratings}
    record(actor=actor, verb="handler.unmatch", target=handler, subject=person, before=before, now=now)
    return touched


@transaction.atomic
def ignore_handler(*, actor: Person, handler: Handler, now: datetime) -> None:
    """None of our people: leaves the queue; its cases are kept and count for nobody. Raises MatchError where it is matched."""
    handler = _held(handler)
    if handler.person_id is not None:
        raise MatchError(_("%(handler)s is matched already. Take the match back first.") % {"handler": handler})
    if not handler.ignored:
        handler.ignored = True
        handler.save(update_fields=["ignored"])
        record(actor=actor, verb="handler.ignore", target=handler, now=now)


@transaction.atomic
def look_at_handler_again(*, actor: Person, handler: Handler, now: datetime) -> None:
    """Put a handler that was set aside back into the queue."""
    handler = _held(handler)
    if handler.ignored:
        handler.ignored = False
        handler.save(update_fields=["ignored"])
        record(actor=actor, verb="handler.look_again", target=handler, now=now)
