"""Adding and removing the sound of a call, and its transcript with time codes.

Files are written before, and removed after, the transaction that tells of them: a lock is never held over the disk, and
what is left by a failure in between is a file that nobody knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from coaching.interactions.models import Interaction, Message
from coaching.interactions.redaction import mask_personal_data
from coaching.quality.models import BlindScoring, Quote, Recording, Review, ReviewDraw
from coaching.quality.recordings import store
from coaching.quality.recordings.access import can_replace_recording
from coaching.quality.recordings.transcripts import Cue
from coaching.quality.services.errors import QualityError
from people.audit import record
from people.models import Person

MOST_BYTES = 200 * 1024**2  # an hour and a half of speech as MP3, twenty minutes as WAV
CUE = "cue-"  # how the external id of a turn of a transcript begins


def add_recording(*, actor: Person, interaction: Interaction, upload: UploadedFile, now: datetime) -> Recording:
    """Keep the sound of a call; an earlier recording of the case is replaced.

    Raises QualityError for a file that is too large or no WAV, MP3, Ogg or M4A, whatever its name says, and where a review rests on
    the earlier recording.
    """
    size = upload.size or 0
    if size > MOST_BYTES:
        raise QualityError(_("The file is larger than %(n)d MB. Save it as MP3 first.") % {"n": MOST_BYTES // 1024**2})
    kind = store.kind_of(upload.read(store.HEAD))
    upload.seek(0)
    if kind is None:
        raise QualityError(_("This is no sound file we can play. Choose a WAV, MP3, Ogg or M4A file."))
    name = store.keep(upload)
    try:
        recording, replaced = _note_recording(actor, interaction, name, (upload.name or "")[-200:], kind, size, now)
    except Exception:
        store.forget(name)
        raise
    if replaced:
        store.forget(replaced)
    return recording


@transaction.atomic
def _note_recording(
    actor: Person, interaction: Interaction, name: str, file_name: str, kind: str, size: int, now: datetime
) -> tuple[Recording, str]:
    """(the recording, the stored name of the one it replaces or "")."""
    _lock(interaction.pk)
    earlier = Recording.objects.filter(interaction=interaction).first()
    if earlier is not None:
        _must_not_be_evidence(interaction)
    recording = earlier or Recording(interaction=interaction)
    replaced = earlier.stored_name if earlier else ""
    recording.stored_name, recording.file_name, recording.kind, recording.size = name, file_name, kind, size
    recording.uploaded_by, recording.uploaded_at = actor, now
    recording.save()
    person = interaction.handler.person if interaction.handler else None
    after = {"interaction": interaction.pk, "bytes": size, "replaced": bool(replaced)}
    record(actor=actor, verb="recording.add", target=recording, subject=person, after=after, now=now)
    return recording, replaced


def delete_recording(*, actor: Person, recording: Recording, now: datetime) -> None:
    """Remove the sound for good; a transcript stays. Raises QualityError where a review rests on it."""
    name = recording.stored_name
    with transaction.atomic():
        _lock(recording.interaction_id)
        _must_not_be_evidence(recording.interaction)
        person = recording.interaction.handler.person if recording.interaction.handler else None
        before = {"interaction": recording.interaction_id}
        record(actor=actor, verb="recording.delete", target=recording, subject=person, before=before, now=now)
        recording.delete()
    store.forget(name)


def _lock(interaction_id: int) -> None:
    """One at a time changes what a conversation consists of, and nobody hands in a review of it meanwhile."""
    Interaction.objects.select_for_update(of=("self",)).get(pk=interaction_id)
    list(Review.every.select_for_update(of=("self",)).filter(interaction=interaction_id).order_by("pk"))


def _must_not_be_evidence(interaction: Interaction) -> None:
    may = can_replace_recording(interaction)
    if not may:
        raise QualityError(str(may.reason))


@transaction.atomic
def add_transcript(*, actor: Person, interaction: Interaction, cues: Sequence[Cue], rep: str, now: datetime) -> int:
    """Store what was said in a call as the messages of its case, with their times; how many turns.

    `rep` is the name under which the file lets the rep speak; everybody else with a name is the customer. A transcript
    added again replaces the earlier one. Where the source masks personal data, so does this.
    Raises QualityError where the case has messages from elsewhere, where nobody in the file has that name, or where an
    earlier transcript is evidence already.
    """
    interaction = Interaction.objects.select_for_update(of=("self",)).select_related("handler", "source").get(pk=interaction.pk)
    messages = Message.objects.filter(interaction=interaction)
    if messages.exclude(external_id__startswith=CUE).exists():
        raise QualityError(_("This case has messages already, so a transcript would say everything twice."))
    if rep and rep not in {cue.speaker for cue in cues}:
        raise QualityError(_("Nobody speaks under this name in the file. Write it as it stands there."))
    if messages.exists() and _is_evidence(interaction):
        raise QualityError(_("A review rests on the transcript that is there, so it cannot be replaced any more."))
    messages.delete()
    masks = interaction.source.masks_personal_data
    Message.objects.bulk_create(
        [
            Message(
                interaction=interaction,
                external_id=f"{CUE}{position}",
                position=position,
                author_kind=_kind(cue, rep),
                author_name=cue.speaker,
                author=interaction.handler if rep and cue.speaker == rep else None,
                sent_at=interaction.opened_at + timedelta(seconds=cue.starts_at),
                body=mask_personal_data(cue.text) if masks else cue.text,
                starts_at=cue.starts_at,
                ends_at=cue.ends_at,
            )
            for position, cue in enumerate(cues, 1)
        ],
        batch_size=500,
    )
    person = interaction.handler.person if interaction.handler else None
    after = {"interaction": interaction.pk, "turns": len(cues)}  # not the case itself: its name is a customer's words
    record(actor=actor, verb="transcript.add", subject=person, after=after, now=now)
    return len(cues)


def _is_evidence(interaction: Interaction) -> bool:
    """Whether somebody has judged by the words that are there, quoted or not, or is asked about one of them."""
    return (
        Quote.objects.filter(message__interaction=interaction).exists()
        or ReviewDraw.every.filter(message__interaction=interaction).exists()
        or Review.every.filter(interaction=interaction).exclude(state=Review.State.DRAFT).exists()
        or BlindScoring.objects.filter(interaction=interaction, state=BlindScoring.State.SUBMITTED).exists()
    )


def _kind(cue: Cue, rep: str) -> Message.AuthorKind:
    if not cue.speaker or not rep:
        return Message.AuthorKind.OTHER
    return Message.AuthorKind.AGENT if cue.speaker == rep else Message.AuthorKind.CUSTOMER
