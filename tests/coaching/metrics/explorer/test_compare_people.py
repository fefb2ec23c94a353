"""Funnel, drivers and balance: what differs beyond chance, and what does not, in words."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape

import pytest

from coaching.interactions.models import SurveyResponse
from coaching.metrics import services
from coaching.metrics.explorer import views
from coaching.metrics.shrinkage import learn_prior
from people import services as people_services
from people.models import Role
from tests.coaching.metrics.explorer.conftest import MONDAY
from tests.factories import interactions as make


@pytest.fixture
def get(floor, sign_in):
    def read(who, url):
        response = sign_in(getattr(floor, who)).get(url)
        assert response.status_code == 200
        return response

    return read


@pytest.fixture
def crowd(floor, now):
    """Ten more reps of Harbour who do well, so that Rita is unusual."""
    for number in range(10):
        rep = people_services.create_person(
            actor=None, email=f"rep{number}@example.com", display_name=f"Rep {number:02}", roles=[Role.REP], now=now
        )
        people_services.join_team(actor=None, person=rep, team=floor.harbour, starts_on=date(2025, 1, 1), now=now)
        for case in range(60):
            make.rating(rep, MONDAY + timedelta(days=case % 50), polarity=-1 if case % 8 == number % 8 else 1)
    services.recount_changed_days(now)
    return floor


def verdicts(response):
    return {stand.person.display_name: words for stand, _tone, words in response.context["stands"]}


def test_only_who_clearly_differs_gets_a_word(crowd, get):
    response = get("lena", "/metrics/explore/funnel/")
    found = verdicts(response)
    assert found["Rita Example"] == "clearly below"
    assert {words for name, words in found.items() if name.startswith("Rep")} == {"as expected"}
    assert list(found) == sorted(found)
    text = response.content.decode()
    assert "<svg" in text
    assert "Best estimate" in text
    assert "Otto" not in text


def test_a_long_table_comes_in_pages_below_one_drawing(crowd, get, monkeypatch):
    monkeypatch.setattr(views, "PEOPLE_PER_PAGE", 4)
    first, last = get("lena", "/metrics/explore/funnel/"), get("lena", "/metrics/explore/funnel/?page=3&metric=csat")
    assert len(verdicts(first)) == 4
    assert "page=2" in first.content.decode()
    assert "metric=csat" in last.content.decode().split('class="pagination')[1]
    assert not set(verdicts(first)) & set(verdicts(last))
    everybody = first.context["funnel"].drawn
    assert len(everybody) > 4
    assert len(last.context["funnel"].drawn) == len(everybody)


@pytest.mark.parametrize("first", ["2026-05-25", "2025-11-20"], ids=["inside the 26 weeks", "longer than they are"])
def test_the_days_looked_at_and_the_days_learned_from(crowd, get, now, first):
    """The prior's strength is learned from the 26 weeks up to the last day, whatever days stand on the page."""
    for number in range(10):
        make.rating(crowd.otto, date(2025, 11, 24) + timedelta(days=number))  # before the 26 weeks
    services.recount_changed_days(now)
    found = get("hana", f"/metrics/explore/funnel/?metric=csat&first={first}&last=2026-06-14").context["funnel"]
    ratings = SurveyResponse.objects.filter(responded_on__lte=date(2026, 6, 14))
    for stand in found.stands:
        own = ratings.filter(handler__person=stand.person)
        assert stand.figure.denominator == own.filter(responded_on__gte=first).count()
    half_year = [ratings.filter(handler__person=s.person, responded_on__gte=date(2025, 12, 15)) for s in found.stands]
    strength = learn_prior([own.filter(polarity=1).count() for own in half_year], [own.count() for own in half_year]).strength
    assert found.prior.strength == pytest.approx(strength)


def test_with_everybodys_mix_the_hard_cases_count_less(crowd, get):
    plain = {s.person.display_name: s for s in get("lena", "/metrics/explore/funnel/").context["funnel"].stands}
    mixed = {s.person.display_name: s for s in get("lena", "/metrics/explore/funnel/?mix=on").context["funnel"].stands}
    assert mixed["Rita Example"].rate > plain["Rita Example"].rate
    assert mixed["Rita Example"].estimate.estimate > plain["Rita Example"].estimate.estimate


def test_too_few_to_learn_from_judges_nobody(get):
    response = get("lars", "/metrics/explore/funnel/")
    assert response.context["funnel"].prior is None
    assert "nobody is judged" in response.content.decode()
    assert set(verdicts(response).values()) == {"as expected"}


def test_a_rep_compares_nobody(floor, sign_in):
    for url in ("/metrics/explore/funnel/", "/metrics/explore/balance/"):
        assert sign_in(floor.rita).get(url).status_code == 403
        assert sign_in(floor.vera).get(url).status_code == 403


def test_eight_points_from_harder_cases(floor, get, now):
    """The published vector through the page: n 80, 20 → 60, 40; satisfied 72, 10 → 54, 20."""
    for week, kinds in (
        (date(2026, 1, 5), (("Easy", 72, 80), ("Hard", 10, 20))),
        (date(2026, 1, 12), (("Easy", 54, 60), ("Hard", 20, 40))),
    ):
        for topic, good, n in kinds:
            case = make.interaction(floor.otto, week, topic=topic)
            for number in range(n):
                make.rating(floor.otto, week, case=case, polarity=1 if number < good else -1)
    services.recount_changed_days(now)
    response = get("lars", "/metrics/drivers/?first=2026-01-12&last=2026-01-18")
    moved = response.context["drivers"].moved
    assert (moved.change, moved.mix, moved.rate) == pytest.approx((-0.08, -0.08, 0), abs=1e-12)
    text = unescape(response.content.decode())
    assert "Satisfied customers went down by 8.0 points: −8.0 from harder cases, 0.0 from handling." in text
    assert "−2.4 points" in text
    assert "−5.6 points" in text


def test_what_costs_most(get):
    response = get("hana", "/metrics/drivers/")
    costs = response.context["costs"]
    assert [label for _cost, label in costs] == ["Refund", "Delivery"]
    refund = costs[0][0]
    assert (refund.volume, refund.wrong, refund.known) == (96, 48, 96)
    assert refund.low < refund.expected < refund.high
    assert costs[-1][0].cumulated == pytest.approx(1)
    assert "Cases taken × the share that went wrong" in response.content.decode()


def test_drivers_of_a_metric_where_less_is_better(get):
    """Three of 30 cases a week were reopened; the last two weeks are too young to count."""
    costs = get("hana", "/metrics/drivers/?metric=reopen_rate").context["costs"]
    assert sum(cost.wrong for cost, _label in costs) == 18


@pytest.mark.parametrize("kind", ["topic", "channel", "segment"])
@pytest.mark.parametrize("who", ["rita", "lena", "hana"])
def test_drivers_for_everybody_by_everything(get, who, kind):
    response = get(who, f"/metrics/drivers/?kind={kind}&first=2026-05-18&last=2026-06-14")
    moved = response.context["drivers"].moved
    assert moved.mix + moved.rate == pytest.approx(moved.change)


def test_a_rep_sees_their_own_drivers(get):
    assert get("rita", "/metrics/drivers/").context["costs"][0][0].volume == 64


def test_nothing_to_compare(get):
    assert "Nothing to compare" in get("hana", "/metrics/drivers/?first=2025-01-06&last=2025-01-12").content.decode()


def test_balance_by_days(floor, get, now):
    for _number in range(60):
        make.interaction(floor.rita, MONDAY)
    services.recount_changed_days(now)
    response = get("lena", "/metrics/explore/balance/")
    shares = {person.display_name: (share, words) for person, share, words in response.context["shares"]}
    assert list(shares) == ["Ravi Example", "Rita Example"]
    assert shares["Rita Example"][1] == "more than an even share"
    assert shares["Ravi Example"][1] == "fewer than an even share"
    assert shares["Rita Example"][0].cases == 140
    assert response.context["total"] == 220


def test_an_even_team_is_even(get):
    shares = get("lena", "/metrics/explore/balance/").context["shares"]
    assert {words for _person, _share, words in shares} == {"as even as chance allows"}


def test_few_queries(crowd, sign_in, django_assert_max_num_queries):
    client = sign_in(crowd.lena)
    for url in ("/metrics/explore/funnel/?mix=on", "/metrics/drivers/", "/metrics/explore/balance/"):
        client.get(url)
        with django_assert_max_num_queries(22):
            client.get(url)
