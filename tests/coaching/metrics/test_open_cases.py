"""Backlog and open cases: the reference's vector, and a slow integral over raw rows in several zones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coaching.interactions.models import Interaction
from coaching.metrics import queries, services
from coaching.metrics.display import notes
from coaching.metrics.models import MetricDefinition
from coaching.metrics.queries import Window
from people import services as people_services
from tests.factories import interactions as make

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def stocks(cast, now):
    services.ensure_default_metrics(now=now)
    return list(MetricDefinition.objects.current().filter(key__in=["open_cases", "backlog"]))


def put(person, opened_at, resolved_at=None):
    zone = ZoneInfo(person.time_zone)
    return make.interaction(
        person, opened_at.astimezone(zone).date(), seconds=None, opened_at=opened_at, resolved_at=resolved_at,
        resolved_on=resolved_at.astimezone(zone).date() if resolved_at else None,
        status="resolved" if resolved_at else "open", marked=False,
    )  # fmt: skip


def count(cast, now):
    for case in Interaction.objects.select_related("handler__person"):
        make.mark(case.handler.person, case.opened_on, case.resolved_on)
    services.recount_changed_days(now)


def test_the_vector_of_the_reference(cast, stocks, now):
    cast.rita.time_zone = "UTC"
    cast.rita.save()
    put(cast.rita, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC))
    put(cast.rita, datetime(2026, 1, 5, tzinfo=UTC))
    count(cast, now)
    window = Window(date(2026, 1, 1), date(2026, 1, 10))
    shown = queries.figures_for_people([cast.rita.pk], window, stocks, now)[cast.rita.pk]
    assert shown["backlog"].value == 0.8
    assert shown["open_cases"].value == shown["backlog"].snapshot == 1
    assert shown["open_cases"].ages == (0, 0, 0, 0, 1)
    assert notes(shown["open_cases"]) == ["now: 1 30 days and more"]
    assert queries.figures_for_company(window, stocks, now)["backlog"].value == 0.8


def test_age_bands(cast, stocks, now):
    for days in (0, 1, 2, 3, 6, 7, 29, 30, 400):
        put(cast.rita, now - timedelta(days=days))
    count(cast, now)
    window = Window(now.date() - timedelta(days=6), now.date())
    assert queries.figures_for_company(window, stocks, now)["open_cases"].ages == (1, 2, 2, 2, 2)


def test_who_moves_takes_open_cases_along(cast, stocks, now):
    put(cast.rita, NOON)
    put(cast.ravi, NOON)
    count(cast, now)
    people_services.join_team(actor=None, person=cast.rita, team=cast.meadow, starts_on=date(2026, 2, 1), now=now)
    services.recount_changed_days(now)
    for last, harbour, meadow in ((date(2026, 1, 20), 2, 0), (date(2026, 2, 20), 1, 1)):
        window = Window(date(2026, 1, 10), last)
        teams = queries.figures_for_teams([cast.care, cast.harbour, cast.meadow], window, stocks, now)
        found = [teams[team.pk]["open_cases"].snapshot or 0 for team in (cast.care, cast.harbour, cast.meadow)]
        assert found == [2, harbour, meadow]


def slow_level(case_times, first, last, zone, as_of):
    """(mean, open at the end) by adding up each case's own stay in the window."""
    begin = datetime.combine(first, datetime.min.time(), ZoneInfo(zone)).timestamp()
    end = min(datetime.combine(last + timedelta(days=1), datetime.min.time(), ZoneInfo(zone)).timestamp(), as_of.timestamp())
    stay = sum(
        max(0, min(resolved.timestamp() if resolved else end, end) - max(opened.timestamp(), begin))
        for opened, resolved in case_times
    )
    still = sum(opened.timestamp() < end and (resolved is None or resolved.timestamp() >= end) for opened, resolved in case_times)
    return stay / (end - begin), still


TIMES = st.tuples(st.integers(0, 60 * 24), st.one_of(st.none(), st.integers(1, 40 * 24)), st.integers(0, 3599))
ZONES = st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Kolkata", "Pacific/Apia"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases=st.lists(TIMES, max_size=12), zones=st.tuples(ZONES, ZONES), first=st.integers(0, 60), days=st.integers(1, 40))
def test_as_a_slow_integral(cast, stocks, now, cases, zones, first, days):
    start = datetime(2026, 3, 1, tzinfo=UTC)  # clocks change in four of the zones before June
    with transaction.atomic():
        people = [cast.rita, cast.otto]
        for person, zone in zip(people, zones, strict=True):
            person.time_zone = zone
            person.save()
        times = {person.pk: [] for person in people}
        for number, (opened, took, second) in enumerate(cases):
            opened_at = start + timedelta(hours=opened, seconds=second)
            resolved_at = None if took is None else opened_at + timedelta(hours=took)
            put(people[number % 2], opened_at, resolved_at)
            times[people[number % 2].pk].append((opened_at, resolved_at))
        count(cast, now)
        window = Window(start.date() + timedelta(days=first), start.date() + timedelta(days=first + days - 1))
        each, together = queries.figures_for_people_and_together([p.pk for p in people], window, stocks, now)
        total = 0.0
        for person, zone in zip(people, zones, strict=True):
            mean, still = slow_level(times[person.pk], window.first, window.last, zone, now)
            shown = each[person.pk]
            total += mean
            if times[person.pk]:
                # Nothing open and nothing moved since the window began: nothing is known, which is not shown as 0.
                assert (shown["backlog"].value or 0.0) == pytest.approx(mean, abs=1e-6)
                assert (shown["open_cases"].value or 0) == still
        if cases:
            assert (together["backlog"].value or 0.0) == pytest.approx(total, abs=1e-6)
        transaction.set_rollback(True)


def test_weeks_of_open_cases(cast, stocks, now):
    put(cast.rita, now - timedelta(days=30), now - timedelta(days=10))
    put(cast.rita, now - timedelta(days=20))
    count(cast, now)
    weeks = queries.weekly_figures(stocks, 6, now.date(), people=[cast.rita.pk], as_of=now)["open_cases"]
    assert [week.figure.snapshot for week in weeks] == [0, 1, 1, 2, 1, 1]


def test_open_cases_keep_a_median_honest(cast, now):
    services.ensure_default_metrics(now=now)
    today = now.date()
    for number in range(30):
        make.interaction(cast.rita, today - timedelta(days=10), seconds=3600)
        if number < 25:
            make.interaction(cast.rita, today - timedelta(days=10), seconds=None)
    services.recount_changed_days(now)
    definitions = [d for d in queries.current_definitions() if d.key in {"resolution_time", "resolution_time_business"}]
    shown = queries.figures_for_people([cast.rita.pk], queries.last_weeks(4, today), definitions, now)[cast.rita.pk]
    assert (shown["resolution_time"].n, shown["resolution_time"].waiting) == (55, 25)
    assert abs(shown["resolution_time"].value / 3600 - 1) < 0.045
    for _more in range(10):
        make.interaction(cast.rita, today - timedelta(days=10), seconds=None)
    services.recount_changed_days(now)
    shown = queries.figures_for_people([cast.rita.pk], queries.last_weeks(4, today), definitions, now)[cast.rita.pk]
    assert shown["resolution_time"].value is None


def test_young_cases_stand_beside(cast, now):
    services.ensure_default_metrics(now=now)
    for days in range(60):
        make.interaction(cast.rita, now.date() - timedelta(days=days), seconds=60, replies=1)
    services.recount_changed_days(now)
    definitions = [d for d in queries.current_definitions() if d.key in {"first_contact", "reopen_rate"}]
    shown = queries.figures_for_people([cast.rita.pk], Window(date(2026, 1, 1), now.date()), definitions, now)[cast.rita.pk]
    assert (shown["first_contact"].n, shown["first_contact"].beside) == (53, 7)
    assert (shown["reopen_rate"].n, shown["reopen_rate"].beside) == (46, 14)
    assert notes(shown["reopen_rate"]) == ["14 younger cases not counted yet"]
