"""The verbs of suggestions: find, give, dismiss, take back, and what a reviewer chooses of the helpers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from coaching.interactions.models import Interaction
from coaching.quality.models import ReviewDraw
from coaching.quality.services.draws import draw_one
from coaching.quality.services.errors import QualityError
from coaching.quality.suggestions.finding import Reasons, find
from coaching.quality.suggestions.models import HelperChoices, Suggestion, SuggestionReason
from people.audit import record
from people.models import Person

AT_ONCE = 500  # rows or ids per statement


def parts(pks: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(pks), AT_ONCE):
        yield pks[start : start + AT_ONCE]


@transaction.atomic
def find_suggestions(*, actor: Person | None, now: datetime) -> int:
    """Look for reasons anew; how many conversations have one. What was drawn since, grew too old or lost its reasons is
    forgotten; what was dismissed stays dismissed as long as it could be found. Harmless to run twice.
    """
    found = find(now)
    known = dict(Suggestion.objects.values_list("interaction_id", "pk"))
    for pks in parts([pk for case, pk in known.items() if case not in found]):
        Suggestion.objects.filter(pk__in=pks).delete()
    new = _days([case for case in found if case not in known])
    rows = [Suggestion(interaction_id=case, day=day, found_at=now) for case, day in new]
    Suggestion.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)
    _write_reasons(found)
    Suggestion.objects.update(found_at=now)
    if actor is not None:
        record(actor=actor, verb="suggestion.find", after={"found": len(found)}, now=now)
    return len(found)


def _days(cases: list[int]) -> list[tuple[int, date]]:
    rows = []
    for pks in parts(cases):
        for pk, resolved, opened in Interaction.objects.filter(pk__in=pks).values_list("pk", "resolved_on", "opened_on"):
            rows.append((pk, resolved or opened))
    return rows


def _write_reasons(found: Reasons) -> None:
    """All anew: figures change with every import."""
    SuggestionReason.objects.all().delete()
    order = list(SuggestionReason.Kind)
    known = Suggestion.objects.order_by("pk").values_list("interaction_id", "pk")
    rows = [
        SuggestionReason(suggestion_id=pk, kind=kind, facts=found[case][kind])
        for case, pk in known
        for kind in order
        if kind in found.get(case, {})
    ]
    SuggestionReason.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)


def _locked(suggestion: Suggestion) -> Suggestion:
    """As it stands now, until the transaction ends. Raises QualityError where it is gone or somebody has drawn it."""
    held = Suggestion.objects.select_for_update(of=("self",)).select_related("interaction__handler__person")
    locked = held.filter(pk=suggestion.pk).first()
    if locked is None or ReviewDraw.objects.filter(interaction=suggestion.interaction_id).exists():
        raise QualityError(_("Somebody gave this conversation to a reviewer meanwhile."))
    return locked


@transaction.atomic
def give_suggestion(*, actor: Person, suggestion: Suggestion, reviewer: Person, reason: str, now: datetime) -> ReviewDraw:
    """Give the conversation to a reviewer, as drawn for a reason: for coaching only, never in anybody's figures.

    Its probability of having been drawn is unknown and stays empty. Locks the suggestion, so of two people who give it
    at the same time one does. Raises QualityError where it was drawn meanwhile, or as `draw_one` does.
    """
    suggestion = _locked(suggestion)
    return draw_one(
        actor=actor,
        interaction=suggestion.interaction,
        reviewer=reviewer,
        reason=reason,
        method=ReviewDraw.Method.TARGETED,
        now=now,
    )


@transaction.atomic
def dismiss_suggestion(*, actor: Person, suggestion: Suggestion, now: datetime) -> None:
    """It is not shown any more, to nobody, and does not return. Dismissing twice changes nothing."""
    suggestion = _locked(suggestion)
    if suggestion.dismissed_at is not None:
        return
    suggestion.dismissed_at, suggestion.dismissed_by = now, actor
    suggestion.save(update_fields=["dismissed_at", "dismissed_by"])
    _note(actor, "suggestion.dismiss", suggestion, now)


@transaction.atomic
def restore_suggestion(*, actor: Person, suggestion: Suggestion, now: datetime) -> None:
    """Take a dismissal back. Taking it back twice changes nothing."""
    suggestion = _locked(suggestion)
    if suggestion.dismissed_at is None:
        return
    suggestion.dismissed_at = suggestion.dismissed_by = None
    suggestion.save(update_fields=["dismissed_at", "dismissed_by"])
    _note(actor, "suggestion.restore", suggestion, now)


def _note(actor: Person, verb: str, suggestion: Suggestion, now: datetime) -> None:
    handler = suggestion.interaction.handler
    person = handler.person if handler else None
    after = {"interaction": suggestion.interaction_id}
    record(actor=actor, verb=verb, target=suggestion, subject=person, after=after, now=now)


@transaction.atomic
def choose_helpers(
    *, actor: Person, likely_first: bool, look_here_first: bool, show_proposals: bool, now: datetime
) -> HelperChoices:
    """What this reviewer wants of the helpers from now on."""
    wanted = {"likely_first": likely_first, "look_here_first": look_here_first, "show_proposals": show_proposals}
    choices, _created = HelperChoices.objects.update_or_create(person=actor, defaults=wanted)
    record(actor=actor, verb="helpers.choose", after=dict(wanted), now=now)
    return choices
