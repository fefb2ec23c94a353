"""The head's overview: promises with n and interval, teams without a league table, cases nobody claims."""

from datetime import timedelta

from coaching.metrics import services
from tests.factories import interactions as make


def read(client):
    response = client.get("/overview/")
    assert response.status_code == 200
    return response


def test_each_promise_has_figure_interval_line_and_table(floor, sign_in):
    text = " ".join(read(sign_in(floor.hana)).content.decode().split())
    assert "Are we keeping our promises?" in text
    assert "75 %" in text  # 60 of 80 satisfied
    assert "65–83 % · 80 ratings" in text
    assert "Satisfied customers as a table" in text
    assert "<desc>" in text


def test_the_target_is_judged_with_the_interval(floor, sign_in, now):
    services.define_metric(actor=floor.hana, key="csat", target=0.95, now=now)
    assert "Misses the target of 95 %" in read(sign_in(floor.hana)).content.decode()
    services.define_metric(actor=floor.hana, key="csat", target=0.7, now=now)
    assert "Target 70 %: no difference beyond chance" in read(sign_in(floor.hana)).content.decode()


def test_teams_stand_in_the_order_of_the_tree(floor, sign_in):
    overview = read(sign_in(floor.hana)).context["overview"]
    assert [row.team for row in overview.teams] == [floor.care, floor.harbour, floor.meadow]
    care, harbour, meadow = (next(f.numerator for f in row.figures if f.definition.key == "volume") for row in overview.teams)
    assert (care, harbour, meadow) == (81, 80, 1)


def test_cases_of_unknown_handlers_are_told(floor, sign_in, now):
    assert "handler we do not know" not in read(sign_in(floor.hana)).content.decode()
    for days in range(9):
        make.interaction(None, now.date() - timedelta(days=days))
    text = read(sign_in(floor.hana)).content.decode()
    assert "10.0 % of cases (9) belong to 1 handler we do not know yet" in text


def test_without_figures_it_says_what_to_do(cast, sign_in):
    assert "No figures yet" in read(sign_in(cast.hana)).content.decode()


def test_few_queries(floor, sign_in, django_assert_max_num_queries):
    client = sign_in(floor.hana)
    read(client)
    with django_assert_max_num_queries(28):
        read(client)
