"""The verbs of the assistant: measure it, turn it on or off for a scorecard, accept what it proposes. It never sets a score."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from coaching.quality.models import Criterion, Rating, Review, ScorecardVersion
from coaching.quality.services.errors import QualityError
from coaching.quality.services.reviews import RatingInput, add_quote, locked_review, save_draft
from coaching.quality.suggestions.assistant.endpoint import Endpoint, endpoint
from coaching.quality.suggestions.assistant.queries import NEEDED, WANTED, measured_trial, reviews_to_measure
from coaching.quality.suggestions.assistant.working import stop_trial
from coaching.quality.suggestions.models import AssistantRequest, AssistantSwitch, AssistantTrial, Proposal
from coaching.quality.suggestions.tasks import ask_assistant
from people.audit import record
from people.models import Person


def _configured() -> Endpoint:
    to = endpoint()
    if to is None:
        raise QualityError(_("No assistant is configured. An operator sets ASSISTANT_URL and ASSISTANT_MODEL."))
    return to


@transaction.atomic
def measure_assistant(*, actor: Person, version: ScorecardVersion, now: datetime) -> AssistantTrial:
    """Let the assistant answer the newest 60 reviewed conversations of this version, unseen by anybody who reviews.

    Raises QualityError where no assistant is configured, there are fewer than 50 such reviews, or a trial is running.
    """
    to = _configured()
    reviews = list(reviews_to_measure(version)[:WANTED])
    if len(reviews) < NEEDED:
        raise QualityError(
            _("There are %(have)s of %(needed)s published random reviews of this version to compare with.")
            % {"have": len(reviews), "needed": NEEDED}
        )
    running = QualityError(_("A trial of this scorecard is running already."))
    if AssistantTrial.objects.filter(version=version, state=AssistantTrial.State.RUNNING).exists():
        raise running
    try:
        with transaction.atomic():
            trial = AssistantTrial.objects.create(version=version, model=to.model, started_by=actor, started_at=now)
    except IntegrityError as error:
        raise running from error
    AssistantRequest.objects.bulk_create(
        AssistantRequest(review=review, trial=trial, model=to.model, next_try_at=now) for review in reviews
    )
    after = {"version": version.pk, "reviews": len(reviews)}
    record(actor=actor, verb="assistant.measure", target=trial, after=after, now=now)
    transaction.on_commit(lambda: ask_assistant.enqueue())
    return trial


@transaction.atomic
def stop_measuring(*, actor: Person, version: ScorecardVersion, now: datetime) -> None:
    """End a trial that is running. Raises QualityError where none is."""
    trial = (
        AssistantTrial.objects.select_for_update(of=("self",)).filter(version=version, state=AssistantTrial.State.RUNNING).first()
    )
    if trial is None:
        raise QualityError(_("No trial of this scorecard is running."))
    stop_trial(trial.pk, _("Stopped by hand."), now)
    record(actor=actor, verb="assistant.stop", target=trial, after={"version": version.pk}, now=now)


@transaction.atomic
def turn_on_assistant(*, actor: Person, version: ScorecardVersion, now: datetime) -> AssistantSwitch:
    """Propose answers to reviewers of this version from now on.

    Raises QualityError without an assistant, or without a trial of at least 50 answered conversations with this version
    and the model that is configured now.
    """
    to = _configured()
    trial = measured_trial(version, to.model)
    if trial is None:
        raise QualityError(_("Measure the assistant on at least %(n)s reviewed conversations first.") % {"n": NEEDED})
    wanted = {"is_on": True, "trial": trial, "changed_by": actor, "changed_at": now}
    switch, _created = AssistantSwitch.objects.update_or_create(version=version, defaults=wanted)
    after = {"version": version.pk, "trial": trial.pk}
    record(actor=actor, verb="assistant.turn_on", target=version, after=after, now=now)
    return switch


@transaction.atomic
def turn_off_assistant(*, actor: Person, version: ScorecardVersion, now: datetime) -> None:
    """Propose nothing any more. Turning off twice changes nothing."""
    if AssistantSwitch.objects.filter(version=version, is_on=True).update(is_on=False, changed_by=actor, changed_at=now):
        record(actor=actor, verb="assistant.turn_off", target=version, after={"version": version.pk}, now=now)


@transaction.atomic
def accept_proposal(*, actor: Person, review: Review, proposal_id: int, now: datetime) -> Criterion:
    """Take a proposed answer and its quote over into one's own draft; the criterion it belongs to.

    Accepting twice changes nothing. Raises QualityError where it is not proposed to this reviewer for this draft.
    """
    review = locked_review(review)  # as it stands: what came with the same click may have changed its comment
    proposals = Proposal.objects.select_for_update(of=("self",)).select_related("criterion")
    proposal = proposals.filter(pk=proposal_id, request__review=review, request__trial=None).first()
    if proposal is None:
        raise QualityError(_("That is not proposed here. Reload the page."))
    comment = Rating.objects.filter(review=review, criterion=proposal.criterion_id).values_list("comment", flat=True).first()
    wish = RatingInput(
        criterion_id=proposal.criterion_id, answer_id=proposal.answer_id, is_na=proposal.is_na, comment=comment or ""
    )
    save_draft(actor=actor, review=review, ratings=[wish], comment=review.comment, now=now)
    if proposal.message_id is not None and proposal.excerpt:
        add_quote(
            actor=actor,
            review=review,
            criterion_id=proposal.criterion_id,
            message_id=proposal.message_id,
            text=proposal.excerpt,
            now=now,
        )
    if proposal.accepted_at is None:
        proposal.accepted_at = now
        proposal.save(update_fields=["accepted_at"])
        after = {"criterion": proposal.criterion.key, "proposal": proposal.pk}
        record(actor=actor, verb="review.accept_proposal", target=review, subject=review.reviewee, after=after, now=now)
    return proposal.criterion
