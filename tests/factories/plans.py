"""Sampling plans for tests, and weeks of cases to draw from."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from coaching.interactions.models import Interaction, Message
from coaching.quality.models import SamplingPlan
from coaching.quality.plans.rules import Rules
from coaching.quality.plans.services import save_plan, switch_on_plan
from people.models import Person
from tests.factories import interactions as make


def make_plan(name: str = "Ours", *, kind: str = "random", on: bool = True, now: datetime, **rules: Any) -> SamplingPlan:
    plan = save_plan(actor=None, name=name, kind=kind, rules=Rules(**rules), now=now)
    return switch_on_plan(actor=None, plan=plan, now=now) if on else plan


def make_cases(person: Person, first: date, days: int, each: int = 1, **fields: Any) -> list[Interaction]:
    """So many cases of each day, each with a public reply."""
    kept = [
        make.interaction(person, first + timedelta(days=day), marked=False, **fields)
        for day in range(days)
        for _each in range(each)
    ]
    Message.objects.bulk_create(
        Message(
            interaction=case,
            external_id="1",
            position=1,
            author_kind=Message.AuthorKind.AGENT,
            sent_at=case.opened_at,
            body="I have looked into it and sent you another one today.",
        )
        for case in kept
    )
    return kept
