"""The demand pages: hours, seasons, channels, customers, topics, and the ranked cases."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from coaching.interactions.models import Interaction
from coaching.metrics import services
from coaching.metrics.demand import customers, queries
from coaching.metrics.demand.pictures import bars_svg, shade
from coaching.metrics.models import CustomerDay, DemandDay
from coaching.metrics.queries import Window
from tests.coaching.metrics.demand.conftest import opened
from tests.factories import interactions as make


@pytest.fixture
def read(asked, sign_in):
    def page(who, path="", query=""):
        response = sign_in(getattr(asked, who)).get(f"/metrics/demand/{path}{query}")
        assert response.status_code == 200
        return response

    return page


def test_the_heat_map_with_its_table_and_words(read):
    text = read("lena").content.decode()
    assert "<title>Cases opened per hour of the week</title>" in text
    assert "6 cases over 4 weeks. Busiest: Wed 09:00" in text
    assert "The same as a table" in text
    assert "style=" not in text


def test_a_lead_reads_their_team_the_head_everybody(read):
    assert read("lena").context["found"].cases == 6
    assert read("lars").context["found"].cases == 1
    assert read("hana").context["found"].cases == 7
    assert "Otto only" not in read("lena", "customers/").content.decode()


def test_the_teams_clock(read, asked):
    found = read("lena", query=f"?team={asked.harbour.pk}&zone=team")
    assert found.context["zone"] == "Europe/Berlin"
    assert found.context["found"].cells[2, 11].cases == 6
    assert read("lena").context["found"].cells[2, 9].cases == 6  # the organisation's: UTC


def test_new_channels_count_as_channels_of_their_own(read):
    text = read("lena").content.decode()
    assert "Mention" in text
    assert "Social network" in text
    assert [case.channel for case in read("lena", "cases/", "?channel=mention").context["page"]] == ["mention"]


@pytest.mark.parametrize("value", [value for value, _label in Interaction.Channel.choices])
def test_every_filter_of_channels_lists_every_channel(asked, sign_in, value):
    client, option = sign_in(asked.lena), f'<option value="{value}"'
    for address in ("/metrics/demand/cases/", f"/metrics/people/{asked.rita.pk}/cases/volume/"):
        assert option in client.get(address).content.decode()


def test_months_over_years(desk, now, sign_in):
    opened(desk.rita, datetime(2025, 5, 20, 9, tzinfo=UTC))
    for day in (1, 2, 3):
        opened(desk.rita, datetime(2026, 5, day, 9, tzinfo=UTC))
    services.recount_changed_days(now)
    found = {(m.year, m.month): (m.cases, m.days) for m in queries.months(DemandDay.objects.all(), now.date())}
    assert found[2025, 5] == (1, 12)  # from the first case on
    assert found[2026, 5] == (3, 31)
    assert found[2026, 4] == (0, 30)
    assert found[2026, 6] == (0, 15)  # still running
    assert len(found) == 14
    assert "Cases opened per day, by month" in sign_in(desk.hana).get("/metrics/demand/").content.decode()


def test_how_often_customers_write(read, asked):
    frequency = read("lena", "customers/").context["frequency"]
    slow = Counter(
        Interaction.objects.filter(handler__person__in=[asked.rita, asked.ravi])
        .exclude(customer="")
        .values_list("customer", flat=True)
    )
    assert (frequency.customers, frequency.cases, frequency.unknown) == (len(slow), sum(slow.values()), 1)
    assert [bucket.customers for bucket in frequency.buckets] == [2, 0, 1, 0, 0, 0]
    assert frequency.again == sum(n > 1 for n in slow.values()) == 1


def test_the_buckets_cover_every_number(desk, now):
    for times in range(1, 13):
        for _number in range(times):
            make.interaction(desk.rita, date(2026, 6, 10), customer=f"C{times}")
    services.recount_changed_days(now)
    found = customers.frequency(CustomerDay.objects.all(), Window(date(2026, 6, 1), date(2026, 6, 15)))
    assert [bucket.customers for bucket in found.buckets] == [1, 1, 1, 1, 5, 3]
    assert sum(bucket.share for bucket in found.buckets) == pytest.approx(1)


def test_topics_and_who_writes_again(read):
    context = read("lena", "customers/").context
    assert [(part.name, part.cases) for part in context["topics"].named] == [("Parcel", 3), ("Refund", 2)]
    assert context["topics"].unnamed == 1
    assert [(customer.name, customer.cases, customer.topics) for customer in context["customers"]] == [("Ada", 3, 2)]


@pytest.mark.parametrize(
    ("rank", "first"),
    [("newest", "Case 5"), ("replies", "Case 5"), ("customer_replies", "Case 5"), ("handle", "Case 5")],
)
def test_cases_by_effort(read, rank, first):
    assert read("lena", "cases/", f"?rank={rank}").context["page"][0].subject == first


def test_cases_by_response_and_resolution_time(read, asked, now):
    quick, slow = Interaction.objects.filter(subject__in=["Case 1", "Case 2"]).order_by("subject")
    Interaction.objects.filter(pk=quick.pk).update(first_reply_at=quick.opened_at.replace(minute=59), reopens=2)
    Interaction.objects.filter(pk=slow.pk).update(first_reply_at=slow.opened_at.replace(hour=23))
    page = read("lena", "cases/", "?rank=response").context["page"]
    assert [(case.subject, case.response) for case in page] == [
        ("Case 2", 14 * 3600),
        ("Case 1", (59 - quick.opened_at.minute) * 60),
    ]
    assert [case.subject for case in read("lena", "cases/", "?rank=reopens").context["page"]] == ["Case 1"]
    took = [case.took for case in read("lena", "cases/", "?rank=resolution").context["page"]]
    assert took == sorted(took, reverse=True)


def test_filters(read):
    assert len(read("lena", "cases/", "?topic=Parcel").context["page"]) == 3
    assert len(read("lena", "cases/", "?q=ada").context["page"]) == 3
    assert len(read("lena", "cases/", "?status=open").context["page"]) == 0
    assert "Swap them" in read("lena", "cases/", "?first=2026-06-10&last=2026-06-01").content.decode()
    assert "13 weeks at most" in read("lena", "cases/", "?first=2025-06-10&last=2026-06-01").content.decode()


def test_no_name_of_ours_stands_beside_a_number(read):
    for path in ("", "customers/", "cases/"):
        text = read("hana", path).content.decode()
        assert not any(name in text for name in ("Rita", "Ravi Ex", "Otto Ex"))


def test_the_file_is_the_list_and_safe_to_open(read, asked):
    Interaction.objects.filter(subject="Case 3").update(subject="=1+2", customer="@evil")
    listed = [case.external_id for case in read("lena", "cases/", "?rank=replies").context["page"]]
    rows = list(csv.reader(io.StringIO(read("lena", "cases.csv", "?rank=replies").content.decode("utf-8-sig"))))
    assert [row[1] for row in rows[1:]] == listed
    assert ["'=1+2", "'@evil"] in [row[2:4] for row in rows]
    assert [row[12] for row in rows[1:]] == ["5", "4", "3", "2", "1"]


def test_pages_cost_few_queries(asked, sign_in, django_assert_max_num_queries):
    client = sign_in(asked.lena)
    for path, budget in (("", 14), ("customers/", 16), ("cases/", 14)):
        client.get(f"/metrics/demand/{path}")
        with django_assert_max_num_queries(budget):
            client.get(f"/metrics/demand/{path}")


def test_nothing_yet(desk, sign_in):
    for path in ("", "customers/", "cases/"):
        assert sign_in(desk.lena).get(f"/metrics/demand/{path}").status_code == 200


def test_shades():
    assert [shade(rate, 10) for rate in (None, 0, 0.1, 2, 2.1, 9.9, 10)] == [0, 0, 1, 1, 2, 5, 5]


@pytest.mark.parametrize("labels", [["Dec 25", "Jan 26"] * 6, [f"{hour:02d}" for hour in range(24)], ["September 26"] * 30])
def test_labels_below_bars_do_not_run_together(labels):
    drawn = bars_svg(labels, [1.0] * len(labels), "Cases", "")
    places = [float(x) for x in re.findall(r'<text x="([\d.]+)" y="144"', drawn)]
    assert len(places) > 5
    assert min(b - a for a, b in pairwise(places)) >= 6.5 * max(map(len, labels))
