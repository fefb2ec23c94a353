"""The score adjusted for reviewer beside the original, and what a score does not speak for, on a person's page."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from random import Random
from statistics import fmean

import pytest
import time_machine
from django.urls import reverse

from coaching.quality import queries
from coaching.quality.calibration.counting import count_severity
from coaching.quality.calibration.queries import known_severity
from coaching.quality.models import PlanCycle, PlanShare, Review, SamplingPlan
from coaching.quality.plans.rules import Rules
from coaching.quality.scores.adjusting import Adjusted
from coaching.quality.scores.queries import person_page
from tests.factories.quality_scores import scored

NOT_FOR_ALL = "It is no estimate of all cases."


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def floor(cast, now, severities, *, each=12, seed=5):
    """Reviews of three reps by these reviewers, who score so many points higher than others would."""
    rng = Random(seed)
    for reviewer, shift in severities.items():
        for rep in (cast.rita, cast.ravi, cast.otto):
            scored(
                reviewer,
                rep,
                [70 + shift + rng.gauss(0, 4) for _case in range(each)],
                stratum=0,
                cases=300,
                now=now,
                days_ago=100,
            )


def page_of(client, now, *args):
    with time_machine.travel(now, tick=False):
        return text_of(client.get(reverse("score_person", args=args) if args else reverse("score_mine")))


def test_the_adjusted_score_stands_beside_the_original(cast, now, sign_in, django_assert_max_num_queries):
    # All of Rita's of these months are by Vera, who is strict; her cases are as good as anybody's.
    floor(cast, now, {cast.vera: -6, cast.viktor: 6, cast.lena: 0})
    recent = scored(cast.vera, cast.rita, [63, 64, 65, 64, 62, 66, 64, 64], stratum=0, cases=80, now=now)
    rita = sign_in(cast.rita)
    assert "how strict reviewers are is counted each night" in page_of(rita, now)
    with time_machine.travel(now, tick=False):
        count_severity(12, now)
    found = person_page(cast.rita, now.date())
    correction = known_severity([cast.vera.pk]).figures[cast.vera.pk].correction
    assert 4 < correction < 8
    assert isinstance(found.adjusted, Adjusted)
    assert found.adjusted.mean == pytest.approx(64 + correction, abs=0.01)
    assert found.score.own.mean == pytest.approx(64), "the original stays"
    # How strict somebody is is not known for sure, so the range is wider than the original's.
    assert (
        found.adjusted.interval.high - found.adjusted.interval.low > found.score.own.interval.high - found.score.own.interval.low
    )
    shown = round(found.adjusted.mean)
    for client, args in ((rita, ()), (sign_in(cast.lena), (cast.rita.pk,)), (sign_in(cast.hana), (cast.rita.pk,))):
        page = page_of(client, now, *args)
        assert f"Adjusted for reviewer {shown}" in page
        assert "these reviews as scored: 64" in page
        assert "The reviews on their own say 64. With 8 of them" in page
        assert "had reviewers of average strictness made them; as scored they say 64" in page
        assert "as of 15 June 2026, and is known for 8 of the 8 reviews. It changes no score." in page
    with time_machine.travel(now, tick=False), django_assert_max_num_queries(18):
        rita.get(reverse("score_mine"))
    assert set(Review.objects.filter(pk__in=[one.pk for one in recent]).values_list("score_shown", flat=True)) == {
        62,
        63,
        64,
        65,
        66,
    }
    # One more by somebody with few reviews counts as scored, and is said.
    scored(cast.hana, cast.rita, [64], stratum=0, cases=80, now=now)
    with time_machine.travel(now, tick=False):
        count_severity(12, now)
    assert "known for 8 of the 9 reviews" in page_of(rita, now)


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("apart", "some reviewers and reps share nobody with the others"),
        ("one", "only one person reviews"),
        ("few", "nobody who reviewed here has so many"),
    ],
)
def test_a_plain_reason_where_nothing_is_adjusted(cast, now, sign_in, who, words):
    if who == "few":
        floor(cast, now, {cast.viktor: 0, cast.lena: 3})
    if who == "apart":
        scored(cast.viktor, cast.otto, [60] * 25, now=now)
    scored(cast.vera, cast.rita, [80, 81, 79, 80, 82, 78], now=now)
    with time_machine.travel(now, tick=False):
        count_severity(12, now)
        page = page_of(sign_in(cast.rita), now)
    assert words in page
    assert "The reviews on their own say 80" in page
    assert "Adjusted for reviewer 8" not in page


def test_corrected_scores_are_nearer_to_the_truth(cast, now):
    """Seeded simulation: strict and lenient reviewers meet reps by chance; corrected figures err less, on the whole."""
    rng = Random(3)
    severities = {cast.vera: -7, cast.viktor: 7, cast.lena: 0}
    floor(cast, now, severities)
    truth, raw, corrected = 70, [], []
    for person, reviewer in ((cast.rita, cast.vera), (cast.ravi, cast.viktor), (cast.otto, cast.lena)):
        scored(
            reviewer,
            person,
            [truth + severities[reviewer] + rng.gauss(0, 4) for _case in range(10)],
            stratum=0,
            cases=90,
            now=now,
        )
    with time_machine.travel(now, tick=False):
        count_severity(12, now)
    for person in (cast.rita, cast.ravi, cast.otto):
        page = person_page(person, now.date())
        raw.append(abs(page.score.own.mean - truth))
        corrected.append(abs(page.adjusted.mean - truth))
        assert page.adjusted.interval.low < truth < page.adjusted.interval.high
    assert fmean(corrected) < fmean(raw) / 2


# --- What a score does not speak for ------------------------------------------------------------
@pytest.fixture
def plan(now):
    return SamplingPlan.objects.create(name="Ours", created_at=now, changed_at=now, rules=Rules().stored())


def cycle(plan, name, first, now):
    last = first + timedelta(days=6)
    return PlanCycle.objects.create(
        plan=plan, name=name, first=first, last=last, since=first, until=last, seed="1", rules=plan.rules, drawn_at=now
    )


def share(row, person, *strata):
    frame = [{"cases": cases, "wanted": 1, "next": []} for cases in strata]
    PlanShare.objects.create(cycle=row, person=person, cases=sum(strata), wanted=len(strata), frame=frame)


def test_what_nothing_is_reviewed_of_is_said_beside_the_score(cast, now, plan, sign_in):
    week = cycle(plan, "2026-W22", date(2026, 5, 25), now)
    share(week, cast.rita, 60, 30, 10)
    # Nobody had time for the difficult tenth: it is in no draw, and the mean of the others would pass for that of all.
    scored(cast.vera, cast.rita, [90, 91, 89], stratum=0, cases=60, plan=plan, period="2026-W22", now=now)
    scored(cast.vera, cast.rita, [80, 81, 79], stratum=1, cases=30, plan=plan, period="2026-W22", now=now)
    rita = sign_in(cast.rita)
    page = page_of(rita, now)
    assert "It does not speak for 10 % of the conversations that could be drawn in this time (10 of 100)" in page
    assert "the score of all cases lies between" in page
    assert "of 100, three months" in page
    assert NOT_FOR_ALL not in page
    # A cycle of which nothing at all is reviewed, over for long: 60 of 150 now, more than a fifth.
    missed = cycle(plan, "2026-W21", date(2026, 5, 18), now)
    PlanShare.objects.create(cycle=missed, person=cast.rita, cases=50, wanted=2, frame=[])
    page = page_of(rita, now)
    assert "It does not speak for 40 % of the conversations that could be drawn in this time (60 of 150)" in page
    assert NOT_FOR_ALL in page
    assert "so the score stays that of all cases" not in page
    assert "the score of all cases lies between" not in page
    assert "of 100, of the reviewed parts only" in page
    with time_machine.travel(now, tick=False):
        team = sign_in(cast.lena).get(reverse("score_team"))
        rows = csv.DictReader(io.StringIO(sign_in(cast.lena).get(reverse("score_people_csv")).content.decode("utf-8-sig")))
    assert "of 60 %" in text_of(team)
    assert "Where a share stands below a score, it speaks for so many" in text_of(team)
    assert {row["Person"]: row["Share it does not speak for"] for row in rows} == {"Ravi Example": "", "Rita Example": "0.4"}
    # One that goes on is not late; one of somebody else, or for a reason, is none of hers.
    missed.delete()
    share(cycle(plan, "2026-W25", date(2026, 6, 15), now), cast.rita, 500)
    other = cycle(plan, "2026-W20", date(2026, 5, 11), now)
    share(other, cast.otto, 500)
    reasons = SamplingPlan.objects.create(name="Why", kind="targeted", created_at=now, changed_at=now, rules=Rules().stored())
    share(cycle(reasons, "2026-W22", date(2026, 5, 25), now), cast.rita, 500)
    assert "(10 of 100)" in page_of(rita, now)
    # All reviewed: nothing to say.
    scored(cast.vera, cast.rita, [50], stratum=2, cases=10, plan=plan, period="2026-W22", now=now)
    page = page_of(rita, now)
    assert "It does not speak" not in page
    assert queries.mean_score([cast.rita], date(2026, 6, 1), now.date())[cast.rita.pk][0] == pytest.approx(54 + 24 + 5)
