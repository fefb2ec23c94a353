"""The conversations that the journeys review: one of our own, and a real one where the data is at hand."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd
from django.conf import settings
from django.core.management import call_command

from coaching.interactions.models import Interaction
from people import services
from people.models import Person
from tests.factories.quality import make_interaction

MAPPING = Path(settings.BASE_DIR) / "docs" / "guides" / "mappings" / "helpdesk_threads.toml"


def own_conversation(person: Person, now: datetime) -> Interaction:
    return make_interaction(person, now=now, subject="Late parcel")


def real_conversation(person: Person, data: Path, folder: Path, now: datetime) -> Interaction:
    """One thread of helpdesk_threads, brought in by the import commands with the documented mapping.

    Of middle length, with internal notes; its assignee is matched to this person by external id.
    """
    rows = pd.read_csv(data / "helpdesk_threads" / "utterances.csv.gz", dtype="string")
    messages = rows.drop_duplicates(["issueid", "comment_seq"])
    counts = messages.groupby("issueid").agg(
        n=("comment_seq", "size"),
        private=("is_private", lambda values: (values.astype(float) > 0).sum()),
        replies=("author_role", lambda roles: (roles == "assignee").sum()),
    )
    fitting = counts[counts["n"].between(8, 14) & (counts["private"] >= 1) & (counts["replies"] >= 3)]
    thread = rows[rows["issueid"] == fitting.index[0]]
    for author in thread.loc[thread["author_role"] == "assignee", "author"].unique():
        services.add_external_id(actor=None, person=person, source="helpdesk-threads", value=author.strip(), now=now)
    file = folder / "thread.csv"
    thread.to_csv(file, index=False)
    for command in ("import_interactions", "import_messages"):
        call_command(command, str(file), "--mapping", str(MAPPING))
    case = Interaction.objects.get(source__key="helpdesk-threads")
    assert case.handler is not None
    assert case.handler.person == person
    assert case.messages.count() == counts.loc[fitting.index[0], "n"]
    assert case.messages.filter(is_private=True).count() == counts.loc[fitting.index[0], "private"]
    return case
