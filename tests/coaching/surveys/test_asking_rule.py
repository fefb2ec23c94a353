"""The rule itself, over any history: never within N days, never in quiet hours."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coaching.surveys import asking, services
from coaching.surveys.asking import Case, choose, first_moment_to_send, is_drawn
from coaching.surveys.models import Invitation
from tests.factories import surveys as make

START = datetime(2026, 1, 1, tzinfo=UTC)
CUSTOMERS = ["a", "b", "c"]
histories = st.lists(st.tuples(st.sampled_from(CUSTOMERS), st.integers(0, 90 * 24)), max_size=40)


def as_cases(history) -> list[Case]:
    return [
        Case(number, f"{who}@x.example", who, (who,), "", "UTC", START + timedelta(hours=hour))
        for number, (who, hour) in enumerate(history)
    ]


def too_close(moments: list[tuple[str, datetime]], days: int) -> list[tuple[str, datetime]]:
    """The slow check: every pair of one customer."""
    return [
        (who, at)
        for i, (who, at) in enumerate(moments)
        for other, before in moments[:i]
        if who == other and abs(at - before) < timedelta(days=days)
    ]


@given(histories, st.dictionaries(st.sampled_from(CUSTOMERS), st.integers(-60 * 24, 0)), st.integers(0, 45))
def test_nobody_is_chosen_twice_within_n_days(history, earlier, days):
    last = {who: START + timedelta(hours=hour) for who, hour in earlier.items()}
    cases = as_cases(history)
    chosen, refused = choose(cases, last_asked=last, not_again_days=days)
    assert too_close([*last.items(), *((case.customer_hash, case.at) for case in chosen)], days) == []
    assert len(chosen) + refused == len(cases)
    # And nobody is left out without a reason.
    asked = [*last.items(), *((case.customer_hash, case.at) for case in chosen)]
    for case in set(cases) - set(chosen):
        assert too_close([*asked, (case.customer_hash, case.at)], days)


def test_the_slow_check_sees_a_rule_that_forgets():
    """Planted fault: the rule does not remember what it chose itself."""
    cases = as_cases([("a", 0), ("a", 24)])
    forgetful = [case for case in cases if not choose([case], last_asked={}, not_again_days=30)[1]]
    assert too_close([(case.customer_hash, case.at) for case in forgetful], 30)


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(CUSTOMERS), st.integers(0, 23)), min_size=1, max_size=12),
    st.lists(st.integers(6, 20 * 24), min_size=1, max_size=8),
    st.integers(1, 12),
)
def test_over_any_runs_no_customer_gets_two_mails_within_n_days(cast, now, cases, runs, days):
    """The whole way: cases of several customers, runs at any hour, two surveys, mails that are put off."""
    Invitation.objects.all().delete()
    make.Survey.objects.all().update(is_active=False)
    number = make.Survey.objects.count()
    make.survey(now, name=f"One {number}", not_again_days=days, within_hours=24 * 30)
    make.survey(now, name=f"Two {number}", not_again_days=days, within_hours=24 * 30)
    for who, hours in cases:
        make.case(cast.rita, now, hours=hours, customer=f"{who}@x.example", marked=False)
    flaky = iter(range(10_000))

    def send(message) -> None:
        if next(flaky) % 3 == 0:
            raise OSError("busy")

    for hour in sorted(runs):
        moment = now + timedelta(hours=hour)
        services.queue_invitations(now=moment)
        services.deliver_invitations(clock=lambda moment=moment: moment, send=send)
    sent = list(Invitation.objects.exclude(sent_at=None).order_by("sent_at").values_list("customer_hash", "sent_at"))
    assert too_close(sent, days) == []


@given(
    st.integers(0, 3 * 365 * 24 * 3600).map(lambda seconds: START + timedelta(seconds=seconds)),
    st.sampled_from(["Europe/Berlin", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "UTC"]),
    st.times(),
    st.times(),
)
def test_mail_waits_for_the_end_of_the_quiet_hours(now, zone, quiet_from, quiet_until):
    quiet_from, quiet_until = quiet_from.replace(microsecond=0), quiet_until.replace(microsecond=0)
    moment = first_moment_to_send(now, zone, quiet_from, quiet_until)
    assert now <= moment <= now + timedelta(hours=25)
    local = moment.astimezone(ZoneInfo(zone))
    shift = timedelta(hours=1)  # a clock put forward may swallow the end itself
    if quiet_from == quiet_until:
        assert moment == now
    elif moment != now:
        nominal = datetime.combine(local.date(), quiet_until, tzinfo=ZoneInfo(zone))
        assert abs(local - nominal) <= shift


@pytest.mark.parametrize(
    ("hour", "expected"),
    [(7, 8), (8, 8), (19, 19), (20, 32), (23, 32)],
)
def test_quiet_hours_over_midnight(hour, expected):
    moment = datetime(2026, 6, 15, tzinfo=UTC)
    asked = first_moment_to_send(moment + timedelta(hours=hour), "UTC", time(20), time(8))
    assert asked == moment + timedelta(hours=expected)


def test_the_lot_is_fair_and_stays():
    drawn = [n for n in range(20_000) if is_drawn(7, n, 25)]
    assert abs(len(drawn) / 20_000 - 0.25) < 0.01
    assert all(is_drawn(7, n, 60) for n in drawn), "a larger share keeps those of the smaller one"
    assert all(is_drawn(1, n, 100) for n in range(500))
    gaps = {b - a for a, b in pairwise(drawn)}
    assert len(gaps) > 10


@pytest.mark.parametrize(
    ("customer", "extra", "expected"),
    [
        ("Kim@Customer.Example", None, "kim@customer.example"),
        (" kim@customer.example ", None, "kim@customer.example"),
        ("Kim", {"contact-email": "k@x.example"}, "k@x.example"),
        ("Kim", {"email": "not an address"}, ""),
        ("a@b@c", None, ""),
        ("kim@customer.example\nBcc: all@x.example", None, ""),
        ("", ["kim@customer.example"], ""),
        ("x" * 300 + "@x.example", None, ""),
    ],
)
def test_an_address_is_taken_only_where_it_is_one(customer, extra, expected):
    assert asking.address_of(customer, extra) == expected
