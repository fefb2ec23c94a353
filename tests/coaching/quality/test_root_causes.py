"""Which root causes were named: counted once at every level, as a share of all conversations, and back to the reviews."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from coaching.quality.causes.outline import read_outline
from coaching.quality.causes.queries import causes_named
from coaching.quality.causes.services import replace_causes
from coaching.quality.models import Criterion, Rating, RatingCause, Review, RootCause, ScorecardVersion
from coaching.quality.services import ensure_starter_scorecard, new_version, publish_version
from tests.factories.quality_scores import scored

TREE = "Knowledge\n- Product\n-- Billing\n- Policy\nCare"


@pytest.fixture(autouse=True)
def _today(time_machine, now):
    time_machine.move_to(now, tick=False)


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def plain(cast, now):
    """The criterion "Plain language" of the first version, with a tree of causes."""
    ensure_starter_scorecard(actor=None, now=now)
    criterion = Criterion.objects.get(key="plain-language")
    replace_causes(criterion, read_outline(TREE))
    return criterion


def name(reviews, *keys, criterion="plain-language"):
    """Pick these causes in each of the reviews."""
    for review in reviews:
        rating = Rating.objects.get(review=review, criterion__key=criterion)
        causes = RootCause.objects.filter(criterion=rating.criterion, key__in=keys)
        assert len(causes) == len(keys)
        RatingCause.objects.bulk_create(RatingCause(rating=rating, cause=cause) for cause in causes)


@pytest.fixture
def named(cast, now, plain):
    """Rita: a tenth of 100 cases looked at as often as the rest. Ravi: evenly. Some picked by hand; Otto is of another team."""
    easy = scored(cast.vera, cast.rita, [90] * 10, stratum=0, cases=90, now=now, missed="plain-language")
    hard = scored(cast.vera, cast.rita, [50] * 10, stratum=2, cases=10, now=now, missed="plain-language")
    ravi = scored(cast.vera, cast.ravi, [90] * 10, stratum=0, cases=100, now=now, days_ago=40, period="2026-W17")
    picked = scored(cast.vera, cast.rita, [40], method="hand_picked", now=now, missed="plain-language")
    otto = scored(cast.vera, cast.otto, [40] * 5, stratum=0, cases=50, now=now, missed="plain-language")
    name(hard[:5], "knowledge/product/billing", "knowledge/policy")
    name(easy[:1], "knowledge/product")
    name(picked, "care")
    name(otto, "care")
    return {"easy": easy, "hard": hard, "ravi": ravi, "picked": picked, "otto": otto}


def rows_of(found):
    [criterion] = found.criteria
    return {row.key: row for row in criterion.causes}


def test_a_cause_counts_once_at_every_level_and_for_all_conversations(cast, now, named):
    today = now.date()
    found = causes_named([cast.rita, cast.ravi], today - timedelta(days=60), today)
    assert (found.by_lot, found.reviews, found.critical) == (30, 31, [])
    rows = rows_of(found)
    assert list(rows) == ["knowledge", "knowledge/product", "knowledge/product/billing", "knowledge/policy", "care"]
    counts = {key: (row.answers, row.reviews, row.level) for key, row in rows.items()}
    assert counts == {
        "knowledge": (6, 6, 1),  # two causes of one answer below it are one answer
        "knowledge/product": (6, 6, 2),
        "knowledge/product/billing": (5, 5, 3),
        "knowledge/policy": (5, 5, 2),
        "care": (1, 1, 1),
    }
    assert rows["knowledge/product/billing"].path == ("Knowledge", "Product", "Billing")
    # By what each stands for: five hard ones a case each, one easy one nine, of 200; seen in 6 of 30, a plain share of a fifth.
    share = rows["knowledge"].share
    assert (share.part, share.n) == (6, 30)
    assert share.rate == pytest.approx((5 * 1 + 1 * 9) / 200)
    assert share.interval.low < share.rate < share.interval.high
    assert share.effective < 30
    # Picked by hand: named, and no share of anything.
    assert (rows["care"].share.part, rows["care"].share.rate) == (0, 0)
    # Evenly drawn alone, it is the share that was seen.
    otto = rows_of(causes_named([cast.otto], today - timedelta(days=60), today))["care"].share
    assert (otto.part, otto.n, otto.rate, otto.effective) == (5, 5, 1, pytest.approx(5))


def test_causes_go_together_over_versions_and_critical_ones_stand_apart(cast, now, plain):
    reviews = scored(cast.vera, cast.rita, [80] * 5, now=now, missed="plain-language")
    first = ScorecardVersion.objects.get()
    draft = new_version(actor=None, scorecard=first.scorecard, now=now)
    twin = Criterion.objects.get(section__version=draft, key="plain-language")
    assert [cause.key for cause in twin.causes.all()] == [cause.key for cause in plain.causes.all()]
    RootCause.objects.filter(criterion=twin, key="care").update(label="Not enough care")
    publish_version(actor=None, version=draft, now=now)
    later = [one.pk for one in reviews[3:]]
    Review.objects.filter(pk__in=later).update(scorecard_version=draft)
    Rating.objects.filter(review__in=later, criterion=plain).update(criterion=twin, answer=twin.answers.get(value=0))
    name(reviews, "care")
    today = now.date()
    rows = rows_of(causes_named([cast.rita], today - timedelta(days=20), today))
    assert (rows["care"].answers, rows["care"].label) == (5, "Not enough care")
    twin.criticality = "review"
    twin.save()
    found = causes_named([cast.rita], today - timedelta(days=20), today)
    assert [(one.is_critical, one.answers) for one in found.criteria] == [(True, 2), (False, 3)]


def test_a_lead_reads_causes_and_the_reviews_behind_them(cast, now, named, sign_in, django_assert_max_num_queries):
    lena, url = sign_in(cast.lena), reverse("cause_list")
    lena.get(url)
    with django_assert_max_num_queries(18):
        response = lena.get(url)
    page = text_of(response)
    assert "Counted from 31 published reviews, of which 30 of conversations drawn by lot." in page
    assert "7 failed answers name a cause" in page
    assert "Knowledge 6 6 7 % (" in page
    assert "seen in 6 of 30" in page
    # Down to the reviews: those of her people alone.
    links = [
        link.replace("&amp;", "&")
        for link in re.findall(r'href="(/quality/scores/causes/reviews/[^"]+)"', response.content.decode())
    ]
    assert len(links) == 5
    behind = lena.get(next(link for link in links if link.endswith("cause=knowledge%2Fpolicy")))
    assert "Reviews that name “Policy”" in text_of(behind)
    shown = re.findall(r'href="/quality/reviews/(\d+)/"', behind.content.decode())
    assert set(map(int, shown)) == {one.pk for one in named["hard"][:5]}
    care = lena.get(next(link for link in links if link.endswith("cause=care"))).content.decode()
    assert re.findall(r'href="/quality/reviews/(\d+)/"', care) == [str(named["picked"][0].pk)], "Otto is not hers"
    assert "No review of this time names it" in text_of(lena.get(reverse("cause_reviews"), {"criterion": "x", "cause": "y"}))
    # What was withdrawn names nothing any more.
    Review.objects.filter(pk__in=[one.pk for one in named["hard"]]).update(
        state="withdrawn", withdrawn_at=now, withdrawn_reason="A test."
    )
    assert "Policy" not in text_of(lena.get(url))
    # Other months, and the head reads all.
    june = {"from": "2026-06-01", "to": "2026-06-01"}
    assert "Counted from 11 published reviews, of which 10" in text_of(lena.get(url, june | {"team": cast.harbour.pk}))
    assert "No reviews in these months" in text_of(lena.get(url, {"from": "2025-09-01", "to": "2025-08-01"}))
    head = sign_in(cast.hana)
    rows = list(csv.DictReader(io.StringIO(head.get(reverse("cause_list_csv"), june).content.decode("utf-8-sig"))))
    assert [(row["Root cause"], row["Answers"], row["Seen in"], row["n"]) for row in rows] == [
        ("Care", "6", "5", "15"),
        ("Knowledge", "1", "1", "15"),
        ("Knowledge / Product", "1", "1", "15"),
    ]
    assert float(rows[0]["Share of conversations drawn by lot"]) == pytest.approx(50 / 150, abs=1e-4)


def test_nothing_named_yet_is_a_page_too(cast, now, plain, sign_in):
    lena = sign_in(cast.lena)
    assert "No reviews in these months" in text_of(lena.get(reverse("cause_list")))
    scored(cast.vera, cast.rita, [80] * 2, now=now, missed="plain-language")
    page = text_of(lena.get(reverse("cause_list")))
    assert "2 reviews of this time name none." in page
    assert "Root causes" in text_of(lena.get(reverse("score_team"))), "the room leads here"
    assert "Root causes" not in text_of(sign_in(cast.rita).get(reverse("score_mine")))
