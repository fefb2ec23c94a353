"""The event bus: exact types, order of registration, the announcer's transaction."""

from dataclasses import dataclass

import pytest
from django.db import transaction

from foundation.events import Event, announce, listen
from people.models import Team


@dataclass(frozen=True, kw_only=True)
class TeaBrewed(Event):
    cups: int


@dataclass(frozen=True, kw_only=True)
class GreenTeaBrewed(TeaBrewed):
    pass


def test_listeners_hear_their_exact_event_in_order():
    heard: list[str] = []
    listen(TeaBrewed)(lambda event: heard.append(f"first {event.cups}"))
    listen(TeaBrewed)(lambda event: heard.append(f"second {event.cups}"))
    announce(TeaBrewed(cups=2))
    announce(GreenTeaBrewed(cups=5))
    assert heard == ["first 2", "second 2"]


@pytest.mark.django_db
def test_a_failing_listener_takes_the_cause_with_it():
    @dataclass(frozen=True, kw_only=True)
    class TeamOpened(Event):
        team_id: int

    @listen(TeamOpened)
    def refuse(event: TeamOpened) -> None:
        raise RuntimeError("no room")

    with pytest.raises(RuntimeError, match="no room"), transaction.atomic():
        announce(TeamOpened(team_id=Team.objects.create(name="Attic").pk))
    assert not Team.objects.filter(name="Attic").exists()
