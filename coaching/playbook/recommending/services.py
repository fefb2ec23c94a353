"""Taking a recommendation, putting it aside for a while, and having all back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from coaching.playbook.models import SuggestionDismissal
from coaching.playbook.recommending.queries import recommend
from learning.assignments.catalogue.services import choose_module
from learning.assignments.models import Assignment
from learning.modules.models import Module
from people.audit import record
from people.models import Person

ASIDE_FOR = timedelta(days=30)
MOST_WORDS = 1000


@transaction.atomic
def take_suggestion(*, actor: Person, module: Module, now: datetime) -> Assignment:
    """Take the module by own choice, with what it was recommended for as its because.

    Where it is not recommended any more it is taken all the same, without a because. Raises AssignmentError as `choose_module` does.
    """
    said = recommend(actor, now)
    found = next((one for one in said.found if one.module.pk == module.pk), None) if said else None
    because = " ".join(reason.because for reason in found.reasons)[:MOST_WORDS] if found else ""
    evidence = next((one.url for reason in found.reasons for one in reason.evidence), "") if found else ""
    return choose_module(actor=actor, module=module, because=because, evidence_url=evidence, now=now)


@transaction.atomic
def dismiss_suggestion(*, actor: Person, module: Module, now: datetime) -> SuggestionDismissal:
    """Not to be recommended for thirty days; doing it again begins them anew."""
    until = timezone.localdate(now) + ASIDE_FOR
    dismissal, _created = SuggestionDismissal.objects.update_or_create(person=actor, module=module, defaults={"until": until})
    record(actor=actor, verb="module.put_aside", target=module, subject=actor, after={"until": until.isoformat()}, now=now)
    return dismissal


@transaction.atomic
def show_again(*, actor: Person, now: datetime) -> int:
    """Whatever was put aside may be recommended again; how many that were."""
    count, _by_model = SuggestionDismissal.objects.filter(person=actor).delete()
    if count:
        record(actor=actor, verb="module.take_up_again", subject=actor, after={"count": count}, now=now)
    return count
