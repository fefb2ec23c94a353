"""A floor with enough cases to say something: Rita slips, Ravi does well, Otto is new."""

from datetime import timedelta

import pytest

from coaching.metrics import services
from tests.factories import interactions as make


def fill(cast, now):
    today = now.date()
    with make.at_once():
        for number in range(40):
            day = today - timedelta(days=2 + number % 40)
            slips = make.interaction(
                cast.rita, day, reopens=1 if number % 2 else 0, subject=f"Parcel {number}", seconds=3600 * (1 + number)
            )
            make.rating(cast.rita, day, polarity=-1 if number % 2 else 1, case=slips, comment="=2+5" if number == 1 else "")
            make.interaction(cast.ravi, day, subject=f"Refund {number}", answered=True)
            make.rating(cast.ravi, day, polarity=1)
    make.interaction(cast.otto, today - timedelta(days=1), subject="Otto’s only case")
    services.ensure_default_metrics(now=now)
    # At any time and without rest, so that all forty cases are in the figure.
    services.define_metric(actor=None, key="reopen_rate", window_days=0, maturity_days=0, minimum_to_show=20, now=now)
    services.recount_changed_days(now)


@pytest.fixture
def floor(cast, now, time_machine):
    time_machine.move_to(now, tick=False)
    fill(cast, now)
    return cast
