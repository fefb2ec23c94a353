"""Any figure by person, team, topic, channel and segment; what a cell shows is what raw rows say."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest

from coaching.interactions.models import Interaction, SurveyResponse
from coaching.metrics import services
from coaching.metrics.explorer.changes import difference_of_shares
from coaching.metrics.figures import figure
from coaching.metrics.models import BusinessCalendar, MetricDefinition
from foundation.statistics import wilson
from tests.coaching.metrics.explorer.conftest import MONDAY
from tests.factories import interactions as make


@pytest.fixture
def explore(floor, sign_in):
    def read(who, query=""):
        response = sign_in(getattr(floor, who)).get(f"/metrics/explore/{query}")
        assert response.status_code == 200
        return response

    return read


def labels(response):
    return [row.label for row in response.context["answer"].rows]


def by_label(response):
    return {row.label: row for row in response.context["answer"].lines}


def test_a_lead_sees_their_people_by_name_with_interval_and_n(explore):
    response = explore("lena")
    assert labels(response) == ["Ravi Example", "Rita Example"]
    answer = response.context["answer"]
    assert answer.question.definition.key == "csat"
    assert (answer.question.window.first, answer.question.window.last) == (MONDAY, date(2026, 6, 14))
    whole = by_label(response)["Rita Example"].whole.figure
    ratings = SurveyResponse.objects.filter(handler__person__display_name="Rita Example")
    assert (whole.numerator, whole.denominator) == (ratings.filter(polarity=1).count(), ratings.count()) == (40, 80)
    text = response.content.decode()
    assert "50 %" in text
    assert "39–61" in re.sub(r"\s", "", text)
    assert "n = 80" in text


def test_people_stand_by_name_whoever_is_better(explore):
    for metric in ("csat", "reopen_rate", "volume"):
        assert labels(explore("hana", f"?metric={metric}")) == ["Otto Example", "Ravi Example", "Rita Example"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?by=team", ["Care", "Harbour", "Meadow"]),
        ("?by=topic", ["Delivery", "Refund"]),
        ("?by=channel", ["Chat", "E-mail"]),
        ("?by=segment", ["Business", "No segment known"]),
        ("?by=together", []),
    ],
)
def test_by_whatever_is_asked(explore, query, expected):
    response = explore("hana", query)
    assert labels(response) == expected
    rows = [row for row in response.context["answer"].rows if row.depth or row.label not in ("Care",)]
    rows = [row for row in rows if query != "?by=team" or row.depth == 1]
    if rows:
        assert sum(row.whole.figure.n for row in rows) == response.context["answer"].together.whole.figure.n == 240


@pytest.mark.parametrize("by", ["topic", "channel", "segment", "person", "team", "together"])
@pytest.mark.parametrize("metric", ["volume", "resolved", "csat", "resolution_time", "reopen_rate"])
@pytest.mark.parametrize("per", ["week", "month"])
def test_every_metric_by_everything_adds_up(explore, by, metric, per):
    answer = explore("hana", f"?by={by}&metric={metric}&per={per}").context["answer"]
    for row in answer.lines:
        assert sum(cell.figure.denominator for cell in row.cells) == row.whole.figure.denominator
        assert sum(cell.figure.numerator for cell in row.cells) == row.whole.figure.numerator
    assert answer.together.whole.figure.n == 240 or metric in ("resolved", "resolution_time", "reopen_rate", "csat")


def test_a_median_by_topic_is_that_of_the_cases(explore):
    row = by_label(explore("hana", "?by=topic&metric=resolution_time"))["Refund"]
    cases = Interaction.objects.filter(topic="Refund", resolved_on__range=(MONDAY, date(2026, 6, 14)))
    hours = sorted((case.resolved_at - case.opened_at).total_seconds() for case in cases)
    assert row.whole.figure.n == len(hours)
    assert row.whole.figure.value == pytest.approx(hours[(len(hours) - 1) // 2], rel=0.045)


@pytest.mark.parametrize("metric", ["volume", "csat", "reopen_rate", "resolution_time", "resolution_time_business"])
def test_everybody_is_all_teams_together(explore, floor, now, metric):
    """Read from everybody's counts, and from those of each team: open cases by business hours wait by their team's calendar."""
    BusinessCalendar.objects.create(team=floor.meadow, time_zone="UTC", week=[[[0, 1440]]] * 7, updated_at=now)
    for number, person in enumerate([floor.rita, floor.otto] * 15):
        day = date(2026, 6, 1) + timedelta(days=number % 10)
        make.interaction(person, day, topic="Refund", status="open", seconds=None, resolved_at=None, resolved_on=None)
    services.recount_changed_days(now)
    of_all = by_label(explore("hana", f"?by=topic&metric={metric}"))["Refund"].whole.figure
    of_teams = by_label(explore("hana", f"?by=team&topic=Refund&metric={metric}"))["Care"].whole.figure
    assert of_all == of_teams
    assert of_all.n > 20
    assert of_all.waiting == (30 if metric.startswith("resolution_time") else 0)


def test_filters_and_whole_weeks(explore):
    response = explore("hana", "?by=person&topic=Refund&channel=chat&first=2026-05-06&last=2026-05-20")
    assert "4 May 2026 to 24 May 2026" in response.content.decode()
    wanted = Interaction.objects.filter(topic="Refund", channel="chat", handler__person__display_name="Rita Example")
    wanted = wanted.filter(opened_on__range=(date(2026, 5, 4), date(2026, 5, 24)))
    assert by_label(response)["Rita Example"].whole.figure.n == wanted.count() == 12


def test_days_by_person_and_team_only(explore):
    response = explore("hana", "?per=day&first=2026-05-04&last=2026-05-10&metric=volume")
    assert response.context["answer"].periods[0].label == "Mon 4 May"
    assert [cell.figure.n for cell in by_label(response)["Rita Example"].cells] == [2, 2, 2, 2, 2, 0, 0]
    text = explore("hana", "?per=day&by=topic&first=2026-05-04&last=2026-05-10").content.decode()
    assert "Days are counted by person and team only" in text


def test_months_of_weeks_go_by_their_thursday(explore):
    """27 April to 3 May 2026: its Thursday is 30 April."""
    answer = explore("hana", "?by=topic&per=month&metric=volume&first=2026-04-27&last=2026-05-10").context["answer"]
    assert [(p.label, p.window.first, p.window.last) for p in answer.periods] == [
        ("Apr 2026", date(2026, 4, 27), date(2026, 5, 3)),
        ("May 2026", date(2026, 5, 4), date(2026, 5, 10)),
    ]
    assert [cell.figure.n for cell in answer.together.cells] == [30, 30]


def test_small_numbers_say_so(explore, floor, now):
    for _number in range(3):
        make.rating(floor.otto, date(2026, 6, 9), case=make.interaction(floor.otto, date(2026, 6, 9), topic="Rare"))
    services.recount_changed_days(now)
    response = explore("lars", "?by=topic")
    row = by_label(response)["Rare"]
    assert (row.whole.figure.value, row.whole.figure.n) == (None, 3)
    assert "not enough data" in response.content.decode()


def test_compared_with_the_period_before(explore):
    response = explore("hana", "?by=topic&metric=csat&first=2026-05-18&last=2026-06-14&against=previous")
    row = by_label(response)["Refund"]
    before = SurveyResponse.objects.filter(responded_on__range=(MONDAY, date(2026, 5, 17)), interaction__topic="Refund")
    assert (row.before.numerator, row.before.n) == (before.filter(polarity=1).count(), before.count())
    assert row.change.low < row.change.difference < row.change.high
    assert "before:" in response.content.decode()


def test_compared_with_a_year_ago(explore, floor, now):
    for _number in range(12):
        make.interaction(floor.rita, date(2026, 6, 8) - timedelta(days=364))
    services.recount_changed_days(now)
    row = by_label(explore("lena", "?metric=volume&first=2026-06-08&last=2026-06-14&against=year"))["Rita Example"]
    assert (row.whole.figure.n, row.before.n) == (10, 12)
    assert row.change.ratio == pytest.approx(10 / 12)


def test_newcombe_as_published():
    """56/70 against 48/80: 0.2000 (0.0524 to 0.3339), method 10 of Newcombe 1998."""
    definition = MetricDefinition(unit="percent", minimum_to_show=1, interval_method="wilson")
    now, before = figure(definition, 56, 70), figure(definition, 48, 80)
    assert now.low == pytest.approx(wilson(56, 70).low)
    assert difference_of_shares(now, before) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_case_mix_lifts_who_has_the_hard_cases(explore):
    response = explore("hana", "?by=person&mix=on")
    rita, ravi = by_label(response)["Rita Example"], by_label(response)["Ravi Example"]
    assert rita.adjusted.observed < ravi.adjusted.observed - 0.2
    assert rita.adjusted.adjusted > rita.adjusted.observed + 0.08
    text = unescape(response.content.decode())
    assert "from harder cases" in text
    assert "from easier cases" in text
    assert by_label(explore("hana", "?by=team&mix=on"))["Harbour"].adjusted is not None
    assert "mix" not in labels(explore("hana", "?by=topic&mix=on"))


def test_a_rep_explores_their_own_and_nothing_else(explore):
    response = explore("rita", "?by=topic&metric=volume")
    assert {row.label: row.whole.figure.n for row in response.context["answer"].rows} == {"Delivery": 16, "Refund": 64}
    assert "Select a valid choice" in explore("rita", "?by=person").content.decode()
    assert "Select a valid choice" in explore("rita", "?by=team").content.decode()


def test_somebody_elses_team_is_no_team(explore, floor):
    for pk in (floor.meadow.pk, 999_999):
        text = explore("lena", f"?team={pk}").content.decode()
        assert "Select a valid choice" in text
        assert "Otto" not in text


def test_topics_of_other_teams_are_not_offered(explore, floor, now):
    make.rating(floor.otto, date(2026, 6, 9), case=make.interaction(floor.otto, date(2026, 6, 9), topic="Secret launch"))
    services.recount_changed_days(now)
    assert "Secret launch" in explore("hana", "?by=topic").content.decode()
    assert "Secret launch" not in explore("lena", "?by=topic").content.decode()
    assert "Secret launch" not in explore("rita", "?by=topic").content.decode()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?first=2026-06-10&last=2026-06-01", "Swap them"),
        ("?first=2020-01-01&last=2026-06-01", "Two years at most"),
        ("?per=day&first=2026-01-01&last=2026-06-01", "more than 31 columns"),
        ("?first=tomorrow", "valid date"),
        ("?metric=nonsense", "Select a valid choice"),
        ("?by=nonsense&per=nonsense", "Select a valid choice"),
    ],
)
def test_wrong_questions_are_told_and_harmless(explore, query, words):
    assert words in explore("hana", query).content.decode()


def test_nothing_counted_says_what_to_do(explore):
    assert "Nothing was counted here" in explore("hana", "?first=2025-01-01&last=2025-01-31&by=topic").content.decode()


def test_the_address_holds_the_question(explore):
    query = "?metric=reopen_rate&by=topic&per=month&first=2026-05-04&last=2026-06-07&against=previous&channel=chat"
    text = explore("hana", query).content.decode()
    for chosen in ("reopen_rate", "topic", "month", "previous", "chat"):
        assert f'value="{chosen}" selected' in text
    assert 'value="2026-05-04"' in text


def test_no_metrics_yet(cast, sign_in):
    assert "No metrics yet" in sign_in(cast.hana).get("/metrics/explore/").content.decode()


@pytest.mark.parametrize("who", ["rita", "lena", "hana"])
@pytest.mark.parametrize(
    "query", ["", "?by=topic", "?by=topic&metric=resolution_time&against=previous", "?by=together", "?metric=csat&mix=on"]
)
def test_costs_few_queries_however_many_people(floor, sign_in, django_assert_max_num_queries, who, query):
    client = sign_in(getattr(floor, who))
    url = f"/metrics/explore/{query}"
    client.get(url)
    with django_assert_max_num_queries(22):
        client.get(url)
