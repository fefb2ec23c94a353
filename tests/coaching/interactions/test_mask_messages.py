"""A source that masks: personal data never reaches the database, and importing again changes nothing."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from coaching.interactions.models import Message
from people.models import AuditEntry
from tests.coaching.interactions.helpers import bring, write

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
