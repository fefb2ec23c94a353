"""Asking the assistant what waits, one review after the other, as a worker does it. No transaction is open while it waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from coaching.interactions.models import Message
from coaching.quality.models import Criterion, Review
from coaching.quality.suggestions.assistant import prompt
from coaching.quality.suggestions.assistant.client import NoAnswer, complete
from coaching.quality.suggestions.assistant.endpoint import Endpoint, endpoint
from coaching.quality.suggestions.assistant.redaction import redact
from coaching.quality.suggestions.models import AssistantRequest, AssistantTrial, Proposal

MOST_ATTEMPTS = 4
WAITS = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
LEASE = timedelta(minutes=5)  # how long a request is taken by one worker; longer than a call can take
TURN = timedelta(seconds=60)  # after which a worker lets other work go first

Clock = Callable[[], datetime]


def ask_waiting(clock: Clock) -> str:
    """Ask for a minute at most; a sentence about what came of it. What is left is taken up by the next turn."""
    to = endpoint()
    if to is None:
        return "no assistant is configured"
    until, answered, failed = clock() + TURN, 0, 0
    while clock() < until:
        request = _claim(clock())
        if request is None:
            break
        try:
            found = _ask(to, request)
        except NoAnswer as error:
            failed += 1
            _note_failure(request, error, clock())
            if error.busy:
                break
        else:
            answered += 1
            _note_answer(request, found, to, clock())
    return f"{answered} reviews answered, {failed} not"


def anything_due(now: datetime) -> bool:
    return endpoint() is not None and _due(now).exists()


def _due(now: datetime) -> QuerySet[AssistantRequest]:
    return AssistantRequest.objects.filter(state=AssistantRequest.State.WAITING, next_try_at__lte=now)


def _claim(now: datetime) -> AssistantRequest | None:
    """The next request that is due, taken: no other worker gets it until the lease is over. A reviewer's goes before a trial's."""
    with transaction.atomic():
        due = _due(now).select_for_update(of=("self",), skip_locked=True)
        request = due.order_by(F("trial").asc(nulls_first=True), "pk").first()
        if request is None:
            return None
        request.attempts += 1
        request.next_try_at = now + LEASE
        request.save(update_fields=["attempts", "next_try_at"])
    return request


def _ask(to: Endpoint, request: AssistantRequest) -> list[prompt.Found]:
    """Raises NoAnswer."""
    review = Review.objects.select_related("interaction__handler__person", "reviewee").get(pk=request.review_id)
    criteria = criteria_of(review.scorecard_version_id)
    messages = messages_of(review)
    handler = review.interaction.handler
    names = [review.interaction.customer, str(review.reviewee), handler.name if handler else ""]
    names += [message.author_name for message in messages]
    text = complete(to, prompt.question(criteria, messages, names, redact), prompt.SCHEMA)
    try:
        return prompt.understand(text, criteria, messages)
    except prompt.NotUnderstood as error:
        raise NoAnswer(_("The assistant did not answer in the form that was asked for.")) from error


def criteria_of(version_id: int) -> list[Criterion]:
    """In the order of the scorecard, with their answers."""
    criteria = Criterion.objects.filter(section__version=version_id).prefetch_related("answers")
    return list(criteria.order_by("section__order", "section_id", "order", "pk"))


def messages_of(review: Review) -> list[Message]:
    """What customer and colleagues wrote to each other; internal notes stay here."""
    shown = Message.objects.filter(interaction=review.interaction_id, is_private=False)
    return list(shown.exclude(author_kind=Message.AuthorKind.SYSTEM))


@transaction.atomic
def _note_answer(request: AssistantRequest, found: list[prompt.Found], to: Endpoint, now: datetime) -> None:
    held = AssistantRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if held.state != AssistantRequest.State.WAITING:
        return  # stopped meanwhile, or a lease ran out and somebody else was quicker
    Proposal.objects.bulk_create(
        Proposal(
            request=held,
            criterion=each.criterion,
            answer=each.answer,
            is_na=each.answer is None,
            message=each.message,
            excerpt=each.excerpt,
        )
        for each in found
    )
    held.state, held.model, held.problem, held.answered_at = AssistantRequest.State.ANSWERED, to.model, "", now
    held.save(update_fields=["state", "model", "problem", "answered_at"])
    _finish_trial(held, now)


@transaction.atomic
def _note_failure(request: AssistantRequest, error: NoAnswer, now: datetime) -> None:
    """Again later, four times in all; at once over where asking again does not help.

    Where it is the assistant that fails and not the question, all others wait too, and a trial stops with its first that is given up.
    """
    held = AssistantRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if held.state != AssistantRequest.State.WAITING:
        return
    held.problem = str(error)
    if error.final or held.attempts >= MOST_ATTEMPTS:
        held.state = AssistantRequest.State.FAILED
    else:
        wait = max(WAITS[min(held.attempts, len(WAITS)) - 1], timedelta(seconds=error.wait))
        held.next_try_at = now + wait
    held.save(update_fields=["problem", "state", "next_try_at"])
    if held.state == AssistantRequest.State.WAITING and error.busy:
        sooner = AssistantRequest.objects.filter(state=AssistantRequest.State.WAITING, next_try_at__lt=held.next_try_at)
        sooner.update(next_try_at=held.next_try_at)
    given_up = held.state == AssistantRequest.State.FAILED and (error.final or error.busy)
    if given_up and held.trial_id is not None:
        stop_trial(held.trial_id, str(error), now)
    _finish_trial(held, now)


def stop_trial(pk: int, problem: str, now: datetime) -> None:
    """Nothing more is asked for this trial."""
    waiting = AssistantRequest.objects.filter(trial=pk, state=AssistantRequest.State.WAITING)
    waiting.update(state=AssistantRequest.State.FAILED, problem=problem)
    running = AssistantTrial.objects.filter(pk=pk, state=AssistantTrial.State.RUNNING)
    running.update(state=AssistantTrial.State.STOPPED, problem=problem, finished_at=now)


def _finish_trial(request: AssistantRequest, now: datetime) -> None:
    """A trial is done when nothing of it waits any more."""
    if request.trial_id is None:
        return
    if AssistantRequest.objects.filter(trial=request.trial_id, state=AssistantRequest.State.WAITING).exists():
        return
    running = AssistantTrial.objects.filter(pk=request.trial_id, state=AssistantTrial.State.RUNNING)
    running.update(state=AssistantTrial.State.DONE, finished_at=now)
