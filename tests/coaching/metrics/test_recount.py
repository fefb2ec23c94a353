"""Rollups equal a slow recount of the raw rows, whatever happened and wherever a run was killed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coaching.interactions.models import ChangedDay, Handler, Interaction, SurveyResponse
from coaching.metrics import recount, services
from coaching.metrics.check import differences_of, people_with_figures
from coaching.metrics.models import LastRecount, MetricDefinition, Rollup
from people import services as people_services
from people.models import Membership
from tests.coaching.interactions.helpers import HEADER, bring, write
from tests.factories import interactions as make
from tests.killed import Statements

MONDAY = date(2026, 5, 4)


@pytest.fixture
def metrics(cast, now):
    return {definition.key: definition for definition in services.ensure_default_metrics(now=now)}


def differences():
    definitions = list(MetricDefinition.objects.current())
    return [d for person_id in people_with_figures() for d in differences_of(person_id, definitions)]


def counts(definition, person, day=MONDAY):
    return Rollup.objects.filter(definition=definition, person=person, day=day).values_list("numerator", "denominator").first()


def test_counts_of_one_day(cast, metrics, now):
    make.interaction(cast.rita, MONDAY, reopens=1)
    make.interaction(cast.rita, MONDAY, answered=True)
    make.interaction(cast.rita, MONDAY, answered=False, seconds=None)
    for polarity in (1, 1, 0, -1):
        make.rating(cast.rita, MONDAY, polarity=polarity)
    make.rating(cast.rita, MONDAY, kind=SurveyResponse.Kind.NPS)
    assert services.recount_changed_days(now) == 1
    assert counts(metrics["volume"], cast.rita) == (3, 3)
    assert counts(metrics["resolved"], cast.rita) == (2, 2)
    assert counts(metrics["reopen_rate"], cast.rita) == (1, 2)
    assert counts(metrics["resolution_time"], cast.rita) == (7200, 3)  # two resolved, one open
    assert counts(metrics["csat"], cast.rita) == (2, 4)
    assert counts(metrics["answered"], cast.rita) == (1, 2)
    assert set(Rollup.objects.values_list("team", flat=True)) == {cast.harbour.pk}
    assert not ChangedDay.objects.exists()
    assert LastRecount.objects.get().counted_at == now
    assert differences() == []


def test_a_resolution_counts_on_its_own_day(cast, metrics, now):
    make.interaction(cast.rita, MONDAY, seconds=3 * 86400)
    services.recount_changed_days(now)
    assert counts(metrics["volume"], cast.rita, MONDAY) == (1, 1)
    assert counts(metrics["resolved"], cast.rita, MONDAY) is None
    assert counts(metrics["resolved"], cast.rita, MONDAY + timedelta(days=3)) == (1, 1)


def test_unmatched_handlers_count_for_nobody(cast, metrics, now):
    make.interaction(None, MONDAY)
    make.mark(cast.rita, MONDAY)
    services.recount_changed_days(now)
    assert not Rollup.objects.exists()


def test_fractions_of_seconds_are_cut_the_same_way_everywhere(cast, metrics, now):
    case = make.interaction(cast.rita, MONDAY)
    Interaction.objects.filter(pk=case.pk).update(
        opened_at=case.opened_at.replace(microsecond=999_900), resolved_at=case.resolved_at.replace(microsecond=100)
    )
    services.recount_changed_days(now)
    assert differences() == []


@pytest.mark.parametrize("power", range(23))
def test_times_on_the_edge_of_a_bin(cast, metrics, now, power):
    for offset in (-1, 0, 1):
        make.interaction(cast.rita, MONDAY, seconds=10 * 2**power + offset)
    services.recount_changed_days(now)
    assert differences() == []


def test_recount_leaves_days_without_a_mark_alone(cast, metrics, now):
    make.interaction(cast.rita, MONDAY, marked=False)
    make.interaction(cast.rita, MONDAY + timedelta(days=1))
    assert services.recount_changed_days(now) == 1
    assert counts(metrics["volume"], cast.rita, MONDAY) is None
    missing = {difference.definition for difference in differences()}
    assert missing == {
        "volume",
        "resolved",
        "resolution_time",
        "resolution_time_business",
        "reopen_rate",
        "response_rate",
        "backlog",
    }


def test_limit_and_batches(cast, metrics, now, monkeypatch):
    monkeypatch.setattr(recount, "BATCH", 3)
    for day in range(10):
        make.interaction(cast.rita, MONDAY + timedelta(days=day))
    assert services.recount_changed_days(now, limit=4) == 4
    assert ChangedDay.objects.count() == 6
    assert services.recount_changed_days(now) == 6
    assert differences() == []


HISTORY = st.lists(
    st.one_of(
        st.tuples(
            st.just("case"),
            st.sampled_from(["rita", "ravi", None]),
            st.integers(0, 5),
            st.one_of(st.none(), st.integers(0, 4 * 86400)),
            st.integers(0, 2),
            st.sampled_from([None, True, False]),
        ),
        st.tuples(st.just("rating"), st.sampled_from(["rita", "ravi"]), st.integers(0, 5), st.sampled_from([-1, 0, 1])),
        st.tuples(st.just("delete"), st.integers(0, 30)),
        st.tuples(st.just("correct"), st.integers(0, 30), st.integers(0, 3)),
        st.tuples(st.just("hand over"), st.integers(0, 30), st.sampled_from(["rita", "ravi"])),
        st.tuples(st.just("move"), st.integers(0, 5)),
        st.tuples(st.just("recount"), st.one_of(st.none(), st.integers(1, 3))),
    ),
    max_size=25,
)


def replay(cast, events, now):
    """What an import and an administrator would do, each change marking the days it touches."""
    for event in events:
        match event:
            case ("case", who, day, seconds, reopens, answered):
                person = getattr(cast, who) if who else None
                make.interaction(person, MONDAY + timedelta(days=day), seconds=seconds, reopens=reopens, answered=answered)
            case ("rating", who, day, polarity):
                make.rating(getattr(cast, who), MONDAY + timedelta(days=day), polarity=polarity)
            case ("delete", index):
                if (found := nth(index)) is not None:
                    mark_case(found)
                    found.delete()
            case ("correct", index, reopens):
                if (found := nth(index)) is not None:
                    Interaction.objects.filter(pk=found.pk).update(reopens=reopens, opened_on=F("opened_on"))
                    mark_case(found)
            case ("hand over", index, who):
                if (found := nth(index)) is not None:
                    mark_case(found)
                    found.handler = make.handler(getattr(cast, who))
                    found.save()
                    mark_case(found)
            case ("move", day):
                member = Membership.objects.filter(person=cast.rita, kind="member").order_by("starts_on").last()
                starts_on = MONDAY + timedelta(days=day)
                if member.starts_on < starts_on:
                    to = cast.meadow if member.team_id == cast.harbour.pk else cast.harbour
                    people_services.join_team(actor=None, person=cast.rita, team=to, starts_on=starts_on, now=now)
            case ("recount", limit):
                services.recount_changed_days(now, limit=limit)


def nth(index):
    cases = list(Interaction.objects.order_by("pk"))
    return cases[index % len(cases)] if cases else None


def mark_case(case):
    make.mark(case.handler.person, case.opened_on, case.resolved_on)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=HISTORY)
def test_any_history_counts_as_the_slow_recount_does(cast, metrics, now, events):
    with transaction.atomic():
        replay(cast, events, now)
        services.recount_changed_days(now)
        assert differences() == []
        before = set(Rollup.objects.values_list("definition", "person", "day", "team", "numerator", "denominator"))
        for person_id in people_with_figures():
            recount.recount_person(person_id, now)
        assert before == set(Rollup.objects.values_list("definition", "person", "day", "team", "numerator", "denominator"))
        transaction.set_rollback(True)


class Killed(Exception):
    pass


def killed_at(statement_number):
    """An execute wrapper that dies before the given statement."""
    seen = 0

    def wrapper(execute, sql, params, many, context):
        nonlocal seen
        seen += 1
        if seen == statement_number:
            raise Killed
        return execute(sql, params, many, context)

    return wrapper


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_statement_a_second_run_completes(cast, now, monkeypatch):
    monkeypatch.setattr(recount, "BATCH", 2)
    services.ensure_default_metrics(now=now)
    for day in range(5):
        make.interaction(cast.rita, MONDAY + timedelta(days=day), reopens=day % 2)
        make.rating(cast.ravi, MONDAY + timedelta(days=day))
    marks = list(ChangedDay.objects.values_list("person_id", "day"))

    def begin_again():
        Rollup.objects.all().delete()
        ChangedDay.objects.all().delete()
        ChangedDay.objects.bulk_create([ChangedDay(person_id=person_id, day=day) for person_id, day in marks])

    services.recount_changed_days(now)  # what is looked up once per process is known from here on
    begin_again()
    with connection.execute_wrapper(statements := Statements()):
        services.recount_changed_days(now)
    assert len(statements.reads) > 30
    for number in statements.to_die_before():
        begin_again()
        with pytest.raises(Killed), connection.execute_wrapper(killed_at(number + 1)):
            services.recount_changed_days(now)
        services.recount_changed_days(now)
        assert differences() == []
        assert not ChangedDay.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_kill_check_catches_a_recount_that_takes_marks_first(cast, now, monkeypatch):
    """The planted fault: marks taken in a transaction of their own lose days when the run dies."""

    def naive(now):
        marks = list(ChangedDay.objects.values_list("person_id", "day"))
        ChangedDay.objects.all().delete()
        for person_id, _day in marks:
            recount.recount_person(person_id, now)

    services.ensure_default_metrics(now=now)
    make.interaction(cast.rita, MONDAY)
    make.interaction(cast.ravi, MONDAY)
    lost = False
    for number in range(3, 20):
        ChangedDay.objects.all().delete()
        Rollup.objects.all().delete()
        make.mark(cast.rita, MONDAY)
        make.mark(cast.ravi, MONDAY)
        try:
            with connection.execute_wrapper(killed_at(number)):
                naive(now)
        except Killed:
            naive(now)
        lost = lost or bool(differences())
    assert lost


def test_a_backdated_move_is_right_by_itself(cast, metrics, now, sign_in, django_capture_on_commit_callbacks):
    for week in range(3):
        make.interaction(cast.rita, MONDAY + timedelta(days=7 * week))
    make.interaction(cast.otto, MONDAY + timedelta(days=7))
    services.recount_changed_days(now)
    wish = {"team": cast.meadow.pk, "kind": "member", "starts_on": (MONDAY + timedelta(days=3)).isoformat()}
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(cast.adam).post(reverse("team_join", args=[cast.rita.pk]), wish)
    assert not ChangedDay.objects.exists()
    teams = Rollup.objects.filter(person=cast.rita, definition=metrics["volume"]).order_by("day").values_list("team", flat=True)
    assert list(teams) == [cast.harbour.pk, cast.meadow.pk, cast.meadow.pk]
    membership = cast.rita.memberships.get(ends_on=None)
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(cast.adam).post(
            reverse("team_leave", args=[cast.rita.pk, membership.pk]), {"ends_on": (MONDAY + timedelta(days=14)).isoformat()}
        )
    assert list(teams.all()) == [cast.harbour.pk, cast.meadow.pk, None]
    call_command("rebuild_rollups", "--check")


def test_leading_another_team_counts_nothing_again(cast, metrics, now):
    make.interaction(cast.rita, MONDAY)
    services.recount_changed_days(now)
    people_services.join_team(actor=None, person=cast.rita, team=cast.meadow, starts_on=MONDAY, kind="lead", now=now)
    assert not ChangedDay.objects.exists()


def test_a_move_nobody_told_of_is_found(cast, metrics, now, capsys):
    make.interaction(cast.rita, MONDAY)
    make.interaction(cast.rita, MONDAY + timedelta(days=7))
    services.recount_changed_days(now)
    Membership.objects.filter(person=cast.rita).update(ends_on=MONDAY + timedelta(days=3))
    Membership.objects.create(person=cast.rita, team=cast.meadow, starts_on=MONDAY + timedelta(days=3))
    call_command("rebuild_rollups", "--marked")
    assert set(Rollup.objects.filter(day=MONDAY).values_list("team", flat=True)) == {cast.harbour.pk}
    assert set(Rollup.objects.filter(day__gt=MONDAY).values_list("team", flat=True)) == {cast.meadow.pk}
    assert "1 days counted" in capsys.readouterr().out


def test_check_passes_and_fails(cast, metrics, now, capsys):
    make.interaction(cast.rita, MONDAY)
    services.recount_changed_days(now)
    call_command("rebuild_rollups", "--check")
    assert "every figure equals its slow recount" in capsys.readouterr().out
    Rollup.objects.filter(definition=metrics["reopen_rate"]).update(numerator=1)
    with pytest.raises(SystemExit) as exit_:
        call_command("rebuild_rollups", "--check")
    assert exit_.value.code == 1
    assert "reopen_rate" in capsys.readouterr().out
    call_command("rebuild_rollups")
    call_command("rebuild_rollups", "--check")


def test_rebuild_forgets_people_whose_handlers_were_unmatched(cast, metrics, now):
    make.interaction(cast.rita, MONDAY)
    services.recount_changed_days(now)
    Handler.objects.update(person=None)
    call_command("rebuild_rollups")
    assert not Rollup.objects.exists()


def many_days(tmp_path, *agents, days=25):
    rows = "".join(
        f"{agent}-{n},{agent},2026-03-{n + 1:02d} 10:00,2026-03-{n + 2:02d} 10:00,5,y\n" for agent in agents for n in range(days)
    )
    return write(tmp_path / "months.csv", f"{HEADER}\n{rows}")


@pytest.fixture(params=[True, False])
def one_writer(request, monkeypatch):
    """Whether the recount believes that one transaction writes at a time, whatever the database; so both ways are tested on both."""

    class Believed(recount.Pace):
        def __init__(self, most, **given):
            super().__init__(most, **given)
            self.alone = request.param

    monkeypatch.setattr(recount, "Pace", Believed)
    return request.param


def test_a_file_of_many_days_marks_each_person_once(cast, metrics, now, tmp_path, one_writer):
    bring(many_days(tmp_path, "rita@example.com", "otto@example.com", "nobody@example.com"))
    assert set(ChangedDay.objects.values_list("person", "day")) == {(cast.rita.pk, None), (cast.otto.pk, None)}
    # 25 days of opening and one more of resolving of two people; or two histories.
    assert services.recount_changed_days(now) == (52 if one_writer else 2)
    assert not ChangedDay.objects.exists()
    assert differences() == []
    assert counts(metrics["volume"], cast.otto, date(2026, 3, 1)) == (1, 1)


def test_a_whole_history_takes_its_single_days_and_no_day_takes_a_history(cast, metrics, now, tmp_path, one_writer):
    make.interaction(cast.rita, MONDAY)
    make.interaction(cast.lena, MONDAY)
    bring(many_days(tmp_path, "rita@example.com"))
    assert ChangedDay.objects.count() == 3
    assert services.recount_changed_days(now, limit=1) == 1
    left = set(ChangedDay.objects.values_list("person", "day"))
    assert (cast.lena.pk, MONDAY) in left
    assert (cast.rita.pk, MONDAY) not in left
    assert (cast.rita.pk, None) not in left
    assert len(left) == (1 + 26 if one_writer else 1)
    services.recount_changed_days(now)
    ChangedDay.objects.create(person=cast.rita)
    recount._recount_batch(now, 10)
    assert list(ChangedDay.objects.values_list("person", "day")) == [(cast.rita.pk, None)]
    services.recount_changed_days(now)
    assert not ChangedDay.objects.exists()
    assert differences() == []


def test_a_day_of_many_people_marks_days(cast, metrics, now, tmp_path):
    bring(
        write(
            tmp_path / "day.csv",
            f"{HEADER}\nA,rita@example.com,2026-03-02 10:00,,5,y\nB,otto@example.com,2026-03-02 10:00,,5,y\n",
        )
    )
    assert set(ChangedDay.objects.values_list("day", flat=True)) == {date(2026, 3, 2)}
