"""A helpdesk of each kind, connected, with time that passes only by sleeping."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any

import pytest

from coaching.connectors import services
from coaching.connectors.models import Connection, SyncRun
from coaching.connectors.syncing import World, sync
from tests.coaching.connectors.fakes import Clock, FakeHelpdesk
from tests.coaching.connectors.helpdesks import CREDENTIALS, FAKES


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    return World(clock=clock, sleep=clock.sleep, jitter=lambda: 0.5)


@pytest.fixture(autouse=True)
def spools(settings, tmp_path):
    settings.IMPORT_ROOT = tmp_path / "imports"


@pytest.fixture
def serve(clock: Clock, settings) -> Iterator[Callable[[str], Any]]:
    """Start a fake helpdesk of a system; its address is allowed, as an operator would."""
    with ExitStack() as stack:

        def started(system: str) -> FakeHelpdesk:
            fake = FAKES[system](clock)
            stack.enter_context(fake.running())
            settings.OUTGOING_ALLOWED_HOSTS = [*settings.OUTGOING_ALLOWED_HOSTS, fake.url.removeprefix("http://")]
            return fake

        yield started


@pytest.fixture
def connect(clock: Clock, db) -> Callable[..., Connection]:
    """A connection to a fake, as an administrator would have added it."""

    def connected(fake: FakeHelpdesk, system: str, **changes: Any) -> Connection:
        given = {
            "actor": None,
            "system": system,
            "name": system.title(),
            "source_key": system,
            "base_url": fake.url,
            "credentials": CREDENTIALS[system],
            "interval_minutes": 60,
            "fetch_since": date(2026, 6, 1),
            "now": clock(),
        }
        return services.add_connection(**{**given, **changes})

    return connected


@pytest.fixture
def run(world: World) -> Callable[[Connection], SyncRun]:
    """Run a connection once; the run as it is stored."""

    def ran(connection: Connection) -> SyncRun:
        result = sync(connection_pk=connection.pk, world=world)
        assert result is not None
        connection.refresh_from_db()
        return result

    return ran
