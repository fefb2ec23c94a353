"""A floor with topics, channels and segments: refunds go badly for everybody, Rita has most of them."""

from datetime import date, timedelta

import pytest

from coaching.interactions.models import Account
from coaching.metrics import services
from tests.factories import interactions as make

MONDAY = date(2026, 4, 20)  # eight whole weeks before the cast's today


def fill(cast, now):
    Account.objects.create(source=make.source(), external_key="acme", segment="Business")
    with make.at_once():
        for week in range(8):
            for number in range(10):
                day = MONDAY + timedelta(days=7 * week + number % 5)
                for person, hard in ((cast.rita, number < 8), (cast.ravi, number < 2), (cast.otto, number < 2)):
                    case = make.interaction(
                        person,
                        day,
                        topic="Refund" if hard else "Delivery",
                        channel="chat" if number % 2 else "email",
                        account="acme" if number == 1 else "",
                        reopens=1 if number == 3 else 0,
                        seconds=3600 * (1 + number),
                        subject=f"{person.get_short_name()} {week}-{number}",
                    )
                    satisfied = (number + week) % 2 == 0 if hard else number != 9
                    make.rating(person, day, case=case, polarity=1 if satisfied else -1)
    services.ensure_default_metrics(now=now)
    services.recount_changed_days(now)


@pytest.fixture
def floor(cast, now, time_machine):
    time_machine.move_to(now, tick=False)
    fill(cast, now)
    return cast
