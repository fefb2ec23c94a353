"""The conversations that the journeys review: one of our own, and a real one where the data is at hand."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd

from coaching.interactions.models import Handler, Interaction, Message, Source
from people.models import Person
from tests.factories.quality import make_interaction

KINDS = {"reporter": Message.AuthorKind.CUSTOMER, "assignee": Message.AuthorKind.AGENT, "others": Message.AuthorKind.OTHER}


def own_conversation(person: Person, now: datetime) -> Interaction:
    return make_interaction(person, now=now, subject="Late parcel")


def real_conversation(person: Person, data: Path) -> Interaction:
    """One thread of helpdesk_threads: of middle length, with internal notes; its assignee is this person."""
    rows = pd.read_csv(data / "helpdesk_threads" / "utterances.csv.gz", dtype={"actionbody": "string", "author": "string"})
    rows["actionbody"] = rows["actionbody"].fillna("")
    by_message = rows.sort_values(["comment_seq", "utr_seq"]).groupby(["issueid", "comment_seq"], sort=True)
    messages = by_message.agg(
        author=("author", "first"),
        role=("author_role", "first"),
        created=("created", "first"),
        private=("is_private", "first"),
        body=("actionbody", " ".join),
    ).reset_index()
    counts = messages.groupby("issueid").agg(
        n=("body", "size"),
        private=("private", "sum"),
        replies=("role", lambda roles: (roles == "assignee").sum()),
    )
    fitting = counts[counts["n"].between(8, 14) & (counts["private"] >= 1) & (counts["replies"] >= 3)]
    thread = messages[messages["issueid"] == fitting.index[0]]
    return _stored(thread, person)


def _stored(thread: pd.DataFrame, person: Person) -> Interaction:
    times = pd.to_datetime(thread["created"], utc=True)
    source = Source.objects.create(key="helpdesk-threads", name="Help desk threads")
    assignee = thread.loc[thread["role"] == "assignee", "author"].iloc[-1]
    handler = Handler.objects.create(source=source, external_key=assignee.strip(), person=person)
    case = Interaction.objects.create(
        source=source,
        external_id=str(int(thread["issueid"].iloc[0])),
        handler=handler,
        assignee=handler,
        channel=Interaction.Channel.EMAIL,
        status=Interaction.Status.RESOLVED,
        opened_at=times.iloc[0].to_pydatetime(),
        resolved_at=times.iloc[-1].to_pydatetime(),
        opened_on=times.iloc[0].date(),
        resolved_on=times.iloc[-1].date(),
    )
    Message.objects.bulk_create(
        Message(
            interaction=case,
            external_id=str(int(row.comment_seq)),
            position=int(row.comment_seq),
            author_kind=KINDS[row.role],
            author_name=row.author,
            author=handler if row.role == "assignee" else None,
            sent_at=pd.Timestamp(row.created).to_pydatetime(),
            body=row.body,
            is_private=bool(row.private),
        )
        for row in thread.itertuples()
    )
    return case
