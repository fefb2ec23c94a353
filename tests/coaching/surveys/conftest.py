"""The clock stands still on the cast's day, so that links made then are open."""

import pytest


@pytest.fixture(autouse=True)
def today(request, now):
    """The clock, to be moved on. A browser keeps time by itself: there it runs as it does outside."""
    if request.node.get_closest_marker("browser"):
        return None
    clock = request.getfixturevalue("time_machine")
    clock.move_to(now, tick=False)
    return clock
