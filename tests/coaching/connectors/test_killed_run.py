"""A run killed before any SQL statement, page or file write, then run again, leaves what an undisturbed one leaves."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection as database

from coaching.connectors import syncing
from coaching.connectors.clients.zendesk import Zendesk
from coaching.connectors.models import STALE_AFTER, Connection, SyncRun
from coaching.connectors.syncing import World, sync
from coaching.interactions.models import Account, ChangedDay, Handler, Interaction, Message, Source, SurveyResponse
from coaching.metrics.models import Rollup
from tests.coaching.connectors.fakes import START
from tests.coaching.interactions.helpers import dump
from tests.killed import only_reads

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """Stands for the process dying: nothing in the code catches it."""


class Killer:
    """Counts what a process could die before, and dies before the one of its number."""

    def __init__(self, moment: int = -1) -> None:
        self.moment, self.count = moment, 0
        self.moments: list[int] = []  # those that leave something else than the one before
        self._changed = True

    def step(self, *, reads: bool = False) -> None:
        if self._changed:
            self.moments.append(self.count)
        self._changed = not reads
        self.count += 1
        if self.count - 1 == self.moment:
            raise Killed

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.step(reads=only_reads(sql))
        return execute(sql, params, many, context)


def forget(connection: Connection, clock: Any) -> None:
    for model in (SyncRun, ChangedDay, Rollup, SurveyResponse, Message, Interaction, Handler, Account):
        model.objects.all().delete()
    clock.now = START
    Connection.objects.filter(pk=connection.pk).update(
        cursors={}, run_token="", heartbeat_at=None, data_as_of=None, last_success_at=None, next_run_at=None, failures=0
    )
    folder = Path(syncing.spool.folder_of(connection.pk))
    for path in folder.iterdir() if folder.exists() else ():
        path.unlink()


def die(connection: Connection, clock: Any) -> None:
    """What the end of a process leaves: an open transaction undone, a claim that nobody gives back."""
    if database.vendor == "sqlite":
        database.connection.rollback()
    else:
        database.close()
    Connection.objects.filter(pk=connection.pk).update(run_token="of the dead", heartbeat_at=clock.now)
    clock.sleep(STALE_AFTER.total_seconds() + 1)


@pytest.fixture
def killing(monkeypatch, serve, connect, cast, clock, world):
    """Two batches of two pages of tickets; what runs them, and a list of the killer in charge."""
    monkeypatch.setattr(syncing, "BATCH_OBJECTS", 4)
    monkeypatch.setattr(Zendesk, "streams", Zendesk.streams[:1])
    fake = serve("zendesk")
    fake.page_size = 2
    fake.add(7)
    connection = connect(fake, "zendesk")
    current = [Killer()]
    page, fsync, replace, unlink = Zendesk.page, os.fsync, os.replace, Path.unlink

    def before(real: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*args: Any, **options: Any) -> Any:
            current[0].step()
            return real(*args, **options)

        return stepped

    monkeypatch.setattr(Zendesk, "page", before(page))
    for owner, name, real in ((os, "fsync", fsync), (os, "replace", replace), (Path, "unlink", unlink)):
        monkeypatch.setattr(owner, name, before(real))
    return connection, current, world


def outcome(connection: Connection) -> tuple[Any, ...]:
    connection.refresh_from_db()
    return dump(), connection.cursors["tickets"]["cursor"]


def test_a_rerun_completes_whenever_it_was_killed(killing, clock):
    connection, current, world = killing

    def run(killer: Killer) -> None:
        current[0] = killer
        with database.execute_wrapper(killer):
            sync(connection_pk=connection.pk, world=world)

    run(Killer())  # what is looked up once per process is known from here on
    counting = Killer()
    forget(connection, clock)
    run(counting)
    expected = outcome(connection)
    assert len([row for row in expected[0] if row[0] == "Interaction"]) == 7
    wrong = []
    for moment in counting.moments:
        current[0] = Killer()
        forget(connection, clock)
        with pytest.raises(Killed):
            run(Killer(moment))
        current[0] = Killer()
        die(connection, clock)
        cursor = Connection.objects.get(pk=connection.pk).cursors.get("tickets", {}).get("cursor", {}).get("after", "")
        ahead = [pk for pk in range(1, 8) if _changed(connection, pk) <= cursor and not _here(pk)]
        run(Killer())
        if outcome(connection) != expected or ahead:
            wrong.append((moment, ahead))
    assert counting.count >= 60
    assert wrong == []


def _changed(connection: Connection, pk: int) -> str:
    return f"{START.replace(day=13).strftime('%Y-%m-%dT')}{9 + (pk - 1) * 7 // 60:02d}:{(pk - 1) * 7 % 60:02d}:00Z|{pk}"


def _here(pk: int) -> bool:
    return Interaction.objects.filter(external_id=str(pk)).exists()


def test_the_harness_catches_a_cursor_that_moves_first(killing, clock, monkeypatch):
    """The planted fault: the cursor is written before the rows, and the spool thrown away with it."""
    connection, current, world = killing
    honest = syncing._Run._store

    def hasty(self: Any, held: Any, as_of: str) -> None:
        self._move_cursor(held.state, as_of)
        honest(self, held, as_of)

    monkeypatch.setattr(syncing._Run, "_store", hasty)
    lost = 0
    for moment in range(0, 120, 2):
        current[0] = Killer()
        forget(connection, clock)
        current[0] = killer = Killer(moment)
        try:
            with database.execute_wrapper(killer):
                sync(connection_pk=connection.pk, world=world)
        except Killed:
            current[0] = Killer()
            die(connection, clock)
            sync(connection_pk=connection.pk, world=world)
        current[0] = Killer()
        lost += Interaction.objects.count() != 7
    assert lost > 0


def test_two_workers_never_run_one_connection_twice(serve, connect, world, cast):
    """The second comes while the first is fetching, and leaves at once."""
    fake = serve("zendesk")
    fake.add(6)
    connection = connect(fake, "zendesk")
    seconds: list[SyncRun | None] = []

    def meanwhile(**options: Any) -> Any:
        seconds.append(sync(connection_pk=connection.pk, world=world))
        return world.load(**options)

    result = sync(connection_pk=connection.pk, world=World(world.clock, world.sleep, world.jitter, meanwhile))
    assert result is not None
    assert result.state == SyncRun.State.DONE
    assert seconds
    assert set(seconds) == {None}
    assert SyncRun.objects.count() == 1


def test_a_run_that_was_taken_over_writes_nothing_more(serve, connect, world, cast):
    """Its worker hung for longer than five minutes and wakes up: the connection is another's by then."""
    fake = serve("zendesk")
    fake.add(6)
    connection = connect(fake, "zendesk")

    def taken(**options: Any) -> Any:
        loaded = world.load(**options)
        Connection.objects.filter(pk=connection.pk).update(run_token="another", heartbeat_at=world.clock())
        return loaded

    sync(connection_pk=connection.pk, world=World(world.clock, world.sleep, world.jitter, taken))
    connection.refresh_from_db()
    assert connection.cursors == {}
    assert connection.run_token == "another"
    assert connection.last_success_at is None


def test_the_folder_of_a_live_process_is_left_alone(serve, connect, world, cast):
    """Its claim is old, yet the process lives: the system’s own lock tells."""
    fake = serve("zendesk")
    connection = connect(fake, "zendesk")
    with syncing.spool.only_here(connection.pk) as free:
        assert free
        assert sync(connection_pk=connection.pk, world=world) is None
    assert fake.requests == []


def test_a_run_cut_off_is_shown_as_stopped(serve, connect, world, cast, clock):
    fake = serve("zendesk")
    connection = connect(fake, "zendesk")
    SyncRun.objects.create(connection=connection, state=SyncRun.State.RUNNING, created_at=clock(), started_at=clock())
    Connection.objects.filter(pk=connection.pk).update(run_token="dead", heartbeat_at=clock())
    assert sync(connection_pk=connection.pk, world=world) is None
    clock.sleep(STALE_AFTER.total_seconds() + 1)
    assert sync(connection_pk=connection.pk, world=world) is not None
    assert set(SyncRun.objects.values_list("state", flat=True)) == {SyncRun.State.STOPPED, SyncRun.State.DONE}


def test_deleting_a_connection_stops_its_run_and_keeps_what_came(serve, connect, world, cast):
    fake = serve("zendesk")
    fake.page_size = 2
    fake.add(6)
    connection = connect(fake, "zendesk")

    def deleted(**options: Any) -> Any:
        loaded = world.load(**options)
        Connection.objects.filter(pk=connection.pk).delete()
        return loaded

    sync(connection_pk=connection.pk, world=World(world.clock, world.sleep, world.jitter, deleted))
    assert Interaction.objects.count() == 6
    assert Source.objects.filter(key="zendesk").exists()
    assert not SyncRun.objects.exists()
