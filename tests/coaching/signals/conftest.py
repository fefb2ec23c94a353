"""Two years of weeks in which everybody is as usual, but Rita: she slips in the last five."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from coaching.metrics import services as metrics
from coaching.metrics.models import MetricDefinition, Rollup
from coaching.signals.services import raise_signals
from people import services as people
from people.models import Membership, Person, Role, Team
from tests.factories import interactions as make

WEEKS = 39


def weeks_of(person: Person, team: Team | None, today: date, satisfied: list[int], n: int = 40, key: str = "csat") -> None:
    """One rollup a week, the newest last; `satisfied` of `n` each."""
    definition = MetricDefinition.objects.current().get(key=key)
    Rollup.objects.bulk_create(
        Rollup(
            definition=definition, person=person, team=team, day=today - timedelta(days=7 * back), numerator=part, denominator=n
        )
        for back, part in enumerate(reversed(satisfied))
    )


@pytest.fixture
def mates(cast, now):
    """Six more reps in each team, so that a floor exists."""
    found = {}
    for team, lead in ((cast.harbour, "h"), (cast.meadow, "m")):
        for number in range(6):
            name = f"{lead}{number}"
            person = people.create_person(
                actor=None, email=f"{name}@example.com", display_name=f"Mate {name}", roles=[Role.REP], now=now
            )
            people.join_team(
                actor=None, person=person, team=team, kind=Membership.Kind.MEMBER, starts_on=date(2025, 1, 1), now=now
            )
            found[name] = person
    return found


@pytest.fixture
def steady(cast, mates, now, time_machine):
    """Everybody at 33 of 40, every week."""
    time_machine.move_to(now, tick=False)
    metrics.ensure_default_metrics(now=now)
    today = now.date()
    for person in (cast.ravi, *[mates[name] for name in mates if name.startswith("h")]):
        weeks_of(person, cast.harbour, today, [33] * WEEKS)
    for person in (cast.otto, *[mates[name] for name in mates if name.startswith("m")]):
        weeks_of(person, cast.meadow, today, [33] * WEEKS)
    return cast


@pytest.fixture
def slipped(steady, now):
    """Rita: 33 of 40, and 24 of 40 in the last five weeks; three of her dissatisfied customers wrote."""
    today = now.date()
    weeks_of(steady.rita, steady.harbour, today, [33] * (WEEKS - 5) + [24] * 5)
    for number in range(3):
        case = make.interaction(steady.rita, today - timedelta(days=3 + number), subject=f"Kettle {number}", marked=False)
        make.rating(
            steady.rita, today - timedelta(days=2 + number), polarity=-1, case=case, comment=f"Too slow {number}", marked=False
        )
    make.rating(steady.rita, today - timedelta(days=2), polarity=1, comment="Lovely", marked=False)
    return steady


@pytest.fixture
def raised(slipped, now):
    raise_signals(actor=None, as_of=now.date(), now=now)
    return slipped
