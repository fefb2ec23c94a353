from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from learning.statements import services
from learning.statements.gathering import gather
from learning.statements.sending import Sent, send_waiting
from tests.learning.statements.lrs import Lrs


@pytest.fixture
def lrs(settings) -> Iterator[Lrs]:
    """A record store that may be called although it listens on this machine."""
    settings.BASE_URL = "https://learn.example.com"
    store = Lrs()
    settings.OUTGOING_ALLOWED_HOSTS = [store.host]
    yield store
    store.close()


@pytest.fixture
def on(cast, lrs, now):
    """The store is named and switched on, for all the past; returns a round: gather, then send."""
    services.name_store(actor=cast.adam, endpoint=lrs.url, user_name=lrs.user, password=lrs.password, now=now)
    services.turn_on(actor=cast.adam, start="past", now=now)

    def round_at(moment: datetime) -> Sent:
        gather(now=moment)
        return send_waiting(clock=lambda: moment)

    return round_at
