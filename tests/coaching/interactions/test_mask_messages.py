"""A source that masks: personal data never reaches the database, and importing again changes nothing.

What is stored already is masked from a page, for good, with what was quoted from it.
"""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from coaching.connectors.sources import queries, running
from coaching.connectors.sources.services import MaskingRefused, mask_stored_data
from coaching.interactions.models import Message, Source
from coaching.quality.models import Criterion, Quote, Rating
from operations.models import ScheduledRun
from people.models import AuditEntry
from tests.coaching.interactions.helpers import bring, write
from tests.coaching.quality.test_review_journey import text_of
from tests.factories.quality import make_draft, make_interaction

MAPPING = {
    "source": "desk",
    "timezone": "UTC",
    "message": {"columns": {"case": "case", "external_id": "id", "sent_at": "at", "body": "text", "author_kind": "who"}},
}
ROWS = (
    "case,id,at,who,text\n"
    "7,1,2026-06-01 09:00,customer,My card is 4111 1111 1111 1111\n"
    "7,2,2026-06-01 09:05,agent,Order 4000-1234567 came on 01.06.2026\n"
)


@pytest.mark.django_db
def test_messages_are_masked_before_they_are_stored(tmp_path: Path):
    file = write(tmp_path / "m.csv", ROWS)
    bring(file, MAPPING, kind="messages")  # off is the default
    assert Message.objects.get(external_id="1").body == "My card is 4111 1111 1111 1111"
    call_command("mask_messages", "desk")
    assert bring(file, MAPPING, kind="messages").updated == 1
    assert list(Message.objects.order_by("position").values_list("body", flat=True)) == [
        "My card is •••• •••• •••• ••••",
        "Order 4000-1234567 came on 01.06.2026",
    ]
    assert bring(file, MAPPING, kind="messages").unchanged == 2
    entry = AuditEntry.objects.get(verb="source.mask")
    assert (entry.before, entry.after) == ({"masked": False}, {"masked": True})
    with pytest.raises(CommandError, match="Known: desk"):
        call_command("mask_messages", "zendeks")


CARD = "4111 1111 1111 1111"


def test_an_administrator_switches_it_and_masks_what_is_stored(
    cast, now, sign_in, django_capture_on_commit_callbacks, time_machine
):
    time_machine.move_to(now, tick=False)
    review = make_draft(cast.vera, cast.rita, now=now)
    message = review.interaction.messages.get(position=1)
    Message.objects.filter(pk=message.pk).update(body=f"My card is {CARD}, order 4000-1234567")
    elsewhere = make_interaction(cast.otto, number=7, now=now)
    other = Source.objects.create(key="other", name="Other")
    type(elsewhere).objects.filter(pk=elsewhere.pk).update(source=other)
    Message.objects.filter(interaction=elsewhere, position=1).update(body=CARD)
    criterion = Criterion.objects.get(section__version=review.scorecard_version, key="warm-greeting")
    quote = Quote.objects.create(  # from before pages masked, and it cuts the number in two
        rating=Rating.objects.create(review=review, criterion=criterion), message=message, excerpt=f"card is {CARD[:12]}"
    )
    source = review.interaction.source
    adam = sign_in(cast.adam)
    stored = reverse("source_mask_stored", args=[source.pk])
    page = text_of(adam.get(reverse("source_list")))
    assert "It cannot be taken back." in page
    assert "New messages of this source are not masked" in text_of(adam.get(stored))
    with pytest.raises(MaskingRefused, match="brings the words back"):
        mask_stored_data(actor=cast.adam, source=source, now=now)

    adam.post(reverse("source_mask", args=[source.pk]), {"masks": "on"})
    source.refresh_from_db()
    assert source.masks_personal_data
    assert AuditEntry.objects.get(verb="source.mask").actor == cast.adam
    page = text_of(adam.get(stored))
    assert "4 messages of this source are stored." in page
    assert "One holds personal data and is masked for good." in page
    assert Message.objects.get(pk=message.pk).body.startswith(f"My card is {CARD}")  # asking changes nothing

    with django_capture_on_commit_callbacks() as waiting:
        adam.post(stored)
    page = adam.get(stored, headers={"HX-Request": "true"}).content.decode()
    assert "It begins in a moment." in page
    assert 'hx-trigger="every 2s"' in page
    with pytest.raises(MaskingRefused, match="being done already"):
        mask_stored_data(actor=cast.adam, source=source, now=now)
    for run in waiting:
        run()
    assert Message.objects.get(pk=message.pk).body == "My card is •••• •••• •••• ••••, order 4000-1234567"
    quote.refresh_from_db()
    assert quote.excerpt == "card is •••• •••• ••"
    assert elsewhere.messages.get(position=1).body == CARD
    page = text_of(adam.get(stored))
    assert "Messages masked: 1. Quotes masked with them: 1." in page
    assert "none of them holds anything to mask" in page
    assert "Mask for good" not in page
    done = AuditEntry.objects.get(verb="source.masked")
    assert done.after == {"messages": 1, "quotes": 1}
    assert AuditEntry.objects.get(verb="source.mask_stored").actor == cast.adam

    adam.post(reverse("source_mask", args=[source.pk]), {})
    assert not Source.objects.get(pk=source.pk).masks_personal_data
    for stranger in (cast.hana, cast.lena, cast.vera):
        assert sign_in(stranger).post(reverse("source_mask", args=[source.pk]), {"masks": "on"}).status_code == 403


def test_masking_goes_on_in_chunks_and_says_where_it_failed(cast, now, monkeypatch, time_machine):
    time_machine.move_to(now, tick=False)
    case = make_interaction(cast.rita, now=now)
    Message.objects.filter(interaction=case).update(body=f"It is {CARD}")
    source = case.source
    Source.objects.filter(pk=source.pk).update(masks_personal_data=True)
    monkeypatch.setattr(running, "CHUNK", 2)
    told, real = [], running.mask_kept_words

    def stop_at_the_second(bodies):
        told.append(ScheduledRun.objects.get().summary)
        if len(told) == 2:
            raise RuntimeError(CARD)
        return real(bodies)

    monkeypatch.setattr(running, "mask_kept_words", stop_at_the_second)
    run = mask_stored_data(actor=cast.adam, source=source, now=now)
    with pytest.raises(RuntimeError):
        running.mask_stored(source_pk=source.pk, run_pk=run.pk, clock=lambda: now)
    assert told == ["0 of 4 messages looked at, 0 masked.", "2 of 4 messages looked at, 2 masked."]
    run.refresh_from_db()
    assert run.outcome == "failed"
    assert CARD not in run.error
    assert "start it again" in run.error
    assert Message.objects.filter(interaction=case, body__contains="4111").count() == 2  # the first chunk stays masked
    monkeypatch.setattr(running, "mask_kept_words", real)
    run = mask_stored_data(actor=cast.adam, source=source, now=now)
    running.mask_stored(source_pk=source.pk, run_pk=run.pk, clock=lambda: now)
    assert not Message.objects.filter(interaction=case, body__contains="4111").exists()
    assert queries.masking_run_of(source, now).run.summary == "Messages masked: 2. Quotes masked with them: 0."
