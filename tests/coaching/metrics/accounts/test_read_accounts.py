"""The head's account pages: figures against a slow count, reasons that are beyond chance, turnover by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from scipy.stats import binom

from coaching.interactions.models import Account, Handler, Interaction, SurveyResponse
from coaching.metrics import services
from coaching.metrics.accounts import queries, risk
from coaching.metrics.accounts.risk import History, binomial_tail
from coaching.metrics.queries import Window
from foundation.statistics import wilson
from tests.factories import interactions as make


@pytest.fixture
def desk(cast, now, time_machine):
    time_machine.move_to(now, tick=False)
    services.ensure_default_metrics(now=now)
    return cast


def account(key, **fields):
    return Account.objects.create(source=make.source(), external_key=key, **({"name": key} | fields))


def cases(person, key, days, **fields):
    return [make.interaction(person, date(2026, 6, 15) - timedelta(days=day), account=key, **fields) for day in days]


def rows():
    services.recount_changed_days(datetime(2026, 6, 15, 9, tzinfo=UTC))
    return {row.account.external_key: row for row in queries.summarise(Account.objects.all(), date(2026, 6, 15))}


def test_counts_equal_a_slow_count(desk):
    for key in ("A", "B"):
        account(key)
    made = cases(desk.rita, "A", [0, 5, 40, 90, 91, 200], reopens=1) + cases(desk.otto, "B", [3, 3], seconds=None)
    for number, case in enumerate(made):
        make.rating(desk.rita, case.opened_on, polarity=(-1, 0, 1)[number % 3], case=case)
    found = rows()
    first = date(2026, 6, 15) - timedelta(days=90)
    for key in ("A", "B"):
        raw = [case for case in Interaction.objects.filter(account=key) if case.opened_on >= first]
        row = found[key]
        assert row.cases == len(raw)
        assert row.resolved == sum(case.resolved_on is not None for case in raw)
        assert row.reopened == sum(case.reopens > 0 and case.resolved_on is not None for case in raw)
        assert row.open == sum(case.status == "open" for case in Interaction.objects.filter(account=key))
        ratings = SurveyResponse.objects.filter(interaction__account=key, responded_on__gte=first)
        assert (row.rated, row.dissatisfied) == (ratings.count(), ratings.filter(polarity=-1).count())
    assert found["A"].per_month == pytest.approx(4 / 91 * 30.4375)
    assert found["A"].dissatisfied_interval == wilson(2, 4)


def test_value_against_cases(desk):
    account("A", yearly_value=Decimal(3650), currency="EUR")
    account("B", yearly_value=Decimal(3650))
    cases(desk.rita, "A", range(91))
    assert rows()["A"].value_per_case == pytest.approx(Decimal(10))
    assert rows()["B"].value_per_case is None


def test_what_nobody_has_taken_yet_counts_as_asked(desk):
    account("A")
    (waits, done, robot) = cases(None, "A", [3], seconds=None) + cases(None, "A", [3]) + cases(None, "A", [3], seconds=None)
    Interaction.objects.filter(pk=waits.pk).update(handler=None)
    Handler.objects.filter(pk=robot.handler_id).update(ignored=False)
    ignored = make.handler(None, key="robot")
    Handler.objects.filter(pk=ignored.pk).update(ignored=True)
    Interaction.objects.filter(pk=robot.pk).update(handler=ignored)
    row = rows()["A"]
    assert (row.cases, row.history.recent) == (1, 1)  # not what others resolved, nor what a robot has
    assert row.open == 2
    assert not Interaction.objects.get(pk=done.pk).handler.person


def test_a_case_given_to_another_account_takes_its_ratings_along(desk, tmp_path, now):
    account("A")
    account("B")
    handler = make.handler(desk.rita)
    (case,) = cases(desk.rita, "A", [40])
    make.rating(desk.rita, date(2026, 6, 1), polarity=-1, case=case)
    assert (rows()["A"].rated, rows()["B"].rated) == (1, 0)
    file = tmp_path / "cases.csv"
    file.write_text(f"id,agent,opened,account\n{case.external_id},{handler.external_key},2026-05-06 12:00:00,B\n")
    mapping = tmp_path / "cases.toml"
    mapping.write_text(
        'source = "helpdesk"\n[interaction.columns]\nexternal_id = "id"\nhandler = "agent"\nopened_at = "opened"\naccount = "account"\n'
    )
    call_command("import_interactions", str(file), mapping=mapping, timezone="UTC")
    assert (rows()["A"].cases, rows()["A"].rated) == (0, 0)
    assert (rows()["B"].cases, rows()["B"].rated) == (1, 1)


@pytest.mark.parametrize(
    ("k", "n", "p"), [(0, 10, 0.3), (3, 10, 0.3), (10, 10, 0.3), (40, 100, 0.2), (11, 10, 0.3), (700, 2000, 0.33)]
)
def test_the_tail_equals_scipys(k, n, p):
    assert binomial_tail(k, n, p) == pytest.approx(binom.sf(k - 1, n, p), rel=1e-9)


@pytest.mark.parametrize(
    ("recent", "earlier", "weeks", "worries"),
    [
        (20, 26, 26, True),  # 4 expected
        (8, 26, 26, False),  # twice, not more
        (9, 26, 26, False),  # more than twice, and chance does that
        (3, 0, 26, False),
        (6, 0, 26, True),  # nobody ever wrote: chance 0.1333^6
        (20, 8, 7, False),  # too short a history to call anything normal
        (60, 260, 26, False),  # 1.5 times
    ],
)
def test_more_cases_than_normal_and_beyond_chance(recent, earlier, weeks, worries):
    assert History(recent, earlier, weeks).is_more_than_normal is worries


def test_an_account_that_writes_much_more_is_at_risk_and_says_why(desk, sign_in):
    account("LOUD", yearly_value=Decimal(5000), currency="EUR")
    account("QUIET")
    cases(desk.rita, "LOUD", [1] * 15 + [60, 100, 120, 150, 200])
    cases(desk.rita, "QUIET", [1, 30, 60, 90, 200])
    rows()
    text = sign_in(desk.hana).get("/metrics/accounts/").content.decode()
    assert "15 cases in four weeks; 0.8 would be normal (25 weeks before)" in text or "would be normal (" in text
    assert [row.account.external_key for row in queries.at_risk(rows().values())] == ["LOUD"]


def test_bad_ratings_and_an_old_open_case_are_reasons(desk):
    account("BAD")
    account("FINE")
    account("OLD", yearly_value=Decimal(10))
    for number, case in enumerate(cases(desk.rita, "BAD", [10] * 6) + cases(desk.rita, "FINE", [10] * 30)):
        make.rating(desk.rita, date(2026, 6, 10), polarity=-1 if number < 5 else 1, case=case)
    cases(desk.rita, "OLD", [15], seconds=None)
    cases(desk.rita, "FINE", [14], seconds=None)
    at_risk = queries.at_risk(rows().values())
    assert [row.account.external_key for row in at_risk] == ["OLD", "BAD"]  # a known value first
    assert at_risk[0].reasons == ["A case has been open for 15 days."]
    low, high = wilson(5, 6).low, wilson(5, 6).high
    assert at_risk[1].reasons == [
        f"5 of 6 ratings dissatisfied ({low:.0%} to {high:.0%}); of all accounts 14 %.".replace("%", " %").replace("  %", " %")
    ]


def test_who_has_left_is_no_longer_at_risk(desk):
    account("GONE", left_on=date(2026, 6, 1))
    account("GOING", left_on=date(2026, 7, 1))
    for key in ("GONE", "GOING"):
        cases(desk.rita, key, [40], seconds=None)
    assert [row.account.external_key for row in queries.at_risk(rows().values())] == ["GOING"]


def test_turnover_by_hand(db):
    window = Window(date(2026, 1, 1), date(2026, 6, 30))
    account("stays", since=date(2020, 1, 1), yearly_value=Decimal(300), currency="EUR")
    account("left", since=date(2020, 1, 1), left_on=date(2026, 3, 1), yearly_value=Decimal(100), currency="EUR")
    account("left before", since=date(2020, 1, 1), left_on=date(2025, 12, 31), yearly_value=Decimal(100), currency="EUR")
    account("left later", since=date(2020, 1, 1), left_on=date(2026, 7, 1), yearly_value=Decimal(600), currency="EUR")
    account("came within", since=date(2026, 1, 1), left_on=date(2026, 2, 1))
    account("dollars", since=date(2020, 1, 1), left_on=date(2026, 2, 1), yearly_value=Decimal(9), currency="USD")
    account("nobody knows", left_on=date(2026, 2, 1), yearly_value=Decimal(9), currency="EUR")
    found = queries.turnover(Account.objects.all(), window)
    assert (found.start, found.left, found.unknown) == (4, 2, 1)
    assert (found.rate, found.interval) == (0.5, wilson(2, 4))
    assert (found.currency, found.value_start, found.value_left, found.other_currencies) == ("EUR", 1000, 100, 1)
    assert found.value_rate == pytest.approx(0.1)
    assert found.n_effective == pytest.approx(1000**2 / (300**2 + 100**2 + 600**2))


def test_turnover_where_nothing_is_known(db, sign_in, cast):
    account("A")
    found = queries.turnover(Account.objects.all(), Window(date(2026, 1, 1), date(2026, 6, 30)))
    assert (found.rate, found.interval, found.value_rate, found.value_interval) == (None, None, None, None)
    assert "Nobody was a known customer" in sign_in(cast.hana).get("/metrics/accounts/").content.decode()


def test_the_list_is_filtered_and_ordered(desk, sign_in):
    account("A", name="Ada", segment="Large", yearly_value=Decimal(10))
    account("B", name="Ben", segment="Small", yearly_value=Decimal(20))
    account("C", name="Cem", left_on=date(2026, 1, 1))
    cases(desk.rita, "A", [1, 2, 3])
    rows()
    client = sign_in(desk.hana)

    def listed(query=""):
        return [row.account.external_key for row in client.get(f"/metrics/accounts/{query}").context["page"]]

    assert listed() == ["B", "A"]
    assert listed("?order=cases") == ["A", "B"]
    assert listed("?show=left") == ["C"]
    assert listed("?show=all") == ["B", "A", "C"]
    assert listed("?segment=Large") == ["A"]
    assert listed("?q=be") == ["B"]
    assert listed("?order=value_per_case") == ["A", "B"]
    assert listed("?order=nonsense&show=nonsense&months=77") == ["B", "A"]


def test_one_account_with_its_course(desk, sign_in):
    found = account("A", name="Ada", since=date(2024, 2, 1), left_on=date(2026, 6, 1), yearly_value=Decimal(1234), currency="EUR")
    (case,) = cases(desk.rita, "A", [20], subject="Broken kettle", reopens=1)
    make.rating(desk.rita, date(2026, 6, 1), polarity=-1, case=case)
    (loose,) = cases(desk.rita, "A", [10], subject="With nobody")
    Interaction.objects.filter(pk=loose.pk).update(handler=make.handler(None))
    rows()
    text = sign_in(desk.hana).get(f"/metrics/accounts/{found.pk}/").content.decode()
    for words in ("Became a customer", "Left", "Broken kettle", "dissatisfied", "reopened", "1,234 EUR", "1 February 2024"):
        assert words in text
    assert f"/metrics/cases/{case.pk}/" in text
    assert f"/metrics/cases/{loose.pk}/" not in text  # nobody may open a case that counts for nobody
    assert queries.months_of(found, date(2026, 6, 15)) == [(date(2026, 5, 1), 1), (date(2026, 6, 1), 1)]
    assert "2 cases since May 2026." in text


def test_a_month_before_the_first_case_of_anybody_is_not_shown_as_a_quiet_one(desk, sign_in):
    found = account("A", name="Ada")
    assert queries.months_of(found, date(2026, 6, 15)) == [(date(2026, 6, 1), 0)]
    cases(desk.rita, "B", [110])
    rows()
    assert queries.months_of(found, date(2026, 6, 15)) == [(date(2026, month, 1), 0) for month in (2, 3, 4, 5, 6)]
    cases(desk.rita, "B", [900])
    rows()
    assert len(queries.months_of(found, date(2026, 6, 15))) == 12


def test_accounts_that_only_cases_name_are_told(desk, sign_in):
    account("A")
    cases(desk.rita, "GHOST", [1, 2])
    assert "Cases name 1 account that no file has described yet" in sign_in(desk.hana).get("/metrics/accounts/").content.decode()


def test_the_page_costs_few_queries(desk, sign_in, django_assert_max_num_queries):
    for number in range(60):
        account(f"A{number}")
    client = sign_in(desk.hana)
    client.get("/metrics/accounts/")
    with django_assert_max_num_queries(18):
        client.get("/metrics/accounts/")


def test_nothing_yet(cast, sign_in):
    assert "No accounts yet" in sign_in(cast.hana).get("/metrics/accounts/").content.decode()
    assert not Handler.objects.exists()


def test_chance_is_told_with_the_reason():
    assert "fewer than 1 of 1,000" in risk.reason_for_cases(History(20, 26, 26))
    assert risk.reason_for_cases(History(4, 26, 26)) == ""
