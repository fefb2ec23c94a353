"""Cases with topics, channels and customers, at odd hours."""

from datetime import UTC, datetime

import pytest

from coaching.metrics import services
from tests.factories import interactions as make


def opened(person, moment: datetime, day=None, **fields):
    """A case opened at that very moment, on that local day (the moment's own UTC day by default)."""
    return make.interaction(person, day or moment.date(), opened_at=moment, **fields)


@pytest.fixture
def desk(cast, now, time_machine):
    time_machine.move_to(now, tick=False)
    services.ensure_default_metrics(now=now)
    return cast


@pytest.fixture
def asked(desk, now):
    """Harbour: 6 cases of 3 customers; Meadow: 1; somebody unmatched: 1."""
    at = datetime(2026, 6, 10, 9, 5, tzinfo=UTC)  # a Wednesday; 11:05 in Berlin
    for number, (customer, topic, channel) in enumerate(
        [
            ("Ada", "Parcel", "email"),
            ("Ada", "Parcel", "chat"),
            ("Ada", "Refund", "mention"),
            ("Ben", "Parcel", "social"),
            ("Cem", "Refund", "email"),
            ("", "", "phone"),
        ]
    ):
        opened(
            desk.rita if number % 2 else desk.ravi, at.replace(minute=5 + number), customer=customer, topic=topic, channel=channel,
            subject=f"Case {number}", replies=number, customer_replies=number // 2, handle_seconds=60 * number,
        )  # fmt: skip
    opened(desk.otto, at.replace(hour=12), customer="Zoe", topic="Otto only", subject="Otto's")
    make.interaction(None, at.date(), customer="Nobody's", topic="Nobody's")
    services.recount_changed_days(now)
    return desk
