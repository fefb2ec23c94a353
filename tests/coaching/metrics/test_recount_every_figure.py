"""Every recipe in every variant equals the slow recount, over random histories of imports, answers, moves and deletions."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coaching.interactions.models import ChangedDay, Interaction, SurveyResponse
from coaching.metrics import recount, services
from coaching.metrics.check import differences_of, people_with_figures
from coaching.metrics.models import BusinessCalendar, MetricDefinition, Rollup
from coaching.metrics.variants import VARIANTS
from people import services as people_services
from people.models import Membership
from tests.factories import interactions as make

FIRST = datetime(2026, 3, 27, 9, 30, tzinfo=UTC)  # the clocks of Berlin change on the 29th


@pytest.fixture
def every_way(cast, now):
    """The default figures, each other way of counting beside them, and the recipe of the first release."""
    services.ensure_default_metrics(now=now)
    for recipe, variants in VARIANTS.items():
        like = MetricDefinition.objects.current().filter(recipe=recipe).first()
        for variant in variants:
            values = {name: getattr(like, name) for name in services.FIELDS} | {"variant": variant, "window_days": 2}
            services.define_metric(actor=None, key=f"{recipe}-{variant}".replace("_", "-"), now=now, **values)
    values = {name: getattr(like, name) for name in services.FIELDS} | {"variant": "", "window_days": 1}
    services.define_metric(
        actor=None, key="old-time", now=now, **(values | {"recipe": "resolution_time", "interval_method": "order_statistics"})
    )
    services.define_metric(actor=None, key="reopened-soon", now=now, **(values | {"recipe": "reopened"}))
    BusinessCalendar.objects.create(
        team=cast.meadow, time_zone="Australia/Lord_Howe", week=[[[60, 150], [600, 1440]]] * 7, open_on={}, updated_at=now
    )
    BusinessCalendar.objects.create(
        team=None, time_zone="Europe/Berlin", week=[[[540, 1020]]] * 5 + [[], []], country="DE", closed_on=["2026-03-30"],
        open_on={"2026-03-29": [[60, 240]]}, updated_at=now,
    )  # fmt: skip
    return list(MetricDefinition.objects.current())


def differences():
    definitions = list(MetricDefinition.objects.current())
    return [d for person_id in people_with_figures() for d in differences_of(person_id, definitions)]


HOURS = st.integers(0, 24 * 9)
SOMEBODY = st.sampled_from(["rita", "ravi", "otto"])
MAYBE = st.sampled_from([None, True, False])
CASE = st.fixed_dictionaries(
    {
        "opened": HOURS,
        "took": st.one_of(st.none(), st.integers(0, 5 * 86400)),
        "replied": st.one_of(st.none(), st.integers(0, 90000)),
        "reopened": st.one_of(st.none(), st.integers(0, 6)),
        "customer": st.sampled_from(["", "c1", "c2"]),
        "topic": st.sampled_from(["", "billing"]),
        "channel": st.sampled_from(["email", "phone"]),
        "replies": st.sampled_from([None, 0, 1, 2]),
        "customer_replies": st.sampled_from([None, 0, 1]),
        "answered": MAYBE,
        "is_complaint": MAYBE,
        "wait_seconds": st.sampled_from([None, 0, 75]),
        "handle_seconds": st.sampled_from([None, 0, 600]),
        "assigned": MAYBE,
        "lost": st.booleans(),  # called resolved, without a time
    }
)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("case"), st.one_of(st.none(), SOMEBODY), CASE),
        st.tuples(st.just("case"), SOMEBODY, CASE),
        st.tuples(
            st.just("answer"), SOMEBODY, st.integers(0, 9), st.sampled_from(["csat", "nps", "ces"]),
            st.sampled_from([(0, 10), (1, 7), (1, 5), (7, 1)]), st.sampled_from([-1, 0, 1]),
        ),
        st.tuples(st.just("delete"), st.integers(0, 30)),
        st.tuples(st.just("hand over"), st.integers(0, 30), SOMEBODY),
        st.tuples(st.just("later"), st.integers(0, 30), st.integers(1, 5 * 86400)),
        st.tuples(st.just("move"), st.integers(0, 9)),
        st.tuples(st.just("recount"), st.one_of(st.none(), st.integers(1, 3))),
    ),
    max_size=20,
)  # fmt: skip


def stored(cast, who, given):
    """A case as an import leaves it: days in the person's zone, and the mark of both."""
    opened_at = FIRST + timedelta(hours=given["opened"], microseconds=given["opened"] * 7919 % 1_000_000)
    took, reopened = given["took"], given["reopened"]
    resolved_at = None if took is None else opened_at + timedelta(seconds=took)
    lost = took is None and given["lost"]
    fields = {name: given[name] for name in (
        "customer", "topic", "channel", "replies", "customer_replies", "is_complaint", "wait_seconds", "handle_seconds")}  # fmt: skip
    person = getattr(cast, who) if who else None
    case = make.interaction(
        person, opened_at.date(), seconds=None, answered=given["answered"], marked=False,
        reopens=int(reopened is not None), opened_at=opened_at, resolved_at=resolved_at,
        resolved_on=resolved_at.date() if resolved_at else None,
        status="resolved" if resolved_at or lost else "open",
        first_reply_at=None if given["replied"] is None else opened_at + timedelta(seconds=given["replied"]),
        reopened_at=None if reopened is None or resolved_at is None else resolved_at + timedelta(days=reopened - 3),
        assignee={None: None, True: make.handler(person), False: make.handler(cast.lena)}[given["assigned"]],
        **fields,
    )  # fmt: skip
    mark(case)
    return case


def mark(case):
    """What an import marks: the case's own days; of one that counts for nobody, the days of the customer's earlier ones."""
    make.mark(case.handler.person, case.opened_on, case.resolved_on)
    if case.handler.person is None:
        mark_before(case)


def mark_before(case):
    earlier = Interaction.objects.exclude(customer="").filter(customer=case.customer, opened_at__lt=case.opened_at)
    for other in earlier:
        make.mark(other.handler.person, other.resolved_on)


def nth(index):
    cases = list(Interaction.objects.order_by("pk"))
    return cases[index % len(cases)] if cases else None


def replay(cast, events, now):
    for event in events:
        match event:
            case ("case", who, fields):
                stored(cast, who, fields)
            case ("answer", who, day, kind, (low, high), polarity):
                raw = Decimal(low) + Decimal(high - low) * day / 9
                make.rating(
                    getattr(cast, who), FIRST.date() + timedelta(days=day), kind=kind, polarity=polarity,
                    raw_value=raw.quantize(Decimal("0.001")), scale_min=Decimal(low), scale_max=Decimal(high),
                )  # fmt: skip
            case ("delete", index) if (found := nth(index)) is not None:
                mark(found)
                mark_before(found)
                found.delete()
            case ("hand over", index, who) if (found := nth(index)) is not None:
                mark(found)
                found.handler = make.handler(getattr(cast, who))
                found.save()
                mark(found)
            case ("later", index, seconds) if (found := nth(index)) is not None and found.resolved_at:
                mark(found)
                found.resolved_at += timedelta(seconds=seconds)
                found.resolved_on = found.resolved_at.date()
                found.save()
                mark(found)
            case ("move", day):
                member = Membership.objects.filter(person=cast.rita, kind="member").order_by("starts_on").last()
                starts_on = FIRST.date() + timedelta(days=day)
                if member.starts_on < starts_on:
                    to = cast.meadow if member.team_id == cast.harbour.pk else cast.harbour
                    people_services.join_team(actor=None, person=cast.rita, team=to, starts_on=starts_on, now=now)
            case ("recount", limit):
                services.recount_changed_days(now, limit=limit)


def everything_stored():
    rows = Rollup.objects.values_list("definition", "person", "day", "team", "numerator", "denominator", "histogram")
    return {(*row[:-1], json.dumps(row[-1], sort_keys=True)) for row in rows}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(events=EVENTS)
def test_every_figure_equals_the_slow_recount(cast, every_way, now, events):
    with transaction.atomic():
        replay(cast, events, now)
        services.recount_changed_days(now)
        assert differences() == []
        before = everything_stored()
        for person_id in people_with_figures():
            recount.recount_person(person_id, now)
        assert before == everything_stored()
        transaction.set_rollback(True)


def given_case(**fields):
    values = dict.fromkeys(
        ("took", "replied", "reopened", "replies", "customer_replies", "answered", "is_complaint", "wait_seconds",
         "handle_seconds", "assigned"),
    ) | {"opened": 0, "customer": "", "topic": "", "channel": "email", "lost": False}  # fmt: skip
    return values | fields


def test_a_customer_who_comes_back_changes_an_earlier_day(cast, now):
    services.ensure_default_metrics(now=now)
    stored(cast, "rita", given_case(took=3600, customer="c1", topic="billing", replies=1))
    services.recount_changed_days(now)
    fcr = Rollup.objects.filter(definition__key="first_contact", person=cast.rita)
    assert (fcr.get().numerator, fcr.get().denominator) == (1, 1)
    stored(cast, "ravi", given_case(opened=6 * 24, customer="c1", topic="billing"))
    assert not ChangedDay.objects.filter(person=cast.rita).exists()
    services.recount_changed_days(now)
    assert (fcr.get().numerator, fcr.get().denominator) == (0, 1)
    assert differences() == []


def test_the_proof_finds_a_recount_that_forgets_earlier_days(cast, now, monkeypatch):
    """The planted fault: without looking back, a customer's return leaves the old figure standing."""
    services.ensure_default_metrics(now=now)
    stored(cast, "rita", given_case(took=3600, customer="c1", topic="billing", replies=1))
    services.recount_changed_days(now)
    monkeypatch.setattr(recount, "_count_before", lambda *given: None)
    stored(cast, "ravi", given_case(opened=48, customer="c1", topic="billing"))
    services.recount_changed_days(now)
    assert [difference.definition for difference in differences()] == ["first_contact"]


@pytest.mark.parametrize(
    ("variant", "good"),
    [
        ("one_contact", [True, True, False, False, True]),
        ("under_two_replies", [True, True, False, True, None]),
        ("one_reply", [True, False, False, True, None]),
        ("no_customer_reply", [True, None, False, True, True]),
        ("one_teammate", [True, True, True, False, False]),
        ("within_15_minutes", [False, True, False, False, True]),
    ],
)
def test_first_contact_in_each_way(cast, now, variant, good):
    services.ensure_default_metrics(now=now)
    services.define_metric(actor=None, key="first_contact", variant=variant, now=now)
    cases = [
        given_case(took=3600, customer="a", replies=1, customer_replies=0),
        given_case(took=60, customer="b", replies=0),
        given_case(took=3600, customer="c", replies=2, customer_replies=3),
        given_case(took=3600, customer="d", replies=1, customer_replies=0, reopened=4),
        given_case(took=60, customer="e", customer_replies=0, assigned=False),
    ]
    for day, fields in enumerate(cases):
        stored(cast, "rita", fields | {"opened": 24 * day})
    services.recount_changed_days(now)
    found = dict(Rollup.objects.filter(definition__key="first_contact").values_list("day", "numerator"))
    days = [FIRST.date() + timedelta(days=day) for day in range(len(cases))]
    assert [None if day not in found else bool(found[day]) for day in days] == good


def test_back_on_the_same_channel(cast, now):
    services.ensure_default_metrics(now=now)
    services.define_metric(actor=None, key="first_contact", variant="no_recontact", window_days=3, now=now)
    for opened, channel in ((0, "email"), (24, "phone"), (48, "email"), (6 * 24, "email")):
        stored(cast, "rita", given_case(took=60, opened=opened, channel=channel, customer="c1", topic=str(opened)))
    services.recount_changed_days(now)
    found = Rollup.objects.filter(definition__key="first_contact").order_by("day").values_list("numerator", flat=True)
    assert list(found) == [0, 1, 1, 1]  # the second e-mail of the first; the last lies four days after


def test_a_days_scores(cast, now):
    services.ensure_default_metrics(now=now)
    for raw in (10, 9, 7, 6, 0):
        make.rating(cast.rita, date(2026, 5, 4), kind=SurveyResponse.Kind.NPS, raw_value=raw, scale_min=0, scale_max=10)
    make.rating(cast.rita, date(2026, 5, 4), kind=SurveyResponse.Kind.CES, raw_value=5, scale_min=1, scale_max=5)
    services.recount_changed_days(now)
    assert Rollup.objects.get(definition__key="nps").histogram == {"0": 1, "6000": 1, "7000": 1, "9000": 1, "10000": 1}
    assert Rollup.objects.get(definition__key="ces").histogram == {"7000": 1}
    assert differences() == []
