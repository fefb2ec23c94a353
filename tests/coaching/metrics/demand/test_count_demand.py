"""Demand days equal a slow recount, after any history; the heat map equals one made from raw rows."""

from __future__ import annotations

import io
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from coaching.interactions.models import Interaction
from coaching.metrics import recount, rows, services
from coaching.metrics.demand import check as slow
from coaching.metrics.demand import queries, reading
from coaching.metrics.demand.hours import heat_map, local_hours, quarter_number
from coaching.metrics.models import CompanyDemandDay, DemandDay, Rollup
from coaching.metrics.queries import Window
from people import services as people
from people.models import Membership
from tests.coaching.metrics.demand.conftest import opened
from tests.factories import interactions as make

BERLIN = ZoneInfo("Europe/Berlin")


def check() -> str:
    out = io.StringIO()
    call_command("rebuild_demand", check=True, stdout=out)
    return out.getvalue()


def slow_heat(window: Window, zone: str) -> Counter:
    """From raw rows, one by one."""
    found: Counter = Counter()
    for case in Interaction.objects.filter(handler__person__isnull=False):
        local = case.opened_at.astimezone(ZoneInfo(zone))
        if window.first <= local.date() <= window.last:
            found[local.weekday(), local.hour] += 1
    return found


def random_floor(desk, rng: Random, n: int) -> None:
    for _number in range(n):
        moment = datetime(2026, 3, 20, tzinfo=UTC) + timedelta(seconds=rng.randrange(20 * 86400))
        person = rng.choice([desk.rita, desk.ravi, desk.otto])
        opened(
            person,
            moment,
            moment.astimezone(BERLIN).date(),
            topic=rng.choice(["a", "b", ""]),
            channel=rng.choice(["email", "chat"]),
        )


@pytest.mark.parametrize(("seed", "most"), [(0, 50_000), (1, 50_000), (2, 4), (3, 1)])
def test_any_history_equals_the_slow_recount(desk, now, monkeypatch, seed, most):
    monkeypatch.setattr(rows, "MOST_ROWS", most)  # that are read at once
    rng = Random(seed)
    random_floor(desk, rng, 60)
    days = sorted(set(Interaction.objects.values_list("opened_on", flat=True)))
    assert (len(reading.days_in_parts(days, sorted(reading.people_of_handlers()))) > 1) == (most < 50_000)
    services.recount_changed_days(now)
    assert "equals" in check()
    # Late rows, corrections, a move, a deletion.
    random_floor(desk, rng, 10)
    for case in rng.sample(list(Interaction.objects.all()), 12):
        later = case.opened_at + timedelta(minutes=rng.randrange(-3000, 3000))
        day = later.astimezone(BERLIN).date()
        make.mark(case.handler.person, case.opened_on, day)
        Interaction.objects.filter(pk=case.pk).update(opened_at=later, opened_on=day, topic="c")
    for case in rng.sample(list(Interaction.objects.all()), 5):
        make.mark(case.handler.person, case.opened_on)
        case.delete()
    people.join_team(
        actor=None, person=desk.rita, team=desk.meadow, kind=Membership.Kind.MEMBER, starts_on=date(2026, 3, 28), now=now
    )
    services.team_history_changed(person_id=desk.rita.pk, from_day=date(2026, 3, 28))
    services.recount_changed_days(now)
    assert "equals" in check()
    window = Window(date(2026, 3, 23), date(2026, 4, 5))  # the clock changes on the 29th
    for zone in ("Europe/Berlin", "UTC", "Asia/Kathmandu", "America/St_Johns"):
        found = queries.hours_of_week(DemandDay.objects.all(), window, zone)
        assert {place: cell.cases for place, cell in found.cells.items() if cell.cases} == slow_heat(window, zone)


def test_demand_adds_up_to_cases_taken(asked):
    taken = sum(Rollup.objects.filter(definition__key="volume").values_list("denominator", flat=True))
    assert sum(DemandDay.objects.values_list("cases", flat=True)) == taken == 7


def test_everybodys_day_is_that_of_all_teams(asked):
    """What a page of the whole company reads, team by team."""
    of_all = {day.day: (day.cases, day.quarters, day.topics, day.channels) for day in CompanyDemandDay.objects.all()}
    teams: dict = {}
    for day in DemandDay.objects.all():
        together = teams.setdefault(day.day, [0, Counter(), Counter(), Counter()])
        together[0] += day.cases
        for total, counted in zip(together[1:], (day.quarters, day.topics, day.channels), strict=True):
            total.update(counted)
    assert of_all == {day: tuple(together) for day, together in teams.items()}
    assert len({day.team_id for day in DemandDay.objects.all()}) > 1
    CompanyDemandDay.objects.update(channels={})
    with pytest.raises(SystemExit):
        call_command("rebuild_demand", check=True, stdout=io.StringIO())


def test_the_check_can_fail(asked, capsys):
    DemandDay.objects.filter(team=asked.harbour).update(topics={"Parcel": 6})
    Interaction.objects.filter(handler__person=asked.otto).update(opened_on=date(2026, 6, 9))
    with pytest.raises(SystemExit) as ended:
        call_command("rebuild_demand", check=True, stdout=io.StringIO())
    assert ended.value.code == 1
    call_command("rebuild_demand", stdout=io.StringIO())
    assert "equals" in check()


def test_killed_between_recount_and_demand_the_next_run_goes_on(desk, now, monkeypatch):
    opened(desk.rita, datetime(2026, 6, 10, 9, tzinfo=UTC))
    with monkeypatch.context() as patched:
        patched.setattr(recount, "count_demand_days", lambda _now: 0)
        services.recount_changed_days(now)
    assert not DemandDay.objects.exists()
    services.recount_changed_days(now)
    assert DemandDay.objects.get().cases == 1


def test_rebuilding_counts_demand_too(desk):
    opened(desk.rita, datetime(2026, 6, 10, 9, tzinfo=UTC), marked=False)
    call_command("rebuild_rollups", stdout=io.StringIO())
    assert DemandDay.objects.get().cases == 1


def test_no_person_is_in_it():
    names = {field.name for field in DemandDay._meta.get_fields()}
    assert names == {"id", "team", "day", "cases", "quarters", "topics", "channels"}
    assert {field.name for field in CompanyDemandDay._meta.get_fields()} == names - {"team"}


# --- Hours -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 15), 24)])
def test_a_day_has_its_own_length(day, hours):
    assert len(local_hours(day, day, "Europe/Berlin")) == hours * 4


def test_the_missing_hour_occurred_once_less_the_repeated_once_more():
    spring = heat_map({}, date(2026, 3, 2), date(2026, 3, 29), "Europe/Berlin")
    assert spring.cells[6, 2].occurred == 3
    assert spring.cells[6, 3].occurred == 4
    autumn = heat_map({}, date(2026, 9, 28), date(2026, 10, 25), "Europe/Berlin")
    assert autumn.cells[6, 2].occurred == 5


def test_a_rate_is_cases_per_hour_that_was():
    monday = quarter_number(date(2026, 6, 8), 40)  # 10:00 UTC
    found = heat_map({monday: 3, monday - 7 * 96: 2}, date(2026, 6, 1), date(2026, 6, 14), "UTC")
    assert found.cells[0, 10].rate == 2.5
    assert found.busiest() == [((0, 10), found.cells[0, 10])]
    assert heat_map({monday: 3}, date(2026, 6, 9), date(2026, 6, 14), "UTC").cases == 0


def test_a_case_before_midnight_utc_has_a_quarter_below_zero(desk, now):
    opened(desk.rita, datetime(2026, 6, 9, 22, 20, tzinfo=UTC), date(2026, 6, 10))  # 00:20 in Berlin
    services.recount_changed_days(now)
    assert DemandDay.objects.get().quarters == {"-7": 1}
    assert slow.differences() == []
