"""Saying whether a module helped, changing it, taking it back; and the editors' answer. Words stand in no log."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Revision

from learning.feedback.models import MOST_WORDS, ModuleFeedback
from learning.modules.models import Module
from people.audit import record
from people.models import Person


class FeedbackError(Exception):
    """A wish that cannot be met; the message says why and what to do."""


@transaction.atomic
def give_feedback(
    *,
    actor: Person,
    module: Module,
    revision: Revision,
    content_digest: str,
    helped: bool,
    comment: str | None = None,
    now: datetime,
) -> ModuleFeedback:
    """Say of the version that was completed whether it helped; saying it again changes what was said.

    `comment` None leaves the sentence as it was. A changed sentence is new to the editors.
    """
    Person.objects.select_for_update(no_key=True).get(pk=actor.pk)  # two taps at once come one after the other
    found = ModuleFeedback.objects.select_for_update(of=("self",)).filter(person=actor, revision=revision).first()
    before = {"helped": found.helped} if found else None
    feedback = found or ModuleFeedback(person=actor, module=module, revision=revision, content_digest=content_digest)
    words = feedback.comment if comment is None else comment.replace("\r\n", "\n").strip()[:MOST_WORDS]
    if words != feedback.comment:
        feedback.read_at = None
    ModuleFeedback.objects.filter(person=actor, module=module, is_last=True).exclude(pk=feedback.pk).update(is_last=False)
    feedback.helped, feedback.comment, feedback.given_at, feedback.is_last = helped, words, now, True
    feedback.save()
    record(
        actor=actor,
        verb="module.say_helped",
        target=module,
        subject=actor,
        before=before,
        after={"helped": helped, "with_words": bool(words)},
        now=now,
    )
    return feedback


@transaction.atomic
def take_back_feedback(*, actor: Person, module: Module, now: datetime) -> bool:
    """Forget all that this person said of the module, with the answers; whether there was anything."""
    count, _by_model = ModuleFeedback.objects.filter(person=actor, module=module).delete()
    if count:
        record(actor=actor, verb="module.take_feedback_back", target=module, subject=actor, now=now)
    return bool(count)


@transaction.atomic
def mark_read(*, actor: Person, feedback: ModuleFeedback, now: datetime) -> ModuleFeedback:
    """An editor has read it; marking it twice changes nothing."""
    feedback = _locked(feedback)
    if feedback.read_at is None:
        feedback.read_at = now
        feedback.save(update_fields=["read_at"])
        record(actor=actor, verb="module.read_feedback", target=feedback.module, subject=feedback.person, now=now)
    return feedback


@transaction.atomic
def answer_feedback(*, actor: Person, feedback: ModuleFeedback, answer: str, now: datetime) -> ModuleFeedback:
    """Write to whoever said it, or change what was written. Raises FeedbackError without words."""
    answer = answer.replace("\r\n", "\n").strip()[:MOST_WORDS]
    if not answer:
        raise FeedbackError(_("Write a sentence: whoever said it reads your answer."))
    feedback = _locked(feedback)
    feedback.answer, feedback.answered_by, feedback.answered_at = answer, actor, now
    feedback.read_at = feedback.read_at or now
    feedback.save(update_fields=["answer", "answered_by", "answered_at", "read_at"])
    record(actor=actor, verb="module.answer_feedback", target=feedback.module, subject=feedback.person, now=now)
    return feedback


def _locked(feedback: ModuleFeedback) -> ModuleFeedback:
    rows = ModuleFeedback.objects.select_for_update(of=("self",)).select_related("module", "person")
    return rows.defer("module__lessons", "module__quiz").get(pk=feedback.pk)
