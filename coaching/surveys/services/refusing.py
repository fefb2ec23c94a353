"""A customer says: do not ask me again. And what is forgotten by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from coaching.interactions.models import Interaction, SurveyResponse
from coaching.surveys.models import Answer, DoNotAsk, Invitation
from coaching.surveys.services.answering import day_for, handler_of, mark

HASH_KEPT = timedelta(days=400)  # longer than the longest time between two questions
BATCH = 500


@transaction.atomic
def stop_asking(*, invitation: Invitation, now: datetime) -> bool:
    """Never ask this customer again; waiting mails to them are cancelled. False where nothing is known of them any more."""
    if not invitation.customer_hash:
        return False
    DoNotAsk.objects.get_or_create(customer_hash=invitation.customer_hash, defaults={"since": now})
    waiting = Invitation.objects.filter(customer_hash=invitation.customer_hash, state=Invitation.State.QUEUED)
    waiting.update(state=Invitation.State.CANCELLED, address="")
    return True


@transaction.atomic
def ask_again(*, invitation: Invitation) -> bool:
    """Take a refusal back. False where there is none."""
    if not invitation.customer_hash:
        return False
    return bool(DoNotAsk.objects.filter(customer_hash=invitation.customer_hash).delete()[0])


@transaction.atomic
def forget(*, now: datetime) -> int:
    """Drop the hashes of customers asked more than 400 days ago: what is left is a count. How many."""
    old = Invitation.objects.filter(created_at__lt=now - HASH_KEPT).exclude(customer_hash="")
    return old.update(customer_hash="")


@transaction.atomic
def credit_waiting_answers() -> int:
    """Link answers to cases that came later, and count those that have nobody yet for who has the case now. How many.

    Imported ratings are credited by the import that brings the case; ours carry a source of their own, so they are
    looked at here.
    """
    credited = 0
    came = Interaction.objects.filter(source=OuterRef("case_source"), external_id=OuterRef("response__case_key"))
    waiting = Answer.objects.filter(
        Q(Exists(came), case_source__isnull=False)
        | Q(response__interaction__handler__isnull=False, response__handler__isnull=True)
    )
    for answer in waiting.select_related("response").order_by("pk")[: 4 * BATCH]:
        credited += _credit(answer)
    return credited


def _credit(answer: Answer) -> bool:
    response = SurveyResponse.objects.select_for_update().get(pk=answer.pk)
    if response.interaction_id is None and answer.case_source_id is not None:
        case = Interaction.objects.filter(source_id=answer.case_source_id, external_id=response.case_key).first()
        if case is None:
            return False
        response.interaction = case
        answer.case_source = None
        answer.save(update_fields=["case_source"])
    handler = handler_of(response.interaction_id)
    response.handler = handler
    response.responded_on = day_for(handler, response.responded_at)
    response.save(update_fields=["interaction", "handler", "responded_on"])
    mark(response)
    return handler is not None
