"""The clock stands still on the cast's day, so that links made then are open."""

import pytest


@pytest.fixture(autouse=True)
def today(now, time_machine):
    time_machine.move_to(now, tick=False)
    return time_machine
