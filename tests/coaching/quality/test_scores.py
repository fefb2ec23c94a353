"""What people read about scores: their own, their team's, all teams', and what criteria go together with."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from coaching.quality import queries
from coaching.quality.models import Criterion, Review, ReviewDraw, SamplingPlan
from coaching.quality.plans.rules import Rules
from coaching.quality.queries.figures import counted_reviews, read_cells, read_drawn
from coaching.quality.scores.details import sections_of
from coaching.quality.scores.queries import person_page
from people.models import AuditEntry
from tests.factories.quality_scores import scored


def text_of(response):
    """A page's words, without markup and repeated white space."""
    body = re.sub(r"<(script|style|svg).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body).replace("&#x27;", "'"))


def rows_of(response):
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.fixture
def reviewed(cast, now):
    """Rita: easy cases good, difficult ones poor and looked at as often. Ravi: all good. Otto, of another team, likewise."""
    scored(cast.vera, cast.rita, [90, 92, 88, 90, 90], stratum=0, cases=90, now=now)
    scored(
        cast.vera,
        cast.rita,
        [50, 52, 48, 50, 50],
        stratum=2,
        cases=10,
        critical="protect-customer-data",
        missed="plain-language",
        now=now,
    )
    scored(cast.vera, cast.ravi, [91, 89, 90, 92, 88, 90], stratum=0, cases=100, now=now)
    scored(cast.vera, cast.otto, [80, 82, 84, 78, 80, 79], stratum=0, cases=100, now=now)
    # Picked for a reason: for coaching only.
    scored(cast.vera, cast.rita, [0, 0, 0], method="targeted", now=now)
    scored(cast.vera, cast.rita, [0], method="hand_picked", now=now)


def test_a_rep_reads_how_good_and_how_sure(cast, now, reviewed, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.rita)
    with time_machine.travel(now, tick=False):
        client.get(reverse("score_mine"))
        with django_assert_max_num_queries(18):
            page = text_of(client.get(reverse("score_mine")))
        mine = text_of(client.get(reverse("my_reviews")))
    # 0.9 · 90 + 0.1 · 50, where a plain mean would say 70.
    assert "The reviews on their own say 86. With 10 of them" in page
    assert "n = 10" in page
    # Nor does it claim more: of which cases, and what the range leaves out.
    assert "all cases that the sampling plans draw from" in page
    assert "not how strict whoever reviewed is" in page
    assert "Nothing is borrowed: too few people have reviews to borrow from." in page
    # One half of those seen failed, which is a tenth of all cases.
    assert "Plain language" in page
    assert "90 %" in page
    assert "5 of 10" in page
    assert "Score, last three months 86" in mine
    assert not AuditEntry.objects.filter(verb="read.scores").exists()


def test_too_few_reviews_are_no_figure(cast, now, sign_in):
    scored(cast.vera, cast.rita, [90, 91], now=now)
    with time_machine.travel(now, tick=False):
        page = text_of(sign_in(cast.rita).get(reverse("score_mine")))
        nothing = text_of(sign_in(cast.ravi).get(reverse("score_mine")))
    assert (
        "Not enough reviews yet: there are 2 of conversations drawn by lot in the last three months, and a figure needs 5."
        in page
    )
    assert "Not enough data yet" in page
    # Nor is the share of critical errors: what was seen is said, and no percentage made of it.
    assert "Critical errors – too few: seen in 0 of 2" in page
    assert "0 % to" not in page
    assert "there are 0 of conversations" in nothing


def test_what_is_drawn_and_not_reviewed_is_said_to_who_leads_and_never_to_whom_it_is_about(cast, now, reviewed, sign_in):
    scored(cast.vera, cast.rita, [77], now=now, period="2026-W21", stratum=0, cases=50)
    waiting = ReviewDraw.objects.filter(reviewee=cast.rita, period="2026-W21")
    Review.objects.filter(draw__in=waiting).update(state="draft")
    waiting.update(state="in_review")
    with time_machine.travel(now, tick=False):
        page = text_of(sign_in(cast.lena).get(reverse("score_person", args=[cast.rita.pk])))
        mine = [text_of(sign_in(cast.rita).get(url)) for url in (reverse("score_mine"), reverse("my_reviews"), "/")]
    assert "One conversation drawn by lot is not reviewed yet; the reviewed ones of the same period stand for it." in page
    assert "that are not reviewed are stood for by the reviewed ones" in mine[0]  # how it is counted, not how many wait
    for page in mine:
        assert "not reviewed yet" not in page


def test_two_plans_of_one_week_are_two_draws(cast, now, sign_in):
    chat, mail = (
        SamplingPlan.objects.create(name=name, created_at=now, changed_at=now, rules=Rules().stored())
        for name in ("Chat", "Mail")
    )
    scored(cast.vera, cast.rita, [90] * 8, stratum=0, cases=40, plan=chat, missed="plain-language", now=now)
    scored(cast.vera, cast.rita, [50] * 2, stratum=0, cases=40, plan=mail, now=now)
    today = now.date()
    since = today - timedelta(days=30)
    # Forty cases each: halfway between the two, where adding up the ten reviews would say 82.
    assert queries.mean_score([cast.rita], since, today)[cast.rita.pk][:2] == (70, 10)
    rate = queries.criterion_rates([cast.rita], since, today).of(cast.rita.pk, "plain-language")
    assert (rate.part, rate.n, rate.rate) == (2, 10, 0.5)
    assert rate.effective < 10
    with time_machine.travel(now, tick=False):
        page = text_of(sign_in(cast.rita).get(reverse("score_mine")))
        team = text_of(sign_in(cast.lena).get(reverse("score_team")))
    assert "The reviews on their own say 70. With 10 of them" in page
    assert "2 of 10" in page
    assert "70" in team
    # Of one plan something waits, of the other nothing does: each cycle is stood for by its own.
    ReviewDraw.objects.filter(plan=mail).update(stratum=1)
    [drawn] = {one for one in read_drawn([cast.rita], read_cells(counted_reviews([cast.rita], since, today))) if one.stratum == 1}
    assert drawn.period.endswith(f"/{mail.pk}")


def test_a_bonus_that_was_not_earned_lowers_nothing(cast, now, sign_in):
    scored(cast.vera, cast.rita, [90, 91, 92, 90, 91], missed="plain-language", now=now)
    Criterion.objects.filter(key="plain-language").update(is_bonus=True)
    with time_machine.travel(now, tick=False):
        page = sign_in(cast.rita).get(reverse("score_mine"))
    assert "Warm greeting" in text_of(page)
    assert "Plain language" not in text_of(page)
    assert "0 of 5" not in text_of(page)
    [*sections] = sections_of(person_page(cast.rita, now.date()))
    assert {(one.n, one.estimate.mean) for one in sections} == {(5, 100)}


def test_a_section_is_worth_what_the_total_takes_it_for(cast, now):
    """Failing what is critical for a section zeroes it in the total, and so in the section's own figure; criteria stay as seen."""
    scored(cast.vera, cast.rita, [40, 41, 39, 40, 40], missed="plain-language", critical="plain-language", now=now)
    scored(cast.vera, cast.rita, [90, 91, 89, 90, 90], now=now)
    plain = Criterion.objects.get(key="plain-language")
    Criterion.objects.filter(key="plain-language").update(criticality="section")
    Criterion.objects.filter(key="warm-greeting").update(section=plain.section)
    [section] = sections_of(person_page(cast.rita, now.date()))
    assert (section.n, section.estimate.mean) == (10, 50)
    assert {row.key: row.share.part for row in section.criteria} == {"plain-language": 5, "warm-greeting": 10}
    # Likewise where the same section of another version, under the same title, is not zeroed.
    Criterion.objects.filter(key="plain-language").update(criticality="none")
    [section] = sections_of(person_page(cast.rita, now.date()))
    assert 50 < section.estimate.mean < 100


def test_a_lead_reads_people_by_name_and_who_separates(cast, now, reviewed, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.lena)
    with time_machine.travel(now, tick=False):
        client.get(reverse("score_team"))
        with django_assert_max_num_queries(22):
            response = client.get(reverse("score_team"))
        other = text_of(sign_in(cast.lars).get(reverse("score_team")))
        person = text_of(client.get(reverse("score_person", args=[cast.rita.pk])))
    page = text_of(response)
    assert page.index("Ravi Example") < page.index("Rita Example")
    assert "Otto" not in page
    assert "2 of 2" in page  # people reviewed this month
    assert "Allowing for 2 people compared" in page
    assert "rank" not in page.replace("it is no ranking", "")
    assert response.content.decode().count('class="interval score-bar"') == 2
    assert "Otto Example" in other
    assert "Rita" not in other
    assert "Score of Rita Example" in person
    assert AuditEntry.objects.filter(verb="read.scores", subject=cast.rita, actor=cast.lena).count() == 1


def test_the_team_by_month_and_as_csv(cast, now, reviewed, sign_in):
    scored(cast.vera, cast.ravi, [60] * 12, now=now, days_ago=31, period="2026-W16", stratum=0, cases=40)
    scored(cast.vera, cast.rita, [61, 59], now=now, days_ago=31, period="2026-W16", stratum=0, cases=40)
    scored(cast.vera, cast.ravi, [50] * 12, now=now, days_ago=62, period="2026-W12", stratum=0, cases=40)
    client = sign_in(cast.lena)
    with time_machine.travel(now, tick=False):
        months = rows_of(client.get(reverse("score_team_csv")))
        people = rows_of(client.get(reverse("score_people_csv")))
    this, before = months[-1], months[-2]
    # Rita's 100 cases at 86 and Ravi's 100 at 90.
    assert (this["n"], float(this["Score"]), this["People reviewed"]) == ("16", 88.0, "2")
    assert (before["n"], float(before["Score"])) == ("14", 60.0)
    # One of two people says nothing of how they differ.
    assert (months[-3]["n"], months[-3]["People reviewed"], months[-3]["Note"]) == ("12", "1", "not enough reviews yet")
    assert months[0]["Note"] == "not enough reviews yet"
    assert [row["Person"] for row in people] == ["Ravi Example", "Rita Example"]
    # 100 cases at 86, 40 at 60; a tenth of the hundred failed.
    assert float(people[1]["Score of their reviews"]) == pytest.approx((8600 + 2400) / 140, abs=0.01)
    assert float(people[1]["Critical errors"]) == pytest.approx(10 / 140, abs=1e-4)


def test_the_head_reads_all_teams_of_a_month(cast, now, reviewed, sign_in):
    client = sign_in(cast.hana)
    month = now.date().replace(day=1).isoformat()
    with time_machine.travel(now, tick=False):
        page = text_of(client.get(reverse("score_teams"), {"month": month}))
        rows = rows_of(client.get(reverse("score_teams_csv"), {"month": month}))
        empty = text_of(client.get(reverse("score_teams"), {"month": "nonsense"}))
    assert [row["Team"] for row in rows] == ["Whole company", "Care", "Harbour", "Meadow"]
    assert [row["n"] for row in rows] == ["22", "22", "16", "6"]
    assert float(rows[2]["Score"]) == 88.0
    assert rows[3]["Note"] == "not enough reviews yet"
    assert "Harbour 88" in page
    assert "Not enough reviews yet" in empty


def test_what_goes_together_with_a_criterion(cast, now, sign_in):
    # Missing: 12 of 20 reopened; met: 8 of 80. Satisfied: as often.
    common = {"now": now, "days_ago": 40}
    scored(cast.vera, cast.rita, [50] * 12, missed="plain-language", reopens=1, polarity=1, **common)
    scored(cast.vera, cast.rita, [50] * 8, missed="plain-language", polarity=-1, **common)
    scored(cast.vera, cast.ravi, [90] * 8, reopens=1, polarity=1, **common)
    scored(cast.vera, cast.ravi, [90] * 40, polarity=1, **common)
    scored(cast.vera, cast.ravi, [90] * 32, polarity=-1, **common)
    # Neither resolved long enough ago, nor drawn by lot.
    scored(cast.vera, cast.ravi, [90] * 30, now=now, days_ago=3, missed="plain-language")
    scored(cast.vera, cast.ravi, [90] * 30, missed="plain-language", method="targeted", **common)
    client = sign_in(cast.hana)
    with time_machine.travel(now, tick=False):
        page = text_of(client.get(reverse("score_criteria")))
        rows = {row["Key"]: row for row in rows_of(client.get(reverse("score_criteria_csv")))}
    assert "Cases where this was missing were reopened 50 points more often (27 to 69). 100 reviews." in page
    assert "No difference that these reviews can show: anything from −24 to +21 points. 100 reviews." in page
    assert "Not enough data: 0 reviews in the smaller group." in page
    assert "2 comparisons have enough data" in page
    for word in ("because", "cause", "leads to", "effect", "improves"):
        assert word not in page.lower().split("how to read this")[1]
    row = rows["plain-language"]
    assert float(row["Reopened: difference"]) == pytest.approx(0.5)
    assert float(row["Reopened: from, all comparisons"]) < float(row["Reopened: from"])


def test_no_reviews_at_all_is_a_page_too(cast, now, sign_in):
    with time_machine.travel(now, tick=False):
        for who, name in (
            (cast.hana, "score_teams"),
            (cast.lena, "score_team"),
            (cast.edda, "score_criteria"),
            (cast.hana, "score_team"),
        ):
            assert sign_in(who).get(reverse(name)).status_code == 200


# --- What other rooms read -----------------------------------------------------------------
def test_rates_of_criteria_stand_for_all_cases(cast, now, reviewed):
    day = now.date()
    rates = queries.criterion_rates([cast.rita, cast.ravi], day - timedelta(days=30), day)
    found = rates.of(cast.rita.pk, "plain-language")
    assert (found.part, found.n, round(found.rate, 6)) == (5, 10, 0.9)
    assert found.effective < 10
    together = rates.together("plain-language")
    assert (together.part, together.n, round(together.rate, 6)) == (11, 16, 0.95)
    assert rates.of(cast.otto.pk, "plain-language") is None
    # What was seen stays what was seen.
    assert queries.criterion_results([cast.rita], day - timedelta(days=30), day)[cast.rita.pk, "plain-language"] == (5, 10)


def test_mean_scores_are_weighted_and_mix_with_earlier_draws(cast, now, reviewed):
    day = now.date()
    mean, n, low, high = queries.mean_score([cast.rita], day - timedelta(days=30), day)[cast.rita.pk]
    assert (round(mean, 6), n) == (86, 10)
    assert 80 < low < 86 < high < 90
    # An earlier period of unknown size counts as much as a known one.
    scored(cast.vera, cast.rita, [76, 76], now=now, period="2026-W19")
    mean, n, _low, _high = queries.mean_score([cast.rita], day - timedelta(days=30), day)[cast.rita.pk]
    assert (round(mean, 6), n) == (81, 12)


def test_a_part_of_which_nothing_is_reviewed_is_stood_for_by_its_neighbour(cast, now):
    day = now.date()
    scored(cast.vera, cast.rita, [90, 90], stratum=0, cases=60, now=now)
    scored(cast.vera, cast.rita, [60, 60], stratum=1, cases=30, now=now)
    late = scored(cast.vera, cast.rita, [0], stratum=2, cases=10, now=now)[0]
    late.ratings.all().delete()
    Review.objects.filter(pk=late.pk).update(state="draft")
    ReviewDraw.objects.filter(pk=late.draw_id).update(state="in_review")
    assert queries.mean_score([cast.rita], day - timedelta(days=30), day)[cast.rita.pk][0] == pytest.approx(0.6 * 90 + 0.4 * 60)
