"""A figure that is shown but rests on too little to be compared says so: quietly, with one badge on every page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from coaching.metrics import services
from coaching.metrics.figures import figure, may_be_untypical
from coaching.metrics.models import MetricDefinition
from tests.factories import interactions as make

BADGE = '<span class="pill pill--neutral">few answers</span>'
CASES = '<span class="pill pill--neutral">few cases</span>'


@pytest.fixture
def pages(floor, sign_in, now):
    """Reads a page after satisfaction and reopened cases have got other minimums."""

    def read(who, url, *, compare):
        for key in ("csat", "reopen_rate"):
            services.define_metric(actor=floor.hana, key=key, minimum_to_compare=compare, now=now)
        response = sign_in(getattr(floor, who)).get(url, follow=True)
        assert response.status_code == 200
        return " ".join(response.content.decode().split())

    return read


@pytest.mark.parametrize(("n", "shown", "few"), [(9, False, False), (10, True, True), (29, True, True), (30, True, False)])
def test_between_what_it_takes_to_show_and_to_compare(n, shown, few):
    definition = MetricDefinition(
        unit="percent", direction="up", interval_method="wilson", recipe="satisfied", minimum_to_show=10, minimum_to_compare=30
    )
    found = figure(definition, n // 2, n)
    assert (found.is_enough, found.has_few) == (shown, few)


def test_a_count_rests_on_enough():
    definition = MetricDefinition(unit="count", interval_method="none", recipe="cases_taken")
    assert not figure(definition, 1, 1).has_few


@pytest.mark.parametrize("url", ["/board/", "/metrics/explore/?by=person&metric=csat", "/metrics/people/"])
def test_the_badge_stands_where_people_stand_side_by_side(pages, url):
    assert BADGE in pages("lena", url, compare=400)


def test_enough_answers_need_no_badge(pages):
    assert BADGE not in pages("lena", "/board/", compare=30)


def test_cases_are_not_called_answers(pages):
    text = pages("lena", "/metrics/explore/?by=person&metric=reopen_rate", compare=400)
    assert CASES in text
    assert BADGE not in text


def test_the_page_of_a_person_says_so(pages, floor):
    url = f"/metrics/people/{floor.rita.pk}/"
    assert BADGE in pages("lena", url, compare=400)
    assert BADGE not in pages("lena", url, compare=30)


def test_a_figure_that_is_not_shown_has_no_badge(pages, floor):
    text = pages("otto", "/metrics/", compare=400)
    assert "Not enough data yet" in text
    assert "few answers" not in text


@pytest.mark.parametrize(
    ("own", "everybody", "said"),
    [(0.09, 0.09, True), (0.10, 0.10, False), (0.25, 0.36, True), (0.47, 0.36, True), (0.30, 0.36, False), (0.30, None, False)],
)
def test_a_response_rate_that_is_low_or_far_from_everybodys(own, everybody, said):
    definition = MetricDefinition(unit="percent", interval_method="wilson", recipe="response")
    rates = [
        figure(definition, round(share * 100), 100) if share is not None else figure(definition, 0, 0)
        for share in (own, everybody)
    ]
    assert may_be_untypical(*rates) is said


@pytest.mark.parametrize(("rated", "said"), [(12, False), (36, True)])
def test_the_page_of_somebody_whose_customers_answer_unlike_others(cast, sign_in, now, time_machine, rated, said):
    time_machine.move_to(now, tick=False)
    services.ensure_default_metrics(now=now)
    day = now.date() - timedelta(days=20)
    for person, answers in ((cast.rita, rated), (cast.ravi, 12)):
        for number in range(40):
            case = make.interaction(person, day)
            if number < answers:
                make.rating(person, day, case=case)
    services.recount_changed_days(now)
    text = sign_in(cast.lena).get(f"/metrics/people/{cast.rita.pk}/").content.decode()
    assert ("few answers: may not be typical" in text) is said
