"""Reading figures: own, a team's, the definition, and where nothing is known."""

import csv
import io
from datetime import date, timedelta

from cms.models import Standard
from coaching.interactions.models import ChangedDay
from coaching.metrics import queries, services
from coaching.metrics.defaults import DEFAULT_METRICS
from people import services as people_services
from tests.factories import interactions as make


def page(client, url):
    response = client.get(url, follow=True)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a_rep_sees_own_figures_with_n_and_interval(floor, sign_in):
    text = page(sign_in(floor.rita), "/metrics/")
    assert "My metrics" in text
    assert "50 %" in text  # 20 of 40 satisfied
    assert "35–65 % · 40 ratings" in text
    assert "How is this counted?" in text
    assert "/metrics/definitions/csat/" in text
    assert "Figures as of 15 June 2026" in text


def test_every_chart_has_words_and_a_table(floor, sign_in):
    text = page(sign_in(floor.rita), f"/metrics/people/{floor.rita.pk}/")
    assert text.count('role="img"') >= 2
    assert "<desc>" in text
    assert "Satisfied customers as a table" in text
    assert "Each point covers the 4 weeks up to it" in text


def test_little_data_says_so(floor, sign_in):
    text = page(sign_in(floor.otto), "/metrics/")
    assert "Not enough data yet" in text
    assert "1 of the 20 it takes" in text
    assert "100 %" not in text.split("as a table")[0]


def test_no_data_says_so(cast, sign_in):
    assert "No figures yet" in page(sign_in(cast.rita), "/metrics/")


def test_a_lead_sees_only_own_people(floor, sign_in):
    text = page(sign_in(floor.lena), "/metrics/")
    assert "Rita Example" in text
    assert "Ravi Example" in text
    assert "Otto Example" not in text
    assert "35–65 %" in text
    assert "n = 40" in text


def test_search_by_name(floor, sign_in):
    text = page(sign_in(floor.hana), "/metrics/people/?q=otto")
    assert "Otto Example" in text
    assert "Rita Example" not in text
    assert "Nobody here" in page(sign_in(floor.hana), "/metrics/people/?q=zzz")


def test_who_reads_no_figures_is_told_why(floor, sign_in):
    response = sign_in(floor.vera).get("/metrics/")
    assert response.status_code == 403


def test_waiting_days_are_told(floor, sign_in):
    ChangedDay.objects.create(person=floor.rita, day=date(2026, 6, 1))
    assert "1 day is waiting for a recount" in page(sign_in(floor.rita), "/metrics/")


def test_the_definition_says_all(floor, sign_in, now):
    Standard.objects.create(key="own-the-mistake", title="Own the mistake", behaviour="Say what we did wrong.", live=True)
    services.ensure_default_metrics(now=now)
    services.define_metric(actor=floor.hana, key="csat", target=0.85, now=now)
    text = page(sign_in(floor.rita), "/metrics/definitions/csat/")
    for words in ("satisfied ratings", "The rep whom the file of ratings names.", "Wilson score interval", "n = 10", "85 %",
                  "Version 2", "Earlier versions", "Own the mistake"):  # fmt: skip
        assert words in text


def test_an_unknown_metric_is_404(floor, sign_in):
    assert sign_in(floor.rita).get("/metrics/definitions/nonsense/").status_code == 404
    assert sign_in(floor.rita).get(f"/metrics/people/{floor.rita.pk}/cases/nonsense/").status_code == 404


def test_weekly_figures_as_a_file_with_safe_cells(floor, sign_in):
    floor.rita.display_name = "=HYPERLINK(1)"
    floor.rita.save()
    response = sign_in(floor.lena).get(f"/metrics/people/{floor.rita.pk}/weeks.csv")
    assert response["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == len(DEFAULT_METRICS) * 26
    assert {row["Person"] for row in rows} == {"'=HYPERLINK(1)"}
    ratings = [row for row in rows if row["Metric"] == "Satisfied customers"]
    assert sum(int(row["n"]) for row in ratings) <= 40
    assert all(row["Note"] == "not enough data" for row in ratings)


def test_a_team_counts_people_for_the_team_of_each_day(floor, now):
    people_services.join_team(actor=None, person=floor.rita, team=floor.meadow, starts_on=date(2026, 6, 1), now=now)
    services.recount_changed_days(now)
    definitions = queries.current_definitions()
    window = queries.Window(date(2026, 4, 1), date(2026, 6, 15))
    teams = queries.figures_for_teams([floor.care, floor.harbour, floor.meadow], window, definitions)
    rita = queries.figures_for_people([floor.rita.pk], window, definitions)[floor.rita.pk]
    company = queries.figures_for_company(window, definitions)
    assert rita["volume"].n == 40
    assert teams[floor.care.pk]["volume"].n == company["volume"].n == 81
    assert teams[floor.harbour.pk]["volume"].n + teams[floor.meadow.pk]["volume"].n == 81
    since_june = sum(2 + number <= 14 for number in range(40))
    assert teams[floor.meadow.pk]["volume"].n == since_june + 1  # and the one case of Otto


def test_together_is_the_sum_and_never_a_mean_of_means(cast, now):
    for number in range(30):
        make.rating(cast.rita, date(2026, 6, 1), polarity=1)
        if number < 10:
            make.rating(cast.ravi, date(2026, 6, 1), polarity=-1)
    services.ensure_default_metrics(now=now)
    services.recount_changed_days(now)
    window = queries.Window(date(2026, 6, 1), date(2026, 6, 1))
    each, together = queries.figures_for_people_and_together([cast.rita.pk, cast.ravi.pk], window, queries.current_definitions())
    assert (each[cast.rita.pk]["csat"].value, each[cast.ravi.pk]["csat"].value) == (1.0, 0.0)
    assert together["csat"].value == 0.75


def test_weeks_are_whole_and_spans_overlap(floor, now):
    definitions = queries.current_definitions()
    single = queries.weekly_figures(definitions, 8, now.date(), people=[floor.rita.pk])
    spans = queries.weekly_figures(definitions, 8, now.date(), people=[floor.rita.pk], span=4)
    last = single["csat"][-1].window
    assert (last.first.weekday(), last.last.weekday(), last.days) == (0, 6, 7)
    assert last.last == date(2026, 6, 14)  # 15 June 2026 is a Monday: its week is still running
    assert spans["csat"][-1].window == queries.Window(last.last - timedelta(days=27), last.last)
    assert spans["csat"][-1].figure.n == sum(week.figure.n for week in single["csat"][-4:])
    assert spans["volume"][-1].figure.n == single["volume"][-1].figure.n


def test_reading_a_person_costs_few_queries(floor, sign_in, django_assert_max_num_queries):
    client = sign_in(floor.lena)
    client.get(f"/metrics/people/{floor.rita.pk}/")
    with django_assert_max_num_queries(40):  # most of them for the own normal and what happened meanwhile
        client.get(f"/metrics/people/{floor.rita.pk}/")
    with django_assert_max_num_queries(14):
        client.get("/metrics/people/")


def test_the_standard_tells_which_metric_measures_it(floor, sign_in, now):
    Standard.objects.create(key="own-the-mistake", title="Own the mistake", behaviour="Say what we did wrong.", live=True)
    services.ensure_default_metrics(now=now)
    text = page(sign_in(floor.rita), "/guide/standards/own-the-mistake/")
    assert "/metrics/definitions/csat/" in text
