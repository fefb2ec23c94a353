"""Two sampling plans that wait to be switched on, and a reviewer who is away soon."""

from __future__ import annotations

from datetime import datetime, timedelta

from coaching.quality.plans.rules import Amount, Kind, Rules
from coaching.quality.plans.services import save_plan
from demo.company import Company
from demo.seeding.people import Cast
from people.services import record_absence


def seed_plans(company: Company, cast: Cast, *, now: datetime) -> None:
    head = cast.account(company.head)
    by_risk = Rules(rhythm="monthly", start=1, number=5, by_risk=True, outside_percent=20, capacity=60)
    save_plan(actor=head, name="Five a month, difficult ones more often", kind=Kind.RANDOM, rules=by_risk, now=now)
    complaints = Rules(amount=Amount.PERCENT, percent=100, maximum=3, only_complaints=True)
    save_plan(actor=head, name="All complaints", kind=Kind.TARGETED, rules=complaints, now=now)
    away = cast.accounts(company.reviewers)[-1]
    first = now.date() + timedelta(days=4)
    record_absence(actor=away, person=away, starts_on=first, until=first + timedelta(days=6), now=now)
