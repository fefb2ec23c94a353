"""Say what is wrong with a standard, take it back, answer it. No score is ever touched."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cms.models.standard import Standard
from coaching.quality.errors import QualityError
from coaching.quality.flags.access import can_answer_flag, can_take_back_flag
from coaching.quality.models import Criterion, Review, StandardFlag
from people.audit import record
from people.models import Person

MOST_WORDS = 4000


def _locked(flag: StandardFlag) -> StandardFlag:
    return StandardFlag.objects.select_for_update(of=("self",)).select_related("standard", "raised_by").get(pk=flag.pk)


def _locked_together(flag: StandardFlag) -> list[StandardFlag]:
    """This flag and the other open ones about the same standard, it first; locked in one order, so that nobody waits for each other."""
    wanted = Q(pk=flag.pk) | Q(standard=flag.standard_id, state=StandardFlag.State.OPEN)
    rows = (
        StandardFlag.objects.select_for_update(of=("self",)).filter(wanted).select_related("standard", "raised_by").order_by("pk")
    )
    return sorted(rows, key=lambda row: row.pk != flag.pk)


@transaction.atomic
def raise_flag(
    *,
    actor: Person,
    standard: Standard,
    kind: str,
    words: str,
    part: str = "",
    review: Review | None = None,
    criterion: Criterion | None = None,
    now: datetime,
) -> StandardFlag:
    """Tell the editors what is wrong with a standard. The words of the part it is about are kept as they are now.

    Raises QualityError without words, for a part this standard does not have, and where the same person's flag of that kind and part
    waits already.
    """
    words = words.replace("\r\n", "\n").strip()
    if not words:
        raise QualityError(_("Say in a sentence or two what is wrong; an editor reads it."))
    passage = getattr(standard, part) if part else ""
    if part and not passage:
        raise QualityError(_("This standard has no such part. Choose another one."))
    try:
        with transaction.atomic():
            flag = StandardFlag.objects.create(
                standard=standard,
                part=part,
                passage=passage,
                revision_id=standard.live_revision_id,
                kind=kind,
                words=words[:MOST_WORDS],
                review=review,
                criterion=criterion,
                raised_by=actor,
                raised_at=now,
            )
    except IntegrityError as error:
        raise QualityError(_("You said so already, and an editor has not answered yet. It stands under “My flags”.")) from error
    after = {"standard": standard.key, "kind": str(kind), "criterion": criterion.key if criterion else ""}
    record(actor=actor, verb="flag.raise", target=flag, subject=actor, after=after, now=now)
    return flag


@transaction.atomic
def take_back_flag(*, actor: Person, flag: StandardFlag, now: datetime) -> StandardFlag:
    """Who raised it leaves it at that; taking it back twice changes nothing. Raises QualityError once it is answered."""
    flag = _locked(flag)
    if flag.raised_by_id == actor.pk and flag.state == StandardFlag.State.TAKEN_BACK:
        return flag
    can = can_take_back_flag(actor, flag)
    if not can:
        raise QualityError(str(can.reason))
    flag.state = StandardFlag.State.TAKEN_BACK
    flag.save(update_fields=["state"])
    after = {"state": str(flag.state)}
    record(actor=actor, verb="flag.take_back", target=flag, subject=actor, before={"state": "open"}, after=after, now=now)
    return flag


@transaction.atomic
def answer_flag(
    *, actor: Person, flag: StandardFlag, state: str, reply: str, together: bool = False, now: datetime
) -> list[StandardFlag]:
    """Answer a flag: explained, changed (the published version names itself) or declined. The flags answered.

    With `together`, all open flags about the same standard get the same answer. Raises QualityError where it is answered or taken
    back already, without a reply (a change may speak for itself), and where it shall be changed but no version was published since.
    """
    flags = _locked_together(flag) if together else [_locked(flag)]
    flag = flags[0]
    can = can_answer_flag(actor, flag)
    if not can:
        raise QualityError(str(can.reason))
    reply = reply.replace("\r\n", "\n").strip()
    if state not in StandardFlag.DECIDED:
        raise QualityError(_("Choose what came of it."))
    if not reply and state != StandardFlag.State.CHANGED:
        raise QualityError(_("Say why; whoever flagged it reads it."))
    for each in flags:
        _answer(each, actor=actor, state=state, reply=reply, now=now)
    return flags


def _answer(flag: StandardFlag, *, actor: Person, state: str, reply: str, now: datetime) -> None:
    if state == StandardFlag.State.CHANGED:
        revision = flag.standard.live_revision
        if revision is None or revision.pk == flag.revision_id or revision.created_at <= flag.raised_at:
            raise QualityError(
                _("“%(title)s” was not changed since it was flagged. Publish the new version first, then answer.")
                % {"title": flag.standard}
            )
        flag.changed_to, flag.changed_at = revision, revision.created_at
    flag.state, flag.reply, flag.answered_by, flag.answered_at = state, reply, actor, now
    flag.save()
    record(
        actor=actor,
        verb="flag.answer",
        target=flag,
        subject=flag.raised_by,
        before={"state": "open"},
        after={"state": state, "standard": flag.standard.key},
        now=now,
    )
