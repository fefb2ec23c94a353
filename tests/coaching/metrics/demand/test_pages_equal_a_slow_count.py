"""Customers, rankings and accounts, over random histories of imports, corrections, moves and deletions, against raw rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coaching.interactions.models import Account, Interaction, SurveyResponse
from coaching.metrics import services
from coaching.metrics.accounts import queries as accounts
from coaching.metrics.accounts.days import named_accounts
from coaching.metrics.demand import access, case_list, check, counting, customers, queries
from coaching.metrics.demand.case_list import RANKS, CaseWish, ranked_cases
from coaching.metrics.models import CustomerDay, CustomerSummary
from coaching.metrics.queries import Window, last_weeks
from people import services as people
from people.models import Membership, Team
from tests.factories import interactions as make

TODAY = date(2026, 6, 15)
SOMEBODY = st.sampled_from(["rita", "ravi", "otto"])
FEW = st.one_of(st.none(), st.integers(0, 3))
CASE = st.fixed_dictionaries(
    {
        "hours": st.integers(0, 24 * 100),
        "customer": st.sampled_from(["", "Ada", "Ben", "Cem", "Doğan"]),
        "account": st.sampled_from(["", "A", "B", "ghost"]),
        "topic": st.sampled_from(["", "Parcel", "Refund"]),
        "replies": FEW,
        "customer_replies": FEW,
        "handle_seconds": FEW,
        "reopens": st.integers(0, 2),
        "replied": FEW,
        "took": FEW,
    }
)
PICK = st.integers(0, 40)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("case"), st.one_of(st.none(), SOMEBODY), CASE),
        st.tuples(st.just("case"), SOMEBODY, CASE),
        st.tuples(st.just("case"), SOMEBODY, CASE),
        st.tuples(st.just("rating"), SOMEBODY, PICK, st.integers(0, 100), st.sampled_from([-1, 1])),
        st.tuples(st.just("correct"), PICK, CASE),
        st.tuples(st.just("hand over"), PICK, SOMEBODY),
        st.tuples(st.just("delete"), PICK),
        st.tuples(st.just("move"), st.integers(0, 90)),
        st.tuples(st.just("recount")),
    ),
    max_size=30,
)


@pytest.fixture
def desk(cast, now, time_machine, monkeypatch):
    time_machine.move_to(now, tick=False)
    services.ensure_default_metrics(now=now)
    for module in (case_list, check, counting):
        monkeypatch.setattr(module, "KEPT", 3)  # so that a list goes on where the kept cases end
    for key in ("A", "B"):
        Account.objects.create(source=make.source(), external_key=key)
    return cast


def fields(given: dict) -> dict:
    opened = datetime(2026, 3, 7, 1, 30, tzinfo=UTC) + timedelta(hours=given["hours"], microseconds=given["hours"] * 7919 % 10**6)
    took, replied = given["took"], given["replied"]
    same = ("customer", "account", "topic", "replies", "customer_replies", "handle_seconds", "reopens")
    ended = None if took is None else opened + timedelta(seconds=took * 40_000.5)
    return {name: given[name] for name in same} | {
        "opened_at": opened,
        "opened_on": opened.date(),
        "first_reply_at": None if replied is None else opened + timedelta(seconds=replied * 7.7),
        "resolved_at": ended,
        "resolved_on": ended.date() if ended else None,
        "status": "open" if ended is None else "resolved",
    }


def mark(case: Interaction) -> None:
    """What an import marks of a case: its days, and those of its ratings."""
    make.mark(case.handler.person, case.opened_on, case.resolved_on)
    for rating in case.surveys.all():
        make.mark(rating.handler.person, rating.responded_on)


def nth(place: int) -> Interaction | None:
    cases = list(Interaction.objects.order_by("pk"))
    return cases[place % len(cases)] if cases else None


def replay(cast, events, now) -> None:
    for what, *about in events:
        match what:
            case "case":
                who, values = about
                values = fields(values)
                mark(make.interaction(getattr(cast, who) if who else None, values.pop("opened_on"), marked=False, **values))
            case "rating" if (found := nth(about[1])) is not None:
                day = date(2026, 3, 7) + timedelta(days=about[2])
                make.rating(getattr(cast, about[0]), day, polarity=about[3], case=found)
            case "correct" if (found := nth(about[0])) is not None:
                mark(found)
                Interaction.objects.filter(pk=found.pk).update(**fields(about[1]))
                mark(nth(about[0]))
            case "hand over" if (found := nth(about[0])) is not None:
                mark(found)
                Interaction.objects.filter(pk=found.pk).update(handler=make.handler(getattr(cast, about[1])))
                mark(nth(about[0]))
            case "delete" if (found := nth(about[0])) is not None:
                mark(found)
                found.delete()
            case "move":
                day = date(2026, 3, 8) + timedelta(days=about[0])
                if not Membership.objects.filter(person=cast.rita, team=cast.meadow).exists():
                    people.join_team(
                        actor=None, person=cast.rita, team=cast.meadow, kind=Membership.Kind.MEMBER, starts_on=day, now=now
                    )
                    services.team_history_changed(person_id=cast.rita.pk, from_day=day)
            case "recount":
                services.recount_changed_days(now)
    services.recount_changed_days(now)


def slow_frequency(window: Window, teams: set[int] | None) -> tuple:
    """Of cases counted in these teams on their day (None: of everybody), one by one."""
    cases = defaultdict(list)
    unknown = 0
    for case in Interaction.objects.filter(handler__person__isnull=False).select_related("handler"):
        team = counting.teams_on(case.opened_on).get(case.handler.person_id)
        if not window.first <= case.opened_on <= window.last or (teams is not None and team not in teams):
            continue
        if case.customer:
            cases[case.customer].append(case)
        else:
            unknown += 1
    many = {name: found for name, found in cases.items() if len(found) > 1}
    last = {name: max((case.opened_on, case.pk) for case in found) for name, found in many.items()}
    ranked = sorted(many, key=lambda name: (len(many[name]), *last[name]), reverse=True)[:15]
    return (
        len(cases),
        sum(map(len, cases.values())),
        unknown,
        [sum(low <= len(found) <= (high or 10**9) for found in cases.values()) for low, high in customers.BUCKETS],
        [
            (
                name,
                max(case.account for case in many[name]),
                len(many[name]),
                len({case.topic for case in many[name]}),
                last[name][0],
            )
            for name in ranked
        ],
    )


def told(found: customers.Frequency) -> tuple:
    top = [(who.name, who.account, who.cases, who.topics, who.newest) for who in found.top]
    return found.customers, found.cases, found.unknown, [bucket.customers for bucket in found.buckets], top


def assert_customers(cast) -> None:
    teams = list(Team.objects.order_by("path"))
    for weeks in customers.WEEKS:
        window = last_weeks(weeks, TODAY)
        assert told(customers.frequency_of_everybody(window)) == slow_frequency(window, None)
        for team in (cast.harbour, cast.care):
            below = {other.pk for other in teams if other.path.startswith(team.path)}
            assert told(customers.frequency(queries.customer_days(teams, team), window)) == slow_frequency(window, below)


def assert_rankings(cast) -> None:
    cases = access.demand_cases_for(cast.hana, [], None, TODAY)
    for window in (Window(date(2026, 3, 7), TODAY), Window(date(2026, 4, 1), date(2026, 4, 20))):
        for rank in RANKS:
            wish = CaseWish(rank)
            kept = ranked_cases(cases, window, wish, everything=True)
            slow = [case.pk for case in ranked_cases(cases, window, wish, everything=False).cases]
            assert len(kept) == len(slow)
            for places in (slice(0, 2), slice(1, 3), slice(2, 50), slice(None, 10)):
                assert [case.pk for case in kept[places]] == slow[places], rank


def assert_newest(cast) -> None:
    """Of a team, and with a filter: from as few days as the page needs."""
    window = Window(date(2026, 3, 7), TODAY)
    everybody = access.demand_cases_for(cast.hana, [], None, TODAY)
    of_team = access.demand_cases_for(cast.lena, [cast.harbour], cast.harbour, TODAY)
    for cases, wish, everything in (
        (of_team, CaseWish(), False),
        (everybody, CaseWish(topic="Parcel"), True),
        (everybody, CaseWish(channel="other"), True),
    ):
        found = ranked_cases(cases, window, wish, everything=everything)
        assert found.by_day
        slow = [case.pk for case in found.cases]
        assert len(found) == len(slow)
        for places in (slice(0, 1), slice(0, 3), slice(2, 5), slice(4, 50)):
            assert [case.pk for case in found[places]] == slow[places]


def assert_accounts() -> None:
    first, recent = TODAY - timedelta(days=90), TODAY - timedelta(days=27)
    for row in accounts.summarise(Account.objects.all(), TODAY):
        key = row.account.external_key
        cases = [
            case for case in Interaction.objects.filter(account=key)
            if case.opened_on <= TODAY and (case.handler.person_id or case.resolved_on is None)
        ]  # fmt: skip
        now = [case for case in cases if case.opened_on >= first]
        matched = [case for case in now if case.handler.person_id]
        assert row.cases == len(now)
        assert row.resolved == sum(case.resolved_on is not None for case in matched)
        assert row.reopened == sum(case.resolved_on is not None and case.reopens > 0 for case in matched)
        assert row.history.recent == sum(case.opened_on >= recent for case in cases)
        assert row.history.earlier == sum(recent - timedelta(weeks=26) <= case.opened_on < recent for case in cases)
        ratings = SurveyResponse.objects.filter(interaction__account=key, responded_on__range=(first, TODAY))
        assert (row.rated, row.dissatisfied) == (ratings.count(), ratings.filter(polarity=-1).count())
    named = set(Interaction.objects.exclude(account="").values_list("account", flat=True))
    assert accounts.unknown_accounts(named_accounts()) == len(named - {"A", "B"})


@given(events=EVENTS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_page_equals_a_slow_count_after_any_history(desk, now, events):
    with transaction.atomic():
        replay(desk, events, now)
        assert check.differences() == []
        assert_customers(desk)
        assert_rankings(desk)
        assert_newest(desk)
        assert_accounts()
        transaction.set_rollback(True)


def test_the_kept_answer_is_read_until_a_day_is_counted_again(desk, now):
    make.interaction(desk.rita, date(2026, 6, 10), customer="Ada")
    services.recount_changed_days(now)
    window = last_weeks(4, TODAY)
    assert CustomerSummary.objects.count() == len(customers.WEEKS)
    with CaptureQueriesContext(connection) as captured:
        assert customers.frequency_of_everybody(window).customers == 1
    assert not any('customers"' in query["sql"] for query in captured)
    CustomerDay.objects.all().delete()  # its days are other ones now: what was kept is not believed
    assert customers.frequency_of_everybody(window).customers == 0


def test_the_check_sees_each_table(desk, now):
    case = make.interaction(desk.rita, date(2026, 6, 10), customer="Ada", account="A", replies=2)
    services.recount_changed_days(now)
    assert check.differences() == []
    for change, words in (
        ({"customer": "Ben"}, "team"),
        ({"replies": 3}, "order replies"),
        ({"account": "B"}, "account"),
    ):
        before = {name: getattr(case, name) for name in change}
        Interaction.objects.filter(pk=case.pk).update(**change)
        assert any(words in fault for fault in check.differences()), words
        Interaction.objects.filter(pk=case.pk).update(**before)
    assert check.differences() == []


def test_a_day_of_one_batch_costs_the_same_queries_however_many_cases(desk, now):
    def count(day: date, cases: int) -> int:
        for _number in range(cases):
            make.interaction(desk.rita, day, customer="Ada", account="A")
        counting.note_days([day])
        with CaptureQueriesContext(connection) as captured:
            counting.count_demand_days(now)
        return len(captured)

    count(date(2026, 6, 9), 1)
    assert count(date(2026, 6, 10), 30) == count(date(2026, 6, 11), 2)
