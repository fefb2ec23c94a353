"""The lead's board: who needs me, why, what to do next, and nothing that is only noise."""

from datetime import timedelta

from coaching.metrics import services
from people import services as people_services
from people.models import Role
from tests.factories import interactions as make


def read(client, query=""):
    response = client.get(f"/board/{query}")
    assert response.status_code == 200
    return response


def row_of(response, person):
    return next(row for row in response.context["page"] if row.person == person)


def cell_of(row, key):
    return next(cell for cell in row.cells if cell.figure.definition.key == key)


def test_every_cell_shows_n_and_interval(floor, sign_in):
    text = " ".join(read(sign_in(floor.lena)).content.decode().split())
    assert "35–65 %" in text
    assert "n = 40" in text
    assert "Harbour, everybody together" in text
    assert "higher is better" in text


def test_rows_stand_by_name_and_only_own_people(floor, sign_in):
    response = read(sign_in(floor.lena))
    assert [row.person for row in response.context["page"]] == [floor.ravi, floor.rita]


def test_who_slipped_is_marked_with_reason_and_next_step(floor, sign_in):
    response = read(sign_in(floor.lena))
    row = row_of(response, floor.rita)
    assert cell_of(row, "reopen_rate").mark == "above Harbour"
    assert "Reopened cases: 50 % (35–65 %, n = 40)" in row.reasons[-1].text
    assert "against=on" in row.reasons[-1].url
    assert "together" in row.next_step.text
    assert "Needs you" in response.content.decode()


def test_an_interval_that_reaches_the_reference_marks_nobody(floor, sign_in, now):
    services.define_metric(actor=floor.hana, key="reopen_rate", target=0.45, now=now)
    assert cell_of(row_of(read(sign_in(floor.lena)), floor.rita), "reopen_rate").mark == ""


def test_the_target_counts_before_the_team(floor, sign_in, now):
    services.define_metric(actor=floor.hana, key="reopen_rate", target=0.05, now=now)
    row = row_of(read(sign_in(floor.lena)), floor.rita)
    assert cell_of(row, "reopen_rate").mark == "above target"
    assert "the target is 5 %" in " ".join(reason.text for reason in row.reasons)


def test_little_data_marks_nobody(floor, sign_in):
    row = row_of(read(sign_in(floor.lars)), floor.otto)
    assert not row.needs_me
    assert row.next_step is None


def test_who_does_well_is_thanked(floor, sign_in):
    assert row_of(read(sign_in(floor.lena)), floor.ravi).next_step.text.startswith("Say thank you")


def test_cells_lead_to_their_cases(floor, sign_in):
    client = sign_in(floor.lena)
    cell = cell_of(row_of(read(client), floor.rita), "reopen_rate")
    behind = client.get(cell.url)
    assert behind.status_code == 200
    assert behind.context["tile"].figure.n == cell.figure.n == behind.context["page"].paginator.count


def test_filters(floor, sign_in):
    lena, hana = sign_in(floor.lena), sign_in(floor.hana)
    assert [row.person for row in read(lena, "?q=rav").context["page"]] == [floor.ravi]
    assert [row.person for row in read(lena, "?needing=on").context["page"]] == [floor.rita]
    assert [row.person for row in read(hana, f"?team={floor.meadow.pk}").context["page"]] == [floor.otto]
    assert len(read(hana, f"?team={floor.care.pk}").context["page"]) == 3
    assert read(lena, "?weeks=13").context["window"].days == 91
    assert read(lena, "?weeks=abc&team=xyz").context["window"].days == 56
    assert "Nobody matches" in read(lena, "?q=zzz").content.decode()


def test_another_leads_team_is_not_there(floor, sign_in):
    assert sign_in(floor.lena).get(f"/board/?team={floor.meadow.pk}").status_code == 404


def test_an_empty_team_says_so(cast, sign_in, now):
    services.ensure_default_metrics(now=now)
    for rep in (cast.rita, cast.ravi):
        rep.is_active = False
        rep.save()
    assert "Nobody in your team yet" in read(sign_in(cast.lena)).content.decode()


def many(cast, now, how_many):
    for number in range(how_many):
        rep = people_services.create_person(
            actor=None, email=f"many{number}@example.com", display_name=f"Many {number:03}", roles=[Role.REP], now=now
        )
        people_services.join_team(actor=None, person=rep, team=cast.harbour, starts_on=now.date() - timedelta(days=90), now=now)


def test_pages_of_fifty(floor, sign_in, now):
    many(floor, now, 55)
    response = read(sign_in(floor.lena), "?page=2")
    assert len(response.context["page"]) == 7
    assert "51–57 of 57" in response.content.decode()


def test_queries_do_not_grow_with_people_or_cases(floor, sign_in, now, django_assert_max_num_queries):
    client = sign_in(floor.lena)
    read(client)
    with django_assert_max_num_queries(22):
        read(client)
    many(floor, now, 30)
    for number in range(100):
        make.interaction(floor.ravi, now.date() - timedelta(days=number % 30), marked=number < 30)
    services.recount_changed_days(now)
    with django_assert_max_num_queries(22):
        read(client)


def heading_of(response):
    text = response.content.decode()
    return text.split("<h1>")[1].split("</h1>")[0]


def test_the_board_names_whom_it_shows(floor, sign_in):
    hana = sign_in(floor.hana)
    assert heading_of(read(sign_in(floor.lena))) == "Harbour"
    assert heading_of(read(hana)) == "Whole company"
    assert heading_of(read(hana, f"?team={floor.meadow.pk}")) == "Meadow"
    assert cell_of(row_of(read(hana), floor.rita), "reopen_rate").mark == "above the whole company"


def test_a_lead_of_two_teams_reads_that_it_is_both(floor, sign_in, now):
    people_services.join_team(
        actor=None, person=floor.lena, team=floor.meadow, kind="lead", starts_on=now.date() - timedelta(days=1), now=now
    )
    lena = sign_in(floor.lena)
    response = read(lena)
    assert heading_of(response) == "All your teams"
    assert cell_of(row_of(response, floor.rita), "reopen_rate").mark == "above your teams together"
    assert '<option value="">All your teams</option>' in response.content.decode()
    assert heading_of(read(lena, f"?team={floor.harbour.pk}")) == "Harbour"
