"""From a cell to the cases behind it: the list is what the cell counted, and nobody else's."""

from __future__ import annotations

import pytest

from coaching.interactions.models import Interaction
from coaching.metrics import services
from coaching.metrics.explorer import counting
from tests.coaching.metrics.explorer.conftest import MONDAY
from tests.factories import interactions as make


@pytest.fixture
def client_of(floor, sign_in):
    return lambda who: sign_in(getattr(floor, who))


@pytest.mark.parametrize("by", ["person", "team", "topic", "channel", "segment", "together"])
@pytest.mark.parametrize("metric", ["volume", "csat", "reopen_rate", "resolution_time"])
def test_every_cell_lists_as_many_as_it_counted(client_of, by, metric):
    client = client_of("hana")
    answer = client.get(f"/metrics/explore/?by={by}&metric={metric}").context["answer"]
    assert answer.lines
    for row in answer.lines:
        for cell in (row.whole, row.cells[0], row.cells[-1]):
            page = client.get(cell.url).context["page"]
            # Cases too young for the figure stand in the list, too.
            assert page.paginator.count == cell.figure.n + cell.figure.beside, (row.label, cell.url)


def test_filters_go_along(client_of):
    client = client_of("lena")
    answer = client.get("/metrics/explore/?by=person&topic=Refund&channel=chat&segment=Business&metric=volume").context["answer"]
    for row in answer.rows:
        response = client.get(row.whole.url)
        assert response.context["page"].paginator.count == row.whole.figure.n == 8
        assert "Topic: Refund" in response.content.decode()
        assert {case.channel for case in response.context["page"]} == {"chat"}


def test_what_falls_together_is_listed_together(floor, sign_in, now, monkeypatch):
    monkeypatch.setitem(counting.ROOM, counting.Dimension.TOPIC, 2)
    for topic in ("", "Rare", "Rarer"):
        make.rating(floor.otto, MONDAY, case=make.interaction(floor.otto, MONDAY, topic=topic))
    make.rating(floor.otto, MONDAY)  # of a case nobody knows
    services.recount_changed_days(now)
    client = sign_in(floor.hana)
    for metric, expected in (("volume", (1, 2)), ("csat", (2, 2))):
        rows = {row.label: row for row in client.get(f"/metrics/explore/?by=topic&metric={metric}").context["answer"].rows}
        for label, n in zip(("No topic stated", "All other topics"), expected, strict=True):
            assert rows[label].whole.figure.n == n
            assert client.get(rows[label].whole.url).context["page"].paginator.count == n
    rows = {row.label: row for row in client.get("/metrics/explore/?by=channel&metric=csat").context["answer"].rows}
    assert client.get(rows["No case known"].whole.url).context["page"].paginator.count == 1


def test_nobody_elses_cases_are_listed(client_of):
    for who, expected in (("rita", 80), ("lena", 160), ("hana", 240)):
        page = client_of(who).get("/metrics/explore/cases/volume/?first=2026-04-20&last=2026-06-14").context["page"]
        assert page.paginator.count == expected
    text = client_of("lena").get("/metrics/explore/cases/volume/?first=2026-04-20&last=2026-06-14").content.decode()
    assert "Otto" not in text
    assert client_of("vera").get("/metrics/explore/cases/volume/").status_code == 403
    assert client_of("lena").get("/metrics/explore/cases/nonsense/").status_code == 404


def test_a_team_that_is_not_theirs_narrows_nothing(client_of, floor):
    """An address with somebody else's team shows what the reader may read anyway, never that team's cases."""
    page = client_of("lena").get(f"/metrics/explore/cases/volume/?team={floor.meadow.pk}").context["page"]
    assert {case.handler.person.display_name for case in page} == {"Ravi Example", "Rita Example"}


def test_a_case_can_be_opened_from_the_list(client_of):
    client = client_of("lena")
    case = Interaction.objects.filter(subject="Rita 3-4").get()
    text = client.get("/metrics/explore/cases/volume/?first=2026-04-20&last=2026-06-14&q=Rita+3-4").content.decode()
    assert f"/metrics/cases/{case.pk}/" in text
    assert client.get(f"/metrics/cases/{case.pk}/").status_code == 200
