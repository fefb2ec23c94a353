"""Weekly counts by channel, topic and segment equal a slow count of the raw rows, whatever happened."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coaching.interactions.models import Account, ChangedDay, Interaction
from coaching.metrics import recount, services
from coaching.metrics.check import people_with_figures
from coaching.metrics.explorer import counting, marking, queries
from coaching.metrics.explorer.check import segment_differences
from coaching.metrics.models import (
    ChangedWeek,
    CompanySegmentRollup,
    MetricDefinition,
    PersonSegmentRollup,
    ReportedValue,
    Rollup,
    SegmentRollup,
)
from people import services as people_services
from people.models import Membership
from tests.factories import interactions as make

MONDAY = date(2026, 5, 4)


@pytest.fixture
def metrics(cast, now):
    return {definition.key: definition for definition in services.ensure_default_metrics(now=now)}


def differences():
    definitions = counting.countable(list(MetricDefinition.objects.current()))
    return list(segment_differences(people_with_figures(), definitions))


def account(key, segment):
    return Account.objects.create(source=make.source(), external_key=key, segment=segment)


def rows(definition, model=SegmentRollup):
    fields = ("team", "week", "channel", "topic", "segment", "numerator", "denominator")
    return sorted(model.objects.filter(definition=definition).values_list(*fields), key=lambda row: (row[1], str(row[2:])))


def test_a_week_by_kind(cast, metrics, now):
    account("acme", "Business")
    case = make.interaction(cast.rita, MONDAY, topic="Refund", channel="chat", account="acme")
    make.interaction(cast.rita, MONDAY + timedelta(days=6), topic="Refund", channel="chat", account="acme", reopens=1)
    make.interaction(cast.ravi, MONDAY + timedelta(days=7), topic="", channel="email", account="nobody")
    make.rating(cast.rita, MONDAY + timedelta(days=1), case=case, polarity=-1)
    make.rating(cast.rita, MONDAY + timedelta(days=1), polarity=1)
    services.recount_changed_days(now)
    harbour = cast.harbour.pk
    assert rows(metrics["volume"]) == [
        (harbour, MONDAY, "chat", "Refund", "Business", 2, 2),
        (harbour, MONDAY + timedelta(days=7), "email", "", "", 1, 1),
    ]
    assert rows(metrics["reopen_rate"])[0] == (harbour, MONDAY, "chat", "Refund", "Business", 1, 2)
    assert rows(metrics["csat"]) == [(harbour, MONDAY, "", "", "", 1, 1), (harbour, MONDAY, "chat", "Refund", "Business", 0, 1)]
    time = SegmentRollup.objects.get(definition=metrics["resolution_time"], topic="Refund")
    assert (time.numerator, sum(time.histogram.values())) == (7200, 2)
    assert not ChangedWeek.objects.exists()
    assert differences() == []


def test_topics_beyond_the_room_fall_together(cast, metrics, now, monkeypatch):
    monkeypatch.setitem(counting.ROOM, counting.Dimension.TOPIC, 2)
    for number, topic in enumerate(["A", "B", "C", "D", "D", "*"]):
        make.interaction(cast.rita, MONDAY + timedelta(days=7 * number), topic=topic)
    services.recount_changed_days(now)
    topics = dict(SegmentRollup.objects.filter(definition=metrics["volume"]).values_list("topic").annotate(Sum("numerator")))
    assert topics == {"A": 1, "B": 1, "*": 4}
    assert differences() == []
    call_command("rebuild_rollups")
    topics = dict(SegmentRollup.objects.filter(definition=metrics["volume"]).values_list("topic").annotate(Sum("numerator")))
    assert topics == {"D": 2, "A": 1, "*": 3}
    assert differences() == []


def test_a_topic_that_gets_room_later_is_told_apart_everywhere(cast, metrics, now):
    """A rating of a case that counts for nobody: its topic is met before any counted case has it."""
    nobodys = make.interaction(None, MONDAY, topic="Rare")
    make.rating(cast.rita, MONDAY, case=nobodys)
    services.recount_changed_days(now)
    assert rows(metrics["csat"])[0][3] == "*"
    make.interaction(cast.otto, MONDAY + timedelta(days=20), topic="Rare")
    services.recount_changed_days(now)
    assert rows(metrics["csat"])[0][3] == "Rare"
    assert differences() == []


@pytest.mark.parametrize("people_at_once", [1, 200])
def test_a_topic_that_gets_room_later_in_the_same_week(cast, metrics, now, monkeypatch, people_at_once):
    """Counted as another's before its team is added up; the teams of one step, or the people, teach each other."""
    monkeypatch.setattr(counting, "PEOPLE_AT_ONCE", people_at_once)
    first, last = sorted((cast.rita, cast.otto), key=lambda person: person.pk if people_at_once > 1 else -person.pk)
    nobodys = make.interaction(None, MONDAY, topic="Rare")
    make.rating(first, MONDAY, case=nobodys)
    make.interaction(last, MONDAY, topic="Rare")
    services.recount_changed_days(now)
    assert rows(metrics["csat"])[0][3] == "Rare"
    assert differences() == []


def test_a_case_whose_topic_changes_takes_its_ratings_along(cast, metrics, now):
    case = make.interaction(cast.rita, MONDAY, topic="Refund")
    make.rating(cast.ravi, MONDAY + timedelta(days=30), case=case)
    services.recount_changed_days(now)
    Interaction.objects.filter(pk=case.pk).update(topic="Delivery")
    make.mark(cast.rita, MONDAY)
    services.recount_changed_days(now)
    assert [row[3] for row in rows(metrics["csat"])] == ["Delivery"]
    assert differences() == []


def test_an_account_that_changes_segment(cast, metrics, now):
    acme = account("acme", "Small")
    make.interaction(cast.rita, MONDAY, account="acme", seconds=20 * 86400)
    services.recount_changed_days(now)
    acme.segment = "Large"
    acme.save()
    marking.account_segments_changed(source_id=acme.source_id, account_keys=["acme"])
    services.recount_changed_days(now)
    assert {row[4] for row in rows(metrics["volume"]) + rows(metrics["resolved"])} == {"Large"}
    assert differences() == []


def test_accounts_from_a_file_change_the_segments_of_their_cases(cast, metrics, now, tmp_path):
    source = make.source()
    make.interaction(cast.rita, MONDAY, account="acme", seconds=20 * 86400)
    make.interaction(cast.rita, MONDAY, account="zeta", seconds=None)
    services.recount_changed_days(now)
    path = tmp_path / "accounts.csv"

    def segments_after(text):
        path.write_text(text)
        call_command("import_accounts", str(path), "--json", source=source.key)
        services.recount_changed_days(now)
        assert differences() == []
        return sorted(row[4] for row in rows(metrics["volume"]))

    assert segments_after("Account ID,Tier\nacme,Small\n") == ["", "Small"]  # the account is new, its case is not
    assert segments_after("Account ID,Tier\nacme,Large\nzeta,Small\n") == ["Large", "Small"]
    assert {row[4] for row in rows(metrics["resolved"])} == {"Large"}  # weeks after it was opened
    call_command("import_accounts", str(path), "--json", source=source.key)
    assert not ChangedDay.objects.exists()  # nothing differs, nothing is counted again


def test_a_whole_history_marked_at_once(cast, metrics, now):
    case = make.interaction(cast.rita, MONDAY, topic="Refund")
    make.interaction(cast.ravi, MONDAY, topic="Refund")
    make.rating(cast.ravi, MONDAY + timedelta(days=15), case=case)
    services.recount_changed_days(now)
    # As a file of months does it: other rows, and no day named.
    week, next_monday = timedelta(days=7), MONDAY + timedelta(days=7)
    Interaction.objects.filter(pk=case.pk).update(
        topic="Delivery",
        opened_on=next_monday,
        opened_at=case.opened_at + week,
        resolved_on=next_monday,
        resolved_at=case.resolved_at + week,
    )
    ChangedDay.objects.all().delete()
    ChangedDay.objects.create(person=cast.rita)
    services.recount_changed_days(now)
    assert not ChangedDay.objects.exists()
    assert sorted((row[1], row[3], row[5]) for row in rows(metrics["volume"])) == [
        (MONDAY, "Refund", 1),
        (next_monday, "Delivery", 1),
    ]
    assert [row[3] for row in rows(metrics["csat"])] == ["Delivery"]
    assert differences() == []


def test_a_move_between_teams_within_a_week(cast, metrics, now):
    for day in range(7):
        make.interaction(cast.rita, MONDAY + timedelta(days=day))
    services.recount_changed_days(now)
    people_services.join_team(actor=None, person=cast.rita, team=cast.meadow, starts_on=MONDAY + timedelta(days=3), now=now)
    make.mark(cast.rita, *(MONDAY + timedelta(days=day) for day in range(7)))
    services.recount_changed_days(now)
    assert [row[5] for row in rows(metrics["volume"])] == [3, 4]
    assert differences() == []


def test_a_new_version_takes_the_counts_along(cast, metrics, now):
    make.interaction(cast.rita, MONDAY)
    services.recount_changed_days(now)
    following = services.define_metric(actor=None, key="volume", name="Cases opened", now=now)
    assert len(rows(following)) == len(rows(following, PersonSegmentRollup)) == 1
    assert differences() == []


def test_check_fails_where_a_count_by_topic_is_wrong(cast, metrics, now, capsys):
    make.interaction(cast.rita, MONDAY, topic="Refund")
    services.recount_changed_days(now)
    call_command("rebuild_rollups", "--check")
    for model in (SegmentRollup, PersonSegmentRollup):
        model.objects.filter(definition=metrics["volume"]).update(topic="Elsewhere")
        with pytest.raises(SystemExit):
            call_command("rebuild_rollups", "--check")
        assert "Elsewhere" in capsys.readouterr().out
        call_command("rebuild_rollups")
    call_command("rebuild_rollups", "--check")


HISTORY = st.lists(
    st.one_of(
        st.tuples(
            st.just("case"),
            st.sampled_from(["rita", "ravi", "otto", None]),
            st.integers(0, 16),
            st.one_of(st.none(), st.integers(0, 9 * 86400)),
            st.sampled_from(["", "A", "B", "C"]),
            st.sampled_from(["email", "chat"]),
            st.sampled_from(["", "acme", "zeta"]),
        ),
        st.tuples(st.just("rating"), st.sampled_from(["rita", "otto"]), st.integers(0, 16), st.integers(0, 30)),
        st.tuples(st.just("topic"), st.integers(0, 30), st.sampled_from(["", "A", "C", "D"])),
        st.tuples(st.just("delete"), st.integers(0, 30)),
        st.tuples(st.just("hand over"), st.integers(0, 30), st.sampled_from(["rita", "otto"])),
        st.tuples(st.just("move"), st.integers(0, 16)),
        st.tuples(st.just("recount"), st.one_of(st.none(), st.integers(1, 3))),
    ),
    max_size=22,
)


def nth(index):
    cases = list(Interaction.objects.exclude(handler__person=None).order_by("pk"))
    return cases[index % len(cases)] if cases else None


def mark_case(case):
    make.mark(case.handler.person, case.opened_on, case.resolved_on)


def replay(cast, events, now):
    for event in events:
        match event:
            case ("case", who, day, seconds, topic, channel, key):
                person = getattr(cast, who) if who else None
                day = MONDAY + timedelta(days=day)
                make.interaction(person, day, seconds=seconds, topic=topic, channel=channel, account=key)
            case ("rating", who, day, index):
                make.rating(getattr(cast, who), MONDAY + timedelta(days=day), case=nth(index))
            case ("topic", index, topic):
                if (found := nth(index)) is not None:
                    Interaction.objects.filter(pk=found.pk).update(topic=topic)
                    mark_case(found)
            case ("delete", index):
                if (found := nth(index)) is not None:
                    mark_case(found)
                    for rating in found.surveys.select_related("handler__person"):
                        make.mark(rating.handler.person, rating.responded_on)
                    found.delete()
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


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=HISTORY)
def test_any_history_counts_as_the_slow_count_does(cast, metrics, now, events):
    with transaction.atomic():
        account("acme", "Business")
        account("zeta", "")
        replay(cast, events, now)
        services.recount_changed_days(now)
        assert differences() == []
        # What is open at a moment is counted by day only: it must not appear by kind.
        weekly = Rollup.objects.filter(definition__in=counting.countable(list(MetricDefinition.objects.current())))
        by_day = dict(weekly.order_by().values_list("definition").annotate(Sum("denominator")))
        by_kind = dict(SegmentRollup.objects.order_by().values_list("definition").annotate(Sum("denominator")))
        assert by_day == by_kind
        transaction.set_rollback(True)


def test_everybodys_week_is_added_up_last(cast, metrics, now):
    """Two teams' marks of one week: until all is counted it stays as it was, and a mark says that it is to be done."""
    for person in (cast.rita, cast.otto):
        make.interaction(person, MONDAY, topic="Refund")
    services.recount_changed_days(now)
    volume = CompanySegmentRollup.objects.filter(definition=metrics["volume"]).values_list("week", "topic", "numerator")
    assert list(volume.all()) == [(MONDAY, "Refund", 2)]
    Interaction.objects.update(topic="Parcel")
    marking.note_all_weeks(Rollup._meta.db_table)
    while ChangedWeek.objects.exclude(person_key=ChangedWeek.COMPANY_SUM).exists():
        assert counting.count_changed_weeks(limit=1) == 0
        assert list(volume.all()) == [(MONDAY, "Refund", 2)]
        assert queries.weeks_waiting() == 1
    assert counting.count_changed_weeks() == 1
    assert queries.weeks_waiting() == 0
    assert list(volume.all()) == [(MONDAY, "Parcel", 2)]
    assert differences() == []
    CompanySegmentRollup.objects.filter(definition=metrics["volume"]).update(numerator=3)
    assert [(apart.definition, apart.of_all) for apart in differences()] == [("volume", True)]


@pytest.mark.parametrize("whole_team", [False, True])
def test_a_team_is_added_up_once_however_few_people_a_step_takes(cast, metrics, now, monkeypatch, whole_team):
    """Where people's clicks must not wait, a step takes one person: the team is no more work for that."""
    for person in (cast.rita, cast.ravi):
        make.interaction(person, MONDAY, topic="Refund")
    services.recount_changed_days(now)
    Interaction.objects.update(topic="Parcel")
    if whole_team:
        marking.note_all_weeks(Rollup._meta.db_table)
    else:
        make.mark(cast.rita, MONDAY)
        make.mark(cast.ravi, MONDAY)
        recount.recount_changed_days(now)
    monkeypatch.setattr(counting, "PEOPLE_AT_ONCE", 1)
    added_up, counted = [], []
    for name, calls in (("_add_up", added_up), ("_count", counted)):
        real = getattr(counting, name)
        monkeypatch.setattr(counting, name, lambda *given, real=real, calls=calls: (calls.append(given), real(*given)))
    counting.count_changed_weeks()
    assert [(unit.team_id, unit.week) for (unit,) in added_up] == [(cast.harbour.pk, MONDAY)]
    assert sorted(people for _unit, _definitions, people in counted) == sorted([[cast.rita.pk], [cast.ravi.pk]])
    assert [row[3] for row in rows(metrics["volume"])] == ["Parcel"]
    assert differences() == []


class Killed(Exception):
    pass


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("people_at_once", [1, 200])
def test_killed_at_any_statement_a_second_run_completes(cast, now, monkeypatch, people_at_once):
    monkeypatch.setattr(counting, "PEOPLE_AT_ONCE", people_at_once)
    services.ensure_default_metrics(now=now)
    for week in range(2):
        case = make.interaction(cast.rita, MONDAY + timedelta(days=7 * week), topic="Refund")
        make.rating(cast.ravi, MONDAY + timedelta(days=7 * week + 1), case=case)
    recount.recount_changed_days(now)
    marks = list(ChangedWeek.objects.values_list("team_key", "person_key", "week"))
    kills = 0
    for number in range(1, 400):
        for model in (CompanySegmentRollup, SegmentRollup, PersonSegmentRollup, ReportedValue, ChangedWeek):
            model.objects.all().delete()
        ChangedWeek.objects.bulk_create(
            [ChangedWeek(team_key=team, person_key=person, week=week) for team, person, week in marks]
        )
        seen = 0

        def dies(execute, sql, params, many, context, number=number):
            nonlocal seen
            seen += 1
            if seen == number:
                raise Killed
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(dies):
                counting.count_changed_weeks()
        except Killed:
            kills += 1
            counting.count_changed_weeks()
        else:
            break
        assert differences() == []
        assert not ChangedWeek.objects.exists()
    assert kills > 20
