"""One run of a connection: fetch pages into the spool, store them, move the cursor; stream by stream.

What holds: rows are stored before the cursor that stands for them moves, the cursor moves in one statement that
checks the run is still ours, and a run that was killed anywhere is completed by the next one.
"""

from __future__ import annotations

import json
import logging
import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coaching.connectors import spool
from coaching.connectors.clients import client_class
from coaching.connectors.loading import Loaded, load
from coaching.connectors.models import Connection, SyncRun
from coaching.connectors.pacing import Pace
from coaching.connectors.problems import (
    AccessDenied,
    AskedToWait,
    ConnectorError,
    LeaseLost,
    NotThere,
    PageTooLarge,
    RepeatsItself,
)
from coaching.interactions.importing.problems import ImportRefused, ReaderEnded
from coaching.metrics.imports.jobs import finish_import
from foundation.secrets import SecretUnreadable, decrypt
from people.audit import record

logger = logging.getLogger(__name__)
State = SyncRun.State

BATCH_OBJECTS = 2_000  # stored at a time: so much is fetched again at most, and so much lies on disk
SAME_PAGE = 3  # times that a page may come again before the helpdesk is not believed
EMPTY_PAGES = 50
LONGEST_PAUSE = timedelta(hours=1)
OLD_RUNS = timedelta(days=90)


@dataclass(frozen=True)
class World:
    """What a run meets outside the database; tests hand in their own."""

    clock: Callable[[], datetime] = timezone.now
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    load: Callable[..., Loaded] = load


def sync(*, connection_pk: int, world: World | None = None, started_by: int | None = None) -> SyncRun | None:
    """Run a connection now, to its end or its failure, which is written on the run and the connection.

    None where somebody else runs it. Claiming is one statement: of two workers one runs, the other leaves.
    """
    world = world or World()
    token, now = uuid.uuid4().hex, world.clock()
    if not Connection.objects.filter(pk=connection_pk).claimable(now).update(run_token=token, heartbeat_at=now):
        return None
    try:
        with spool.only_here(connection_pk) as free:
            if not free:
                return None
            return _Run(connection_pk, token, world, started_by).run()
    finally:
        Connection.objects.filter(pk=connection_pk, run_token=token).update(run_token="")


@dataclass
class _Progress:
    """What the run has brought since it was last written down."""

    counts: dict[str, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)

    def count(self, **more: int) -> None:
        for name, number in more.items():
            self.counts[name] = self.counts.get(name, 0) + number

    def note(self, text: str, times: int = 1) -> None:
        if times:
            self.notes[text] = self.notes.get(text, 0) + times


class _Run:
    def __init__(self, connection_pk: int, token: str, world: World, started_by: int | None) -> None:
        self.token, self.world = token, world
        self.started = world.clock()
        self.progress = _Progress()
        with transaction.atomic():
            self.connection = Connection.objects.select_related("source").get(pk=connection_pk)
            runs = SyncRun.objects.filter(connection=self.connection)
            runs.filter(state=State.RUNNING).update(
                state=State.STOPPED,
                finished_at=self.started,
                error=_("The worker was stopped. The next run went on where this one had stored everything."),
            )
            waiting = runs.filter(state=State.WAITING).first()
            self.row = waiting or SyncRun(connection=self.connection, started_by_id=started_by, created_at=self.started)
            self.row.state, self.row.token, self.row.started_at = State.RUNNING, token, self.started
            self.row.save()
            # One click too many is one run, not two.
            runs.filter(state=State.WAITING).delete()

    # --- the whole ----------------------------------------------------------------------------

    def run(self) -> SyncRun:
        try:
            self._all_streams()
        except LeaseLost:
            # Deleted meanwhile: nobody else would tidy up after it, nor count what it stored.
            if not Connection.objects.filter(pk=self.connection.pk).exists():
                spool.remove_folder(self.connection.pk)
        except AskedToWait as asked:
            self._end(State.LATER, str(asked), pause=timedelta(seconds=asked.seconds))
        except (ConnectorError, ReaderEnded, SecretUnreadable) as error:
            self._end(State.FAILED, str(error), pause=self._pause())
        except Exception:
            self._end(
                State.FAILED,
                _("The run stopped for a reason that stands in the server’s log. What was stored stays."),
                pause=self._pause(),
            )
            raise
        else:
            self._end(State.DONE, "", pause=None)
        finish_import(now=self.world.clock())
        return self.row

    def _pause(self) -> timedelta:
        """After how long to try again by itself: 1, 2, 4 … minutes, an hour at most, a little less by chance."""
        grown = timedelta(minutes=2 ** min(self.connection.failures, 10))
        return min(grown, LONGEST_PAUSE) * (0.75 + self.world.jitter() / 4)

    def _all_streams(self) -> None:
        connection = self.connection
        credentials = json.loads(decrypt(connection.secrets))
        pace = Pace(self.world.clock, self.world.sleep, self.world.jitter, self._beat)
        with client_class(connection.system)(
            base_url=connection.base_url, options=connection.options, secrets=credentials, pace=pace
        ) as client:
            self.client = client
            for stream in client.streams:
                self._stream = stream
                SyncRun.objects.filter(pk=self.row.pk).update(stream=str(stream.label))
                try:
                    while not self._batch():
                        pass
                except (AccessDenied, NotThere) as missing:
                    if not stream.optional:
                        raise
                    self.progress.note(f"{stream.label}: {missing}")

    def _beat(self) -> None:
        """A sign of life. Raises LeaseLost where another worker has taken the connection over, or it was deleted."""
        beating = Connection.objects.filter(pk=self.connection.pk, run_token=self.token)
        if not beating.update(heartbeat_at=self.world.clock()):
            raise LeaseLost

    # --- one batch of one stream --------------------------------------------------------------

    def _batch(self) -> bool:
        """Fetch and store some pages; whether the stream has ended. What came before an error is stored all the same."""
        name = self._stream.name
        known = self.connection.cursors.get(name) or {
            "cursor": self.client.first_cursor(name, self.connection.fetch_since),
            "as_of": "",
        }
        held = spool.Spool(self.connection.pk, name, known["cursor"])
        trouble: ConnectorError | None = None
        try:
            self._fetch(held)
        except RepeatsItself:
            # Which of the equal pages was the true one cannot be known: all of them are asked for again.
            held.remove()
            raise
        except ConnectorError as error:
            trouble = error
        self._store(held, known["as_of"])
        if trouble is not None:
            raise trouble
        return held.state.ended

    def _fetch(self, held: spool.Spool) -> None:
        empty = 0
        while not held.state.ended and held.state.objects < BATCH_OBJECTS:
            page, digest = self._next_page(held)
            empty = 0 if page.objects else empty + 1
            if page.more and (page.cursor == held.state.cursor or empty > EMPTY_PAGES):
                raise self._repeats()
            self._beat()
            as_of = page.as_of.isoformat() if page.as_of else ""
            held.add(page.objects, page.cursor, ended=not page.more, as_of=as_of, odd=page.odd, digest=digest)
            SyncRun.objects.filter(pk=self.row.pk).update(
                requests=self.client.caller.requests, fetched=self.progress.counts.get("fetched", 0) + held.state.objects
            )

    def _next_page(self, held: spool.Spool) -> tuple[Any, str]:
        """The page at the spool's cursor, asked for again where it is the one before, smaller where it is too large."""
        for _time in range(SAME_PAGE):
            page = self._sized_page(held)
            digest = spool.digest_of(page.objects)
            if not (page.more and digest and digest == held.state.last_page):
                return page, digest
            self.world.sleep(1.0)
        raise self._repeats()

    def _sized_page(self, held: spool.Spool) -> Any:
        cursor = held.state.cursor
        while True:
            try:
                return self.client.page(self._stream.name, cursor)
            except PageTooLarge:
                if not self.client.smaller():
                    raise
                cursor = self.client.rewound(cursor)

    def _repeats(self) -> RepeatsItself:
        return RepeatsItself(
            _("%(name)s sends the same page again and again. Nothing is lost: the next run asks for it anew.")
            % {"name": self.connection.get_system_display()}
        )

    def _store(self, held: spool.Spool, as_of: str) -> None:
        """Rows first, the cursor after them, the spool last: at whichever step this is killed, the rerun ends alike."""
        state = held.state
        if state.cursor == state.start and not state.objects:
            if state.ended:
                self._move_cursor(state, as_of)
            held.remove()
            return
        if state.objects:
            for kind in self._stream.kinds:
                self._beat()
                loaded = self._load(kind, held)
                self._beat()
                self.progress.count(
                    created=loaded.created, updated=loaded.updated, unchanged=loaded.unchanged, rejected=loaded.rejected
                )
                for text, times in loaded.notes.items():
                    self.progress.note(text, times)
        self.progress.count(fetched=state.objects + state.odd, rejected=state.odd)
        self.progress.note(_("Entries that were no data at all were left out."), state.odd)
        self._move_cursor(state, as_of)
        held.remove()

    def _load(self, kind: str, held: spool.Spool) -> Loaded:
        connection = self.connection
        try:
            return self.world.load(
                kind=kind,
                path=held.path,
                system=connection.system,
                stream=self._stream.name,
                source=connection.source,
                now=self.started,
            )
        except ImportRefused as error:
            # Kept, it would be refused each time; the cursor has not moved, so all of it is asked for again.
            held.remove()
            logger.warning("Connection %s: %s", connection.pk, error)
            raise ConnectorError(
                _(
                    "%(name)s answers something else than it documents (%(what)s), so none of it was stored. Is its version recent?"
                )
                % {"name": connection.get_system_display(), "what": self._stream.label}
            ) from error

    def _move_cursor(self, state: spool.State, as_of: str) -> None:
        """Write how far the rows are stored, if the run is still ours."""
        with transaction.atomic():
            connection = Connection.objects.select_for_update().filter(pk=self.connection.pk, run_token=self.token).first()
            if connection is None:
                raise LeaseLost
            connection.cursors = {
                **connection.cursors,
                self._stream.name: {"cursor": state.cursor, "as_of": state.as_of or as_of},
            }
            connection.heartbeat_at = self.world.clock()
            connection.save(update_fields=["cursors", "heartbeat_at"])
            self.connection.cursors = connection.cursors
            SyncRun.objects.filter(pk=self.row.pk).update(**self._counts())

    def _counts(self) -> dict[str, Any]:
        names = ("fetched", "created", "updated", "unchanged", "rejected")
        return {
            "requests": self.client.caller.requests if hasattr(self, "client") else 0,
            "notes": self.progress.notes,
            **{name: self.progress.counts.get(name, 0) for name in names},
        }

    # --- the end ------------------------------------------------------------------------------

    def _end(self, state: SyncRun.State, error: str, pause: timedelta | None) -> None:
        """Write down how it ended and let the connection go."""
        now = self.world.clock()
        with transaction.atomic():
            connection = Connection.objects.select_for_update().filter(pk=self.connection.pk, run_token=self.token).first()
            if connection is None:
                return
            connection.run_token, connection.heartbeat_at = "", now
            connection.last_error = error
            connection.data_as_of = _oldest(connection, self.client.streams) if hasattr(self, "client") else connection.data_as_of
            if state == State.DONE:
                connection.failures, connection.last_success_at = 0, now
                connection.next_run_at = self.started + timedelta(minutes=connection.interval_minutes)
            else:
                connection.failures += state == State.FAILED
                connection.next_run_at = now + min(pause or LONGEST_PAUSE, LONGEST_PAUSE)
            connection.save(
                update_fields=[
                    "run_token", "heartbeat_at", "last_error", "data_as_of", "failures", "last_success_at", "next_run_at",
                ]
            )  # fmt: skip
            counts = self._counts()
            SyncRun.objects.filter(pk=self.row.pk).update(state=state, error=error, finished_at=now, stream="", **counts)
            if counts["created"] or counts["updated"]:
                brought = {name: counts[name] for name in ("created", "updated", "unchanged", "rejected")}
                record(actor=self.row.started_by, verb="connection.sync", target=connection, after=brought, now=now)
            # The history is for looking back a season, not for ever.
            SyncRun.objects.filter(connection=connection, created_at__lt=now - OLD_RUNS).delete()
        self.row.refresh_from_db()
        if error:
            logger.warning("Connection %s: %s", self.connection.pk, state)


def _oldest(connection: Connection, streams: Any) -> datetime | None:
    """The moment up to which every stream that the helpdesk offers has come; None before that is known."""
    known = [connection.cursors[stream.name]["as_of"] for stream in streams if stream.name in connection.cursors]
    must = [stream.name for stream in streams if not stream.optional]
    if not known or any(name not in connection.cursors for name in must) or not all(known):
        return None
    return min(datetime.fromisoformat(text) for text in known)
